"""python -m eval retrieval: search judged on a folder in BEIR layout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from eval.commands.options import choice_options

if TYPE_CHECKING:
    from eval.commands.options import Commands


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `retrieval`."""
    about = "在 BEIR 格式的数据集上测检索，写出 report.json 和 hits.jsonl"
    sub = commands.add_parser("retrieval", parents=[choice_options()], help=about, description=about)
    sub.add_argument("--dataset", type=Path, required=True, metavar="文件夹", help="含 corpus.jsonl 等三个文件")
    sub.add_argument("--out", type=Path, required=True, metavar="文件夹", help="结果放在哪里")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.datasets import read_beir
    from eval.retrieval import build_report, hits_for_dataset, show, write_hits
    from rag.engine import open_encoder
    from rag.settings import load_settings

    dataset = read_beir(options.dataset)
    encoder = open_encoder(load_settings())
    total = len(list(dataset.qrels)[: options.limit])
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        found = hits_for_dataset(dataset, encoder, Path(folder), options.limit, _encoding)
        rows = list(tqdm(found, total=total, desc="检索", unit="题", file=sys.stderr))
    report = build_report(dataset, rows, encoder.name)
    write_hits(options.out, rows, report)
    print(show(report["metrics"]))
    print(json.dumps({"out": str(options.out), **report}, ensure_ascii=False))
    return 0


def _encoding(chunks: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    return tqdm(chunks, desc="编码", unit="批", file=sys.stderr)
