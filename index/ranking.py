"""What is known of the candidates of one search -> their order: a weighted sum, fitted on several sets. Pure.

Two steps: the nearest and the best in words are fused into a shortlist; its passages are read, and what their words
say decides with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from index.expected import Expected
from index.folding import bare, fold
from index.hits import Signals
from index.passages import MAX_PASSAGE

SHORTLIST = 30  # passages read and weighed for a search
DENSE_SHARE = 0.5  # of the fused score that makes the shortlist; the rest is BM25
SCOPE_BOOST = 0.2  # added to it where the question means the passage's document or section for sure

Scores = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts, each of them 0..1 within one search (fitted on tune halves: docs/experiments.md)."""

    dense: float = 2.0
    lexical: float = 1.5
    coverage: float = 2.0
    phrase: float = 0.5
    expected: float = 1.4
    length: float = 0.45
    scope: float = 1.8


WEIGHTS = Weights()
PHRASE = [field.name for field in fields(Weights)].index("phrase")


@dataclass(frozen=True, slots=True)
class Found:
    """What the indexes found for a question: row -> cosine, row -> BM25 score, row -> how surely it is meant, 0..1."""

    dense: Scores
    lexical: Scores
    scope: Scores

    def shortlist(self, count: int) -> list[int]:
        """The rows best by both indexes and by what the question means, best first."""
        fused = fuse(self.dense, self.lexical)
        scored = {row: score + SCOPE_BOOST * self.scope.get(row, 0.0) for row, score in fused.items()}
        return sorted(scored, key=lambda row: (-scored[row], row))[:count]


def fuse(dense: Scores, lexical: Scores) -> dict[int, float]:
    """Weighted sum of min-max normalised scores; a row that one index does not name gets 0 from it."""
    d, b = _normalised(dense), _normalised(lexical)
    return {row: DENSE_SHARE * d.get(row, 0.0) + (1 - DENSE_SHARE) * b.get(row, 0.0) for row in dict.fromkeys([*d, *b])}


def signals(
    question: str, found: Found, rows: Sequence[int], texts: Sequence[str], coverages: Sequence[float]
) -> list[Signals]:
    """The signals of each of these rows, given its text as read and what it holds of the question's rarer n-grams.

    `fused` is the weighted sum of them all, 0..1.
    """
    table = columns(question, found, rows, texts, coverages)
    weights = np.array(astuple(WEIGHTS))
    fused = table @ weights / weights.sum()
    return [
        Signals(
            dense=found.dense.get(row, 0.0),
            lexical=found.lexical.get(row, 0.0),
            phrase=float(values[PHRASE]),
            scope=found.scope.get(row, 0.0),
            coverage=coverage,
            fused=float(score),
        )
        for row, values, coverage, score in zip(rows, table, coverages, fused, strict=True)
    ]


def columns(
    question: str, found: Found, rows: Sequence[int], texts: Sequence[str], coverages: Sequence[float]
) -> NDArray[np.float64]:
    """What WEIGHTS weighs, in its order, each 0..1: shape (rows, weights)."""
    asked, letters = Expected.of(fold(question)), bare(question)
    dense, lexical = _normalised(found.dense), _normalised(found.lexical)
    made = [
        (
            dense.get(row, 0.0),
            lexical.get(row, 0.0),
            coverage,
            longest_run(letters, bare(text)) / max(1, len(letters)),
            asked.share(fold(text)) if asked.kinds else 0.0,
            min(1.0, len(text) / MAX_PASSAGE),
            found.scope.get(row, 0.0),
        )
        for row, text, coverage in zip(rows, texts, coverages, strict=True)
    ]
    return np.array(made, np.float64).reshape(len(made), len(fields(Weights)))


def longest_run(wanted: str, text: str) -> int:
    """The length of the longest stretch of `wanted` that stands in `text`."""
    longest = 0
    for start in range(len(wanted)):
        while wanted[start : start + longest + 1] in text and start + longest < len(wanted):
            longest += 1
    return longest


def _normalised(scores: Scores) -> dict[int, float]:
    """Each score between the least, 0, and the greatest, 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    width = high - low
    return {row: (score - low) / width if width else 1.0 for row, score in scores.items()}
