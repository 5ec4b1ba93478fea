"""Evidence of things set side by side -> the sentence that answers for each, and what each is called. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.folding import bare, fold
from rag.evidence import Evidence
from rag.expectation import Expectation
from rag.preference import is_mute
from rag.sides import alike
from rag.wording import overlap

BETTER = 0.6  # of the best sentence's words of the question: what one that holds the asked-for amount or date must have


def abreast(parts: Sequence[str], evidence: Sequence[Evidence]) -> list[Evidence]:
    """One sentence for each of the questions, in order: the first of the evidence, but where it lacks the amount or
    date that is asked for, one of the same document that has it and says as much of the rest."""
    best = list(evidence[: len(parts)])
    if len({e.hit.document for e in best}) < len(best):
        return best
    return [_holding(e, part, evidence, Expectation.of(part)) for e, part in zip(best, parts, strict=True)]


def names(question: str, parts: Sequence[str], chosen: Sequence[Evidence]) -> list[str]:
    """What each side is called: its document's name where the question writes it so, else its words in the question."""
    front, behind = alike(parts), alike([part[::-1] for part in parts])
    own = [part[front : len(part) - behind] for part in parts]
    stems = [Path(e.hit.document).stem for e in chosen]
    return [stem if bare(stem) in bare(fold(question)) else name for stem, name in zip(stems, own, strict=True)]


def _holding(best: Evidence, part: str, evidence: Sequence[Evidence], expectation: Expectation) -> Evidence:
    if not expectation.patterns or expectation.share(best.text) > 0:
        return best
    hits = {id(e.hit): e.hit for e in evidence if e.hit.document == best.hit.document}
    others = [Evidence(hit, s.sentence, best.score) for hit in hits.values() for s in hit.sentences]
    held = [e for e in others if expectation.share(e.text) > 0 and not is_mute(e)]
    found = max(held, key=lambda e: _words(part, e), default=best)
    return found if _words(part, found) >= BETTER * _words(part, best) else best


def _words(part: str, evidence: Evidence) -> float:
    """The share of the question's words that a sentence and the name of its document hold."""
    return overlap(part, f"{Path(evidence.hit.document).stem} {evidence.text}")
