"""Lines -> the line ends that stand inside a sentence: broken at a fixed width, or by a page. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from index.cleanup.lines import Line, begins_item, is_open
from index.extract import Span

MIN_WIDTH, MAX_WIDTH = 30, 240  # of broken lines, a Chinese character counting two
MIN_TORN = 12  # characters of a line cut off by a page; what is shorter must go on to a sign of prose
FULL = 0.85  # of the width from which a line was ended by the margin and not by its author
_INNER = re.compile(r"[，。；、：？！,;](?=.)")
_WORD = re.compile(r"[A-Za-z0-9]")


def line_joins(text: str, lines: Sequence[Line], paged: Callable[[int, int], bool]) -> Iterator[Span]:
    """What stands between two lines that are one: a line end with the blanks around it, but for one between words.

    `paged(end, start)` says whether something of the page was dropped between two lines.
    """
    width = _broken_at(lines)
    spaced = _is_double_spaced(text, lines)
    margin = min((line.indent for line in lines if _width(line.words) >= FULL * width), default=0) if width else 0
    for line, after in itertools.pairwise(lines):
        prose = len(line.words) >= MIN_TORN or bool(_INNER.search(f"{after.words} "))
        torn = prose and paged(line.end, after.start)
        full = (
            width > 0 and _width(line.words) >= FULL * width and (spaced or text.count("\n", line.end, after.start) < 2)
        )
        if (torn or full) and is_open(line.words) and after.indent <= margin and not begins_item(after.words):
            yield from _between(text, line, after)


def _width(words: str) -> int:
    """Columns on a page: one for a Latin letter or digit, two for a Chinese character or sign."""
    return len(words.encode("gbk", "replace"))


def _broken_at(lines: Sequence[Line]) -> float:
    """The width at which most lines end in mid-sentence though their sentences end anywhere; 0 when there is none."""
    widths = sorted(_width(line.words) for line in lines)
    wide = widths[int(len(widths) * 0.9)] if widths else 0
    if not MIN_WIDTH <= wide <= MAX_WIDTH:
        return 0
    full = [line.words for line in lines if _width(line.words) >= FULL * wide]
    if len(full) < 2 or len(full) < 0.4 * len(lines):
        return 0
    torn = sum(words[-1].isalnum() for words in full)
    inner = sum(bool(_INNER.search(words)) for words in full)
    return wide if torn >= 0.5 * len(full) and inner >= 0.3 * len(full) else 0


def _is_double_spaced(text: str, lines: Sequence[Line]) -> bool:
    """Whether nearly every line has a blank one behind it, so that a blank line ends no paragraph."""
    blank = sum(text.count("\n", a.end, b.start) >= 2 for a, b in itertools.pairwise(lines))
    return blank >= 0.8 * (len(lines) - 1)


def _between(text: str, line: Line, after: Line) -> Iterator[Span]:
    """Latin words keep one blank; where there is none to keep, they keep their line end."""
    start, end = line.end, after.end - len(after.words)
    if not (_WORD.match(line.words[-1]) and _WORD.match(after.words[0])):
        yield start, end
        return
    blank = next((n for n in range(start, end) if text[n] not in "\n\f"), None)
    if blank is not None:
        yield start, blank
        yield blank + 1, end
