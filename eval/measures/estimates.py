"""Outcomes of questions -> every metric, for each resample of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.measures.calibration import calibration_error, risk_area
from eval.measures.intervals import Floats, Interval, interval_of, ratio, resamples, wilson_interval
from eval.measures.metrics import METRICS
from eval.measures.outcomes import Outcome

NOTHING = (0.0, 0.0)
CURVES = ("aurc", "ece")  # of all answers with a confidence together; no question has a value of its own


def estimates(outcomes: Sequence[Outcome], weights: Floats) -> dict[str, Floats]:
    """Metric -> its value for each row of `weights` (rows, outcomes), nan where a row cannot measure it.

    Metrics that no outcome measures are absent; the others come in the order of METRICS.
    """
    measured = {name for o in outcomes for name in o.values}
    found: dict[str, Floats] = {}
    for name in measured:
        pairs = [o.values.get(name, NOTHING) for o in outcomes]
        found[name] = ratio([above for above, _ in pairs], [below for _, below in pairs], weights)
    sure = [n for n, o in enumerate(outcomes) if o.confidence is not None]
    if sure:
        confidences = [outcomes[n].confidence or 0.0 for n in sure]
        rights = [outcomes[n].right for n in sure]
        found["aurc"] = risk_area(confidences, rights, weights[:, sure])
        found["ece"] = calibration_error(confidences, rights, weights[:, sure])
    return {name: found[name] for name in METRICS if name in found}


def point(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Metric -> its value on the outcomes as they are."""
    return {name: float(values[0]) for name, values in estimates(outcomes, np.ones((1, len(outcomes)))).items()}


def intervals(outcomes: Sequence[Outcome]) -> dict[str, Interval]:
    """Metric -> its 95 % interval: bootstrap over questions, or Wilson's for a share that every question has in full
    or not at all; absent where it has none, and where a single question measures it otherwise: its resamples are all
    the same, which says nothing of how sure the value is."""
    if not outcomes:
        return {}
    found: dict[str, Interval] = {}
    for name, values in estimates(outcomes, resamples(len(outcomes))).items():
        interval = _alike(name, outcomes) or (interval_of(values) if _counted(name, outcomes) > 1 else None)
        if interval is not None:
            found[name] = interval
    return found


def _counted(name: str, outcomes: Sequence[Outcome]) -> int:
    """How many questions measure the metric."""
    if name in CURVES:
        return sum(o.confidence is not None for o in outcomes)
    return sum(name in o.values for o in outcomes)


def _alike(name: str, outcomes: Sequence[Outcome]) -> Interval | None:
    """Wilson's interval when all questions that measure it, in [0, 1], give 0, or all give 1."""
    pairs = [o.values[name] for o in outcomes if name in o.values]
    shares = {above / below for above, below in pairs if below}
    if METRICS[name].unit == "seconds" or shares not in ({0.0}, {1.0}):
        return None
    return wilson_interval(shares.pop(), len(pairs))
