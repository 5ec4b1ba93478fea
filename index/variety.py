"""Candidate passages in ranked order -> those worth showing: copies folded into a better one, half-copies behind. Pure.

A fact is never lost: a passage is folded only into one that says every sentence of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.duplicates import same
from index.folding import bare, fold
from index.hits import Twin

LIKELY = 0.5  # share of a passage's character pairs that another must hold to be compared sentence by sentence
BEHIND = 5  # places that a half-copy falls; 3, 10 and 30 gave the same figures (docs/experiments.md)

_SLOTS = 2048  # for hashed character pairs; a passage has some 200
_YEAR = re.compile(r"(?:19|20)\d{2}")
_CUT = re.compile(r"[0-9a-z零〇一二三四五六七八九十百千万亿两半倍不没无未非否勿]")  # beside words it may change them


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found: its place, its sentences as read, and how the question bears on it.

    `focus` is the number of the sentence nearest to the question, `scope` how surely, 0..1, the question names the
    passage's document or section, `groups` which of the things it sets side by side the passage belongs to.
    """

    place: Twin
    sentences: tuple[str, ...]
    focus: int = 0
    scope: float = 0.0
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """A candidate that stays: its number among the candidates, and the places of those that only say the same."""

    number: int
    also: tuple[Twin, ...]


def collapse(candidates: Sequence[Candidate]) -> list[Kept]:
    """The candidates that stay, best first: copies are named by the first that says them, half-copies moved back.

    A passage folds into an earlier one, or moves behind it, only when the question does not rather mean its own
    document or section, and when their documents and sections do not name different years.
    """
    also: dict[int, list[Twin]] = {}
    behind: set[int] = set()
    letters = ["".join(map(_letters, own.sentences)) for own in candidates]
    shares = _shares(letters)
    for number, own in enumerate(candidates):
        near = [n for n in also if shares[number, n] >= LIKELY and _replaceable(own, candidates[n])]
        first = next((n for n in near if _says(candidates[n].sentences, letters[n], own.sentences)), None)
        if first is not None:
            also[first].append(own.place)
            continue
        also[number] = []
        if any(_repeats(own, candidates[n].sentences) for n in near):
            behind.add(number)
    return [Kept(number, tuple(also[number])) for number in _moved(list(also), behind)]


def _moved(numbers: Sequence[int], behind: set[int]) -> Iterator[int]:
    """The numbers in order, those `behind` BEHIND places later."""
    order = {number: place + (BEHIND + 0.5 if number in behind else 0) for place, number in enumerate(numbers)}
    yield from sorted(numbers, key=lambda number: order[number])


def _replaceable(own: Candidate, better: Candidate) -> bool:
    """Whether the better one may stand for this one, as far as the question and the years in their names go."""
    if own.scope > better.scope or (own.groups and better.groups and own.groups.isdisjoint(better.groups)):
        return False
    mine, theirs = _years(own.place), _years(better.place)
    return mine == theirs or not (mine and theirs)


def _years(place: Twin) -> set[str]:
    return set(_YEAR.findall(fold(place.document + place.section)))


def _says(better: Sequence[str], letters: str, own: Sequence[str]) -> bool:
    """Whether each sentence is said by one of the better passage, or stands in its letters as it is."""
    return all(_stands(_letters(s), letters) or any(_same(s, other) for other in better) for s in own)


def _stands(words: str, letters: str) -> bool:
    """Whether the words stand there, with no number cut short and no denial in front of them."""
    at = letters.find(words)
    around = letters[max(0, at - 1) : at] + letters[at + len(words) :][:1]
    return at >= 0 and not _CUT.search(around)


def _repeats(own: Candidate, better: Sequence[str]) -> bool:
    """Whether the better one says already what bears on the question here."""
    focus = own.sentences[own.focus] if own.sentences else ""
    return bool(focus) and any(_same(focus, other) for other in better)


@lru_cache(maxsize=8192)
def _same(one: str, other: str) -> bool:
    first, second = _pairs(one), _pairs(other)
    if 2 * len(first & second) < min(len(first), len(second)):  # far cheaper than same(), which would say no
        return False
    return same(one, other)


@lru_cache(maxsize=8192)
def _letters(sentence: str) -> str:
    return bare(sentence)


@lru_cache(maxsize=8192)
def _pairs(sentence: str) -> frozenset[str]:
    letters = _letters(sentence)
    return frozenset(letters[n : n + 2] for n in range(len(letters) - 1))


def _shares(texts: Sequence[str]) -> NDArray[np.float32]:
    """[i, j] = share of the character pairs of i that stand in j; hashed, so never too small."""
    held = np.zeros((len(texts), _SLOTS), np.float32)
    for row, text in enumerate(texts):
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        held[row, (codes[:-1] * np.uint32(31) + codes[1:] * np.uint32(2654435761)) >> np.uint32(21)] = 1
    shares: NDArray[np.float32] = (held @ held.T) / np.maximum(held.sum(1), 1)[:, None]
    return shares
