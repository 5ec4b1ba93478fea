"""The search that is judged: the product's own, as the answerer uses it, or without its reranker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from index.hits import Hit
    from index.search import Searcher
    from rag.settings import Settings


class Search(Protocol):
    """Questions -> passages, best first."""

    def search(self, query: str, k: int) -> list[Hit]:
        """The k best passages."""

    def search_many(self, queries: Sequence[str], k: int) -> Iterator[Sequence[Hit]]:
        """The k best for each query, in order."""


def open_search(searcher: Searcher, settings: Settings, *, rerank: bool) -> Search:
    """The search over the searcher's store, passage by passage: neighbours are not joined, so that all are short."""
    from rag.engine import open_retriever

    return open_retriever(searcher, settings if rerank else None, joined=False)
