"""Display text -> the marks of its articles (第一篇, 第二章 …), damaged ones found by the run of ordinals. Pure.

A file of several articles counts them. When the count has a gap, a mark in the gap was damaged: it is looked for at
the starts of sentences, as a few characters that are strange to this document and stand where a mark is missing.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS, SENTENCE_END

_DIGITS = "零一二三四五六七八九"
_CHINESE_NUMBER = "[一二三四五六七八九十百零〇]"
_MARK = re.compile(rf"第({_CHINESE_NUMBER}{{1,5}}|\d{{1,3}})([篇编章讲])")
_TAIL = re.compile(rf"\s*[,，、(（]?\s*共\s*(?:{_CHINESE_NUMBER}+|\d+)\s*[篇编章讲][)）]?")

MIN_ARTICLE_LENGTH = 150  # characters between marks inside running text; mentions in passing stand closer
MAX_TITLE_LENGTH = 80  # of the title that may stand in front of the first mark
MAX_STRANGENESS = 0.55  # per character of a damaged mark, 0 the mark itself, 1 ordinary words


@dataclass(frozen=True, slots=True)
class Mark:
    """An article mark: its number, its unit such as 篇, and its span in the display text."""

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
    runs = [_fill_gaps(text, run) for unit in "篇编章讲" if len(run := _run(text, unit)) >= 2]
    return max(runs, key=len, default=[])


def chinese_number(value: int) -> str:
    """0..999 as written in headings: 3 -> 三, 12 -> 十二, 105 -> 一百零五; a larger one in digits."""
    if value > 999:
        return str(value)
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones or not value else "")


def parse_number(text: str) -> int:
    """The value of 三, 十二, 四十, 一百零五 or 12."""
    if text.isdigit():
        return int(text)
    total = digit = 0
    for c in text.replace("〇", "零"):
        if c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.index(c)
    return total + digit


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
        first = number == 1 and m.start() <= MAX_TITLE_LENGTH and "。" not in text[: m.start()]
        if not first and not starts_sentence(text, m.start()):
            continue
        follows = not run or (number > run[-1].number and m.start() - run[-1].end >= MIN_ARTICLE_LENGTH)
        if follows:
            tail = _TAIL.match(text, m.end())
            run.append(Mark(number, unit, m.start(), tail.end() if tail else m.end()))
    return run


def _fill_gaps(text: str, run: Sequence[Mark]) -> list[Mark]:
    filled = list(run[:1])
    for before, after in itertools.pairwise(run):
        missing = range(before.number + 1, after.number)
        filled.extend(_damaged(text, before, after, missing))
        filled.append(after)
    return filled


def _damaged(text: str, before: Mark, after: Mark, missing: Sequence[int]) -> list[Mark]:
    """At most one damaged mark for each missing number: the strangest sentence starts between two sound marks."""
    if not missing:
        return []
    length = 2 + len(chinese_number(missing[0]))
    counts = Counter(text)
    places = (
        p for p in range(before.end + MIN_ARTICLE_LENGTH, after.start - MIN_ARTICLE_LENGTH) if starts_sentence(text, p)
    )
    scored = sorted((_strangeness(text[p : p + length], before.unit, counts, len(missing)), p) for p in places)
    chosen = sorted(p for score, p in scored[: len(missing)] if score <= MAX_STRANGENESS)
    numbers = missing[len(missing) - len(chosen) :]
    return [Mark(n, before.unit, p, p + length) for n, p in zip(numbers, chosen, strict=True)]


def _strangeness(window: str, unit: str, counts: Counter[str], missing: int) -> float:
    """Mean cost per character of reading `window` as a mark; 1.0 for what is plainly no mark."""
    if any(c in SENTENCE_END + CLOSERS + "，,、；;：:\n" for c in window):
        return 1.0
    return sum(_costs(window, unit, counts, missing)) / max(1, len(window))


def _costs(window: str, unit: str, counts: Counter[str], missing: int) -> Iterator[float]:
    last = len(window) - 1
    for i, c in enumerate(window):
        expected = c == "第" if i == 0 else c == unit if i == last else c in _DIGITS + "十"
        if expected:
            yield 0.2
        elif counts[c] <= missing or c.isascii():
            yield 0.4  # seen nowhere but where marks are missing, or a letter amid Chinese
        else:
            yield 0.7 if counts[c] <= missing + 2 else 1.5
