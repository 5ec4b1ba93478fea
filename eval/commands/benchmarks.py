"""python -m eval benchmarks: public sets answered and searched, and the page that shows them beside published figures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.commands.options import model_options, positive, resumable

if TYPE_CHECKING:
    from eval.benchmarks.run import Options, Watchers
    from eval.benchmarks.sets import PublicSet
    from eval.commands.options import Commands
    from index.encoder import Vectors


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `benchmarks`."""
    about = "公开评测集（BEIR 格式、RGB、DragonBall、CJRC）：作答、检索、评分，并写出与公布数字并列的页面"
    sub = commands.add_parser("benchmarks", parents=[model_options()], help=about, description=about)
    sub.add_argument("--data", type=Path, metavar="文件夹", help="放评测集的文件夹，每集一个子文件夹（不给则只写页面）")
    sub.add_argument(
        "--out", type=Path, default=Path("out/benchmarks"), metavar="文件夹", help="结果放在哪里（默认 out/benchmarks）"
    )
    sub.add_argument("--only", default="", metavar="名字", help="只测这些集，用逗号隔开")
    sub.add_argument("--sample", type=positive, metavar="N", help="每个部分随机抽 N 题（种子固定）")
    sub.add_argument("--jobs", type=positive, metavar="N", help="几个进程同时编码（默认每核一个，最多 4 个）")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的回答，接着评测")
    sub.add_argument("--no-cache", action="store_true", help="不读也不写向量缓存（模型文件夹旁的 vectors/，最多 1 GB）")
    sub.add_argument("--page", type=Path, metavar="文件", help="用 --out 里的全部结果写出这个页面")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.benchmarks.page import write_page
    from eval.benchmarks.run import Options
    from eval.benchmarks.sets import find_sets
    from index.errors import JudianError

    if options.data is None and options.page is None:
        raise JudianError("没有事可做。请用 --data 给出评测集文件夹，或用 --page 写出页面。")
    if options.data is not None:
        only = tuple(name.strip() for name in options.only.split(",") if name.strip())
        sets = find_sets(options.data, only)
        chosen = Options(options.out, options.sample, options.resume)
        with resumable("答完的题", options.out):
            _measure(sets, chosen, options)
    if options.page is not None:
        shown = write_page(options.out, options.page)
        print(f"页面：{options.page}（{'、'.join(shown)}）")
    return 0


def _measure(sets: list[tuple[PublicSet, Path]], chosen: Options, options: argparse.Namespace) -> None:
    from eval.benchmarks.asking import open_tools
    from eval.benchmarks.page import set_lines
    from eval.benchmarks.run import run_set
    from eval.searching.encoding import default_jobs

    tools = open_tools(extractive=options.extractive, cache=not options.no_cache, jobs=options.jobs or default_jobs())
    try:
        for public, data in sets:
            report = run_set(public, data, tools, chosen, _watchers())
            print("\n".join(set_lines(public, report)), end="\n\n")
            print(json.dumps({"out": str(chosen.out / public.name), **report}, ensure_ascii=False))
    finally:
        tools.encoder.save()


def _watchers() -> Watchers:
    from eval.benchmarks.run import Watchers

    def progress(about: str) -> Callable[[Iterable[Mapping[str, Any]], int, int], Iterable[Mapping[str, Any]]]:
        return lambda results, total, done: tqdm(
            results, total=total, initial=done, desc=about, unit="题", file=sys.stderr
        )

    return Watchers(_encoding, progress)


def _encoding(vectors: Iterable[Vectors], chunks: int) -> Iterable[Vectors]:
    return tqdm(vectors, total=chunks, desc="编码", unit="批", file=sys.stderr, disable=not chunks)
