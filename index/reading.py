"""Damaged characters and the readings offered for them; the author's text itself is never altered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

APPLIED = 0.9  # confidence from which a reading is used for search and for reading aloud to the language model


@dataclass(frozen=True, slots=True)
class Repair:
    """The stretch [start, end) of a text is doubtful; `reading`, as long as it, is what it may have been.

    `confidence` is 0..1; `evidence` says in Chinese what speaks for it: 字形相近, 本文“高质量崛起”出现 12 次 …
    """

    start: int
    end: int
    reading: str
    confidence: float
    evidence: str


def read_as(text: str, repairs: Sequence[Repair], least: float = APPLIED) -> str:
    """`text` with every reading of confidence `least` or more in place; as long as `text`, place for place."""
    for repair in repairs:
        if repair.confidence >= least:
            text = text[: repair.start] + repair.reading + text[repair.end :]
    return text


def within(repairs: Sequence[Repair], start: int, end: int) -> tuple[Repair, ...]:
    """The repairs that lie inside [start, end), counted from `start`."""
    return tuple(
        Repair(r.start - start, r.end - start, r.reading, r.confidence, r.evidence)
        for r in repairs
        if start <= r.start and r.end <= end
    )
