"""python -m eval coverage: which documents, sections and types no question asks about."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from eval.commands.options import gold_options, store_options

if TYPE_CHECKING:
    from eval.commands.options import Commands


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `coverage`."""
    about = "看评测集问到了哪些文档、章节、题型，哪些还没有题"
    sub = commands.add_parser("coverage", parents=[gold_options(), store_options()], help=about, description=about)
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.coverage import coverage, show, to_json
    from eval.questions import read_gold
    from index.store import Store
    from rag.settings import load_settings

    questions = read_gold(options.gold)
    store = Store.open(load_settings(store=options.store).store)
    store.check_filled()
    found = coverage(questions, [(h.document, h.section, h.text) for h in store.passage_headers()])
    print(show(found))
    print(json.dumps(to_json(found), ensure_ascii=False))
    return 0
