"""Clean text -> passages and their sentences: the units that are searched, cited and shown as evidence. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS, SENTENCE_END, CleanText
from index.extract import FormatHeading
from index.reading import Repair, read_as
from index.sections import Section, find_sections

MAX_PASSAGE = 300  # characters; chosen with the retrieval figures in docs/experiments.md
MAX_SENTENCE = 400  # a longer one (a table, a text without stops) is cut at its clauses

_STOP = re.compile(rf"[{SENTENCE_END}…]+[{re.escape(CLOSERS)}]*|\n+|(?<=[A-Za-z0-9)][.])\s+(?=[A-Z])")
_CLAUSE = re.compile(r"[；;]|[，,、\s]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `start`, `end` are characters of the source text; `text` that stretch with markers removed.

    `gaps` are the places in `text` before which source characters were dropped, and how many; rising. `page` is that
    of its first character, counted from 1. `repairs` are places in `text`.
    """

    start: int
    end: int
    text: str
    gaps: tuple[tuple[int, int], ...] = ()
    page: int | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def reading(self) -> str:
        """`text` with the confident readings of its damaged characters, place for place."""
        return read_as(self.text, self.repairs)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open source span of the non-empty part [start, end) of `text`."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, position: int) -> int:
        return self.start + position + sum(dropped for at, dropped in self.gaps if at <= position)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one document: the unit that is searched and cited.

    `start`, `end` are characters in the source text; `text` is that stretch with markers removed. `page` is that of
    its first character. `repairs` are places in `text`.
    """

    section: str
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]
    page: int | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def reading(self) -> str:
        """`text` with the confident readings of its damaged characters, place for place."""
        return read_as(self.text, self.repairs)


def split(
    clean: CleanText,
    headings: Sequence[FormatHeading] = (),
    pages: Sequence[int] = (),
    repairs: Sequence[Repair] = (),
    size: int = MAX_PASSAGE,
) -> list[Passage]:
    """Passages of whole sentences, each inside one section, at most `size` characters unless one sentence is longer.

    `headings` and `pages` are those of the Extract, `repairs` places in the display text.
    """
    return [
        _passage(clean, section, group)
        for section in find_sections(clean.text)
        for group in _pack(_sentence_spans(clean.text, section.start, section.end), size)
    ]


def _passage(clean: CleanText, section: Section, spans: list[tuple[int, int]]) -> Passage:
    start, end = spans[0][0], spans[-1][1]
    return Passage(
        section.label,
        *clean.source_span(start, end),
        clean.text[start:end],
        tuple(_sentence(clean, s, e) for s, e in spans),
    )


def _sentence(clean: CleanText, start: int, end: int) -> Sentence:
    places = clean.offsets[start:end]
    gaps = tuple((i + 1, b - a - 1) for i, (a, b) in enumerate(itertools.pairwise(places)) if b - a > 1)
    return Sentence(*clean.source_span(start, end), clean.text[start:end], gaps)


def _pack(spans: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    """Neighbouring sentences in groups of even length, none over `size` characters if it has more than one."""
    if not spans:
        return
    total = spans[-1][1] - spans[0][0]
    target = total / max(1, -(-total // size))
    group: list[tuple[int, int]] = []
    for span in spans:
        length = span[1] - group[0][0] if group else 0
        if group and (length > size or length - (span[1] - span[0]) / 2 > target):
            yield group
            group = []
        group.append(span)
    yield group


def _sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for s, e in _cut(text, start, end, _STOP):
        spans.extend(_bounded(text, s, e))
    trimmed = [_trim(text, s, e) for s, e in spans]
    return [(s, e) for s, e in trimmed if any(c.isalnum() for c in text[s:e])]


def _cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for m in pattern.finditer(text, start, end):
        yield start, m.end()
        start = m.end()
    if start < end:
        yield start, end


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span in pieces of at most MAX_SENTENCE, cut at the last clause end inside each, else at the bound."""
    while end - start > MAX_SENTENCE:
        window = range(start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cuts = [m.end() for m in _CLAUSE.finditer(text, window.start, window.stop)]
        semicolons = [c for c in cuts if text[c - 1] in "；;"]
        cut = (semicolons or cuts or [window.stop])[-1]
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
