"""Our own search as a process like the others': the given passages and vectors go into a store of its own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from index.documents import Document
    from index.encoder import Encoder, Vectors
    from index.hits import Hit
    from index.passages import Passage
    from index.search import Searcher
    from index.store import Store

TITLE = "据典"
NAMES = ("judian", "faiss-cpu")
RAW = True  # it folds questions itself
VARIANTS = {
    "search": "默认检索（SQLite 库，逐题读出整段、句子与打分），不重排",
    "no-sentences": "同上，但不用句子向量：向量与各家完全相同",
    "rerank": "默认检索之后再由重排模型重排",
}


def prepare(variant: str, given: SimpleNamespace) -> None:
    """Have in memory what the others get as texts and vectors: documents, passages, vectors."""
    import index.search  # noqa: F401  # and all it needs, before the clock starts
    from index.store import Store

    given.documents = _documents(Store.open(Path(given.about["store"])), variant == "no-sentences")


class Searching(Protocol):
    """What searches: the searcher, or the retriever that reranks what it finds."""

    def search(self, query: str, k: int) -> list[Hit]:
        """The k best passages, best first."""
        ...


class Search:
    """A question -> the passages' ids. `apart` counts the seconds spent on vectors, which are given to all."""

    def __init__(self, searcher: Searching, encoder: GivenEncoder, given: SimpleNamespace) -> None:
        self._searcher = searcher
        self._encoder = encoder
        self._k = given.k
        self._ids: dict[tuple[str, int], str] = {(p["document"], p["start"]): p["id"] for p in given.passages}

    @property
    def apart(self) -> float:
        """Seconds spent on vectors so far."""
        return self._encoder.spent

    def __call__(self, question: str, vector: Vectors) -> list[str]:
        """The ids of the passages found, best first."""
        self._encoder.know(question, vector)
        return [self._id(hit) for hit in self._searcher.search(question, self._k)]

    def _id(self, hit: Hit) -> str:
        return self._ids[hit.document, hit.start]


class GivenEncoder:
    """Knows the vectors of the questions; what it does not know is encoded, and the time for it counted apart."""

    def __init__(self, name: str, dim: int) -> None:
        self.name = name
        self.dim = dim
        self.spent = 0.0
        self._known: dict[str, Vectors] = {}
        self._real: Encoder | None = None

    def know(self, text: str, vector: Vectors) -> None:
        """Take the vector of a question."""
        self._known[text] = vector

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors, in order."""
        started = time.perf_counter()
        for text in texts:
            if text not in self._known:
                self._known[text] = self._opened().encode_queries([text])[0]
        found = np.stack([self._known[text] for text in texts])
        self.spent += time.perf_counter() - started
        return found

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Never asked: all vectors are given."""
        raise NotImplementedError

    def _opened(self) -> Encoder:
        if self._real is None:
            from rag.engine import open_encoder
            from rag.settings import load_settings

            self._real = open_encoder(load_settings())
        return self._real


def open(variant: str, given: SimpleNamespace) -> Search:
    """The store, its indexes and the search on them."""
    from index.search import Searcher
    from index.store import Store

    encoder = GivenEncoder(given.about["encoder"], given.vectors.shape[1])
    given.scratch = tempfile.TemporaryDirectory(prefix="judian-peers-")  # gone with `given`
    store = Store.create(Path(given.scratch.name), encoder.name, encoder.dim)
    with store.held_open():
        for document, passages, vectors in given.documents:
            store.replace(document, passages, vectors)
    plain = Searcher(store, encoder)
    search = Search(_with_reranker(plain) if variant == "rerank" else plain, encoder, given)
    search(given.questions[0], given.question_vectors[0])  # the first search opens the indexes
    return search


def _with_reranker(searcher: Searcher) -> Searching:
    from eval.searching.search import open_search
    from index.errors import JudianError
    from rag.settings import load_settings

    found: Searching = open_search(searcher, load_settings(), rerank=True)
    if found is searcher:
        raise JudianError("没有重排模型可用")
    return found


def _documents(store: Store, plain: bool) -> list[tuple[Document, list[Passage], Any]]:
    """Every document with passages, and its vectors as Store.replace() takes them; `plain`: without its sentences."""
    from dataclasses import replace

    from index.documents import Document

    vectors, owners = store.vectors()
    found: dict[str, list[tuple[Passage, Any]]] = {}
    for stored in store.passages([int(i) for i in store.passage_ids()]):
        first, last = np.searchsorted(owners, [stored.id, stored.id + 1])
        passage = replace(stored.passage, sentences=()) if plain else stored.passage
        found.setdefault(stored.document, []).append(
            (passage, vectors[first : first + 1] if plain else vectors[first:last])
        )
    about = {d.name: d for d in store.documents()}
    return [
        (
            Document(name, about[name].path, about[name].sha256, store.extract(name)),
            [passage for passage, _ in own],
            np.concatenate([*(v[:1] for _, v in own), *(v[1:] for _, v in own)]),
        )
        for name, own in found.items()
    ]
