"""Display text -> the marks of its articles (第一篇, 第二章 …), damaged ones found by the run of ordinals. Pure.

A file of several articles counts them. Where the count has a gap, or ends before the number that the file itself gives
(共七篇), a mark was damaged: it is looked for at the starts of sentences, character by character (index/structure/damage.py).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.cleanup.lines import CLOSERS, SENTENCE_END
from index.structure.damage import Reader, Reading, best_run
from index.structure.numerals import NUMERAL
from index.structure.numerals import chinese_number as chinese_number
from index.structure.numerals import parse_number as parse_number

UNITS = "篇编章讲"
_MARK = re.compile(
    rf"第({NUMERAL}{{1,5}}|\d{{1,3}})([{UNITS}])(?!章|节(?![约能日目水]))"
)  # 第一篇章, 第一章节 are words
_TAIL = re.compile(rf"\s*[,，、(（]?\s*共\s*({NUMERAL}+|\d{{1,3}})\s*[{UNITS}][)）]?")
_COUNTED = re.compile(rf"(?<!第)({NUMERAL}{{1,3}}|\d{{1,3}})([{UNITS}])")
_START = re.compile(rf"[{SENTENCE_END}\n\f][{re.escape(CLOSERS)}]*[ \u3000]*")

MIN_ARTICLE_LENGTH = 150  # characters between marks inside running text; mentions in passing stand closer
MAX_TITLE_LENGTH = 80  # of the title that may stand in front of the first mark
MAX_HEAD = 500  # characters from the start of the text to the first mark behind a title
MAX_MISSING = 40  # damaged marks looked for in one gap
MAX_BEYOND = 3  # and behind the last mark, where the file does not say how many there are
MAX_DOUBT = 0.9  # of a damaged mark in a gap: 0 the mark itself, about 1 a character that is plainly another
MAX_DOUBT_BEYOND = 0.6  # where nothing says that one is missing
MAX_DOUBT_ALONE = 0.3  # where but one mark is sound


@dataclass(frozen=True, slots=True)
class Mark:
    """An article mark: its number, its unit such as 篇, and its span in the display text.

    The span is empty, at the very start, when the first mark is not to be found but those that follow it are.
    """

    number: int
    unit: str
    start: int
    end: int

    @property
    def label(self) -> str:
        """The mark as it should read, damaged or not: 第三篇."""
        return f"第{chinese_number(self.number)}{self.unit}"


def find_marks(text: str) -> list[Mark]:
    """Marks of the one counting run of articles in `text`, in order; empty when there is none."""
    sound = {unit: _run(text, unit) for unit in UNITS if f"{unit}" in text}
    runs = [_Run(text, unit, run).complete() for unit, run in sound.items() if run]
    return max((run for run in runs if len(run) >= 2), key=len, default=[])


def starts_sentence(text: str, position: int) -> bool:
    """Whether a sentence or a line begins at `position`."""
    end = position
    while end and text[end - 1] in " 　":
        end -= 1
    before = text[max(0, end - 2) : end]
    return (
        not before
        or before[-1] in SENTENCE_END + "\n"
        or (before[-1] in CLOSERS and before[:1] in SENTENCE_END + CLOSERS)
    )


def _run(text: str, unit: str) -> list[Mark]:
    """Rising marks of one unit, each at the start of a sentence (the first may follow a title), far enough apart."""
    run: list[Mark] = []
    for m in _MARK.finditer(text):
        if m.group(2) != unit:
            continue
        number = parse_number(m.group(1))
        first = number == 1 and _in_title(text, m.start())
        if not first and not starts_sentence(text, m.start()):
            continue
        follows = not run or (number > run[-1].number and m.start() - run[-1].end >= MIN_ARTICLE_LENGTH)
        if follows:
            run.append(Mark(number, unit, m.start(), _with_tail(text, m.end())))
    return run


def _in_title(text: str, position: int) -> bool:
    """Whether the words in front of `position` on its line may be a title at the head of the text."""
    line = text[max(text.rfind("\n", 0, position) + 1, position - MAX_TITLE_LENGTH - 1) : position]
    return position <= MAX_HEAD and len(line) <= MAX_TITLE_LENGTH and "。" not in line


def _with_tail(text: str, end: int) -> int:
    tail = _TAIL.match(text, end)
    return tail.end() if tail else end


class _Run:
    """A run of sound marks of one unit, and the damaged ones of the same count."""

    def __init__(self, text: str, unit: str, sound: Sequence[Mark]) -> None:
        self._text = text
        self._unit = unit
        self._sound = sound
        self._digits = text[sound[0].start + 1].isdigit()
        self._reader: Reader | None = None

    def complete(self) -> list[Mark]:
        """Sound and damaged marks in order; the sound ones alone when nothing is missing."""
        first, last, total = self._sound[0], self._sound[-1], self._total()
        if len(self._sound) < 2 and total < 2:
            return self._alone(last) if first.number == 1 else []
        marks = self._before(first)
        for before, after in itertools.pairwise(self._sound):
            marks.append(before)
            missing = range(before.number + 1, after.number)
            marks += self._find(before.end + MIN_ARTICLE_LENGTH, after.start - MIN_ARTICLE_LENGTH, missing, MAX_DOUBT)
        return [*marks, last, *self._after(last, total)]

    def _alone(self, first: Mark) -> list[Mark]:
        """The only sound mark and those behind it, when they are two or more of which there is hardly a doubt."""
        beyond = range(2, 2 + MAX_MISSING)
        found = self._find(first.end + MIN_ARTICLE_LENGTH, len(self._text), beyond, MAX_DOUBT_ALONE)
        counted = [mark for n, mark in enumerate(found, 2) if mark.number == n]
        return [first, *counted] if len(counted) >= 2 else []

    def _total(self) -> int:
        """How many articles there are by the file's own words, 0 when it does not say: 共七篇, or 7篇 in the title."""
        for mark in self._sound:
            tail = _TAIL.search(self._text, mark.start, mark.end)
            if tail:
                return parse_number(tail[1])
        head = self._text[:MAX_TITLE_LENGTH]
        stated = [parse_number(m[1]) for m in _COUNTED.finditer(head) if m[2] == self._unit]
        return next((n for n in stated if 2 <= n <= MAX_MISSING and n >= self._sound[-1].number), 0)

    def _before(self, first: Mark) -> list[Mark]:
        missing, end = range(1, first.number), first.start - MIN_ARTICLE_LENGTH
        if not missing or end <= 0:
            return []
        found = self._find(0, end, missing, MAX_DOUBT)
        unmarked = (not found or found[0].number > 1) and len(found) + len(self._sound) >= 3 and missing[-1] <= 2
        return [Mark(1, self._unit, 0, 0), *found] if unmarked else found

    def _after(self, last: Mark, total: int) -> list[Mark]:
        start = last.end + MIN_ARTICLE_LENGTH
        if total:
            return self._find(start, len(self._text), range(last.number + 1, total + 1), MAX_DOUBT)
        beyond = range(last.number + 1, last.number + 1 + MAX_BEYOND)
        return self._find(start, len(self._text), beyond, MAX_DOUBT_BEYOND)

    def _find(self, start: int, end: int, missing: range, most: float) -> list[Mark]:
        """The damaged marks of the numbers `missing` between two places, at most one each, in order."""
        if not missing or end <= start:
            return []
        self._reader = self._reader or Reader(self._text, self._unit)
        readings: list[Reading] = []
        for p in self._places(start, end):
            for number in missing[:MAX_MISSING]:
                numeral = str(number) if self._digits else chinese_number(number)
                doubt = self._reader.doubt(p, numeral)
                if doubt <= (most if starts_sentence(self._text, p) else min(most, MAX_DOUBT_BEYOND)):
                    readings.append(Reading(number, p, p + len(numeral) + 2, doubt))
        chosen = best_run(readings, MIN_ARTICLE_LENGTH)
        return [Mark(r.number, self._unit, r.start, _with_tail(self._text, r.end)) for r in chosen]

    def _places(self, start: int, end: int) -> list[int]:
        """Where a mark may stand: the starts of sentences, and any place of a title."""
        title = [p for p in range(start, min(end, MAX_HEAD)) if _in_title(self._text, p)]
        rest = (m.end() for m in _START.finditer(self._text, max(start - 1, 0), end))
        return sorted({*title, *(p for p in rest if p >= start)})
