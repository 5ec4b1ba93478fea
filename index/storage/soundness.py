"""The rows of one document -> what is wrong with them, in Chinese. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.extract import Extract
from index.passages import Sentence
from index.storage import rows
from index.storage.rows import PassageRow
from index.storage.schema import HEADER

ROUNDING = 0.01  # how far the length of a unit vector may be from 1 after rounding to float16


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """All rows of one document: `header` are the columns schema.HEADER; passages in order of their ids."""

    header: tuple[Any, ...]
    seal: str
    text: str
    extract: bytes
    passages: tuple[tuple[int, PassageRow], ...]

    def intact(self) -> bool:
        """Whether every row is there and as it was written."""
        content = dict(zip(HEADER, self.header, strict=True))["content"]
        made = [row for _, row in self.passages]
        return self.seal == rows.seal(self.header) and content == rows.content_digest(self.text, self.extract, made)


def faults(document: DocumentRows, encoder: str, dim: int) -> Iterator[str]:
    """Everything that is wrong; what cannot even be read is one fault."""
    if not document.intact():
        yield "内容与入库时留下的校验值不符"
        return
    header = dict(zip(HEADER, document.header, strict=True))
    extract = rows.unpack_extract(document.extract, document.text, header["title"], header["date"])
    sentences = [rows.unpack_sentences(row.sentences) for _, row in document.passages]
    counted = (len(document.text), len(extract.pages), len(sentences), sum(map(len, sentences)))
    if counted != tuple(header[k] for k in ("characters", "pages", "passages", "sentences")):
        yield "字数、页数、段数或句数与内容不符"
    if header["encoder"] != encoder:
        yield f"向量由编码器 {header['encoder']} 建立，库的编码器是 {encoder}"
    yield from _layout_faults(extract)
    for number, ((_, row), own) in enumerate(zip(document.passages, sentences, strict=True), 1):
        yield from (f"第 {number} 段{fault}" for fault in _passage_faults(row, own, extract, dim))


def _layout_faults(extract: Extract) -> Iterator[str]:
    length = len(extract.text)
    if extract.pages and (extract.pages[0] != 0 or not _rising([*extract.pages, length])):
        yield "页的起点不对"
    spans = [place for span in extract.layout for place in span]
    if not _rising([0, *spans, length]):
        yield "版面标记的位置不对"
    if not all(0 <= h.start <= h.end <= length for h in extract.headings):
        yield "标题的位置不对"


def _passage_faults(row: PassageRow, sentences: Sequence[Sentence], extract: Extract, dim: int) -> Iterator[str]:
    if not _drawn_from(row.text, extract.text[row.start : row.end]):
        yield "不是原文该处的文字"
    for number, sentence in enumerate(sentences, 1):
        inside = row.start <= sentence.start < sentence.end <= row.end and sentence.text in row.text
        if not inside or sentence.text != _without_gaps(extract.text, sentence):
            yield f"第 {number} 句不是原文该处的文字"
    places = [(row.page, row.start), *((s.page, s.start) for s in sentences)]
    if not all(_on_page(page, start, extract.pages) for page, start in places):
        yield "页码不对"
    yield from _vector_faults(row.matrix, 1 + len(sentences), dim)


def _vector_faults(matrix: bytes, count: int, dim: int) -> Iterator[str]:
    if len(matrix) != 2 * count * dim:
        yield "向量的个数或长度不对"
        return
    lengths = np.linalg.norm(rows.unpack_matrix(matrix, dim).astype(np.float32), axis=1)
    if not np.isfinite(lengths).all():
        yield "向量里有不是数的值"
    elif np.abs(lengths - 1).max() > ROUNDING:
        yield "向量没有归一"


def _without_gaps(source: str, sentence: Sentence) -> str:
    """The sentence's stretch of the source without the characters that were dropped."""
    kept, at, start = "", 0, sentence.start
    for place, dropped in sentence.gaps:
        kept += source[start : start + place - at]
        at, start = place, start + place - at + dropped
    return kept + source[start : sentence.end]


def _drawn_from(text: str, stretch: str) -> bool:
    """Whether `text` is `stretch` with characters left out, neither of its ends among them."""
    rest = iter(stretch)
    return text[:1] == stretch[:1] and text[-1:] == stretch[-1:] and all(c in rest for c in text)


def _on_page(page: int | None, start: int, pages: Sequence[int]) -> bool:
    return page is None or (1 <= page <= len(pages) and pages[page - 1] <= start)


def _rising(places: Sequence[int]) -> bool:
    return all(a <= b for a, b in itertools.pairwise(places))
