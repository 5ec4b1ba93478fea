"""What cases add to metrics -> the metrics with their bootstrap intervals, and how each is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from eval.measures.intervals import Interval, interval_of, ratio, resamples, wilson_interval
from eval.measures.metrics import METRICS
from eval.measures.outcomes import Values
from eval.report.tables import number, share

_NOTHING = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """How a metric is called and written; `better` says which of two figures is ahead."""

    title: str
    unit: Literal["share", "number", "seconds"] = "share"
    better: Literal["higher", "lower"] = "higher"


_OWN = {
    "accuracy": Figure("答对率"),
    "rejection": Figure("拒答率"),
    "rejection_or_right": Figure("拒答或答对"),
    "refused": Figure("拒答占比", better="lower"),
    "conflict": Figure("指出说法不一"),
    "misled": Figure("照抄错误答案", better="lower"),
    "characters": Figure("回答字数（不含拒答）", "number", "lower"),
    "keypoints": Figure("要点（字对包含）"),
    "char_f1_span": Figure("字 F1（片段题）"),
    "contained": Figure("含有答案（片段题）"),
    "refusal_recall_agreed": Figure("拒答召回率（公认无答案）"),
}


def figure(name: str) -> Figure:
    """The figure of that name: this package's, else one of `eval.measures.metrics`."""
    if name in _OWN:
        return _OWN[name]
    if name in METRICS:
        return Figure(METRICS[name].title, METRICS[name].unit, METRICS[name].better)
    return Figure(name)


def written(name: str, value: float) -> str:
    """A value of that metric as the page shows it."""
    unit = figure(name).unit
    if unit == "share":
        return share(value)
    return f"{number(value, 2)} 秒" if unit == "seconds" else number(value, 1 if name == "characters" else 3)


def summarize(rows: Sequence[Values]) -> dict[str, Any]:
    """`n`, `metrics` (Σ numerators / Σ denominators), `intervals` (95 %) and `counts` (cases that measure a metric)."""
    names = dict.fromkeys(name for row in rows for name in row)
    metrics: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    counts: dict[str, int] = {}
    for name in names:
        above = [row.get(name, _NOTHING)[0] for row in rows]
        below = [row.get(name, _NOTHING)[1] for row in rows]
        if not sum(below):
            continue
        metrics[name] = float(ratio(above, below, np.ones((1, len(rows))))[0])
        counts[name] = sum(value > 0 for value in below)
        spread = _interval(name, above, below)
        if spread is not None:
            intervals[name] = spread
    return {"n": len(rows), "metrics": metrics, "intervals": intervals, "counts": counts}


def _interval(name: str, above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """Bootstrap over cases; Wilson's for a share that every case has in full or not at all."""
    shares = {part / whole for part, whole in zip(above, below, strict=True) if whole}
    if figure(name).unit == "share" and shares in ({0.0}, {1.0}):
        return wilson_interval(shares.pop(), sum(whole > 0 for whole in below))
    return interval_of(ratio(above, below, resamples(len(above))))
