"""Probabilities and whether each question is answerable -> how well they tell them apart, set by set. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.calibrating.fitting import balanced
from eval.measures.calibration import calibration_error

Floats = NDArray[np.float64]
REFUSED = 0.04  # of what is answerable, at most, at the threshold


@dataclass(frozen=True, slots=True)
class Row:
    """One set: questions, answerable ones, area under the ROC curve (nan where one kind is missing), calibration error,
    and at the threshold the shares of the unanswerable declined and of the answerable refused (nan where there are none)."""

    name: str
    n: int
    answerable: int
    auc: float
    ece: float
    declined: float
    refused: float


def auc(probabilities: Sequence[float], answerable: Sequence[bool]) -> float:
    """The chance that an answerable question has the higher probability, half for a tie (Hanley & McNeil 1982)."""
    values, good = np.asarray(probabilities, np.float64), np.asarray(answerable, bool)
    if good.all() or not good.any():
        return float("nan")
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    yes, no = int(good.sum()), int((~good).sum())
    return float((ranks[good].sum() - yes * (yes + 1) / 2) / (yes * no))


def threshold(probabilities: Sequence[float], answerable: Sequence[bool], sets: Sequence[str]) -> float:
    """The highest probability below which lie at most REFUSED of the answerable, each set counting alike."""
    good = np.asarray(answerable, bool)
    values, own = np.asarray(probabilities, np.float64)[good], balanced(np.asarray(sets)[good].tolist())
    order = np.argsort(values, kind="stable")
    below = np.cumsum(own[order]) - own[order]
    return float(values[order][below <= REFUSED + 1e-9][-1])


def rows(probabilities: Sequence[float], answerable: Sequence[bool], sets: Sequence[str], least: float) -> list[Row]:
    """A row for each set in the order in which they come, then one for all."""
    values, good, names = np.asarray(probabilities, np.float64), np.asarray(answerable, bool), np.asarray(sets)
    parts = [(name, names == name) for name in dict.fromkeys(sets)]
    return [_row(name, values[own], good[own], least) for name, own in [*parts, ("全部", np.ones(len(values), bool))]]


def _row(name: str, values: Floats, good: NDArray[np.bool_], least: float) -> Row:
    low, rights = values < least, good.tolist()
    error = float(calibration_error(values.tolist(), rights, np.ones((1, len(values))))[0])
    return Row(
        name, len(values), int(good.sum()), auc(values.tolist(), rights), error, _share(low[~good]), _share(low[good])
    )


def _share(chosen: NDArray[np.bool_]) -> float:
    return float(chosen.mean()) if len(chosen) else float("nan")
