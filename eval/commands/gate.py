"""python -m eval gate: a failing exit code when a metric fell below the kept baseline beyond noise."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from index import command

if TYPE_CHECKING:
    from eval.commands.options import Commands

BASELINE = Path("eval/baselines/seven_speeches.json")


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `gate`."""
    about = "把关：任何指标低于留存的基线、且超出抽样误差，就以退出码 1 结束"
    sub = commands.add_parser("gate", help=about, description=about)
    sub.add_argument("report", type=Path, metavar="文件夹", help="python -m eval run 的 --out 文件夹")
    sub.add_argument("--baseline", type=Path, default=BASELINE, metavar="文件", help=f"基线文件（默认 {BASELINE}）")
    sub.add_argument("--keep", action="store_true", help="不判断，把这次的结果留作新的基线")
    sub.add_argument("--metrics", metavar="名称,…", help="只看这些指标（默认：答对、检索、引用、拒答各项）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.compare import read_report
    from eval.gate import GATED, judge, keep, read_baseline, show, summary_line

    report = read_report(options.report)
    if options.keep:
        keep(report, options.baseline)
        print(f"已留作基线：{options.baseline}（{len(report['questions'])} 题）")
        return 0
    verdict = judge(read_baseline(options.baseline), report, _names(options.metrics) or GATED)
    print(show(verdict))
    print(summary_line(verdict))
    return 0 if verdict.passed else command.FAILED


def _names(text: str | None) -> list[str]:
    from eval.measures.metrics import METRICS
    from index.errors import JudianError

    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        raise JudianError(f"不认识指标 {'、'.join(unknown)}。可用的有：{'、'.join(METRICS)}。")
    return names
