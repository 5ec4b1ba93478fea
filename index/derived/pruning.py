"""Weighted postings of a query's n-grams -> the rows that may be among the k best, most rows never looked at. Pure.

After MaxScore (Turtle and Flood 1995): the rarest n-grams first, and as soon as what the commoner ones can add is less
than the k-th best sum so far, no further row can come in, and those already in are looked up one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Rows
from index.derived.postings import Counts, Mask

Sums = NDArray[np.float32]

FEW = 6  # times fewer rows than postings: then looking each row up is quicker than going through the postings
SLACK = 1e-4  # share of a sum that rounding may cost, so that none is left out for it


@dataclass(frozen=True, slots=True)
class Term:
    """Rising rows of the texts that hold an n-gram, how often each does, and what the n-gram weighs.

    `allowed` says of every row whether it counts; None: all do.
    """

    weight: np.float32
    rows: Rows
    counts: Counts
    allowed: Mask | None

    def ceiling(self, least: float) -> float:
        """The most that it adds to any row."""
        most = float(self.counts.max())
        return float(self.weight) * most / (most + least)

    def all(self, norms: Sums) -> tuple[Rows, Sums]:
        """Every row that counts, and what it gets."""
        rows, counts = self.rows, self.counts
        if self.allowed is not None:
            keep = self.allowed[rows]
            rows, counts = rows[keep], counts[keep]
        return rows, self.weight * (counts / (counts + norms[rows]))

    def of(self, rows: Rows, norms: Sums) -> tuple[NDArray[np.int64], Sums]:
        """The places in `rows`, which rise, of those that hold it and count, and what they get."""
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        held = np.flatnonzero(self.rows[places] == rows)
        if self.allowed is not None:
            held = held[self.allowed[rows[held]]]
        counts = self.counts[places[held]]
        return held, self.weight * (counts / (counts + norms[rows[held]]))


def contenders(terms: Sequence[Term], norms: Sums, k: int) -> Rows:
    """Rows, rising, among them the k with the highest sums over all terms; `norms` is BM25's length part of each row."""
    least = float(norms.min()) if len(norms) else 0.0
    rising = sorted(terms, key=lambda term: len(term.rows))
    rest = np.append(np.cumsum([term.ceiling(least) for term in rising][::-1])[::-1], 0.0)
    sums = np.zeros(len(norms), np.float32)
    rows, done = _open(rising, rest, norms, sums, k)
    for term, left in zip(rising[done:], rest[done + 1 :], strict=True):
        if len(rows) * FEW < len(term.rows):
            held, gained = term.of(rows, norms)
            sums[rows[held]] += gained
        else:
            every, gained = term.all(norms)
            sums[every] += gained
        rows = _hopeful(rows, sums, k, left)
    return rows


def _open(rising: Sequence[Term], rest: NDArray[np.float64], norms: Sums, sums: Sums, k: int) -> tuple[Rows, int]:
    """The rows that may be among the k best once no other can, and how many terms are in their sums by then."""
    found: list[Rows] = [np.zeros(0, np.uint32)]
    for done, term in enumerate(rising):
        if rest[done] < rest[0] / 2:  # no sum is above rest[0] - rest[done]
            found = [np.concatenate(found)]
            if len(found[0]) >= k and rest[done] < _threshold(found[0], sums, k) * (1 - SLACK):
                return np.sort(_hopeful(found[0], sums, k, rest[done])), done
        every, gained = term.all(norms)
        before = sums[every]
        found.append(every[before == 0])
        sums[every] = before + gained
    return np.sort(_hopeful(np.concatenate(found), sums, k, 0.0)), len(rising)


def _hopeful(rows: Rows, sums: Sums, k: int, left: float) -> Rows:
    """Those that may be among the k best when each sum may still grow by `left`."""
    if len(rows) <= k:
        return rows
    return rows[sums[rows] >= _threshold(rows, sums, k) * (1 - SLACK) - left]


def _threshold(rows: Rows, sums: Sums, k: int) -> float:
    return float(np.partition(sums[rows], -k)[-k])
