"""Texts -> what of them counts when names are compared: folded letters and digits, line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.folding import fold

_HALVES = re.compile("[\ud800-\udfff]")  # of characters: no text, and nothing can fold them
_UNIT = re.compile(r"[0-9a-z]+|[^\s]")

LONGEST_WORD = 4  # characters of Chinese that a long Latin word or number weighs


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its folded text, its letters, and for each of them the place in the folded text."""

    text: str
    letters: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, question: str) -> Asked:
        """The question as its words are looked up."""
        text = fold(_HALVES.sub(" ", question)).replace("\n", " ")
        kept: list[str] = []
        places: list[int] = []
        for place, c in enumerate(text):
            if not c.isalnum():
                continue
            if kept and places[-1] < place - 1 and _latin(kept[-1]) and _latin(c):
                kept.append(" ")
                places.append(place - 1)
            kept.append(c)
            places.append(place)
        return cls(text, "".join(kept), tuple(places))

    def around(self, start: int, end: int) -> tuple[str, str]:
        """What stands in the text just before and after these letters."""
        first, last = self.places[start], self.places[end - 1] + 1
        return self.text[max(0, first - 1) : first], self.text[last : last + 8]


def letters(lines: str) -> str:
    """Letters and digits of folded lines, line by line; spaces stay only between Latin words and numbers."""
    codes = code_points(lines)
    kinds = np.zeros(0x110000, np.uint8)
    for code in _present(codes):
        kinds[code] = 3 if code == ord("\n") else 2 * _latin(chr(code)) or chr(code).isalnum()
    own = kinds[codes]
    places = np.flatnonzero(own)
    own = own[places]
    apart = (np.diff(places) > 1) & (own[:-1] == 2) & (own[1:] == 2)
    return _text(np.insert(codes[places], np.flatnonzero(apart) + 1, ord(" ")))


def folded_lines(texts: Sequence[str]) -> str:
    """fold() of many texts, a line each; the table of characters makes it several times quicker."""
    joined = _HALVES.sub(" ", "\n".join([text.replace("\n", " ") for text in texts]))
    codes = code_points(joined)
    present = _present(codes)
    forms = [fold(chr(code)) for code in present]
    if any(len(form) != 1 for form in forms):
        return fold(joined)
    table = np.zeros(0x110000, np.uint32)
    table[present] = [ord(form) for form in forms]
    return _text(table[codes])


def weight(text: str) -> int:
    """Length of letters in Chinese characters: two Latin letters or digits count as one, at most LONGEST_WORD a word."""
    return sum(1 if len(unit) == 1 else min(LONGEST_WORD, (len(unit) + 1) // 2) for unit in _UNIT.findall(text))


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a Latin word or number that is cut at its edges; empty where none of it is in the text."""
    end = min(end, len(text))
    while start < end and start and _latin(text[start - 1]) and _latin(text[start]):
        start += 1
    while start < end < len(text) and _latin(text[end]) and _latin(text[end - 1]):
        end -= 1
    return start, end


def _latin(c: str) -> bool:
    return c.isascii() and c.isalnum()


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _present(codes: NDArray[np.uint32]) -> list[int]:
    """The characters there are, each once."""
    used = np.zeros(0x110000, bool)
    used[codes] = True
    return np.flatnonzero(used).tolist()
