"""LangChain: a vector store alone, or fused with its BM25Retriever by EnsembleRetriever, as its documents show."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

TITLE = "LangChain"
PACKAGES = (
    "langchain==1.4.7",
    "langchain-classic==1.0.8",
    "langchain-community==0.4.2",
    "langchain-core==1.7.2",
    "rank-bm25==0.2.2",
    "faiss-cpu==1.15.1",
    "jieba==0.42.1",
)
NAMES = ("langchain", "langchain-classic", "langchain-community", "rank-bm25", "faiss-cpu", "jieba")
VARIANTS = {
    "dense": "教程形式：InMemoryVectorStore",
    "dense-faiss": "FAISS 向量库（默认的 IndexFlatL2）",
    "hybrid": "EnsembleRetriever（权重各半）：FAISS 向量 + BM25Retriever 默认分词（按空格）",
    "hybrid-characters": "同上，BM25Retriever 的 preprocess_func 改为逐字",
    "hybrid-jieba": "同上，BM25Retriever 的 preprocess_func 改为 jieba.lcut",
}
FUSED = 50  # candidates of each retriever; more than the 2 to 5 of the documents, for the peer's good

Search = Callable[[str, Any], list[str]]


def prepare(variant: str, given: SimpleNamespace) -> None:
    """Load the library before the clock starts."""
    import langchain_core.documents
    import langchain_core.vectorstores  # noqa: F401

    if variant != "dense":
        import langchain_classic.retrievers  # noqa: F401
        import langchain_community.retrievers
        import langchain_community.vectorstores  # noqa: F401
    if variant == "hybrid-jieba":
        _cut(variant)


def open(variant: str, given: SimpleNamespace) -> Search:
    """The index of this variant."""
    from langchain_core.documents import Document

    documents = [Document(text, id=i, metadata={"id": i}) for i, text in zip(given.ids, given.texts, strict=True)]
    asked: dict[str, Any] = {}
    encoder = _encoder(given, asked)
    if variant == "dense":
        from langchain_core.vectorstores import InMemoryVectorStore

        store: Any = InMemoryVectorStore(encoder)
        store.add_documents(documents)
    else:
        from langchain_community.vectorstores import FAISS

        pairs = [(document.page_content, vector) for document, vector in zip(documents, given.vectors, strict=True)]
        store = FAISS.from_embeddings(pairs, encoder, [d.metadata for d in documents], given.ids)
    retriever = store.as_retriever(search_kwargs={"k": FUSED if variant.startswith("hybrid") else given.k})
    if variant.startswith("hybrid"):
        retriever = _fused(variant, documents, retriever)

    def search(question: str, vector: Any) -> list[str]:  # noqa: ANN401
        asked["vector"] = vector
        return [document.metadata["id"] for document in retriever.invoke(question)][: given.k]

    return search


def _fused(variant: str, documents: list[Any], dense: Any) -> Any:  # noqa: ANN401
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    cut: dict[str, Any] = {} if variant == "hybrid" else {"preprocess_func": _cut(variant)}
    lexical = BM25Retriever.from_documents(documents, k=FUSED, **cut)
    return EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5], id_key="id")


def _cut(variant: str) -> Callable[[str], list[str]]:
    if variant == "hybrid-characters":
        return list
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return lambda text: jieba.lcut(text)


def _encoder(given: SimpleNamespace, asked: dict[str, Any]) -> Any:  # noqa: ANN401
    """Gives the vectors that are there: of the passages in order, and of the question that is being asked."""
    from langchain_core.embeddings import Embeddings

    class Given(Embeddings):  # type: ignore[misc]
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            assert len(texts) == len(given.vectors)
            return [vector.tolist() for vector in given.vectors]

        def embed_query(self, text: str) -> list[float]:
            return [float(value) for value in asked["vector"].tolist()]

    return Given()
