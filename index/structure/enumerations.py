"""Sentences -> stretches that are not to be torn apart: an enumeration with what leads to it, else each item. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.cleanup.lines import SENTENCE_END
from index.extract import Span
from index.structure.numerals import parse_number

_N = "[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(rf"[（(]({_N})[）)]"),
    re.compile(r"[（(](\d{1,2})[）)]"),
    re.compile(r"(\d{1,2})[）)]"),
    re.compile(r"(\d{1,2})(?:[、．]|[.](?!\d))"),
    re.compile(rf"({_N})、"),
    re.compile(rf"({_N})(?:个?是|要|来)"),
    re.compile(rf"第({_N})(?:[，,、：:]|个?是|要|步)"),
    re.compile(rf"其({_N})[，,、：:是]?"),
)
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_WORDS = re.compile("(首先|其次|再次|最后)[，,是要]?")
_BULLET = re.compile("——?|[-–•●■◆▪◦*](?![-\\d])")
_COLON = re.compile("[：:]")
_FIRST_CHARACTERS = frozenset("（(第其首再最—-–•●■◆▪◦*一二三四五六七八九十0123456789" + _CIRCLES)

REACH = 600  # characters from one item to the next; what is further is another matter
MAX_LINE = 60  # characters of a line in a list of short lines


class _Mark(NamedTuple):
    kind: str
    value: int


def indivisible(text: str, spans: Sequence[Span], size: int) -> list[list[Span]]:
    """The sentences in groups of neighbours, each of at most `size` characters if it has more than one."""
    return _Grouping(text, spans, size).groups(0, len(spans))


def _mark_of(text: str, start: int, end: int) -> _Mark | None:
    """The mark at the start of a sentence, or that of a first item behind a colon in it."""
    mark = _mark(text, start)
    colons = (m.end() for m in _COLON.finditer(text, start, end)) if mark is None else ()
    inside = (_mark(text, place) for place in colons if place < end)
    return mark or next((found for found in inside if found and found.value <= 1), None)


def _mark(text: str, place: int) -> _Mark | None:
    c = text[place]
    if c not in _FIRST_CHARACTERS:
        return None
    if c in _CIRCLES:
        return _Mark("①", _CIRCLES.index(c) + 1)
    if m := _BULLET.match(text, place):
        return _Mark(m[0], 0)
    if m := _WORDS.match(text, place):
        return _Mark("首先", ("首先", "其次", "再次", "最后").index(m[1]) + 1)
    return next((_Mark(p.pattern, parse_number(m[1])) for p in _MARKS if (m := p.match(text, place))), None)


class _Grouping:
    """The sentences of one section and the marks at their starts."""

    def __init__(self, text: str, spans: Sequence[Span], size: int) -> None:
        self._text = text
        self._spans = spans
        self._size = size
        self._marks = [_mark_of(text, start, end) for start, end in spans]

    def groups(self, first: int, last: int) -> list[list[Span]]:
        """The groups of the sentences [first, last)."""
        made: list[list[Span]] = []
        n = first
        while n < last:
            items = self._items(n, last) or self._short_lines(n, last)
            if len(items) < 3:  # an enumeration has two items at least, and an end
                made.append([self._spans[n]])
                n += 1
                continue
            lead = made.pop() if made and self._leads(n - 1) and len(made[-1]) == 1 else []
            made += self._enumeration(lead, items)
            n = items[-1]
        return made

    def _enumeration(self, lead: list[Span], items: Sequence[int]) -> Iterator[list[Span]]:
        """All in one where that fits, else an item each, the lead with the first of them."""
        everything = [*lead, *self._spans[items[0] : items[-1]]]
        if self._fits(everything):
            yield everything
            return
        for start, end in itertools.pairwise(items):
            item = list(self._spans[start:end])
            groups = [item] if self._fits(item) else _glued([[item[0]], *self.groups(start + 1, end)], self._size)
            yield from _glued([lead, *groups], self._size) if lead else groups
            lead = []

    def _fits(self, group: Sequence[Span]) -> bool:
        return len(group) <= 1 or group[-1][1] - group[0][0] <= self._size

    def _leads(self, n: int) -> bool:
        return n >= 0 and self._text[self._spans[n][1] - 1] in "：:"

    def _items(self, first: int, last: int) -> list[int]:
        """The places of the items of an enumeration that begins at sentence `first`, and the place behind its last."""
        mark = self._marks[first]
        if mark is None or mark.value > 1:
            return []
        items = [first]
        value = mark.value
        for n in range(first + 1, last):
            if self._spans[n][0] - self._spans[items[-1]][0] > REACH:
                break
            found = self._marks[n]
            if found is None or found.kind != mark.kind:
                continue
            most = value + (3 if mark.kind == "首先" else 1)
            if found.value and not value < found.value <= most:
                break
            items.append(n)
            value = found.value
        return [*items, self._end(items, last)]

    def _end(self, items: Sequence[int], last: int) -> int:
        """Behind the last item: the rest of its line when it begins one, else as many sentences as the shortest has."""
        n = items[-1]
        start = self._spans[n][0]
        line_end = self._text.find("\n", start, start + REACH)
        limit = line_end if line_end >= 0 else start + REACH
        begins = not start or self._text[start - 1] in "\n\f"
        most = last if begins and line_end >= 0 else n + min((b - a for a, b in itertools.pairwise(items)), default=1)
        while n + 1 < min(most, last) and self._spans[n + 1][0] < limit:
            n += 1
        return n + 1

    def _short_lines(self, n: int, last: int) -> list[int]:
        """Lines without a stop under one that ends in a colon, as `_items` gives them; the leading line is the first."""
        if not self._leads(n):
            return []
        end = n + 1
        while end < last and self._is_short_line(end):
            end += 1
        return list(range(n, end + 1)) if end - n >= 3 else []

    def _is_short_line(self, n: int) -> bool:
        start, end = self._spans[n]
        own = self._text[start - 1] in "\n\f" and self._text[end : end + 1] in ("", "\n", "\f")
        return own and end - start <= MAX_LINE and self._text[end - 1] not in SENTENCE_END + "：:"


def _glued(groups: Sequence[list[Span]], size: int) -> list[list[Span]]:
    """The groups, the first two in one where they fit."""
    if len(groups) < 2 or groups[1][-1][1] - groups[0][0][0] > size:
        return list(groups)
    return [[*groups[0], *groups[1]], *groups[2:]]
