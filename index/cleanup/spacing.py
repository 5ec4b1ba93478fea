"""Text -> the blanks in it that separate nothing: between the characters of one word, before a sign. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.cleanup.lines import BLANK, SENTENCE_END, is_chinese
from index.extract import Span

_BLANKS = re.compile(f"{BLANK}+")
_OPEN = "“‘（《「『【"
_BEFORE = frozenset("，。、；：！？”’）》」』】")  # signs that have no blank in front of them
_AFTER = frozenset("，、；：" + _OPEN)  # signs that have none behind them
_ANY_END = frozenset(SENTENCE_END)

SAME_WORD = 20_000  # characters of text for each time that two characters must stand together to be taken for a word
MAX_PAIRS = 500  # different pairs of characters looked for in one text


def stray_blanks(text: str) -> Iterator[Span]:
    """Blanks to drop, rising and disjoint; those at either end of a line stay.

    On web news the blanks between Chinese characters part names and clauses (“编辑 张三”), so one is dropped only when it
    stands between single characters (人 民 银 行), or the two beside it are written together elsewhere in the text.
    """
    spread: list[Span] = []
    together: dict[str, bool] = {}
    for m in _BLANKS.finditer(text):
        start, end = m.span()
        if spread and spread[-1][1] != start - 1:
            yield from _narrow(spread)
            spread = []
        if not start or end == len(text) or text[start - 1] in "\n\f" or text[end] in "\n\f":
            continue
        if is_chinese(text[start - 1]) and is_chinese(text[end]):
            if _are_single(text, start, end):
                spread.append((start, end))
                continue
            if end - start == 1 and m[0] in " \u00a0" and _stand_together(text, text[start - 1] + text[end], together):
                yield start, end
                continue
        yield from _by_signs(text, start, end)
    yield from _narrow(spread)


def _are_single(text: str, start: int, end: int) -> bool:
    """Whether the characters on both sides of the blanks stand alone."""
    return not (start > 1 and is_chinese(text[start - 2])) and not (end + 1 < len(text) and is_chinese(text[end + 1]))


def _narrow(spread: list[Span]) -> Iterator[Span]:
    """The blanks between spread characters; of wider ones one is kept, for they part words: 人 民 银 行  行 长."""
    least = min((end - start for start, end in spread), default=0)
    return ((start if end - start == least else start + 1, end) for start, end in spread)


def _stand_together(text: str, pair: str, known: dict[str, bool]) -> bool:
    if pair not in known:
        known[pair] = len(known) < MAX_PAIRS and text.count(pair) > len(text) // SAME_WORD
    return known[pair]


def _by_signs(text: str, start: int, end: int) -> Iterator[Span]:
    before, after = text[start - 1], text[end]
    closes = after in _BEFORE and (before in _BEFORE or is_chinese(before))
    if closes or (before in _AFTER and (after in _OPEN or is_chinese(after))):
        yield start, end
    elif end - start > 1 and before not in _ANY_END:
        yield start + 1, end  # behind a stop, blanks are the indent of a paragraph whose line end was lost
