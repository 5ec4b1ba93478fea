"""python -m eval check: whether a gold set can be used, and whether it fits its documents."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eval.commands.options import gold_options
from index import command

if TYPE_CHECKING:
    from eval.commands.options import Commands


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `check`."""
    about = "检查评测集：格式对不对，证据和要点是不是都在文档里"
    sub = commands.add_parser("check", parents=[gold_options()], help=about, description=about)
    sub.add_argument("--store", type=Path, metavar="文件夹", help="文档库；给了才核对证据和要点")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.check import check_against, show_counts, summary
    from eval.questions import check_gold, show_problems

    found = check_gold(options.gold)
    problems = list(found.problems)
    if options.store is not None:
        problems += check_against(found, _texts(options.store))
    if found.questions:
        print(show_counts(found.questions))
    for notice in found.notices:
        print(f"提示：{notice}")
    if problems:
        print(show_problems(tuple(problems)), file=sys.stderr)
    else:
        checked = "，证据和要点都在文档里" if options.store is not None else ""
        print(f"没有问题：{options.gold} 共 {len(found.questions)} 题，格式都对{checked}。")
    print(json.dumps(summary(found, problems), ensure_ascii=False))
    return command.FAILED if problems else 0


def _texts(folder: Path) -> list[str]:
    """The documents' display texts, and the names under which the product shows them and their sections."""
    from index.store import Store

    store = Store.open(folder)
    store.check_filled()
    names = dict.fromkeys(name for h in store.passage_headers() for name in (h.document, h.section))
    return [*(store.display(d.name).text for d in store.documents()), "。".join(names)]
