"""Hits in order -> hits in which neighbours of one section are one: what was cut apart for searching is read whole. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.hits import Hit

WITHIN = 10  # hits among which neighbours are looked for
LONGEST = 600  # characters of a joined hit


def join(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, best first, each with those of the first WITHIN that stand next to it in its document and section.

    A joined hit keeps the rank, score, signals and twins of its best part, and is at most LONGEST characters long.
    """
    near, rest = hits[:WITHIN], hits[WITHIN:]
    free = {hit.passages[0]: hit for hit in near if hit.passages}
    joined = [_grown(free.pop(hit.passages[0]), free) for hit in near if hit.passages and hit.passages[0] in free]
    return [*joined, *rest]


def _grown(hit: Hit, free: dict[int, Hit]) -> Hit:
    """The hit with the neighbours that are free, which are taken."""
    while True:
        for place in (hit.passages[-1] + 1, hit.passages[0] - 1):
            other = free.get(place)
            if other is not None and _belong(hit, other):
                hit = _together(hit, free.pop(place))
                break
        else:
            return hit


def _belong(hit: Hit, other: Hit) -> bool:
    alike = (hit.document, hit.section) == (other.document, other.section)
    return alike and len(hit.text) + len(other.text) < LONGEST


def _together(hit: Hit, other: Hit) -> Hit:
    first, second = sorted((hit, other), key=lambda h: h.passages[0])
    return replace(
        hit,
        page=first.page,
        start=first.start,
        end=second.end,
        text=("" if first.end == second.start else "\n").join((first.text, second.text)),
        sentences=(*first.sentences, *second.sentences),
        passages=(*first.passages, *second.passages),
    )
