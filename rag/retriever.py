"""Question -> hits, best first, as answers and commands see them: searched, reranked, neighbours joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.folding import fold
from index.hits import Hit
from index.joining import WITHIN, join
from index.search import Searcher
from index.store import Store
from index.sweep import Sweep, Topic
from rag.rerank import Reranker, years_differ

RERANKED = 10  # hits that the reranker reads
WEIGHT = 0.1  # of the reranker beside what the search makes of a hit, 1 (docs/experiments.md)


@dataclass(frozen=True, slots=True)
class Retriever:
    """A searcher with what comes after it; without a reranker the search's own order stands.

    `joined` says whether neighbours are made one hit. The same shape as Searcher.
    """

    searcher: Searcher
    reranker: Reranker | None = None
    joined: bool = True

    @property
    def store(self) -> Store:
        """The store that is searched."""
        return self.searcher.store

    def search(self, query: str, k: int, collections: Sequence[str] = ()) -> list[Hit]:
        """The k best hits of these collections (empty: all), best first.

        Raises EmptyStoreError when the store holds nothing, JudianError for an unknown collection.
        """
        return next(self.search_many([query], k, collections))

    def search_many(self, queries: Sequence[str], k: int, collections: Sequence[str] = ()) -> Iterator[list[Hit]]:
        """The hits of each query, in order; quicker than one by one."""
        found = self.searcher.search_many(queries, max(RERANKED, k + WITHIN if self.joined else k), collections)
        for query, hits in zip(queries, found, strict=True):
            ranked = _reranked(self.reranker, query, hits) if self.reranker and _in_doubt(hits) else hits
            yield (join(ranked) if self.joined else ranked)[:k]

    def names(self) -> list[str]:
        """As Searcher.names()."""
        return self.searcher.names()

    def sweep(self, topic: Topic, collections: Sequence[str] = (), names: Sequence[str] = ()) -> Sweep:
        """As Searcher.sweep()."""
        return self.searcher.sweep(topic, collections, names)


def _in_doubt(hits: Sequence[Hit]) -> bool:
    """Whether the reranker is to judge: where it could change the first, and not among reports of several years,
    of which it takes the wrong one (docs/experiments.md)."""
    close = len(hits) > 1 and hits[0].score - hits[1].score <= WEIGHT
    return close and not years_differ([hit.header for hit in hits[:RERANKED]])


def _reranked(reranker: Reranker, query: str, hits: Sequence[Hit]) -> list[Hit]:
    """The first RERANKED by both scores; those behind them stay behind."""
    near, rest = hits[:RERANKED], hits[RERANKED:]
    scores = reranker.scores(query, [_read(hit) for hit in near])
    scored = [_scored(hit, score) for hit, score in zip(near, scores, strict=True)]
    least = min([hit.score for hit in scored], default=1.0)
    behind = [replace(hit, score=min(hit.score, least)) for hit in rest]
    return [*sorted(scored, key=lambda hit: -hit.score), *behind]


def _scored(hit: Hit, rerank: float) -> Hit:
    score = (hit.score + WEIGHT * rerank) / (1 + WEIGHT)
    return replace(hit, score=score, signals=replace(hit.signals, rerank=rerank))


def _read(hit: Hit) -> str:
    """What the reranker reads of a hit: as it is indexed, its document's name and section in front."""
    return fold(hit.header + "".join(s.sentence.reading for s in hit.sentences))
