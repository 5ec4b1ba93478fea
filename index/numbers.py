"""A question -> its numbers as a document may write them instead: 百分之十二点五, 12.5%; 二〇一二年, 2012年. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cn2an import an2cn, cn2an

from index.folding import fold

_DIGIT = "[零〇一二三四五六七八九]"
_CHINESE = r"(?:[零一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?)"
_ARABIC = r"(?:\d+(?:\.\d+)?)"
_PERCENT = re.compile(rf"百分之(?P<chinese>{_CHINESE})|(?P<arabic>{_ARABIC})%")
_YEAR = re.compile(rf"(?P<chinese>[一二]{_DIGIT}{{3}})年|(?<!\d)(?P<arabic>[12]\d{{3}})年")
_INSIDE = "(?<![第之点零〇一二两三四五六七八九十百千万亿])"  # neither an ordinal nor the rest of a number
_COUNT = re.compile(
    rf"{_INSIDE}(?P<chinese>{_CHINESE})(?P<unit>万亿|[万亿])(?![一二两三四五六七八九十百千])"
    rf"|(?<![第\d.])(?P<arabic>{_ARABIC})(?P<size>万亿|[万亿])"
    rf"|{_INSIDE}(?P<whole>[一二两三四五六七八九十百千万亿]*[十百千万亿][零一二三四五六七八九十百千万亿]*)(?![大点年多几])"
)
_AS_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_AS_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")


def respelled(text: str) -> tuple[str, ...]:
    """Each number of `text` in its other spellings, in order; what it already holds is left out.

    百分之七点七 -> 7.7%, 2012年 -> 二〇一二年, 1.4亿 -> 一点四亿, 一百三十 -> 130.
    """
    folded = fold(text)
    found = dict.fromkeys([*_percents(folded), *_years(folded), *_counts(folded)])
    return tuple(spelling for spelling in found if spelling not in folded)


def _percents(text: str) -> Iterator[str]:
    for match in _PERCENT.finditer(text):
        if match["chinese"]:
            yield from (f"{number}%" for number in _arabic(match["chinese"]))
        else:
            yield f"百分之{an2cn(match['arabic'])}"


def _years(text: str) -> Iterator[str]:
    for match in _YEAR.finditer(text):
        if match["chinese"]:
            yield f"{match['chinese'].translate(_AS_DIGITS)}年"
        else:
            numerals = match["arabic"].translate(_AS_NUMERALS)
            yield from (f"{numerals}年", f"{numerals.replace('〇', '零')}年")


def _counts(text: str) -> Iterator[str]:
    for match in _COUNT.finditer(text):
        if match["arabic"]:
            yield f"{an2cn(match['arabic'])}{match['size']}"
        else:
            yield from (f"{number}{match['unit'] or ''}" for number in _arabic(match["chinese"] or match["whole"]))


def _arabic(numerals: str) -> Iterator[str]:
    """The number in digits; nothing for what only looks like one, such as 十百."""
    try:
        value = cn2an(numerals, "smart")
    except (ValueError, KeyError):  # the second for 百十九
        return
    yield str(int(value)) if value == int(value) else str(value)
