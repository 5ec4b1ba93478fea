"""Scores of many questions -> one mapping of metrics; what was not measured is absent, never 0. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from eval.answers import count_refusals
from eval.intervals import mean_interval
from eval.questions import TYPES, half
from eval.ranking import CUTOFFS, all_at, hit_at, recall_at, reciprocal_rank
from eval.scores import Score

Metrics = Mapping[str, Any]
TIMES = ("retrieve_s", "first_token_s", "total_s")


def summarize_halves(scores: Sequence[Score]) -> dict[str, Metrics]:
    """Metrics of all questions and of either half: keys all, tune, report."""
    return {
        "all": summarize(scores),
        "tune": summarize([s for s in scores if half(s.question.id) == "tune"]),
        "report": summarize([s for s in scores if half(s.question.id) == "report"]),
    }


def summarize(scores: Sequence[Score]) -> Metrics:
    """`n` and every metric that these questions allow; shares in [0, 1], times in seconds.

    accuracy: right answers / questions, with its 95 % interval and by type. Ranking metrics: means over
    questions with evidence, for the cut-offs that the longest list of hits reaches. Citation metrics:
    sums over answers (micro average). Refusals: the positive class is refusing.
    """
    measured: dict[str, Any] = {
        "accuracy": _mean([float(s.right) for s in scores]),
        "accuracy_interval": mean_interval([float(s.right) for s in scores]),
        **_ranking(scores),
        **_citations(scores),
        **_refusals(scores),
    }
    present = {name: value for name, value in measured.items() if value is not None}
    return {"n": len(scores), **present, "by_type": _by_type(scores), "times": _times(scores)}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank); values must not be empty."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _ranking(scores: Sequence[Score]) -> dict[str, float | None]:
    rows = [s.ranks for s in scores if s.ranks]
    depth = max((len(s.record.hits) for s in scores), default=0)
    measures: list[tuple[str, Callable[..., float]]] = [("recall", recall_at), ("hit", hit_at), ("all", all_at)]
    metrics = {
        f"{name}@{k}": _mean([measure(ranks, k) for ranks in rows])
        for name, measure in measures
        for k in CUTOFFS
        if k <= depth
    }
    metrics["mrr@10"] = _mean([reciprocal_rank(ranks, 10) for ranks in rows]) if depth else None
    return metrics


def _citations(scores: Sequence[Score]) -> dict[str, float | None]:
    counts = [s.citations for s in scores]
    checked = [c for c in counts if c.valid is not None]
    overlaps = [float(s.cites_evidence) for s in scores if s.cites_evidence is not None]
    return {
        "citation_precision": _share([c.precise for c in counts], [c.citations for c in counts]),
        "citation_recall": _share([c.carried for c in counts], [c.claims for c in counts]),
        "quotes_valid": _share([c.valid or 0 for c in checked], [c.quotes for c in checked]),
        "evidence_cited": _mean(overlaps),
    }


def _refusals(scores: Sequence[Score]) -> dict[str, float | None]:
    counts = count_refusals((s.question, s.record.refused, s.right) for s in scores)
    return {
        "refusal_precision": counts.precision,
        "refusal_recall": counts.recall,
        "over_refusal": counts.over_refusal,
    }


def _by_type(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    groups = {kind: [float(s.right) for s in scores if s.question.type == kind] for kind in TYPES}
    return {kind: {"n": len(rights), "accuracy": fmean(rights)} for kind, rights in groups.items() if rights}


def _times(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name in TIMES:
        values = [v for s in scores if (v := getattr(s.record.times, name)) is not None]
        if values:
            found[name] = {"median": median(values), "p95": percentile(values, 0.95)}
    return found


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _share(parts: Sequence[int], wholes: Sequence[int]) -> float | None:
    return sum(parts) / sum(wholes) if sum(wholes) else None
