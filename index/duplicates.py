"""Sentences -> those that say the same, across documents: MinHash finds candidates, words decide. Pure but for one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from index.folding import bare, fold
from index.storage.rows import key_of

if TYPE_CHECKING:
    from index.storage.kept import SentencePlace
    from index.store import Store

BANDS, ROWS = 6, 3  # of .7 alike .92 are met, of .8 .99 (docs/experiments.md)
MIN_LETTERS = 8  # of a sentence; a shorter one is alike only when it is the same
LIKENESS = 0.7  # share of character pairs, Jaccard, from which two sentences may say the same
CONTAINED = 0.9  # share of the shorter sentence that the longer holds, in its order
PASSAGE = 0.8  # share of a passage's letters in sentences that another passage says too
MOST = 20  # places named for one sentence

_SEED = 1
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*[%‰]?|[零〇一二三四五六七八九十百千万亿两半倍]+")
_LATIN = re.compile(r"[a-z]+")
_DOUBT = re.compile(r"[不没无未非否勿负副拟]|可能|预计|计划|涉嫌|疑似|有望|力争|争取|基本|部分")
_FORMER = frozenset("前原准代")  # that stand alone where a title begins
_ENUMERATION = re.compile(
    r"^\W*(?:[一二三四五六七八九十]{1,3}(?:是|[、.,])|\(?[一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、](?!\d))"
)
_SPEECH = re.compile(r"^[^,:。;“\"]{0,16}(?:指出|强调|表示|认为|提出|介绍|获悉|据悉|说|称)[,:“\"]+")


def sketch(text: str) -> tuple[int, ...]:
    """Numbers of 63 bits, one a band: sentences that share one of them are likely to be alike (Broder 1997)."""
    from rensa import RMinHash

    pairs = _pairs(bare(_core(text)))
    if len(pairs) < MIN_LETTERS - 1:
        return ()
    minima = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    minima.update(list(pairs))
    digest = minima.digest()
    return tuple(_key(band, digest[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS))


def same(a: str, b: str) -> bool:
    """Whether two sentences say the same: one has what the other has, and at most more words between.

    Numbers, Latin words and negations must agree, and nothing may stand in one in the place of something else in the
    other: “进口增长” and “出口增长” are alike and say different things.
    """
    cores = (_core(a), _core(b))
    first, second = map(bare, cores)
    if first == second:
        return bool(first)
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) < MIN_LETTERS or len(shorter) < LIKENESS * len(longer):
        return False
    one, other = _pairs(first), _pairs(second)
    if len(one & other) < LIKENESS * len(one | other) or _facts(cores[0]) != _facts(cores[1]):
        return False
    return _within(shorter, longer)


def corroborations(store: Store, text: str, document: str, section: str, start: int) -> list[SentencePlace]:
    """Other places that say what the sentence `text` at this place says: first the very words, then near ones.

    Near ones are of other documents or sections. Each kind by document and place; at most MOST in all.
    """
    words = bare(text)
    places = [
        p
        for p in store.candidates([*filter(None, [key_of(text)]), *sketch(text)])
        if (p.document, p.start) != (document, start)
    ]
    exact = [p for p in places if bare(p.text) == words]
    elsewhere = [p for p in places if bare(p.text) != words and (p.document, p.section) != (document, section)]
    return [*exact, *(p for p in elsewhere if same(text, p.text))][:MOST]


def group(passages: Sequence[Sequence[str]]) -> list[list[int]]:
    """Places of passages, given as their sentences, that say the same; each group in order, by its first.

    A passage joins the first one that says nearly all of it.
    """
    groups: dict[int, list[int]] = {}
    for place, sentences in enumerate(passages):
        leader = next((first for first in groups if _said(sentences, passages[first])), place)
        groups.setdefault(leader, []).append(place)
    return list(groups.values())


def _said(sentences: Sequence[str], leader: Sequence[str]) -> bool:
    """Whether the leader says nearly all that stands in these sentences."""
    lengths = [len(bare(sentence)) for sentence in sentences]
    said = sum(n for n, own in zip(lengths, sentences, strict=True) if any(same(own, other) for other in leader))
    return said >= PASSAGE * sum(lengths) > 0


@lru_cache(maxsize=4096)
def _core(text: str) -> str:
    """The folded text without the number in front of it and without who says it."""
    return _SPEECH.sub("", _ENUMERATION.sub("", fold(text).strip()))


def _pairs(letters: str) -> set[str]:
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def _facts(core: str) -> tuple[object, ...]:
    """What must agree: numbers, Latin words, negations and what makes a statement uncertain."""
    return ({*_NUMBER.findall(core)} - {"一"}, set(_LATIN.findall(core)), Counter(_DOUBT.findall(core)))


def _within(shorter: str, longer: str) -> bool:
    """Whether the shorter stands in the longer in its order, but for a few words, none of them replaced."""
    kept = 0
    for kind, i, j, m, n in SequenceMatcher(None, shorter, longer, autojunk=False).get_opcodes():
        if kind == "replace" or {shorter[i:j], longer[m:n]} & _FORMER:
            return False
        kept += j - i if kind == "equal" else 0
    return kept >= CONTAINED * len(shorter)


def _key(band: int, minima: Sequence[int]) -> int:
    number = band
    for minimum in minima:
        number = (number * 0x9E3779B97F4A7C15 + minimum + 1) % (1 << 64)
    return number >> 1
