"""Vectors -> the nearest of them, score = cosine, best first. Grows and shrinks row by row.

Few vectors are all compared. Of many a sketch names the likely ones, and these are compared: the scores are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.derived.grams import Rows
from index.derived.postings import Mask
from index.derived.sketch import Half as Half
from index.derived.vectors import Part
from index.encoder import Vectors


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """Vectors and, for each, the row of the passage it belongs to; several vectors may point at one passage.

    Never changes: updated() gives another that shares the parts.
    """

    dim: int
    parts: tuple[Part, ...]
    live: Mask  # passage rows that may be found

    @classmethod
    def build(cls, vectors: Half, owners: Rows) -> DenseIndex:
        """From unit vectors (n, dim) and their n passage rows."""
        empty = cls(vectors.shape[1], (), np.zeros(0, bool))
        return empty.updated(np.ones(_rows(owners), bool), owners, vectors)

    def updated(self, live: Mask, owners: Rows, vectors: Half) -> DenseIndex:
        """With vectors of new passage rows; afterwards `live` says which rows may be found."""
        parts = [*self.parts, *([Part.of(vectors, owners)] if len(owners) else [])]
        while len(parts) > 1 and len(parts[-2].owners) < 2 * len(parts[-1].owners):
            parts[-2:] = [part for part in [Part.merged(parts[-2:], live)] if len(part.owners)]
        parts[-1:] = [part.sketched() for part in parts[-1:]]
        return DenseIndex(self.dim, tuple(parts), live)

    def compacted(self) -> DenseIndex:
        """The live rows alone, counted anew, in one part."""
        if not self.parts or not self.live.any():
            return DenseIndex(self.dim, (), np.zeros(0, bool))
        if len(self.parts) == 1 and self.live.all():
            return self
        whole = Part.merged(self.parts, self.live).sketched()
        rows = (np.cumsum(self.live, dtype=np.uint32) - np.uint32(1))[whole.owners]
        return DenseIndex(self.dim, (replace(whole, owners=rows),), np.ones(int(self.live.sum()), bool))

    def search(self, query: Vectors, k: int, within: Mask | None = None) -> dict[int, float]:
        """Passage row -> best cosine of any of its vectors, among the k vectors nearest to `query` (1, dim).

        `within` says which passage rows may be found.
        """
        wanted = self.live if within is None else self.live & within
        found = [part.nearest(query, k, wanted) for part in self.parts]
        scores = np.concatenate([np.zeros(0, np.float32), *(scores for scores, _ in found)])
        rows = np.concatenate([np.zeros(0, np.uint32), *(rows for _, rows in found)])
        order = np.argsort(-scores, kind="stable")[:k]
        best: dict[int, float] = {}
        for score, row in zip(scores[order].tolist(), rows[order].tolist(), strict=True):
            best.setdefault(row, score)
        return best

    def save(self, folder: Path) -> None:
        """Write a compacted index into `folder`."""
        [part] = self.parts
        part.save(folder)

    @classmethod
    def load(cls, folder: Path, rows: int) -> DenseIndex:
        """Read what save() wrote of so many passage rows; the vectors stay on the disk until they are needed.

        Raises when a file is missing or damaged.
        """
        part = Part.load(folder)
        if _rows(part.owners) > rows:
            raise ValueError("owners and vectors differ in number")
        return cls(part.exact.d, (part,), np.ones(rows, bool))


def _rows(owners: Rows) -> int:
    return int(owners.max()) + 1 if len(owners) else 0
