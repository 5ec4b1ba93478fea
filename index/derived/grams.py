"""Texts -> the numbers of their n-grams, as arrays: what index.folding.ngrams() names, for whole collections. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from index.folding import WORD, fold

Keys = NDArray[np.uint64]
Rows = NDArray[np.uint32]

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))  # of the generator splitmix64
_PAIR = np.uint64(1 << 40)  # so that no pair gets the number of a single character


class _Letters(dict[int, str]):
    """Character code -> its folded form with every sign a space, but for those that may stand in a number."""

    def __missing__(self, code: int) -> str:
        self[code] = "".join(c if c.isalnum() or c in ".%" else " " for c in fold(chr(code)))
        return self[code]


_LETTERS = _Letters()


def gram_keys(texts: Sequence[str]) -> tuple[Keys, Rows]:
    """A number for every n-gram of every text, and the text's row; equal n-grams have equal numbers.

    The numbers have 64 bits: that any two of five million different n-grams share one has a chance of 1 in 10^6.
    """
    folded = [text.translate(_LETTERS) for text in texts]
    lengths = np.fromiter((len(text) + 1 for text in folded), np.int64, len(folded))
    units, starts, ends = _units(" ".join([*folded, ""]))
    near = ends[:-1] == starts[1:]
    rows = np.repeat(np.arange(len(folded), dtype=np.uint32), lengths)[starts]
    pairs = _mixed(units[:-1] * _MIX[1] + units[1:] + _PAIR)[near]
    return np.concatenate([_mixed(units), pairs]), np.concatenate([rows, rows[1:][near]])


def _units(text: str) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Number, start and end of each letter and of each Latin word or number."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    letters = (codes != ord(" ")) & (codes != ord(".")) & (codes != ord("%"))
    ends = np.arange(1, len(codes) + 1)
    words = [(m.start(), m.end(), _word(m.group())) for m in WORD.finditer(text)]
    if words:
        first, last = np.array([w[0] for w in words]), np.array([w[1] for w in words])
        inside = np.zeros(len(codes) + 1, np.int64)
        np.add.at(inside, first, 1)
        np.add.at(inside, last, -1)
        letters &= ~np.cumsum(inside[:-1]).astype(bool)
        letters[first] = True
        codes[first] = [w[2] for w in words]
        ends[first] = last
    starts = np.flatnonzero(letters)
    return codes[starts], starts, ends[starts]


@lru_cache(maxsize=1 << 17)
def _word(word: str) -> int:
    return int.from_bytes(blake2b(word.rstrip(".").encode(), digest_size=8).digest(), "little")


def _mixed(numbers: Keys) -> Keys:
    numbers = numbers * _MIX[0]
    numbers ^= numbers >> np.uint64(29)
    numbers *= _MIX[1]
    numbers ^= numbers >> np.uint64(32)
    return numbers
