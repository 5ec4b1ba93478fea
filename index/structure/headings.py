"""Display text -> its headings: lines that are numbered as headings, and those that run inside a paragraph. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleanup.lines import BLANK, CLOSERS, SENTENCE_END, Line
from index.structure.articles import starts_sentence
from index.structure.numerals import NUMERAL, parse_number

MAX_HEADING = 42  # characters; longer first sentences of a numbered paragraph are text, not headings
MIN_INLINE = 150  # characters of a section whose heading stands inside running text

ARTICLE, ANNEX, BOOK, CHAPTER, PART, POINT, SUBPOINT, NUMBERED, CLAUSE = 0, 1, 10, 12, 13, 14, 15, 16, 19
"""Levels, the highest first. Those of the format itself, and of Markdown, are 1 to 9."""

_COUNT = rf"(?:{NUMERAL}{{1,5}}|\d{{1,3}})"
_KINDS = (
    (ANNEX, re.compile(r"附(?:件|表|录|图)(?:\s*([\dA-Za-z一二三四五六七八九十]{1,3})(?:[\s：:].*)?|\s*)$")),
    (BOOK, re.compile(rf"第\s*({_COUNT})\s*(?:分?编|部分|[篇卷])")),
    (BOOK, re.compile(r"P(?:art|ART)\s+([\dIVX]{1,5})\b")),
    (CHAPTER, re.compile(rf"第\s*({_COUNT})\s*[章讲]")),
    (CHAPTER, re.compile(r"C(?:hapter|HAPTER)\s+([\dIVX]{1,5})\b")),
    (PART, re.compile(rf"第\s*({_COUNT})\s*节")),
    (PART, re.compile(r"S(?:ection|ECTION)\s+([\d.]{1,7})\b")),
    (POINT, re.compile(r"([一二三四五六七八九十]{1,3})、")),
    (SUBPOINT, re.compile(r"[（(]([一二三四五六七八九十]{1,3})[）)]")),
    (NUMBERED, re.compile(rf"(\d{{1,2}})(?:[、．]|[.](?!\d)|{BLANK}+(?=[\u4e00-\u9fff]{{2}}))")),
    (NUMBERED, re.compile(rf"(\d{{1,2}}(?:[.．]\d{{1,2}}){{1,4}}){BLANK}+(?=\D)")),
    (CLAUSE, re.compile(rf"第\s*({_COUNT})\s*条(?:之{NUMERAL})?")),
)
_INLINE = _KINDS[8][1]
_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level, at [start, end); its section begins at `body`, behind it or, as mostly, at `start`."""

    level: int
    label: str
    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class _Item:
    """A line that is numbered: the place of the line, its number, its title (empty when it can have none)."""

    kind: int
    place: int
    number: str
    title: str
    alone: bool  # nothing but the title stands on the line


def line_headings(lines: Sequence[Line]) -> list[Heading]:
    """Headings that fill a line, or begin a paragraph with a short first sentence of their own; in order."""
    items: dict[int, _Item] = {}
    headings: list[Heading] = []
    for n, line in enumerate(lines):
        start = line.end - len(line.words)
        if mark := _MARKDOWN.match(line.words):
            headings.append(Heading(len(mark[1]), line.words[mark.end() :].strip(" #"), start, line.end, start))
        elif item := _item(n, line.words):
            items[n] = item
    listed = _listed(items, lines)
    counted = [*_counted(items, listed), *_clauses(items)]
    within = False  # an article of a law, whose points are not headings
    for item in sorted(counted, key=lambda i: i.place):
        level = _KINDS[item.kind][0]
        within = level == CLAUSE or (within and level > POINT)
        if not (within and level in (SUBPOINT, NUMBERED)):
            line = lines[item.place]
            start = line.end - len(line.words)
            end = line.end if item.alone else start + len(item.title)
            headings.append(Heading(level + item.number.count("."), item.title, start, end, start))
    return sorted(headings, key=lambda h: h.start)


def _item(place: int, words: str) -> _Item | None:
    if words[0] not in "第附（(PCS" and not words[0].isdigit() and words[0] not in "一二三四五六七八九十":
        return None
    for kind, (level, pattern) in enumerate(_KINDS):
        if m := pattern.match(words):
            short = len(words) <= MAX_HEADING and is_titular(words) and "。" not in words
            if short:
                title = words
            elif level == CLAUSE:
                title = m[0].strip(" \t　：:【")
            else:
                title = first_sentence(words) if level in (POINT, SUBPOINT) else ""
            return _Item(kind, place, m[1] or "", title, short or len(title) + 1 >= len(words))
    return None


