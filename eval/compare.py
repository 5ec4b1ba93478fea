"""Two reports -> every metric's difference with its interval, and the questions that changed. Pure but for `read_report`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.measures.estimates import CURVES, estimates
from eval.measures.intervals import Interval, interval_of, p_value, resamples
from eval.measures.metrics import METRICS
from eval.measures.outcomes import Outcome, read_outcome
from eval.measures.scores import WHY_TEXT
from index.errors import JudianError

Row = Mapping[str, Any]
SIGNIFICANT = 0.05  # of the p-values after Holm's correction


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric on the shared questions; `gain` is after − before, turned so that more is better.

    `interval` is the 95 % interval of after − before, resampled in pairs; `p` its p-value, never below that of an
    exact sign test on the questions that changed, corrected for the number of metrics compared (Holm 1979).
    """

    name: str
    before: float
    after: float
    interval: Interval | None
    p: float

    @property
    def gain(self) -> float:
        """after − before, or before − after where less is better."""
        change = self.after - self.before
        return change if METRICS[self.name].better == "higher" else -change

    @property
    def beyond_noise(self) -> bool:
        """Whether chance alone, in the drawing of the questions, hardly explains the difference."""
        return self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Change:
    """One question whose verdict changed; `before`, `after` are Chinese verdicts."""

    id: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the questions they share, `n` of them; `settings` holds those that differ, as (before, after)."""

    n: int
    only_before: int
    only_after: int
    differences: tuple[Difference, ...]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    settings: Mapping[str, tuple[object, object]]


def read_report(folder: Path) -> Mapping[str, Any]:
    """report.json of a folder that `python -m eval run` wrote. Raises JudianError when there is none."""
    path = folder / "report.json"
    mend = f"请先评测：python -m eval run --out {folder}"
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        rows = report["questions"]
        if not isinstance(rows, list) or not all("values" in row for row in rows):
            raise TypeError("no values")
    except OSError as error:
        raise JudianError(f"找不到 {path}。{mend}") from error
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise JudianError(f"{path} 不是这一版逐题评测的报告，无法逐题比较。{mend}") from error
    return dict(report)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """The comparison over questions with the same id and words. Raises JudianError when the runs share none."""
    left, right = _by_question(before), _by_question(after)
    pairs = [(left[key], right[key]) for key in left if key in right]
    if not pairs:
        raise JudianError("两次评测没有相同的题目，无法比较。请用同一个评测集。")
    return Comparison(
        n=len(pairs),
        only_before=len(left) - len(pairs),
        only_after=len(right) - len(pairs),
        differences=differences([read_outcome(a) for a, _ in pairs], [read_outcome(b) for _, b in pairs]),
        better=tuple(_change(a, b) for a, b in pairs if b["right"] and not a["right"]),
        worse=tuple(_change(a, b) for a, b in pairs if a["right"] and not b["right"]),
        settings=_changed_settings(before["settings"], after["settings"]),
    )


def differences(before: Sequence[Outcome], after: Sequence[Outcome]) -> tuple[Difference, ...]:
    """The difference of every metric that both runs measured, over the same questions in the same order."""
    once, weights = np.ones((1, len(before))), resamples(len(before))
    left, right = estimates(before, once), estimates(after, once)
    drawn_left, drawn_right = estimates(before, weights), estimates(after, weights)
    shared = [name for name in left if name in right]
    spread = {name: drawn_right[name] - drawn_left[name] for name in shared}
    corrected = holm({n: max(p_value(spread[n]), least_p(n, before, after)) for n in shared})
    return tuple(
        Difference(name, float(left[name][0]), float(right[name][0]), interval_of(spread[name]), corrected[name])
        for name in shared
    )


def least_p(name: str, before: Sequence[Outcome], after: Sequence[Outcome]) -> float:
    """The smallest two-sided p-value that k changed questions can give, 2 / 2^k, all of them changed the same way:
    resamples of one or two questions look alike, though they prove nothing."""
    changed = sum(_adds(name, a) != _adds(name, b) for a, b in zip(before, after, strict=True))
    return min(1.0, 2 * 0.5**changed)


def _adds(name: str, outcome: Outcome) -> object:
    """What the question adds to the metric."""
    return (outcome.confidence, outcome.right) if name in CURVES else outcome.values.get(name)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values corrected for their number: the i-th smallest of m times m − i + 1, never falling (Holm 1979)."""
    corrected: dict[str, float] = {}
    highest = 0.0
    for place, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        highest = max(highest, min(1.0, p_values[name] * (len(p_values) - place)))
        corrected[name] = highest
    return corrected


def summary_line(comparison: Comparison) -> str:
    """The comparison as one JSON object."""
    metrics = {
        d.name: {"difference": d.after - d.before, **{k: v for k, v in asdict(d).items() if k != "name"}}
        for d in comparison.differences
    }
    return json.dumps(
        {
            "n": comparison.n,
            "metrics": metrics,
            "better": [change.id for change in comparison.better],
            "worse": [change.id for change in comparison.worse],
        },
        ensure_ascii=False,
    )


def _by_question(report: Mapping[str, Any]) -> dict[tuple[str, str], Row]:
    return {(row["id"], row["question"]): row for row in report["questions"]}


def _changed_settings(before: Row, after: Row) -> dict[str, tuple[object, object]]:
    told = [name for name in {**before, **after} if name not in ("date", "peak_memory_gb", "questions", "seconds")]
    return {n: (before.get(n), after.get(n)) for n in told if before.get(n) != after.get(n)}


def _change(before: Row, after: Row) -> Change:
    return Change(after["id"], after["question"], _verdict(before), _verdict(after))


def _verdict(row: Row) -> str:
    if row["right"]:
        return "检索到" if row["type"] == "retrieval" else "答对"
    return WHY_TEXT[row["why"]]
