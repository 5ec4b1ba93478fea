"""python -m eval bench: how fast."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from eval.commands.options import choice_options, gold_options, model_options, store_options

if TYPE_CHECKING:
    from eval.commands.options import Commands

PASSAGES = 256
QUESTIONS = 8


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `bench`."""
    about = "测速：编码、检索、首字、全部完成"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser("bench", parents=parents, help=about, description=about)
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.bench import measure, show, summary_line
    from eval.choice import Choice, choose
    from eval.product import open_parts
    from eval.questions import read_gold
    from index.errors import JudianError

    answerable = [q for q in read_gold(options.gold) if q.answerable]
    if not answerable:
        raise JudianError(f"{options.gold} 里没有可回答的题，不能测速。请用 --gold 换一个评测集。")
    questions = choose(answerable, Choice(limit=options.limit or options.sample or QUESTIONS, sample=options.sample))
    parts, passages = open_parts(options.store, extractive=options.extractive)
    figures = measure(parts, passages[:PASSAGES], questions)
    print(show(figures))
    print(summary_line(figures))
    return 0
