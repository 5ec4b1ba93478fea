"""Confidences and whether the answers were right -> risk–coverage curve, its area, reliability, ECE. Pure.

Only answered questions count: of a question that was declined it is not known whether an answer would have been right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in [low, high): their number, mean confidence and share of right ones."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def risk_coverage(confidences: Sequence[float], rights: Sequence[bool], questions: int) -> list[tuple[float, float]]:
    """(coverage, risk) at every distinct confidence, the highest first.

    Coverage: answers at least that confident / `questions` (declined ones too, so it ends at the share that was
    answered). Risk: wrong ones among them / their number (El-Yaniv & Wiener 2010, JMLR 11).
    """
    if not confidences:
        return []
    weights = np.ones((1, len(confidences)))
    counts, right = _from_the_top(confidences, rights, weights)
    return [(float(c) / questions, float(1 - r / c)) for c, r in zip(counts[0], right[0], strict=True)]


def risk_area(confidences: Sequence[float], rights: Sequence[bool], weights: Floats) -> Floats:
    """Area under the risk–coverage curve (AURC), for each row of `weights` (rows, answers): how often an answer counts.

    AURC = Σ over answers of the risk among those at least as confident / answers (Geifman & El-Yaniv 2017,
    arXiv:1705.08500). 0 is best; a confidence that says nothing gives the share of wrong answers.
    """
    counts, right = _from_the_top(confidences, rights, weights)
    steps = np.diff(counts, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        risks = np.where(counts > 0, 1 - right / counts, 0.0)
        return np.asarray((risks * steps).sum(axis=1) / counts[:, -1])


def calibration_error(confidences: Sequence[float], rights: Sequence[bool], weights: Floats) -> Floats:
    """Expected calibration error (ECE), for each row of `weights` (rows, answers): how often an answer counts.

    ECE = Σ over bins of |bin| / answers · |share right − mean confidence|, ten bins of equal width (Naeini et al.
    2015, AAAI; Guo et al. 2017, arXiv:1706.04599).
    """
    gaps = np.asarray(rights, np.float64) - np.asarray(confidences, np.float64)
    member = np.eye(BINS)[_bins(confidences)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.abs((weights * gaps) @ member).sum(axis=1) / weights.sum(axis=1))


def reliability(confidences: Sequence[float], rights: Sequence[bool]) -> list[Bin]:
    """The bins of the reliability diagram that hold an answer, the lowest first."""
    places = _bins(confidences)
    found: list[Bin] = []
    for number in sorted(set(places.tolist())):
        inside = places == number
        values = np.asarray(confidences, np.float64)[inside], np.asarray(rights, np.float64)[inside]
        low, high = number / BINS, (number + 1) / BINS
        found.append(Bin(low, high, int(inside.sum()), float(values[0].mean()), float(values[1].mean())))
    return found


def _bins(confidences: Sequence[float]) -> NDArray[np.int64]:
    return np.minimum((np.asarray(confidences, np.float64) * BINS).astype(np.int64), BINS - 1)


def _from_the_top(confidences: Sequence[float], rights: Sequence[bool], weights: Floats) -> tuple[Floats, Floats]:
    """For each row of weights and each distinct confidence, highest first: answers so far, right ones so far."""
    distinct, places = np.unique(-np.asarray(confidences, np.float64), return_inverse=True)
    member = np.eye(len(distinct))[places]
    counts = (weights @ member).cumsum(axis=1)
    right = ((weights * np.asarray(rights, np.float64)) @ member).cumsum(axis=1)
    return counts, right