def form_of(words: str) -> int:
    """The level that a heading of these words has by the form of its number; 0 when it has none."""
    for level, pattern in _KINDS:
        if m := pattern.match(words):
            return level + (m[1] or "").count(".")
    return 0


def is_titular(words: str) -> bool:
    """Whether a line ends as a title does, with no stop, comma or colon."""
    return words[-1] not in SENTENCE_END + CLOSERS.replace("）", "").replace(")", "").replace("》", "") + "；;，,：:、"


def first_sentence(words: str) -> str:
    """The first sentence of a numbered paragraph when it is short enough to be its heading, else nothing."""
    end = re.search(f"[{SENTENCE_END}]", words[: MAX_HEADING + 1])
    title = words[: end.start()] if end else ""
    return title if len(title) >= 4 and not re.search("[，,；;：:]", title) else ""


def _listed(items: dict[int, _Item], lines: Sequence[Line]) -> set[int]:
    """Places of items that make up a list: short ones on neighbouring lines, with no text of their own between."""
    listed: set[int] = set()
    group: list[int] = []
    for n in [*items, -1]:
        ahead = items.get(n)
        behind = items[group[-1]] if group else None
        if not (behind and ahead and n == behind.place + 1 and ahead.kind == behind.kind):
            listed |= set(group) if _is_list(group, lines) else set()
            group = []
        if ahead and (ahead.alone or not ahead.title) and _KINDS[ahead.kind][0] in (POINT, SUBPOINT, NUMBERED):
            group.append(n)
    return listed


def _is_list(group: Sequence[int], lines: Sequence[Line]) -> bool:
    if len(group) < 2:
        return False
    led = group[0] > 0 and lines[group[0] - 1].words[-1] in "：:"
    return len(group) >= 3 or led or any(lines[n].words[-1] in "；;，," for n in group)


def _counted(items: dict[int, _Item], listed: set[int]) -> Iterator[_Item]:
    """Items with a title that are no list; those numbered 1. 2. only where they count from one to two at least."""
    digits: list[_Item] = []
    for item in items.values():
        if item.place in listed or not item.title or _KINDS[item.kind][0] == CLAUSE:
            continue
        if _KINDS[item.kind][0] == NUMBERED:
            if item.alone:
                digits.append(item)
        else:
            yield item
    top = [int(item.number) for item in digits if item.number.isdigit()]
    if 1 in top and 2 in top and all(b == 1 or b <= a + 1 for a, b in itertools.pairwise(top)):
        yield from digits


def _clauses(items: dict[int, _Item]) -> list[_Item]:
    """The articles of a law or a contract: 第一条 … at the starts of lines, counting up; none when there is but one."""
    run: list[_Item] = []
    last = 0
    for item in items.values():
        if _KINDS[item.kind][0] == CLAUSE:
            number = parse_number(item.number)
            if number == 1 or last <= number <= last + 5:
                run.append(item)
                last = number
    return run if len(run) >= 2 else []


def inline_headings(text: str) -> list[Heading]:
    """Headings (一)…。(二)…。 inside running text: a run that counts from one, each with a long section behind it."""
    found = [
        (parse_number(m[1]), m.start(), title)
        for m in _INLINE.finditer(text)
        if _may_stand(text, m.start()) and (title := first_sentence(text[m.start() : m.start() + 80]))
    ]
    headings: list[Heading] = []
    for number, start, title in found:
        counts = number == 1 or bool(headings)
        far = not headings or start - headings[-1].start >= MIN_INLINE
        if counts and far:
            headings.append(Heading(SUBPOINT, title, start, start + len(title), start))
    return headings if len(headings) >= 2 else []


def _may_stand(text: str, position: int) -> bool:
    """Whether a numbered heading may stand at `position` of running text: after a sentence, or after a title."""
    before = text[max(0, position - 30) : position]
    return before[-1:] not in ("\n", "\f") and (
        starts_sentence(text, position) or bool(re.search(r"第.[篇编章讲][^。，,；;]{0,27}$", before))
    )
