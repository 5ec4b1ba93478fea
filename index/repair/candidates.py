"""Doubtful places of a sheet -> the characters each may have been: drawn alike, and at home between its neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from index.repair import counts as counts_of
from index.repair import shapes as shapes_of
from index.repair.counts import Counts, Floats, Ints
from index.repair.shapes import SIMPLIFIED, TRADITIONAL, Shapes
from index.repair.sheet import MARGIN, Sheet

SCREEN = 8.0  # bits
OFFERED = 40  # candidates of a place
LIKENESS_BITS = 14.0  # what full likeness weighs against bits of likelihood when candidates are chosen


@dataclass(frozen=True)
class Knowledge:
    """The shipped tables together, and the symbol of every character of the shapes."""

    counts: Counts
    shapes: Shapes

    @cached_property
    def codes(self) -> Ints:
        """The code of each character of the shapes."""
        return np.array([ord(c) for c in self.shapes.characters], np.int64)

    @cached_property
    def symbols(self) -> Ints:
        """The symbol of each character of the shapes."""
        return self.counts.symbols[self.codes].astype(np.int64)

    @cached_property
    def writable(self) -> dict[int, Ints]:
        """Script -> the characters of the shapes that stand in a text of that script and are known."""
        known, scripts = self.symbols > 0, self.shapes.scripts
        own = np.array(
            [
                n > 0 and self.counts.letters[n - 1] == c
                for c, n in zip(self.shapes.characters, self.symbols, strict=True)
            ]
        )
        return {
            SIMPLIFIED: np.flatnonzero(known & (scripts != TRADITIONAL) & own),
            TRADITIONAL: np.flatnonzero(known & (scripts != SIMPLIFIED)),
        }


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Both tables."""
    return Knowledge(counts_of.load(), shapes_of.load())


def promising(sheet: Sheet, places: Ints, known: Knowledge) -> Ints:
    """Those of the places where a character drawn much alike is more at home by SCREEN bits: a cheap look at many places."""
    drawn = known.shapes.place_of[np.minimum(sheet.codes[places + MARGIN], 0xFFFF)]
    alike = known.symbols[known.shapes.neighbours[drawn]]
    left, own, right = (sheet.symbols[places + MARGIN + d][:, None] for d in (-1, 0, 1))
    fits = _pairs(known.counts, left, alike, right)
    fits[(alike == 0) | (alike == own)] = -np.inf
    gain = fits.max(axis=1) - _pairs(known.counts, left, own, right)[:, 0]
    chosen: Ints = places[(gain > SCREEN) & (drawn >= 0)]
    return chosen


def _pairs(counts: Counts, left: Ints, middle: Ints, right: Ints) -> Floats:
    """Bits of a symbol between two, by pairs alone."""
    rows = np.stack(np.broadcast_arrays(left, middle, right), axis=-1)
    seen, single = counts.runs(rows, 2), counts.single
    share = (single[rows] + 0.2) / single.sum()
    trust = 4.0 * (single[rows] + 1.0) ** 0.8
    first = (trust[..., 0] * share[..., 1] + seen[..., 0]) / (single[rows[..., 0]] + trust[..., 0])
    second = (trust[..., 1] * share[..., 2] + seen[..., 1]) / (single[rows[..., 1]] + trust[..., 1])
    bits: Floats = np.log2(first * second)
    return bits


def find(sheet: Sheet, places: Ints, known: Knowledge) -> tuple[Ints, Floats]:
    """For each place OFFERED characters as places in the shapes, and the likeness of each to the written one."""
    chosen = np.zeros((len(places), OFFERED), np.int64)
    alike = np.zeros((len(places), OFFERED), np.float32)
    for n, place in enumerate(places):
        pool = known.writable[int(sheet.scripts[place])]
        written = known.shapes.places.get(sheet.text[place])
        likeness = _likeness(known.shapes, written, pool)
        left, own, right = sheet.symbols[place + MARGIN - 1 : place + MARGIN + 2]
        symbols = known.symbols[pool]
        worth = _at_home(known.counts, int(left), int(right))[symbols] + LIKENESS_BITS * likeness
        worth[(symbols == own) & (pool != written)] -= 8.0  # the other script's form of the written one: seldom damage
        if written is not None:
            worth[pool == written] = -np.inf
        best = np.argpartition(-worth, OFFERED)[:OFFERED]
        chosen[n], alike[n] = pool[best], likeness[best]
    return chosen, alike


def _likeness(shapes: Shapes, written: int | None, pool: Ints) -> Floats:
    if written is None:
        return np.zeros(len(pool), np.float32)
    likeness: NDArray[np.float32] = shapes.vectors[pool] @ shapes.vectors[written]
    return likeness


def _at_home(counts: Counts, left: int, right: int) -> Floats:
    """Bits for each symbol between these two, by pairs alone."""
    share = (counts.single + 0.2) / counts.single.sum()
    trust = 4.0 * (counts.single + 1.0) ** 0.8
    following, seen = counts.after(left)
    first = trust[left] * share
    first[following] += seen
    leading, seen = counts.before(right)
    second = trust * share[right]
    second[leading] += seen
    bits: Floats = np.log2(first * second / ((counts.single + trust) * (counts.single[left] + trust[left])))
    return bits
