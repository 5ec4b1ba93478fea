"""Vectors -> the nearest of them: exact FAISS search, score = cosine, best first. Grows and shrinks row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Rows
from index.derived.postings import Mask
from index.encoder import Vectors

Half = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class _Part:
    """Vectors that never change, and the passage row that each belongs to."""

    index: Any  # of FAISS
    owners: Rows


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """Vectors and, for each, the row of the passage it belongs to; several vectors may point at one passage.

    They are kept as the store has them, in 16 bits: half the memory of 32, the same scores, and quicker to read.
    Never changes: updated() gives another that shares the parts.
    """

    dim: int
    parts: tuple[_Part, ...]
    live: Mask  # passage rows that may be found

    @classmethod
    def build(cls, vectors: Half, owners: Rows) -> DenseIndex:
        """From unit vectors (n, dim) and their n passage rows."""
        empty = cls(vectors.shape[1], (), np.zeros(0, bool))
        return empty.updated(np.ones(_rows(owners), bool), owners, vectors)

    def updated(self, live: Mask, owners: Rows, vectors: Half) -> DenseIndex:
        """With vectors of new passage rows; afterwards `live` says which rows may be found."""
        parts = [*self.parts, *([_Part(_filled(vectors), owners)] if len(owners) else [])]
        while len(parts) > 1 and len(parts[-2].owners) < 2 * len(parts[-1].owners):
            parts[-2:] = [part for part in [_merged(parts[-2:], live)] if len(part.owners)]
        return DenseIndex(self.dim, tuple(parts), live)

    def compacted(self) -> DenseIndex:
        """The live rows alone, counted anew, in one part."""
        if not self.parts or not self.live.any():
            return DenseIndex(self.dim, (), np.zeros(0, bool))
        if len(self.parts) == 1 and self.live.all():
            return self
        whole = _merged(self.parts, self.live)
        rows = (np.cumsum(self.live, dtype=np.uint32) - np.uint32(1))[whole.owners]
        return DenseIndex(self.dim, (_Part(whole.index, rows),), np.ones(int(self.live.sum()), bool))

    def search(self, query: Vectors, k: int, within: Mask | None = None) -> dict[int, float]:
        """Passage row -> best cosine of any of its vectors, among the k vectors nearest to `query` (1, dim).

        `within` says which passage rows may be found.
        """
        wanted = self.live if within is None else self.live & within
        found = [_nearest(part, query, k, wanted) for part in self.parts]
        scores = np.concatenate([np.zeros(0, np.float32), *(scores for scores, _ in found)])
        rows = np.concatenate([np.zeros(0, np.uint32), *(rows for _, rows in found)])
        order = np.argsort(-scores, kind="stable")[:k]
        best: dict[int, float] = {}
        for score, row in zip(scores[order].tolist(), rows[order].tolist(), strict=True):
            best.setdefault(row, score)
        return best

    def save(self, folder: Path) -> None:
        """Write a compacted index into `folder`: dense.faiss and owners.npy."""
        [part] = self.parts
        _faiss().write_index(part.index, str(folder / "dense.faiss"))
        np.save(folder / "owners.npy", part.owners)

    @classmethod
    def load(cls, folder: Path, rows: int) -> DenseIndex:
        """Read what save() wrote of so many passage rows; the vectors stay on the disk until they are needed.

        Raises when a file is missing or damaged.
        """
        faiss = _faiss()
        index = faiss.read_index(str(folder / "dense.faiss"), faiss.IO_FLAG_MMAP_IFC)
        owners = np.load(folder / "owners.npy")
        if len(owners) != index.ntotal or _rows(owners) > rows:
            raise ValueError("owners and vectors differ in number")
        return cls(index.d, (_Part(index, owners),), np.ones(rows, bool))


def _faiss() -> Any:  # noqa: ANN401  # its stubs do not know what its Python layer takes
    import faiss

    return faiss


def _rows(owners: Rows) -> int:
    return int(owners.max()) + 1 if len(owners) else 0


def _filled(vectors: Half) -> Any:  # noqa: ANN401
    faiss = _faiss()
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
    return index


def _merged(parts: list[_Part] | tuple[_Part, ...], live: Mask) -> _Part:
    """One part of several, with the vectors of live rows alone."""
    keep = [live[part.owners] for part in parts]
    vectors = np.concatenate([_vectors(part.index)[mask] for part, mask in zip(parts, keep, strict=True)])
    return _Part(_filled(vectors), np.concatenate([p.owners[m] for p, m in zip(parts, keep, strict=True)]))


def _vectors(index: Any) -> Half:  # noqa: ANN401
    """The vectors of an index as they are kept, without a copy."""
    codes: NDArray[np.uint8] = _faiss().rev_swig_ptr(index.codes.data(), index.codes.size())
    return codes.view(np.float16).reshape(index.ntotal, index.d)


def _nearest(part: _Part, query: Vectors, k: int, wanted: Mask) -> tuple[NDArray[np.float32], Rows]:
    """Scores and passage rows of the k nearest vectors whose row is wanted."""
    faiss = _faiss()
    parameters = None
    if not wanted.all():
        chosen = np.packbits(wanted[part.owners], bitorder="little")
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(chosen))
    scores, places = part.index.search(query, min(k, part.index.ntotal), params=parameters)
    found = places[0] >= 0
    return scores[0][found], part.owners[places[0][found]]
