"""Vectors -> the nearest of them: exact FAISS search, score = cosine, best first."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors


class DenseIndex:
    """Vectors and, for each, the row of the passage it belongs to; several vectors may point at one passage."""

    def __init__(self, index: faiss.Index, owners: NDArray[np.int64]) -> None:
        self._index = index
        self._owners = owners

    @classmethod
    def build(cls, vectors: Vectors, owners: NDArray[np.int64]) -> DenseIndex:
        """From unit vectors (n, dim) and their n passage rows."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index, owners)

    def search(self, query: Vectors, k: int) -> dict[int, float]:
        """Passage row -> best cosine of any of its vectors, among the k vectors nearest to `query` (1, dim)."""
        scores, rows = self._index.search(query, min(k, self._index.ntotal))
        best: dict[int, float] = {}
        for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True):
            best.setdefault(int(self._owners[row]), score)
        return best

    def save(self, folder: Path) -> None:
        """Write dense.faiss and owners.npy into `folder`."""
        faiss.write_index(self._index, str(folder / "dense.faiss"))
        np.save(folder / "owners.npy", self._owners)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """Read what save() wrote. Raises when a file is missing or damaged."""
        index = faiss.read_index(str(folder / "dense.faiss"))
        owners = np.load(folder / "owners.npy")
        if len(owners) != index.ntotal:
            raise ValueError("owners and vectors differ in number")
        return cls(index, owners)
