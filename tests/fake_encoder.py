"""An encoder without weights: hashed character n-grams, so that texts with the same words lie close together."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.encoder import Vectors
from index.folding import ngrams


class HashEncoder:
    """Deterministic unit vectors; counts the texts that it was given, so that tests can see what was encoded."""

    def __init__(self, name: str = "hash", dim: int = 64) -> None:
        self.name = name
        self.dim = dim
        self.passages = 0
        self.queries = 0

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, in order."""
        self.queries += len(texts)
        return self._vectors(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages or sentences, in order."""
        self.passages += len(texts)
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.01  # a text without letters has a direction too
            for gram in ngrams(text):
                vectors[row, crc32(gram.encode()) % self.dim] += 1.0
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths
