"""Display text -> its sections: articles of a file and headings, as one unbroken run of spans. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.cleanup.lines import CLOSERS, SENTENCE_END, Line, lines_of
from index.extract import FormatHeading, Span
from index.structure.articles import Mark, find_marks
from index.structure.headings import (
    ARTICLE,
    BOOK,
    CHAPTER,
    MAX_HEADING,
    Heading,
    inline_headings,
    is_titular,
    line_headings,
)
from index.structure.ranks import ranked
from index.structure.tableofcontents import find_contents

MAX_FORMAT_HEADING = 80  # characters; a longer one is a paragraph in the dress of a heading
_OF_UNIT = {"篇": BOOK, "编": BOOK, "章": CHAPTER, "讲": CHAPTER}


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the display text under one heading; `label` names its path, such as 第七篇 · (二)着力…

    The mark of an article that stands for itself (第七篇) is not part of the section; a heading with words of its own is.
    """

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A section before those without words but their heading's are joined to what follows."""

    section: Section
    joined: bool  # nothing was left out in front of it
    empty: bool


def find_sections(text: str, headings: Sequence[FormatHeading] = ()) -> list[Section]:
    """Sections in order; together they hold every character but article marks and tables of contents.

    `headings` are those of the format, at places of `text`. A heading without text of its own is joined to what follows.
    """
    lines = lines_of(text)
    contents = find_contents(text, lines)
    starts = [start for start, _ in contents]

    def outside(place: int) -> bool:
        n = bisect_right(starts, place)
        return not n or contents[n - 1][1] <= place

    found = _headings(text, [line for line in lines if outside(line.start)], headings)
    return _joined(
        text,
        [part for part in _parts(text, [h for h in found if outside(h.start)]) for part in _less(text, part, contents)],
    )


def _headings(text: str, lines: Sequence[Line], stated: Sequence[FormatHeading]) -> list[Heading]:
    """Every heading once, in order: the format's word goes before an article's mark, that before the form of a line."""
    numbered, marks = line_headings(lines), find_marks(text)
    articles: list[Heading] = []
    if marks:
        unit = _OF_UNIT[marks[0].unit]
        level = CHAPTER if unit == CHAPTER and any(h.level == BOOK for h in numbered) else ARTICLE
        articles = [_article(text, mark, level) for mark in marks]
        numbered = [replace(h, level=level) if h.level == unit else h for h in numbered]
    known: list[Heading] = [h for s in stated if (h := _of_format(text, s))]
    for others in (articles, numbered, inline_headings(text)):
        known = _with(known, others)
    return ranked(known)


def _with(known: Sequence[Heading], others: Sequence[Heading]) -> list[Heading]:
    """`known` and those of `others` that do not begin inside one of them, in order."""
    known = sorted(known, key=lambda h: h.start)
    starts = [h.start for h in known]

    def outside(place: int) -> bool:
        n = bisect_right(starts, place)
        return not n or place >= max(known[n - 1].end, known[n - 1].start + 1)

    return sorted([*known, *(h for h in others if outside(h.start))], key=lambda h: h.start)


def _of_format(text: str, stated: FormatHeading) -> Heading | None:
    words = text[stated.start : stated.end]
    label = " ".join(words.split())
    if not any(c.isalnum() for c in label) or len(label) > MAX_FORMAT_HEADING or label[-1] in "。；;，,":
        return None
    start = stated.start + len(words) - len(words.lstrip())
    return Heading(min(max(stated.level, 1), 9), label, start, stated.end, start)


def _article(text: str, mark: Mark, level: int) -> Heading:
    """The heading of an article: its mark, and the title when that alone fills the rest of a line."""
    end = text.find("\n", mark.end, mark.end + 2 * MAX_HEADING)
    rest = text[mark.end : end].strip(" 　：:") if end >= 0 and mark.end > mark.start else ""
    titled = rest and len(rest) <= MAX_HEADING and is_titular(rest) and rest[-1] not in SENTENCE_END + CLOSERS
    label = f"{mark.label} {rest}" if titled else mark.label
    return Heading(level, label, mark.start, end if titled else mark.end, mark.start if titled else mark.end)


def _parts(text: str, headings: Sequence[Heading]) -> Iterator[_Part]:
    if not headings or headings[0].start > 0:
        headings = [Heading(-1, "", 0, 0, 0), *headings]
    path: list[Heading] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        path = [h for h in path if h.level < heading.level and h.label] + [heading]
        end = following.start if following else len(text)
        empty = bool(heading.label) and not text[max(heading.end, heading.body) : end].strip(" \t\n\f　：:。")
        label = " · ".join(h.label for h in path)
        yield _Part(Section(label, heading.body, end), heading.body == heading.start, empty)


def _less(text: str, part: _Part, contents: Sequence[Span]) -> Iterator[_Part]:
    """The part without the tables of contents in it."""
    section = part.section
    start = section.start
    for first, last in contents:
        if section.start <= first < section.end:
            yield replace(part, section=replace(section, start=start, end=first))
            start, part = last, replace(part, joined=False)
    yield replace(part, section=replace(section, start=start))


def _joined(text: str, parts: Sequence[_Part]) -> list[Section]:
    sections: list[Section] = []
    waiting: int | None = None  # where headings without text of their own begin
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        section = part.section
        start = section.start if waiting is None else waiting
        if part.empty and following and following.joined and following.section.start == section.end:
            waiting = start
            continue
        waiting = None
        if text[start : section.end].strip():
            sections.append(replace(section, start=start))
    return sections
