"""A sweep + what is asked -> in which groups it stands, each with the sentences that carry it, best first. Pure.

Words in quotation marks must stand there. A short phrase does too where it stands anywhere; where it does not, and for a
proposition, words near each other or a sentence that means the same count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.duplicates import same
from index.folding import bare, fold
from index.hits import ScoredSentence
from index.occurrences import occurrences
from index.sweep import Group
from rag.asking import Asked
from rag.evidence import Evidence

How = Literal["exact", "near", "alike"]

# Fitted on the tune half and on thirty questions about yearly reports (docs/experiments.md). A sentence's `coverage` is
# the share of the topic's rarer n-grams that it holds, `dense` its cosine to the topic.
NEAR = 0.72  # coverage from which it says it in nearly these words
ALIKE = 1.15  # coverage and cosine together from which it says the same in others
ALIKE_FIXED = 1.3  # the same for a phrase so short that it is a fixed one
ALIKE_COSINE = 0.72  # the least cosine for either
FIXED = 5  # letters of a fixed phrase: where its own words stand somewhere, no others will do
LOOSE = 0.45  # coverage, or a cosine of
LOOSE_COSINE = 0.76  # where a group is asked what it says, not whether it does
GAP = 6  # letters between the two halves of a phrase: 粮食能源资源安全
MAX_HEADING = 14  # letters of a sentence that rather names than says

_STOP = re.compile(r"[,，。;；:：!！?？]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A group that says what is asked for: by its very words, by near ones, or by its meaning; best sentence first."""

    group: Group
    how: How
    evidence: tuple[Evidence, ...]


def mentions(asked: Asked, groups: Sequence[Group]) -> list[Mention]:
    """The groups that mention it, in their order."""
    found = [m for group in groups if (m := _mention(asked, group))]
    if asked.differ:
        found = _own_first(found)
    exact = [m for m in found if m.how == "exact"]
    fixed = len(bare(asked.term)) <= FIXED or asked.counted or asked.kind in ("first", "last")
    return exact if exact and fixed and asked.kind != "each" else found


def _mention(asked: Asked, group: Group) -> Mention | None:
    scored = [
        (_how(asked, s), Evidence(hit, s.sentence, _score(asked, s))) for hit in group.hits for s in hit.sentences
    ]
    for how in ("exact", "near", "alike"):
        own = [evidence for kind, evidence in scored if kind == how]
        if own:
            return Mention(group, how, tuple(sorted(own, key=lambda e: -e.score)))
    if asked.names and asked.kind == "each" and scored:  # asked for by name, it is shown what stands nearest
        return Mention(group, "alike", tuple(sorted((e for _, e in scored), key=lambda e: -e.score)))
    return None


def _own_first(found: Sequence[Mention]) -> list[Mention]:
    """Each with what it alone says before what another says too."""
    said = {id(m): [e.text for e in m.evidence] for m in found}

    def shared(mention: Mention, evidence: Evidence) -> bool:
        return any(same(evidence.text, text) for m in found if m is not mention for text in said[id(m)])

    return [replace(m, evidence=tuple(sorted(m.evidence, key=lambda e: shared(m, e)))) for m in found]


def _how(asked: Asked, scored: ScoredSentence) -> How | None:
    """How a sentence says it; None when it does not."""
    text = scored.sentence.reading
    if asked.term and occurrences(asked.term, text):
        return "exact"
    if asked.strict:
        return None
    if scored.coverage >= NEAR or (asked.term and _stands_apart(asked.term, text)):
        return "near"
    least = ALIKE_FIXED if asked.term and len(bare(asked.term)) <= FIXED else ALIKE
    alike = scored.coverage + scored.dense >= least and scored.dense >= ALIKE_COSINE
    loose = asked.kind == "each" and (scored.coverage >= LOOSE or scored.dense >= LOOSE_COSINE)
    return "alike" if alike or loose else None


def _stands_apart(term: str, text: str) -> bool:
    """Whether the two halves of a phrase stand in one clause in their order, with few letters between them."""
    letters = bare(term)
    halves = [(letters[:at], letters[at:]) for at in range(2, len(letters) - 1)]
    clauses = [bare(clause) for clause in _STOP.split(fold(text))]
    return any(
        re.search(f"{re.escape(first)}.{{0,{GAP}}}?{re.escape(second)}", clause)
        for first, second in halves
        for clause in clauses
    )


def _score(asked: Asked, scored: ScoredSentence) -> float:
    """How well a sentence tells it, 0..1: meaning and words in equal parts, a bare heading half."""
    text = scored.sentence.reading
    whole = bool(asked.term) and occurrences(asked.term, text) > 0
    fit = (max(0.0, scored.dense) + max(scored.coverage, float(whole))) / 2
    return fit / 2 if len(bare(text)) <= max(MAX_HEADING, len(bare(asked.term)) + 4) and not _ends(text) else fit


def _ends(text: str) -> bool:
    return bool(re.search(r"[。！？!?][”’」』）)]*$", text))
