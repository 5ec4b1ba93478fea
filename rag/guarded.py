"""A retriever -> the same, whose hits hold nothing that gives the answering system orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.hits import Hit
from index.search import Searcher
from index.store import Store
from index.sweep import Sweep, Topic
from rag.injections import informing
from rag.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Guarded:
    """What an answer is made from: documents inform it and cannot command it. The same shape as Searcher."""

    retriever: Searcher | Retriever

    @property
    def store(self) -> Store:
        """The store that is searched."""
        return self.retriever.store

    def names(self) -> list[str]:
        """As Searcher.names()."""
        return self.retriever.names()

    def search(self, query: str, k: int, collections: Sequence[str] = ()) -> list[Hit]:
        """As Retriever.search(), each hit without its commanding sentences; up to k hits."""
        return informing(self.retriever.search(query, k, collections), query)

    def sweep(self, topic: Topic, collections: Sequence[str] = (), names: Sequence[str] = ()) -> Sweep:
        """As Searcher.sweep(); a group of which nothing is left is left out."""
        swept = self.retriever.sweep(topic, collections, names)
        groups = [replace(group, hits=tuple(informing(group.hits, topic.text))) for group in swept.groups]
        return replace(swept, groups=tuple(group for group in groups if group.hits))
