"""python -m eval peers: the same questions to other systems in their tutorials' form, and to ours."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from eval.commands import peers_retrieval
from eval.commands.options import choice_options, gold_options, resumable

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.peers.harness import Turn


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The commands `peers` and `peers-retrieval`."""
    peers_retrieval.add(commands)
    about = "与 LlamaIndex、LangChain、txtai 并排评测：同样的文档、题目和模型，各用自己教程的默认形式"
    sub = commands.add_parser("peers", parents=[gold_options(), choice_options()], help=about, description=about)
    sub.add_argument("--documents", type=Path, nargs="+", required=True, metavar="路径", help="文档或文件夹")
    sub.add_argument(
        "--out", type=Path, default=Path("out/peers"), metavar="文件夹", help="结果放在哪里（默认 out/peers）"
    )
    sub.add_argument("--half", choices=("tune", "report"), help="只评一半：本产品在 tune 半上调过参（默认全部）")
    sub.add_argument("--systems", metavar="名字,名字", help="只比这些系统（默认全部）")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的回答，接着评测；出错的题重问")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.choice import Choice, choose
    from eval.files import write_whole
    from eval.peers import page
    from eval.peers.harness import RunOptions, run
    from eval.peers.parts import open_parts
    from eval.peers.peer import PEERS, choose_kinds
    from eval.questions import read_gold

    chosen = RunOptions(options.gold, options.out, Choice(options.half, options.limit, options.sample), options.resume)
    choose(read_gold(chosen.gold), chosen.choice)  # before half a minute goes into the models
    _quiet_libraries()
    kinds = choose_kinds([n.strip() for n in options.systems.split(",")] if options.systems else list(PEERS))
    with tempfile.TemporaryDirectory(prefix="judian-peers-") as folder:
        parts, documents = open_parts(options.documents, Path(folder))
        shared = {
            "documents": [f"{d.name}（sha256 {d.sha256[:12]}）" for d in documents],
            "encoder": parts.settings.encoder,
            "language_model": parts.settings.language_model,
        }
        systems = [kind.open(parts) for kind in tqdm(kinds.values(), desc="建索引", unit="家", file=sys.stderr)]
        with resumable("答完的题", options.out):
            report = run(chosen, systems, parts.sources.display, shared, _watch)
    write_whole(options.out / "report.md", "\n".join(page.lines(report)) + "\n")
    print(page.table(report))
    print(f"\n报告：{options.out}/report.md")
    figures = {name: system["metrics"] for name, system in report["systems"].items()}
    print(
        json.dumps(
            {"out": str(options.out), "systems": figures, "differences": report["differences"]}, ensure_ascii=False
        )
    )
    return 0


def _quiet_libraries() -> None:
    """Some of them turn on everybody's logging, and with it sentence-transformers' progress bars in every answer;
    LangChain would send questions and documents to a tracing service where the environment asks for it."""
    os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
    for name in ("sentence_transformers", "transformers", "llama_index", "txtai"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _watch(turns: Iterable[Turn], total: int, done: int) -> Iterable[Turn]:
    return tqdm(turns, total=total, initial=done, desc="评测", unit="答", file=sys.stderr)
