"""python -m eval compare: what got better and what got worse."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.commands.options import Commands


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `compare`."""
    about = "比较两次评测：哪些题变好，哪些变差，差别是否超出抽样误差"
    sub = commands.add_parser("compare", help=about, description=about)
    sub.add_argument("before", type=Path, metavar="A", help="先前评测的 --out 文件夹")
    sub.add_argument("after", type=Path, metavar="B", help="后来评测的 --out 文件夹")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.compare import compare, read_report, summary_line
    from eval.report.differences import show

    before, after = read_report(options.before), read_report(options.after)
    comparison = compare(before, after)
    print(show(comparison))
    print(summary_line(comparison))
    return 0
