"""Haystack: its in-memory store searched by vectors alone, or by BM25 too and joined by DocumentJoiner."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

TITLE = "Haystack"
PACKAGES = ("haystack-ai==3.4.0", "jieba==0.42.1")
NAMES = ("haystack-ai", "jieba")
VARIANTS = {
    "dense": "教程形式：InMemoryDocumentStore + InMemoryEmbeddingRetriever",
    "hybrid": "混合检索教程：再加 InMemoryBM25Retriever（默认分词，汉字逐字），DocumentJoiner(reciprocal_rank_fusion)",
    "hybrid-jieba": "同上，文字和问题先用 jieba 切开",
}
FUSED = 50  # candidates of each retriever; more than the 10 of the documents, for the peer's good

Search = Callable[[str, Any], list[str]]


def prepare(variant: str, given: SimpleNamespace) -> None:
    """Load the library before the clock starts."""
    import haystack.components.joiners
    import haystack.components.retrievers.in_memory
    import haystack.document_stores.in_memory  # noqa: F401

    if variant == "hybrid-jieba":
        _cut(variant)


def open(variant: str, given: SimpleNamespace) -> Search:
    """The index of this variant."""
    from haystack import Document, Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    cut = _cut(variant)
    words = {"bm25_tokenization_regex": r"\S+"} if variant == "hybrid-jieba" else {}
    store = InMemoryDocumentStore(**words)
    store.write_documents(
        [
            Document(id=i, content=cut(text), embedding=vector.tolist())
            for i, text, vector in zip(given.ids, given.texts, given.vectors, strict=True)
        ]
    )
    pipeline = Pipeline()
    hybrid = variant.startswith("hybrid")
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=FUSED if hybrid else given.k))
    if hybrid:
        _add_lexical(pipeline, store, given.k)

    def search(question: str, vector: Any) -> list[str]:  # noqa: ANN401
        asked: dict[str, Any] = {"dense": {"query_embedding": vector.tolist()}}
        if hybrid:
            asked["lexical"] = {"query": cut(question)}
        found = pipeline.run(asked)["joined" if hybrid else "dense"]["documents"]
        return [document.id for document in found]

    return search


def _add_lexical(pipeline: Any, store: Any, k: int) -> None:  # noqa: ANN401
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever

    pipeline.add_component("lexical", InMemoryBM25Retriever(store, top_k=FUSED))
    pipeline.add_component("joined", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=k))
    pipeline.connect("dense", "joined")
    pipeline.connect("lexical", "joined")


def _cut(variant: str) -> Callable[[str], str]:
    if variant != "hybrid-jieba":
        return str
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return lambda text: " ".join(word for word in jieba.lcut(text) if word.strip())
