"""The lines of a text -> its table of contents, which names the sections but says nothing of them. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from index.cleanup.lines import Line
from index.extract import Span

_NAME = re.compile(r"目\s*[录錄次]|C(?:ontents|ONTENTS)|T(?:able of Contents|ABLE OF CONTENTS)")
_LEADERS = re.compile(r"\s*(?:[.．·•…‥⋯。_-]{3,}|…{1,}|\t)[.．·•…‥⋯\s]*[(（]?\d{1,4}[)）]?$")
_BLANKS = re.compile(r"\s{1,}\d{1,4}$")
_PAGE = re.compile(r"(\d{1,4})[)）]?$")

MIN_ENTRIES = 3
MAX_TRIED = 20  # stretches looked at as a table
SHOWN = 12  # entries looked for in the text behind the table


def find_contents(text: str, lines: Sequence[Line]) -> list[Span]:
    """Spans of tables of contents, with their name. An entry ends in a page number, and comes again as a heading."""
    found: list[Span] = []
    n, tried = 0, 0
    while n < len(lines) and tried < MAX_TRIED:
        named = bool(_NAME.fullmatch(lines[n].words))
        first = n + named
        last = first
        while last < len(lines) and _is_entry(lines[last].words, named):
            last += 1
        tried += named or last - first >= MIN_ENTRIES
        if last - first < MIN_ENTRIES or not _is_contents(text, lines[first:last], named):
            last = _unnumbered(text, lines, first) if named else first
        if last > first:
            found.append((lines[n].start, lines[last - 1].end))
        n = max(last, n + 1)
    return found


def _is_entry(words: str, named: bool) -> bool:
    if len(words) > 120 or not (words[-1].isdigit() or words[-1] in ")）"):
        return False
    return bool(_LEADERS.search(words) or (named and _BLANKS.search(words)))


def _is_contents(text: str, entries: Sequence[Line], named: bool) -> bool:
    pages = [int(m[1]) for entry in entries if (m := _PAGE.search(entry.words))]
    rising = all(a <= b for a, b in itertools.pairwise(pages))
    return named or (rising and _come_again(text, entries) >= 0.5)


def _come_again(text: str, entries: Sequence[Line]) -> float:
    """The share of the first entries whose words stand again behind the table."""
    shown = entries[:SHOWN]
    end = entries[-1].end
    titles = [_BLANKS.sub("", _LEADERS.sub("", entry.words)).strip() for entry in shown]
    return sum(len(t) >= 2 and text.find(t, end) >= 0 for t in titles) / len(shown)


def _unnumbered(text: str, lines: Sequence[Line], first: int) -> int:
    """The end of a table without page numbers: short lines under its name, each to come again as a line."""
    last = first
    while last < len(lines) and last - first < 200:
        words = lines[last].words
        if len(words) > 60 or words[-1] in "。；！？" or text.find(f"{words}\n", lines[last].end) < 0:
            break
        if last > first and words == lines[first].words:
            break
        last += 1
    return last if last - first >= MIN_ENTRIES else first
