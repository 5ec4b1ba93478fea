"""Question + searcher + reader -> what an answer is made from: hits, sentences with how surely each answers, and the head's say."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from index.folding import fold
from index.hits import Hit
from rag.coordinated import coordinated
from rag.evidence import BUDGET, READ, READ_WIDE, Evidence, choose, in_turn, inside, judged, reading_order, weighed
from rag.guarded import Guarded
from rag.kinds import kind
from rag.reader import Reader
from rag.sides import differing, sides

WIDE = frozenset(("list", "how", "several", "summary", "comparison"))  # kinds whose answers are in many sentences
NEAR = 1200  # characters of sentences in which premises are checked and sources compared
PART = 600  # characters read for one of several things, at least
HITS = 10  # passages kept with an answer; the first few are read


@dataclass(frozen=True, slots=True)
class Found:
    """One question that was searched for, what was found, and the sentences of it to read, best first."""

    question: str
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    near: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """`evidence`, best first; where things are set side by side its first ones answer one each of `sides`, the questions
    for them, in order.

    `near` are the sentences of the same hits by the search's own judgement, more of them. `head` is the log odds, by
    the reader, that the question is answered: the mean of what it makes of the whole and of the best sentence; None
    without a reader.
    """

    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    near: tuple[Evidence, ...] = ()
    sides: tuple[str, ...] = ()
    head: float | None = None


def search(
    searcher: Guarded, question: str, collections: Sequence[str], passages: int, *, read: bool
) -> tuple[Found, ...]:
    """What is found for the question, or for each of the things that it sets side by side."""
    parts = _pair(searcher, question, collections, passages) or sides(question) or (question,)
    room = budget(question, read=read)
    if len(parts) > 1:
        room = max(room // len(parts), min(room, PART))
    found = []
    for part in parts:
        hits = searcher.search(part, HITS, collections)
        own = inside(hits[:passages]) if len(parts) > 1 else hits[:passages]
        found.append(Found(part, tuple(hits), tuple(choose(own, room)), tuple(choose(hits[:passages], NEAR))))
    return tuple(found)


def _pair(searcher: Guarded, question: str, collections: Sequence[str], passages: int) -> tuple[str, ...]:
    """The two questions that one for a fact of two things is made of; none where a source names both in one breath."""
    pair = coordinated(question)
    if pair is None:
        return ()
    hits = searcher.search(question, HITS, collections)[:passages]
    together = any(pair.joined in fold(hit.text) for hit in hits)
    return () if together else pair.parts


def budget(question: str, *, read: bool) -> int:
    """Characters of sentences: more where many of them are the answer."""
    if not read:
        return BUDGET
    return READ_WIDE if kind(question) in WIDE else READ


def all_hits(found: Sequence[Found]) -> tuple[Hit, ...]:
    """The hits of all parts in turn, at most HITS."""
    return tuple(in_turn([part.hits for part in found])[:HITS])


def read(found: Sequence[Found], reader: Reader | None, stop: threading.Event | None = None) -> Material:
    """The sentences under the judgement of the reader, the most sure first. Raises Stopped."""
    parts, heads = [], []
    for part in found:
        evidence, head = _judged(part, reader, stop)
        parts.append(evidence)
        heads.append(head)
    known = [head for head in heads if head is not None]
    head = sum(known) / len(known) if known else None
    if len(parts) == 1:
        return Material(all_hits(found), parts[0], found[0].near, (), head)
    near = tuple(e for part in found for e in part.near)
    evidence, sides = _abreast(found, _own(found, parts))
    return Material(all_hits(found), evidence, near, sides, head)


def _judged(
    part: Found, reader: Reader | None, stop: threading.Event | None
) -> tuple[tuple[Evidence, ...], float | None]:
    if reader is None or not part.evidence:
        return part.evidence, None
    ordered = reading_order(part.evidence)
    said = reader.judge(part.question, ordered, stop)
    best = max(weighed(odds, e.score) for odds, e in zip(said.sentences, ordered, strict=True))
    return tuple(judged(ordered, said.sentences)), (said.answered + best) / 2


def _own(found: Sequence[Found], parts: Sequence[Sequence[Evidence]]) -> list[Sequence[Evidence]]:
    """The sentences of each part, those that name one of the other things and not its own at the end."""
    words = [fold(word) for word in differing([part.question for part in found])]

    def is_others(evidence: Evidence, own: str) -> bool:
        text = fold(evidence.text)
        return own not in text and any(word in text for word in words if word != own)

    return [sorted(part, key=lambda e: is_others(e, own)) for part, own in zip(parts, words, strict=True)]


def _abreast(
    found: Sequence[Found], parts: Sequence[Sequence[Evidence]]
) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """The best sentence of each part first, with the score 1, then others in turn, each text once; and their questions.

    A sentence that is the best of several parts answers them all, under the question of the last.
    """
    asked = {own[0].text: part.question for part, own in zip(found, parts, strict=True) if own}
    taken = {own[0].text: replace(own[0], score=1.0) for own in parts if own}
    for turn in zip_longest(*(own[1:] for own in parts)):
        for evidence in filter(None, turn):
            taken.setdefault(evidence.text, evidence)
    return tuple(taken.values()), tuple(asked.values())
