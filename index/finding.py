"""A question that was read -> what both indexes name for it, everywhere and inside what it names. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.derived.postings import Mask
from index.derived.state import Indexes
from index.encoder import Vectors
from index.ranking import Found
from index.scope import Scope

CANDIDATES = 100  # passages taken from each index before fusion
VECTORS = 400  # nearest vectors looked at: a passage has one of its own and one a sentence
INSIDE = 20  # passages taken from each index inside what the question names
LEAST, NEARLY = 0.2, 0.5  # share, and share of the surest, from which a passage is inside what the question names


@dataclass(frozen=True, slots=True)
class Query:
    """A question: as it was asked, with its numbers in other spellings, its vector (1, dim), and what it names."""

    text: str
    words: str
    vector: Vectors
    scope: Scope


def find(indexes: Indexes, query: Query, within: Mask | None) -> Found:
    """What both indexes name in all these collections, and inside what the question names there."""
    dense = indexes.dense.search(query.vector, VECTORS, within)
    lexical = indexes.lexical.search(query.words, CANDIDATES, within)
    named = _named(indexes, query.scope, within)
    if named is not None:
        for row, score in indexes.dense.search(query.vector, INSIDE, named).items():
            dense.setdefault(row, score)
        for row, score in indexes.lexical.search(query.words, INSIDE, named).items():
            lexical.setdefault(row, score)
    return Found(dense, lexical, {row: _share(indexes, query.scope, row) for row in {**dense, **lexical}})


def _named(indexes: Indexes, scope: Scope, within: Mask | None) -> Mask | None:
    """The rows that the question means most surely; None when it names nothing."""
    if not scope.documents and not scope.sections:
        return None
    allowed = indexes.live if within is None else indexes.live & within
    shares = np.where(allowed, scope.shares(indexes.document_of, indexes.section_of), 0.0)
    mask: Mask = shares >= max(LEAST, NEARLY * float(shares.max(initial=0.0)))
    return mask if mask.any() else None


def _share(indexes: Indexes, scope: Scope, row: int) -> float:
    return scope.share(int(indexes.document_of[row]), int(indexes.section_of[row]))
