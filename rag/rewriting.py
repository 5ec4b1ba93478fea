"""A claim that nothing carries + the evidence -> the words of the source that it was about, or none; and the note. Pure.

No model has a part in it: the clauses of the nearest sentence that hold what the claim shares with it, grown until they
stand by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS
from rag.carrying import carries
from rag.evidence import Evidence
from rag.wording import numbers, overlap, pairs

NEAREST = 0.4  # share of a claim's character pairs in the nearest sentence, from which it was about that sentence
HELD = 0.9  # of what the claim shares with the sentence, what the chosen clauses must hold

_CLAUSE_END = re.compile(rf"[，,；;。！？!?]+[{re.escape(CLOSERS)}]*")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Source words in the place of a claim: the half-open `span` of the evidence's text."""

    evidence: Evidence
    span: tuple[int, int]

    @property
    def text(self) -> str:
        """The words of the source."""
        return self.evidence.text[slice(*self.span)]


def rewritten(claim: str, evidence: Sequence[Evidence]) -> Rewriting | None:
    """The fewest whole clauses of one sentence that say what the claim was about; None when no sentence is near it.

    What is returned is carried by its sentence as it stands there: conditions, negations and subjects are never cut off.
    """
    if not evidence:
        return None
    nearest = max(evidence, key=lambda e: (overlap(claim, e.text), e.score))
    shared = pairs(claim) & pairs(nearest.text)
    if overlap(claim, nearest.text) < NEAREST or not _says_something(shared, claim, nearest.text):
        return None
    return Rewriting(nearest, next(_spans(nearest.text, shared)))


def removal_note(removed: int) -> str:
    """What the user is told of sentences that were taken out; empty for none."""
    return f"（有 {removed} 句在文档里找不到依据，已删去。）" if removed else ""


def _says_something(shared: set[str], claim: str, source: str) -> bool:
    """Whether more than a number is shared."""
    figures = "".join(numbers(claim) | numbers(source))
    return any(not pair.isdigit() and pair not in figures for pair in shared)


def _spans(text: str, shared: set[str]) -> Iterator[tuple[int, int]]:
    """Runs of whole clauses that hold what is shared and stand by themselves, shortest first; at last all of the text."""
    ends = [m.end() for m in _CLAUSE_END.finditer(text)]
    ends = ends if ends and ends[-1] == len(text) else [*ends, len(text)]
    starts = [0, *ends[:-1]]
    runs = sorted(((s, e) for s in starts for e in ends if s < e), key=lambda run: (run[1] - run[0], run[0]))
    for start, end in runs:
        part = text[start:end]
        if len(shared & pairs(part)) >= HELD * len(shared) and carries(text, part):
            yield start, end
    yield 0, len(text)
