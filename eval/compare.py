"""Two reports -> what got better and what got worse, question by question. Pure but for `read_report`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from eval.intervals import difference_interval
from eval.scores import WHY_TEXT
from eval.tables import METRIC_TEXT, MISSING, lay_out, number, share
from index.errors import JudianError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One question whose verdict changed; `before`, `after` are Chinese verdicts."""

    id: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the questions they share, `n` of them; `interval` is that of the difference, 95 %."""

    n: int
    only_before: int
    only_after: int
    accuracy_before: float
    accuracy_after: float
    interval: tuple[float, float]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]


def read_report(folder: Path) -> Mapping[str, Any]:
    """report.json of a folder that `python -m eval run` wrote. Raises JudianError when there is none."""
    path = folder / "report.json"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        rows = report["questions"]
    except FileNotFoundError as error:
        raise JudianError(f"找不到 {path}。请先评测：python -m eval run --out {folder}") from error
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise JudianError(f"{path} 不是逐题评测的报告。请重新评测：python -m eval run --out {folder}") from error
    if not isinstance(rows, list):
        raise JudianError(f"{path} 不是逐题评测的报告。请重新评测：python -m eval run --out {folder}")
    return dict(report)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """The comparison over questions with the same id. Raises JudianError when the runs share none."""
    left = {row["id"]: row for row in before["questions"]}
    right = {row["id"]: row for row in after["questions"]}
    pairs = [(left[i], right[i]) for i in left if i in right]
    rights = [(float(a["right"]), float(b["right"])) for a, b in pairs]
    interval = difference_interval([a for a, _ in rights], [b for _, b in rights])
    if interval is None:
        raise JudianError("两次评测没有相同的题目，无法比较。请用同一个评测集。")
    return Comparison(
        n=len(pairs),
        only_before=len(left) - len(pairs),
        only_after=len(right) - len(pairs),
        accuracy_before=fmean(a for a, _ in rights),
        accuracy_after=fmean(b for _, b in rights),
        interval=interval,
        better=tuple(_change(a, b) for a, b in pairs if b["right"] and not a["right"]),
        worse=tuple(_change(a, b) for a, b in pairs if a["right"] and not b["right"]),
    )


def show(comparison: Comparison, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What the terminal shows: the metrics side by side, the difference, then the changed questions."""
    low, high = comparison.interval
    beyond = "超出" if low > 0 or high < 0 else "没有超出"
    difference = comparison.accuracy_after - comparison.accuracy_before
    return "\n\n".join(
        (
            lay_out([["指标", "A", "B", "B − A"], *_metric_rows(comparison, before, after)]),
            f"共同的 {comparison.n} 题上，答对率变化 {_signed(difference)}，"
            f"95% 区间 {_signed(low)} 到 {_signed(high)}，{beyond}抽样误差。"
            f"（只在 A：{comparison.only_before} 题，只在 B：{comparison.only_after} 题）",
            _listed("变好", comparison.better),
            _listed("变差", comparison.worse),
        )
    )


def summary_line(comparison: Comparison) -> str:
    """The comparison as one JSON object."""
    return json.dumps(
        {
            "n": comparison.n,
            "accuracy_before": comparison.accuracy_before,
            "accuracy_after": comparison.accuracy_after,
            "difference": comparison.accuracy_after - comparison.accuracy_before,
            "interval": list(comparison.interval),
            "better": [change.id for change in comparison.better],
            "worse": [change.id for change in comparison.worse],
        },
        ensure_ascii=False,
    )


def _metric_rows(comparison: Comparison, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[list[str]]:
    left = {**before["metrics"]["all"], "accuracy": comparison.accuracy_before}
    right = {**after["metrics"]["all"], "accuracy": comparison.accuracy_after}
    return [
        [METRIC_TEXT[name], *_cells(name, left.get(name), right.get(name))]
        for name in METRIC_TEXT
        if name in left or name in right
    ]


def _cells(name: str, left: float | None, right: float | None) -> Sequence[str]:
    plain = number if name.startswith("mrr") else share
    if left is None or right is None:
        return plain(left), plain(right), MISSING
    change = f"{right - left:+.3f}" if plain is number else _signed(right - left)
    return plain(left), plain(right), change


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}%"


def _listed(title: str, changes: Sequence[Change]) -> str:
    lines = (f"  {c.id}  {c.question}  （{c.before} → {c.after}）" for c in changes)
    return "\n".join([f"{title} {len(changes)} 题", *lines])


def _change(before: Row, after: Row) -> Change:
    return Change(after["id"], after["question"], _verdict(before), _verdict(after))


def _verdict(row: Row) -> str:
    return "答对" if row["right"] else WHY_TEXT[row["why"]]
