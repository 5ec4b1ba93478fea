"""Scores of questions -> bootstrap intervals. Pure and seeded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 2000
SEED = 20240320


def mean_interval(values: Sequence[float], seed: int = SEED) -> tuple[float, float] | None:
    """95 % percentile bootstrap interval of the mean (Efron & Tibshirani 1993, ch. 13); None for no values."""
    if not values:
        return None
    array = np.asarray(values, np.float64)
    draws = np.random.default_rng(seed).integers(0, len(array), (RESAMPLES, len(array)))
    low, high = np.quantile(array[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def difference_interval(
    before: Sequence[float], after: Sequence[float], seed: int = SEED
) -> tuple[float, float] | None:
    """95 % interval of mean(after) - mean(before) over the same questions, resampled in pairs
    (Koehn 2004, EMNLP); None for no questions. Raises ValueError when the lengths differ."""
    return mean_interval([b - a for a, b in zip(before, after, strict=True)], seed)
