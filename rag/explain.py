"""Hit -> why it stands where it does, in words and figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from index.hits import Hit

NOTHING = "—"
PARTS = {
    "dense": "语义",
    "lexical": "词面",
    "phrase": "连续",
    "scope": "范围",
    "rerank": "重排",
    "coverage": "覆盖",
}
"""What each of a hit's signals is called, in the order in which they are shown."""

MEANINGS = {
    "dense": "与问题意思相近的程度（向量余弦，整段与各句中最高的）",
    "lexical": "与问题相同的字词（BM25，越大越好，没有上限）",
    "phrase": "问题有多大一部分连续地出现在段落里",
    "scope": "问题有多明确地指名了这份文档或这一篇章",
    "rerank": "重排模型把问题和段落放在一起看的判断；— 表示没有重排到它",
    "coverage": "问题里较少见的字词，段落连同标题占了多少",
}


def explain(hit: Hit) -> Iterator[tuple[str, str]]:
    """(name of a signal, its value as shown) for each; `—` where it was not asked."""
    for name in PARTS:
        value: float | None = getattr(hit.signals, name)
        yield name, NOTHING if value is None else f"{value:.2f}"


def explain_line(hit: Hit) -> str:
    """All of it on one line: 得分 0.812 · 语义 dense 0.71 · …"""
    parts = [f"{PARTS[name]} {name} {value}" for name, value in explain(hit)]
    return " · ".join([f"得分 {hit.score:.3f}", *parts])
