"""python -m eval run: every question asked and judged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from eval.commands.options import choice_options, gold_options, model_options, positive, resumable, store_options

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.kept import Answer


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `run`."""
    about = "逐题作答并评分，写出 answers.jsonl、report.json、report.html、report.md"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser("run", parents=parents, help=about, description=about)
    sub.add_argument(
        "--out", type=Path, default=Path("out/eval"), metavar="文件夹", help="结果放在哪里（默认 out/eval）"
    )
    sub.add_argument("--half", choices=("tune", "report"), help="只评一半：tune 调试用，report 报告用（默认全部）")
    sub.add_argument("--jobs", type=positive, default=1, metavar="N", help="用几个进程作答，各载入一份模型（默认 1）")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的回答，接着评测")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.choice import Choice, choose
    from eval.product import open_products
    from eval.questions import read_gold
    from eval.report.report import summary_line
    from eval.report.tables import show_table
    from eval.run import RunOptions, run

    choice = Choice(options.half, options.limit, options.sample)
    chosen = RunOptions(options.gold, options.out, choice, options.resume, options.jobs)
    choose(read_gold(chosen.gold), choice)  # before half a minute goes into the models
    product = open_products(options.store, extractive=options.extractive, jobs=options.jobs)
    with resumable("答完的题", options.out / "answers.jsonl"):
        report = run(chosen, product, _watch)
    print(show_table(report))
    print(f"\n报告：{options.out}/report.html")
    print(summary_line(report, options.out))
    return 0


def _watch(answers: Iterable[Answer], total: int, done: int) -> Iterable[Answer]:
    return tqdm(answers, total=total, initial=done, desc="评测", unit="题", file=sys.stderr)
