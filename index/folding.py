"""Text -> the form in which it is searched and compared: widths, case and Traditional script folded. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

WORD = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z]|(?<=[0-9])[.%])*")
"""A Latin word or a number of folded text, with a full stop at its end that does not belong to it."""

_UNIT = re.compile(rf"{WORD.pattern}|.", re.DOTALL)


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


class _Folded(dict[int, str]):
    """Character code -> its folded form, worked out when it is first met: what str.translate() reads."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = _to_simplified().convert(folded) if folded >= "\u3400" else folded
        return self[code]


class _Bare(dict[int, str]):
    """Character code -> the letters and digits of its folded form."""

    def __missing__(self, code: int) -> str:
        self[code] = "".join(filter(str.isalnum, _FOLDED[code]))
        return self[code]


_FOLDED = _Folded()
_BARE = _Bare()


def fold(text: str) -> str:
    """`text` with half-width, lower-case, Simplified characters. Idempotent; works character by character."""
    return text.translate(_FOLDED)


def bare(text: str) -> str:
    """Folded letters and digits of `text` alone: what is left when spaces and signs do not count."""
    return text.translate(_BARE)


def ngrams(text: str) -> list[str]:
    """Single characters and character pairs of the letters in `text`, in order; Latin words and numbers stay whole.

    On Chinese they beat words from a dictionary for BM25 and survive damaged characters.
    """
    grams: list[str] = []
    previous = ""
    for unit in _UNIT.findall(fold(text)):
        if not unit[0].isalnum():
            previous = ""
            continue
        unit = unit.rstrip(".")
        grams.append(unit)
        if previous:
            grams.append(previous + unit)
        previous = unit
    return grams
