"""Unit vectors and the passage row of each -> the nearest of them whose row is wanted. A part never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Rows
from index.derived.postings import Mask
from index.derived.sketch import STEP, Half, Sketch, refined
from index.encoder import Vectors

EXACT = 100_000  # so many vectors are compared one by one in 5 ms; beyond it a sketch names those to compare
REACH = 10  # times as many vectors as are asked for does the sketch name, at least
LEAST = 4000  # vectors that it names, at least: enough for the ten nearest of five million
SPARSE = 0.04  # of the rows wanted, less: then comparing those alone is quicker than a shortlist that holds enough
FEW = 25  # times fewer vectors wanted than there are

Found = tuple[NDArray[np.float32], Rows]


@dataclass(frozen=True, slots=True)
class Part:
    """Vectors as the store has them, in 16 bits, with their passage rows, and a sketch of them where they are many."""

    exact: Any  # of FAISS
    owners: Rows  # rising
    sketch: Sketch | None

    @classmethod
    def of(cls, vectors: Half, owners: Rows) -> Part:
        """Of vectors (n, dim) and their n passage rows, without a sketch."""
        if (owners[1:] < owners[:-1]).any():
            order = np.argsort(owners, kind="stable")
            vectors, owners = vectors[order], owners[order]
        return cls(_filled(vectors.shape, [vectors]), owners, None)

    @classmethod
    def merged(cls, parts: Sequence[Part], live: Mask) -> Part:
        """One part of several whose rows follow each other, with the vectors of live rows alone.

        The sketch of the first is kept where it serves.
        """
        keep = [live[part.owners] for part in parts]
        owners = np.concatenate([part.owners[mask] for part, mask in zip(parts, keep, strict=True)])
        kept = (v for part, mask in zip(parts, keep, strict=True) for v in _chosen(part.vectors, mask))
        exact = _filled((len(owners), parts[0].exact.d), kept)
        sketch = parts[0].sketch
        if sketch is not None:
            more = _vectors(exact)[np.count_nonzero(keep[0]) :]
            sketch = sketch.grown(keep[0], more) if sketch.serves(len(owners)) and len(owners) > EXACT else None
        return cls(exact, owners, sketch)

    def sketched(self) -> Part:
        """With a sketch, where the vectors are many."""
        if self.sketch is not None or len(self.owners) <= EXACT:
            return self
        return replace(self, sketch=Sketch.of(self.vectors))

    @property
    def vectors(self) -> Half:
        """Those of the part as they are kept, without a copy."""
        return _vectors(self.exact)

    def nearest(self, query: Vectors, k: int, wanted: Mask) -> Found:
        """Scores and passage rows of the k vectors nearest to `query` (1, dim) whose row is wanted, best first."""
        share = float(wanted.mean())
        if self.sketch is None or share < SPARSE or share * len(self.owners) <= EXACT:
            return self._compared(query, k, None if share == 1 else wanted)
        count = min(int(max(LEAST, REACH * k) / share), len(self.owners))
        scores, places = refined(self.sketch, self.exact, query, count)
        rows = self.owners[places]
        if share == 1:
            return scores[:k], rows[:k]
        chosen = np.flatnonzero(wanted[rows])
        if len(chosen) < count * share / 2:  # what is wanted lies far from the query
            return self._compared(query, k, wanted)
        return scores[chosen[:k]], rows[chosen[:k]]

    def _compared(self, query: Vectors, k: int, wanted: Mask | None) -> Found:
        """By comparing all that are wanted; None: all."""
        exact, owners, parameters = self.exact, self.owners, None
        if wanted is not None and len(owners) > EXACT:
            places = _places(owners, np.flatnonzero(wanted).astype(owners.dtype))
            if len(places) * FEW < len(owners):  # then they are sooner picked out than the others passed over
                owners, wanted = owners[places], None
                exact = _filled((len(places), exact.d), [self.vectors[places]])
        if wanted is not None:
            faiss = _faiss()
            chosen = np.packbits(wanted[owners], bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(chosen))
        scores, places = exact.search(query, max(1, min(k, len(owners))), params=parameters)
        found = places[0] >= 0
        return scores[0][found], owners[places[0][found]]

    def save(self, folder: Path) -> None:
        """Write dense.faiss and owners.npy into `folder`, and the sketch where there is one."""
        _faiss().write_index(self.exact, str(folder / "dense.faiss"))
        np.save(folder / "owners.npy", self.owners)
        if self.sketch is not None:
            self.sketch.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Part:
        """Read what save() wrote; the vectors stay on the disk until they are needed, the sketch is read.

        Raises when a file is missing or damaged.
        """
        faiss = _faiss()
        exact = faiss.read_index(str(folder / "dense.faiss"), faiss.IO_FLAG_MMAP_IFC)
        owners, sketch = np.load(folder / "owners.npy"), Sketch.load(folder)
        if len(owners) != exact.ntotal or (sketch is not None and sketch.size != exact.ntotal):
            raise ValueError("owners and vectors differ in number")
        return cls(exact, owners, sketch)


def _places(owners: Rows, rows: Rows) -> NDArray[np.int64]:
    """Where in the rising owners these rising rows stand."""
    first, behind = np.searchsorted(owners, rows), np.searchsorted(owners, rows, side="right")
    size = behind - first
    return np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())


def _filled(shape: tuple[int, ...], blocks: Iterable[Half]) -> Any:  # noqa: ANN401
    """A FAISS index of that shape holding the blocks one behind the other."""
    faiss = _faiss()
    rows, dim = shape
    index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.codes.resize(rows * index.code_size)  # at once: while it grew it would be there twice
    index.ntotal = rows
    held, at = _vectors(index), 0
    for block in blocks:
        held[at : at + len(block)] = block
        at += len(block)
    return index


def _chosen(vectors: Half, mask: Mask) -> Iterable[Half]:
    """Those that the mask names, some at a time."""
    for start in range(0, len(vectors), STEP):
        yield vectors[start : start + STEP][mask[start : start + STEP]]


def _vectors(index: Any) -> Half:  # noqa: ANN401
    codes: NDArray[np.uint8] = _faiss().rev_swig_ptr(index.codes.data(), index.codes.size())
    return codes.view(np.float16).reshape(index.ntotal, index.d)


def _faiss() -> Any:  # noqa: ANN401  # its stubs do not know what its Python layer takes
    import faiss

    return faiss
