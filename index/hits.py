"""What a search finds: hits with their sentences, the places that say the same, and why each stands where it does."""

from __future__ import annotations

from dataclasses import dataclass

from index.passages import Sentence


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit: its cosine to the query, and the share of the query's rarer n-grams that it holds."""

    sentence: Sentence
    dense: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What a hit's score is made of; 0 where a part has nothing to say, None where it was not asked.

    `dense` is the best cosine of the passage and its sentences, `lexical` the BM25 score, `phrase` the share of the
    query that stands in the passage in one run, `scope` how surely, 0..1, the query names its document or section,
    `coverage` the share of the query's rarer n-grams that passage and header hold, `fused` the score of them all,
    0..1, and `rerank` what the reranker makes of query and passage together, 0..1.
    """

    dense: float = 0.0
    lexical: float = 0.0
    phrase: float = 0.0
    scope: float = 0.0
    coverage: float = 0.0
    fused: float = 0.0
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A passage that says what a better hit says. `start`, `end` are characters of its document's source text."""

    document: str
    section: str
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `start`, `end` are characters of the source text, `text` is without markers, `page` from 1.

    `score`, 0..1 within one search, is what hits are ordered by. `also` are passages that say the same and are left
    out of the list for it; `passages` the store's numbers of those it is made of, neighbours in their order;
    `header` is what stands in front of it where it is indexed: the names of its document and section.
    """

    document: str
    section: str
    page: int | None
    start: int
    end: int
    score: float
    text: str
    sentences: tuple[ScoredSentence, ...]
    signals: Signals = Signals()
    collection: str = ""
    also: tuple[Twin, ...] = ()
    passages: tuple[int, ...] = ()
    header: str = ""
