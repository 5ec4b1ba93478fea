"""A report and a kept baseline -> whether some metric fell below it beyond noise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.compare import Comparison, Difference, compare
from eval.files import make_folder, write_whole
from eval.measures.estimates import CURVES, point
from eval.measures.metrics import METRICS
from eval.measures.outcomes import read_outcome
from eval.report.differences import show_differences, show_settings
from index.errors import JudianError

GATED = (
    "accuracy", "recall@1", "recall@5", "all@5", "citation_recall", "citation_precision", "quotes_valid",
    "evidence_cited", "refusal_recall", "over_refusal",
)  # fmt: skip
KEPT = ("id", "type", "question", "answerable", "refused", "confidence", "right", "why")
MIN_SHARED = 0.5  # of the baseline's questions


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found: every gated metric's difference, those that fell beyond noise, and the settings that differ
    from the baseline's, as (before, after)."""

    n: int
    differences: tuple[Difference, ...]
    fallen: tuple[Difference, ...]
    settings: Mapping[str, tuple[object, object]]

    @property
    def passed(self) -> bool:
        """Whether nothing fell beyond noise."""
        return not self.fallen


def keep(report: Mapping[str, Any], path: Path) -> None:
    """Write the baseline: of each question what the gated metrics need, and the settings of the run."""
    rows = [_kept(row) for row in report["questions"]]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    settings = json.dumps(report["settings"], ensure_ascii=False, indent=1)
    make_folder(path.parent, "--baseline 文件")
    write_whole(path, f'{{"settings": {settings},\n"questions": [\n{lines}\n]}}\n')


def read_baseline(path: Path) -> Mapping[str, Any]:
    """The baseline of `keep`. Raises JudianError when it is missing or damaged, with the command that makes one."""
    mend = f"请用一次好的评测建立基线：python -m eval gate 评测结果文件夹 --baseline {path} --keep"
    try:
        baseline = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(baseline["settings"], dict) or not all("values" in row for row in baseline["questions"]):
            raise TypeError("no values")
    except OSError as error:
        raise JudianError(f"找不到基线 {path}。{mend}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise JudianError(f"基线 {path} 损坏或不是基线文件。{mend}") from error
    return dict(baseline)


def judge(baseline: Mapping[str, Any], report: Mapping[str, Any], names: Sequence[str] = GATED) -> Verdict:
    """Compare on the shared questions. Raises JudianError when less than half of the baseline's were asked, and when a
    metric that the baseline has is not measured now: what was not compared has not passed."""
    whole = compare(_gated(baseline, names), _gated(report, names))
    _check_shared(whole, len(baseline["questions"]))
    _check_measured(baseline, whole, names)
    fallen = tuple(d for d in whole.differences if d.beyond_noise and d.gain < 0)
    return Verdict(whole.n, whole.differences, fallen, whole.settings)


def show(verdict: Verdict) -> str:
    """What the terminal shows."""
    table = f"{show_differences(verdict.differences, '基线', '现在')}\n\n{show_settings(verdict.settings)}"
    if verdict.passed:
        return f"{table}\n\n通过：{verdict.n} 题上没有指标低于基线（超出抽样误差才算）。"
    fallen = "、".join(METRICS[d.name].title for d in verdict.fallen)
    return (
        f"{table}\n\n未通过：{fallen} 低于基线，超出抽样误差（{verdict.n} 题）。\n"
        "逐题看差在哪里：python -m eval compare 先前的结果 现在的结果；若是有意为之，加 --keep 更新基线。"
    )


def summary_line(verdict: Verdict) -> str:
    """The verdict as one JSON object."""
    changes = {
        d.name: {"before": d.before, "after": d.after, "interval": d.interval, "p": d.p} for d in verdict.differences
    }
    fallen = [d.name for d in verdict.fallen]
    return json.dumps(
        {"passed": verdict.passed, "n": verdict.n, "fallen": fallen, "metrics": changes}, ensure_ascii=False
    )


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    return _only({name: row[name] for name in (*KEPT, "values") if name in row}, (*GATED, "ece"))


def _only(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The row with the values of `names` alone, and with its confidence only where calibration is among them."""
    kept = {name: value for name, value in row.items() if name != "confidence" or set(CURVES) & set(names)}
    return {**kept, "values": {name: pair for name, pair in row["values"].items() if name in names}}


def _gated(report: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {**report, "questions": [_only(row, names) for row in report["questions"]]}


def _check_shared(whole: Comparison, kept: int) -> None:
    if whole.n < MIN_SHARED * kept:
        raise JudianError(
            f"基线有 {kept} 题，这次只评了其中 {whole.n} 题，不足一半，不能判断。请用同一个评测集、不加 --limit 再评一次。"
        )


def _check_measured(baseline: Mapping[str, Any], whole: Comparison, names: Sequence[str]) -> None:
    outcomes = [read_outcome(row) for row in baseline["questions"]]
    before, now = point(outcomes), {d.name for d in whole.differences}
    lost = [name for name in names if name in before and name not in now]
    if lost:
        raise JudianError(f"基线有{_titles(lost)}，这次没有测到，不能判断。请用同一个评测集完整地再评一次。")
    strange = [name for name in names if name not in before and (not now or tuple(names) != GATED)]
    if strange:
        raise JudianError(f"基线里没有{_titles(strange)}，无从比较。--metrics 可用的有：{'、'.join(before)}。")


def _titles(names: Sequence[str]) -> str:
    return "、".join(METRICS[name].title for name in names)
