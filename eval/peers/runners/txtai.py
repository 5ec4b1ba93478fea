"""txtai: an embeddings database alone, or with its own keyword index beside it (hybrid), as its documents show."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

TITLE = "txtai"
WHOLE = True  # PACKAGES are all there is: with vectors given it needs neither torch nor transformers
PACKAGES = (
    "txtai==9.14.0",
    "faiss-cpu==1.15.1",
    "numpy==2.4.6",
    "msgpack==1.2.4",
    "pyyaml==6.0.3",
    "regex==2026.11.15",
    "huggingface-hub==2.4.0",
    "packaging==26.3",
    "tqdm==4.70.1",
    "filelock==4.2.12",
    "fsspec==2026.9.0",
    "jieba==0.42.1",
)
NAMES = ("txtai", "faiss-cpu", "jieba")
VARIANTS = {
    "dense": "教程形式：Embeddings（向量由外部给出）",
    "hybrid": "Embeddings(hybrid=True)：FAISS + BM25，默认分词（Unicode 规则，汉字逐字）",
    "hybrid-bigrams": "同上，分词改为 ngrams=2（相邻两字）",
    "hybrid-jieba": "同上，文字和问题先用 jieba 切开，按空格分词",
}

Search = Callable[[str, Any], list[str]]


def prepare(variant: str, given: SimpleNamespace) -> None:
    """Load the library before the clock starts."""
    import faiss  # noqa: F401
    import txtai  # noqa: F401

    if variant == "hybrid-jieba":
        _cut(variant)


def open(variant: str, given: SimpleNamespace) -> Search:
    """The index of this variant."""
    import numpy as np
    from txtai import Embeddings

    cut = _cut(variant)
    waiting = iter(given.vectors)
    asked: dict[str, Any] = {}

    def encode(texts: list[str]) -> Any:  # noqa: ANN401
        """The vectors that are there: of the passages in order, then of the question that is being asked."""
        return np.stack([asked["vector"]] if asked else [next(waiting) for _ in texts])

    embeddings = Embeddings(method="external", transform=encode, **_words(variant))
    embeddings.index(zip(given.ids, map(cut, given.texts), strict=True))

    def search(question: str, vector: Any) -> list[str]:  # noqa: ANN401
        asked["vector"] = vector
        return [i for i, _ in embeddings.search(cut(question), given.k)]

    return search


def _words(variant: str) -> dict[str, Any]:
    bm25 = {"method": "bm25", "terms": True, "normalize": True}  # what hybrid=True stands for
    found: dict[str, dict[str, Any]] = {
        "dense": {},
        "hybrid": {"hybrid": True},
        "hybrid-bigrams": {"scoring": {**bm25, "tokenizer": {"ngrams": 2}}},
        "hybrid-jieba": {"scoring": {**bm25, "tokenizer": {"whitespace": True}}},
    }
    return found[variant]


def _cut(variant: str) -> Callable[[str], str]:
    if variant != "hybrid-jieba":
        return str
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    return lambda text: " ".join(word for word in jieba.lcut(text) if word.strip())
