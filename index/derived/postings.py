"""Rows of texts -> postings: for each n-gram the rows that hold it and how often. Arrays that never change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Keys, Rows, gram_keys

Mask = NDArray[np.bool_]
Counts = NDArray[np.uint16]

CHUNK = 2000  # texts cut into n-grams together


@dataclass(frozen=True, slots=True)
class Postings:
    """`keys` rise; those of keys[i] are rows[starts[i]:starts[i + 1]], each row once, with their counts."""

    keys: Keys
    starts: NDArray[np.int64]
    rows: Rows
    counts: Counts

    def spans(self, grams: Collection[int]) -> list[slice]:
        """Where in `rows` and `counts` each n-gram stands; empty for one that stands nowhere."""
        keys = np.fromiter(grams, np.uint64, len(grams))
        places = np.searchsorted(self.keys, keys)
        ends = np.searchsorted(self.keys, keys, side="right")
        return list(map(slice, self.starts[places].tolist(), self.starts[ends].tolist()))

    def save(self, folder: Path) -> None:
        """Write an array a field into `folder`."""
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Read what save() wrote; the arrays stay on the disk until they are needed. Raises when one is missing."""
        return cls(*(np.asarray(np.load(folder / f"{field.name}.npy", mmap_mode="r")) for field in fields(cls)))


def count(texts: Sequence[str], rows: Rows) -> tuple[Postings, NDArray[np.uint32]]:
    """Postings of texts that stand in these rows, and how many n-grams each has (at least one)."""
    made: list[tuple[Keys, Rows, Counts]] = []
    lengths = np.zeros(len(texts), np.uint32)
    for start in range(0, len(texts), CHUNK):
        keys, places = gram_keys(texts[start : start + CHUNK])
        own = slice(start, start + CHUNK)
        lengths[own] = np.bincount(places, minlength=len(lengths[own]))
        order = np.lexsort((places, keys))
        keys, places = keys[order], places[order]
        first = np.flatnonzero(_changes(keys) | _changes(places))
        counts = np.minimum(np.diff(np.append(first, len(keys))), np.iinfo(np.uint16).max)
        made.append((keys[first], rows[own][places[first]], counts.astype(np.uint16)))
    return _laid_out(made), np.maximum(lengths, 1)


def merge(parts: Sequence[tuple[Postings, Mask]]) -> Postings:
    """One of several; of each only the rows that its mask, by row, names."""
    return _laid_out([_kept(postings, mask) for postings, mask in parts])


def renumbered(postings: Postings, live: Mask) -> Postings:
    """The same with the rows counted anew, as if only the live ones had ever been."""
    rows = (np.cumsum(live, dtype=np.uint32) - np.uint32(1))[postings.rows]
    return Postings(postings.keys, postings.starts, rows, postings.counts)


def _kept(postings: Postings, mask: Mask) -> tuple[Keys, Rows, Counts]:
    keys = np.repeat(postings.keys, np.diff(postings.starts))
    if mask.all():
        return keys, postings.rows, postings.counts
    keep = mask[postings.rows]
    return keys[keep], postings.rows[keep], postings.counts[keep]


def _laid_out(made: Sequence[tuple[Keys, Rows, Counts]]) -> Postings:
    keys = np.concatenate([np.zeros(0, np.uint64), *(m[0] for m in made)])
    order = np.argsort(keys, kind="stable")  # the parts are sorted already, which it makes use of
    keys = keys[order]
    first = np.flatnonzero(_changes(keys))
    return Postings(
        keys[first],
        np.append(first, len(keys)),
        np.concatenate([np.zeros(0, np.uint32), *(m[1] for m in made)])[order],
        np.concatenate([np.zeros(0, np.uint16), *(m[2] for m in made)])[order],
    )


def _changes(values: NDArray[np.uint64] | NDArray[np.uint32]) -> Mask:
    """True where a value differs from the one before it."""
    return np.concatenate([np.ones(min(1, len(values)), bool), values[1:] != values[:-1]])
