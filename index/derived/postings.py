"""Rows of texts -> postings: for each n-gram the rows that hold it and how often. Arrays that never change."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Keys, Rows, gram_keys

Mask = NDArray[np.bool_]
Counts = NDArray[np.uint16]

CHUNK = 2000  # texts cut into n-grams together
BLOCK = 1 << 22  # rows laid out together


@dataclass(frozen=True, slots=True)
class Postings:
    """`keys` rise; those of keys[i] are rows[starts[i]:starts[i + 1]], rising, each row once, with their counts."""

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
    made: list[Postings] = []
    lengths = np.zeros(len(texts), np.uint32)
    for start in range(0, len(texts), CHUNK):
        keys, places = gram_keys(texts[start : start + CHUNK])
        own = slice(start, start + CHUNK)
        lengths[own] = np.bincount(places, minlength=len(lengths[own]))
        order = np.argsort(keys, kind="stable")  # the places of each key rise, and go on rising
        keys, places = keys[order], places[order]
        new = _changes(keys)
        first = np.flatnonzero(new | _changes(places))
        counts = np.minimum(np.diff(np.append(first, len(keys))), np.iinfo(np.uint16).max).astype(np.uint16)
        starts = np.append(np.flatnonzero(new[first]), len(first))
        made.append(Postings(keys[new], starts, rows[own][places[first]], counts))
    return _laid_out(made), np.maximum(lengths, 1)


def merge(parts: Sequence[tuple[Postings, Mask]]) -> Postings:
    """One of several; of each only the rows that its mask, by row, names."""
    return _laid_out([_kept(postings, mask) for postings, mask in parts])


def renumbered(postings: Postings, live: Mask) -> Postings:
    """The same with the rows counted anew, as if only the live ones had ever been."""
    rows = (np.cumsum(live, dtype=np.uint32) - np.uint32(1))[postings.rows]
    return Postings(postings.keys, postings.starts, rows, postings.counts)


def _kept(postings: Postings, mask: Mask) -> Postings:
    if mask.all():
        return postings
    keep = mask[postings.rows]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep, dtype=np.int64)])[postings.starts]
    held = starts[1:] > starts[:-1]
    starts = np.append(starts[:-1][held], starts[-1])
    return Postings(postings.keys[held], starts, postings.rows[keep], postings.counts[keep])


def _laid_out(made: Sequence[Postings]) -> Postings:
    """One of several whose rows differ: each key's rows are laid behind those that the postings before have of it."""
    if len(made) == 1:
        return made[0]
    keys = _united([m.keys for m in made])
    sizes = np.zeros(len(keys), np.int64)
    for m in made:
        sizes[np.searchsorted(keys, m.keys)] += np.diff(m.starts)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    rows, counts = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.uint16)
    free = starts[:-1].copy()
    for m in made:
        places = np.searchsorted(keys, m.keys)
        for block in _blocks(m.starts):
            own, size = (
                slice(m.starts[block.start], m.starts[block.stop]),
                np.diff(m.starts[block.start : block.stop + 1]),
            )
            to = np.repeat(free[places[block]] - m.starts[block], size) + np.arange(own.start, own.stop)
            rows[to], counts[to] = m.rows[own], m.counts[own]
        free[places] += np.diff(m.starts)
    return _risen(Postings(keys, starts, rows, counts))


def _blocks(starts: NDArray[np.int64]) -> Iterator[slice]:
    """Runs of keys with some BLOCK rows each, so that what is worked out for every row stays small."""
    edges = np.searchsorted(starts, np.arange(0, starts[-1], BLOCK))
    edges = np.unique(np.append(edges, len(starts) - 1))
    yield from (slice(a, b) for a, b in itertools.pairwise(edges.tolist()))


def _united(keys: Sequence[Keys]) -> Keys:
    """All keys, rising, each once."""
    both = np.sort(np.concatenate([np.zeros(0, np.uint64), *keys]), kind="stable")
    return both[_changes(both)]


def _risen(postings: Postings) -> Postings:
    """The same with the rows of each key in rising order: they are not where an old row got another text."""
    falls = np.flatnonzero(postings.rows[1:] < postings.rows[:-1]) + 1
    falls = falls[postings.starts[np.searchsorted(postings.starts, falls)] != falls]
    for place in np.unique(np.searchsorted(postings.starts, falls, side="right") - 1).tolist():
        own = slice(postings.starts[place], postings.starts[place + 1])
        order = np.argsort(postings.rows[own], kind="stable")
        postings.rows[own], postings.counts[own] = postings.rows[own][order], postings.counts[own][order]
    return postings


def _changes(values: NDArray[np.uint64] | NDArray[np.uint32]) -> Mask:
    """True where a value differs from the one before it."""
    return np.concatenate([np.ones(min(1, len(values)), bool), values[1:] != values[:-1]])
