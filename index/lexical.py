"""Texts -> BM25 over Chinese character n-grams; the same search shape as dense."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np

from index.folding import ngrams


class LexicalIndex:
    """BM25 over single characters and character pairs of the search texts.

    What stands in more than half of the rows weighs nothing; among a handful of passages the vectors decide.
    """

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """From the search texts, row by row."""
        index = bm25s.BM25(method="robertson", k1=1.2, b=0.75)
        index.index([ngrams(t) or [""] for t in texts], show_progress=False)
        return cls(index)

    def search(self, query: str, k: int) -> dict[int, float]:
        """Passage row -> BM25 score of the k best rows, best first; rows without a shared n-gram are left out."""
        vocabulary = self._index.vocab_dict
        grams = [g for g in ngrams(query) if g in vocabulary]
        if not grams:
            return {}
        scores = self._index.get_scores(grams)
        best = np.argsort(-scores, kind="stable")[:k]
        return {int(row): float(scores[row]) for row in best if scores[row] > 0}

    def coverage(self, query: str, texts: Sequence[str]) -> list[float]:
        """For each text the share, 0..1, of the query's n-grams that it holds, each weighed by its rarity here.

        An n-gram that stands nowhere in the collection weighs most: a text cannot answer what it never names.
        """
        grams = set(ngrams(query))
        weights = {g: self._rarity(g) for g in grams}
        total = math.fsum(weights.values()) or 1.0  # exact, so that no share passes 1
        return [math.fsum(weights[g] for g in grams.intersection(ngrams(t))) / total for t in texts]

    def _rarity(self, gram: str) -> float:
        """Inverse document frequency (Robertson and Spärck Jones), from the rows of the index."""
        column = self._index.vocab_dict.get(gram)
        pointers = self._index.scores["indptr"]
        frequency = 0 if column is None else int(pointers[column + 1] - pointers[column])
        rows = int(self._index.scores["num_docs"])
        return math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`/bm25."""
        self._index.save(str(folder / "bm25"), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what save() wrote. Raises when a file is missing or damaged."""
        return cls(bm25s.BM25.load(str(folder / "bm25"), load_corpus=False, load_vocab=True))
