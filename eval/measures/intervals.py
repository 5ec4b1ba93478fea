"""Scores of questions -> bootstrap intervals. Pure and seeded.

A resample is a row of weights: how often each question was drawn. A metric is a function from such rows to its
values, so that sums of ratios, curves and means are all resampled alike, and two runs with the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Interval = tuple[float, float]

RESAMPLES = 2000
SEED = 20240320
LEVEL = 0.95
MIN_MEASURED = 0.5  # of the resamples; a metric that most of them cannot measure has no interval


@lru_cache(maxsize=4)  # 48 MB for 3,000 questions
def resamples(count: int, seed: int = SEED) -> Floats:
    """How often each of `count` questions is drawn, shape (RESAMPLES, count); every row sums to `count`."""
    draws = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    weights = np.zeros((RESAMPLES, count))
    np.add.at(weights, (np.arange(RESAMPLES)[:, None], draws), 1.0)
    weights.setflags(write=False)
    return weights


def interval_of(values: Floats) -> Interval | None:
    """95 % percentile interval (Efron & Tibshirani 1993, ch. 13) of a metric's values on the resamples; None when
    most resamples could not measure it (nan)."""
    measured = values[~np.isnan(values)]
    if len(measured) < MIN_MEASURED * len(values) or not len(measured):
        return None
    low, high = np.quantile(measured, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def p_value(differences: Floats) -> float:
    """Two-sided bootstrap p-value of “no difference”: twice the smaller share of resamples on either side of 0,
    with one added to both counts (Davison & Hinkley 1997, ch. 4); 1 when nothing could be measured."""
    measured = differences[~np.isnan(differences)]
    least = min(int((measured <= 0).sum()), int((measured >= 0).sum()))
    return min(1.0, 2 * (least + 1) / (len(measured) + 1))


def ratio(numerators: Sequence[float], denominators: Sequence[float], weights: Floats) -> Floats:
    """Σ numerators / Σ denominators for each row of `weights` (rows, questions); nan where there is nothing to divide by."""
    below = weights @ np.asarray(denominators, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(below > 0, (weights @ np.asarray(numerators, np.float64)) / below, np.nan))


def wilson_interval(share: float, count: int) -> Interval:
    """95 % interval of a share of `count` questions without resampling (Wilson 1927, JASA 22).

    For questions that all came out alike: their resamples do too, though two right answers prove little.
    """
    z = 1.959964
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def share_interval(values: Sequence[float], seed: int = SEED) -> Interval | None:
    """95 % interval of the mean of shares, each in [0, 1]: `mean_interval`, or Wilson's where all are 0 or all are 1."""
    if values and set(values) in ({0.0}, {1.0}):
        return wilson_interval(values[0], len(values))
    return mean_interval(values, seed)


def mean_interval(values: Sequence[float], seed: int = SEED) -> Interval | None:
    """95 % bootstrap interval of the mean; None for no values."""
    if not values:
        return None
    return interval_of(ratio(values, [1.0] * len(values), resamples(len(values), seed)))


def difference_interval(before: Sequence[float], after: Sequence[float], seed: int = SEED) -> Interval | None:
    """95 % interval of mean(after) - mean(before) over the same questions, resampled in pairs
    (Koehn 2004, EMNLP); None for no questions. Raises ValueError when the lengths differ."""
    return mean_interval([b - a for a, b in zip(before, after, strict=True)], seed)
