"""Text -> the same text without white space and signs, so that wordings can be compared. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_KEPT_SIGNS = "%‰"  # Unicode calls them punctuation, yet 7% is not 7
_DROPPED_SYMBOLS = "~|`^"
_DIGITS = "0123456789"
_CHINESE_DIGITS = "一二两三四五六七八九"
_CHINESE_UNITS = "十百千万亿"
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_MARK = re.compile(r"[\[［【]\s*[0-9]{1,3}(?:\s*[,，、–-]\s*[0-9]{1,3})*\s*[\]］】]")


def without_marks(text: str) -> str:
    """The text without its citation marks, such as [1], [2,3] or 【1】."""
    return _MARK.sub("", text)


def fold(text: str) -> str:
    """The text after NFKC, without white space and punctuation.

    Numbers stay what they are: the decimal point and % are kept, thousands separators go, and other
    signs between two digits become a comma (1.5 never equals 15, and 「3、4」 never equals 34).
    """
    return _fold(text)[0]


def holds(text: str, words: str) -> bool:
    """Whether folded `words` stand in folded `text` and do not cut a number in two.

    「7%」 does not stand in 「17%」, nor 「三十」 in 「三十五」, nor 「五万」 in 「五万亿」.
    """
    folded, breaks = _fold(text)
    wanted = fold(words)
    start = folded.find(wanted) if wanted else -1
    while start >= 0:
        edges = (start, start + len(wanted))
        if not any(_cuts_number(folded, edge) for edge in edges if edge not in breaks):
            return True
        start = folded.find(wanted, start + 1)
    return False


def _cuts_number(folded: str, edge: int) -> bool:
    """Whether the characters on both sides of `edge` belong to one number."""
    if edge in (0, len(folded)):
        return False
    left, right = folded[edge - 1], folded[edge]
    if left in _DIGITS + "." and right in _DIGITS + ".":
        return True
    if left in _CHINESE_UNITS + "点〇零":
        return right in _CHINESE_DIGITS + _CHINESE_UNITS
    return left in _CHINESE_DIGITS and right in _CHINESE_UNITS + "点〇零"


@lru_cache(maxsize=8192)
def _fold(text: str) -> tuple[str, frozenset[int]]:
    """Folded text, and the places in it where a sign (not white space) was dropped."""
    folded: list[str] = []
    breaks: set[int] = set()
    signs = ""
    for character in _THOUSANDS.sub("", unicodedata.normalize("NFKC", text)):
        if character.isspace() or unicodedata.category(character)[0] in "ZC":
            continue
        if _is_sign(character):
            signs += character
            continue
        if signs:
            separator = _separator(folded[-1] if folded else "", signs, character)
            folded.append(separator)
            if separator != ".":
                breaks.add(sum(map(len, folded)))
            signs = ""
        folded.append(character)
    return "".join(folded), frozenset(breaks)


def _separator(left: str, signs: str, right: str) -> str:
    """What stays of `signs` between two characters: something only when both are digits."""
    if left not in _DIGITS or right not in _DIGITS or not left:
        return ""
    return "." if signs == "." else ","


def _is_sign(character: str) -> bool:
    if character in _KEPT_SIGNS:
        return False
    return unicodedata.category(character)[0] == "P" or character in _DROPPED_SYMBOLS
