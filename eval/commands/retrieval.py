"""python -m eval retrieval: search judged on a folder in BEIR layout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.commands.options import choice_options, positive, resumable

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.datasets import Dataset
    from eval.searching.hits import HitsFile, Row
    from eval.searching.vectors import CachedEncoder
    from index.encoder import Vectors


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `retrieval`."""
    about = "在 BEIR 格式的数据集上测检索，写出 report.json 和 hits.jsonl"
    sub = commands.add_parser("retrieval", parents=[choice_options()], help=about, description=about)
    sub.add_argument("--dataset", type=Path, required=True, metavar="文件夹", help="含 corpus.jsonl 等三个文件")
    sub.add_argument("--out", type=Path, required=True, metavar="文件夹", help="结果放在哪里")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的检索结果，接着检索")
    sub.add_argument("--jobs", type=positive, metavar="N", help="几个进程同时编码（默认每核一个，最多 4 个）")
    sub.add_argument("--no-cache", action="store_true", help="不读也不写向量缓存（模型文件夹旁的 vectors/，最多 1 GB）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.datasets import read_beir
    from eval.searching.hits import HitsFile
    from eval.searching.retrieval import choose_queries, origin
    from eval.searching.vectors import cache_folder as folder_of
    from eval.searching.vectors import cached, fingerprint
    from rag.engine import open_encoder
    from rag.settings import load_settings

    dataset = read_beir(options.dataset)
    queries = choose_queries(dataset, options.limit, options.sample)
    settings = load_settings()
    hits = HitsFile(options.out, origin(dataset, fingerprint(settings)))
    kept = hits.begin(resume=options.resume)
    encoder = cached(open_encoder(settings), None if options.no_cache else folder_of(settings))
    try:
        with resumable("检索过的题", options.out / "hits.jsonl"):
            report = _search(dataset, queries, hits, kept, encoder, partial(open_encoder, settings), options)
    finally:
        encoder.save()
    _show(report, options.out)
    return 0


def _search(
    dataset: Dataset,
    queries: Mapping[str, str],
    hits: HitsFile,
    kept: Mapping[str, Row],
    encoder: CachedEncoder,
    another: partial[Any],
    options: argparse.Namespace,
) -> dict[str, Any]:
    from eval.searching.corpus import open_corpus, texts_to_encode
    from eval.searching.encoding import default_jobs, in_processes
    from eval.searching.retrieval import build_report, find_hits, time_searches

    jobs = options.jobs or default_jobs()
    begun = time.perf_counter()
    encoder.fill(texts_to_encode(dataset.passages), in_processes(encoder.inner, another, jobs), _encoding)
    encoded = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        corpus = open_corpus(dataset.passages, encoder, Path(folder))
        to_come = {i: text for i, text in queries.items() if i not in kept}
        rows = dict(kept)
        for row in _searching(hits.add(find_hits(corpus, to_come)), len(queries), len(queries) - len(to_come)):
            rows[row["id"]] = row
        searched = time.perf_counter()
        spent = time_searches(corpus, queries)
    wanted = [rows[i] for i in queries]
    seconds = {"encode": round(encoded - begun, 2), "search": round(searched - encoded, 2)}
    report = build_report(dataset, wanted, {"encoder": encoder.name, "jobs": jobs, "seconds": seconds})
    report["metrics"]["search_s"] = spent
    hits.finish(wanted, report)
    return report


def _show(report: Mapping[str, Any], out: Path) -> None:
    from eval.searching.retrieval import show

    print(show(report))
    seconds = report["settings"]["seconds"]
    print(f"编码 {seconds['encode']} 秒，建库与检索 {seconds['search']} 秒")
    told = {name: value for name, value in report.items() if name != "questions"}
    print(json.dumps({"out": str(out), **told}, ensure_ascii=False))


def _encoding(vectors: Iterable[Vectors], chunks: int) -> Iterable[Vectors]:
    return tqdm(vectors, total=chunks, desc="编码", unit="批", file=sys.stderr, disable=not chunks)


def _searching(rows: Iterable[Row], total: int, done: int) -> Iterable[Row]:
    return tqdm(rows, total=total, initial=done, desc="检索", unit="题", file=sys.stderr)
