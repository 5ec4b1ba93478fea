"""Text -> the form in which it is searched and compared: widths, case and Traditional script folded. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return _to_simplified().convert(folded) if folded >= "\u3400" else folded


def fold(text: str) -> str:
    """`text` with half-width, lower-case, Simplified characters. Idempotent; works character by character."""
    return "".join(map(_fold_character, text))


def bare(text: str) -> str:
    """Folded letters and digits of `text` alone: what is left when spaces and signs do not count."""
    return "".join(c for c in fold(text) if c.isalnum())


def ngrams(text: str) -> list[str]:
    """Single characters and character pairs of the letters in `text`, in order; Latin words and numbers stay whole.

    On Chinese they beat words from a dictionary for BM25 and survive damaged characters.
    """
    grams: list[str] = []
    previous = ""
    for unit in _units(fold(text)):
        if not unit:
            previous = ""
            continue
        grams.append(unit)
        if previous:
            grams.append(previous + unit)
        previous = unit
    return grams


def _units(text: str) -> list[str]:
    units: list[str] = []
    word = ""
    for c in text:
        latin = (c.isascii() and c.isalnum()) or (c in ".%" and word[-1:].isdigit())
        if latin:
            word += c
            continue
        if word:
            units.append(word.rstrip("."))
            word = ""
        units.append(c if c.isalnum() else "")
    if word:
        units.append(word.rstrip("."))
    return units
