"""Scores of many questions -> one mapping of metrics; what was not measured is absent, never 0. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from eval.measures.calibration import reliability, risk_coverage
from eval.measures.estimates import intervals, point
from eval.measures.intervals import share_interval
from eval.measures.outcomes import TIMES, Outcome, outcome
from eval.measures.scores import Score
from eval.questions import TYPES, half

Metrics = Mapping[str, Any]


def summarize_halves(scores: Sequence[Score]) -> dict[str, Metrics]:
    """Metrics of all questions and of either half: keys all, tune, report."""
    return {
        "all": summarize(scores),
        "tune": summarize([s for s in scores if half(s.question.id) == "tune"]),
        "report": summarize([s for s in scores if half(s.question.id) == "report"]),
    }


def summarize(scores: Sequence[Score]) -> Metrics:
    """`n`, every metric of `eval.measures.metrics` that these questions allow, and:

    `intervals` (95 %, by metric), `by_type` (right answers of each type), `times` (median, p95 in seconds),
    `risk_coverage` and `reliability` (the curves of answers that state a confidence).
    """
    outcomes = outcomes_of(scores)
    return {
        "n": len(outcomes),
        **point(outcomes),
        "intervals": intervals(outcomes),
        "by_type": _by_type(outcomes),
        "times": _times(outcomes),
        **_curves(outcomes),
    }


def outcomes_of(scores: Sequence[Score]) -> list[Outcome]:
    """The outcomes of one run, whose longest list of hits says how deep ranking was measured."""
    depth = max((len(s.record.hits) for s in scores), default=0)
    return [outcome(s, depth) for s in scores]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank); values must not be empty."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _by_type(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    kinds = dict.fromkeys([*TYPES, *(o.type for o in outcomes)])
    groups = {kind: [float(o.right) for o in outcomes if o.type == kind] for kind in kinds}
    return {
        kind: {"n": len(rights), "accuracy": sum(rights) / len(rights), "interval": share_interval(rights)}
        for kind, rights in groups.items()
        if rights
    }


def _times(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    spent = {name: [o.values[name][0] for o in outcomes if name in o.values] for name in TIMES}
    return {name: {"median": median(v), "p95": percentile(v, 0.95)} for name, v in spent.items() if v}


def _curves(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    sure = [(o.confidence, o.right) for o in outcomes if o.confidence is not None]
    if not sure:
        return {}
    confidences, rights = [c for c, _ in sure], [r for _, r in sure]
    return {
        "risk_coverage": risk_coverage(confidences, rights, len(outcomes)),
        "reliability": [asdict(b) for b in reliability(confidences, rights)],
    }
