"""LlamaIndex: a vector index alone, or fused with its BM25Retriever by QueryFusionRetriever, as its documents show."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

TITLE = "LlamaIndex"
PACKAGES = (
    "llama-index-core==0.14.25",
    "llama-index-retrievers-bm25==0.8.0",
    "llama-index-vector-stores-faiss==0.7.0",
    "faiss-cpu==1.15.1",
    "jieba==0.42.1",
)
NAMES = ("llama-index-core", "llama-index-retrievers-bm25", "faiss-cpu", "jieba")
VARIANTS = {
    "dense": "教程形式：VectorStoreIndex，默认的内存向量库（SimpleVectorStore）",
    "dense-faiss": "VectorStoreIndex，向量库换成 FaissVectorStore（IndexFlatIP）",
    "hybrid": "QueryFusionRetriever（reciprocal_rerank，num_queries=1）：FAISS 向量 + BM25Retriever 默认分词（英文）",
    "hybrid-characters": "同上，BM25Retriever 的 token_pattern 改为单个汉字，不做词干，停用词用中文",
    "hybrid-jieba": "同上，文字和问题先用 jieba 切开，不做词干，停用词用中文",
}
FUSED = 50  # candidates of each retriever; more than the 2 to 10 of the documents, for the peer's good

Search = Callable[[str, Any], list[str]]


def prepare(variant: str, given: SimpleNamespace) -> None:
    """Load the library before the clock starts."""
    import llama_index.core
    import llama_index.core.retrievers

    if variant != "dense":
        import llama_index.retrievers.bm25
        import llama_index.vector_stores.faiss  # noqa: F401
    if variant == "hybrid-jieba":
        _cut(variant)


def open(variant: str, given: SimpleNamespace) -> Search:
    """The index of this variant."""
    from llama_index.core import MockEmbedding, Settings
    from llama_index.core.llms import MockLLM
    from llama_index.core.schema import QueryBundle

    Settings.llm, Settings.embed_model = MockLLM(), MockEmbedding(given.vectors.shape[1])  # never asked
    cut = _cut(variant)
    index = _index(variant, given, cut)
    retriever = index.as_retriever(similarity_top_k=FUSED if variant.startswith("hybrid") else given.k)
    if variant.startswith("hybrid"):
        retriever = _fused(variant, index, retriever, given.k)

    def search(question: str, vector: Any) -> list[str]:  # noqa: ANN401
        found = retriever.retrieve(QueryBundle(cut(question), embedding=vector.tolist()))
        return [hit.node.node_id for hit in found]

    return search


def _index(variant: str, given: SimpleNamespace, cut: Callable[[str], str]) -> Any:  # noqa: ANN401
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.schema import TextNode

    nodes = [
        TextNode(id_=i, text=cut(text), embedding=vector.tolist())
        for i, text, vector in zip(given.ids, given.texts, given.vectors, strict=True)
    ]
    if variant == "dense":
        return VectorStoreIndex(nodes)
    import faiss
    from llama_index.vector_stores.faiss import FaissVectorStore

    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(given.vectors.shape[1]))
    return VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults(vector_store=store))


def _fused(variant: str, index: Any, dense: Any, k: int) -> Any:  # noqa: ANN401
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.retrievers.bm25 import BM25Retriever

    plain: dict[str, Any] = {"skip_stemming": True, "language": "zh"}
    words = {
        "hybrid": {},
        "hybrid-characters": {**plain, "token_pattern": r"(?u)[a-z0-9.]+|\w"},
        "hybrid-jieba": {**plain, "token_pattern": r"(?u)\S+"},
    }[variant]
    lexical = BM25Retriever.from_defaults(nodes=list(index.docstore.docs.values()), similarity_top_k=FUSED, **words)
    return QueryFusionRetriever(
        [dense, lexical], similarity_top_k=k, num_queries=1, mode="reciprocal_rerank", use_async=False
    )


def _cut(variant: str) -> Callable[[str], str]:
    if variant != "hybrid-jieba":
        return str
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return lambda text: " ".join(word for word in jieba.lcut(text) if word.strip())
