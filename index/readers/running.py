"""Lines of all pages -> which of them belong to the page: running heads and feet, page numbers, watermarks. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from index.readers.layout import Line, Run

ZONE = 0.13  # of the page's height, at either end
EDGE = 0.08  # where a bare number is a page number even when no other page has one
REACH = 4.0  # points that a running head may move from page to page
NEAR = 2  # pages away at most is the next one like it: left and right pages may differ
LARGE = 1.3  # times the body's size: titles that many pages share, as those of forms and slides, are no running heads
MAX_LINES = 5  # running lines at one end of a page

_NUMBER = re.compile(r"\d+|(?<![A-Za-z])[ivxlcIVXLC]{1,6}(?![A-Za-z])|[〇零一二三四五六七八九十百]+")
_DECORATED = re.compile(
    r"[-—–－─·•~\s]+\d{1,4}[-—–－─·•~\s]+|第?\s*[\d一二三四五六七八九十百]+\s*页(?:[\s,，/]*共\s*[\d一二三四五六七八九十百]+\s*页)?"
    r"|\d{1,4}\s*/\s*\d{1,4}|[Pp](?:age|\.)\s*\d+(?:\s*of\s*\d+)?"
)
_BARE = re.compile(r"\d{1,4}|[ivxlc]{1,6}")
_ENDS = re.compile(r"^(\d{1,4})(?!\d)|(?<!\d)(\d{1,4})$")
_Places = dict[tuple[int, str], list[tuple[int, float]]]


def running(pages: Sequence[Sequence[Line]], heights: Sequence[float], body: float) -> list[set[int]]:
    """For each page the numbers of its lines that are running heads or feet or page numbers; `body` is the size of text.

    They come one after another from the page's edge, and repeat, numbers aside, at one place on pages near each other.
    """
    places: _Places = defaultdict(list)
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        for end, _, line, y in _outer(lines, height):
            for key in _keys(line.text, number):
                places[end, key].append((number, y))
    need = 2 if len(pages) <= 5 else 3
    found: list[set[int]] = []
    for number, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        marks, stopped = set[int](), set[int]()
        for end, index, line, y in _outer(lines, height):
            if end in stopped:
                continue
            alike = any(_repeats(places[end, key], number, y, need) for key in _keys(line.text, number))
            if (alike and line.size <= LARGE * body) or _numbers_page(line.text, y < EDGE * height):
                marks.add(index)
            else:
                stopped.add(end)
        found.append(marks)
    return found


def _keys(text: str, page: int) -> Iterator[str]:
    """What repeats: the words with their numbers folded, and how far a number at either end is ahead of the page."""
    yield _NUMBER.sub("#", re.sub(r"\s+", "", text))
    for number in _ENDS.finditer(text.strip()):
        yield f"+{int(number.group()) - page}"


def _outer(lines: Sequence[Line], height: float) -> Iterator[tuple[int, int, Line, float]]:
    """End (0 head, 1 foot), number, line and distance from that end, of the lines there, from the edge inwards."""
    order = sorted((i for i, x in enumerate(lines) if not x.rows), key=lambda i: lines[i].y)
    for end, numbers in enumerate((order, order[::-1])):
        for index in numbers[: 2 * MAX_LINES]:
            y = lines[index].y if end == 0 else height - lines[index].y
            if y <= ZONE * height:
                yield end, index, lines[index], y


def _repeats(places: list[tuple[int, float]], page: int, y: float, need: int) -> bool:
    alike = [p for p, other in places if abs(other - y) <= REACH]
    return len(set(alike)) >= need and any(0 < abs(p - page) <= NEAR for p in alike)


def _numbers_page(text: str, edge: bool) -> bool:
    return bool(_DECORATED.fullmatch(text.strip()) or (edge and _BARE.fullmatch(text.strip())))


def watermarks(pages: Sequence[Sequence[Run]], body: float) -> list[set[int]]:
    """For each page the numbers of its runs that are watermarks: slanting or faint words that repeat or are large."""
    seen: dict[tuple[str, bool], set[int]] = defaultdict(set)
    for number, runs in enumerate(pages):
        for run in runs:
            seen[_key(run)].add(number)
    return [{i for i, r in enumerate(runs) if _watermark(r, len(seen[_key(r)]), body)} for runs in pages]


def _key(run: Run) -> tuple[str, bool]:
    return "".join(run.text.split()), run.quarter < 0


def _watermark(run: Run, repeats: int, body: float) -> bool:
    large = run.size >= 1.4 * body
    if run.quarter < 0:
        return repeats > 1 or large or run.light
    return run.light and large and (repeats > 1 or run.size >= 2.5 * body)
