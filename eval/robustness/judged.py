"""An answer to a changed question, or from changed documents -> its Score against the unchanged gold question. Pure."""

from __future__ import annotations

from dataclasses import replace

from eval.measures.answers import states_facts
from eval.measures.citations import Display, count_citations
from eval.measures.scores import Score, score
from eval.questions import GoldQuestion
from eval.records import Record
from eval.robustness.perturbations import to_simplified
from eval.robustness.variants import Variant


def score_variant(question: GoldQuestion, record: Record, variant: Variant, shown: Display, clean: Display) -> Score:
    """The record judged as `eval.measures.scores.score` does, but for what the change itself would spoil.

    `shown` displays the documents that the answer was given from, `clean` the unchanged ones; offsets mean the same in
    both. Facts, claims and the letter of quotes are judged as the answer has them. Where documents were changed,
    evidence is looked for in the clean words of the same places, so that finding the passage counts, not spelling it.
    Where either may be in Traditional script, the answer is converted first; quotes must be right before that.
    """
    own = _simplified(record) if variant.traditional else record
    judged = score(question, own, _simplified_display(shown) if variant.traditional else shown)
    if variant.traditional:
        strict = count_citations(record, shown).valid
        judged = replace(judged, citations=replace(judged.citations, valid=strict))
    if variant.documents is None:
        return judged
    found = score(question, _restored(own, clean), None)
    uncited = tuple(fault for fault in judged.faults if fault == "citation_missing")
    return replace(
        judged,
        ranks=found.ranks,
        cites_evidence=found.cites_evidence,
        why=found.why,
        faults=((found.why,) if found.why else ()) + uncited,
    )


def places_right(question: GoldQuestion, record: Record, clean: Display) -> bool:
    """Whether the places that the answer cites hold the answer, read in the clean documents: every fact, or, where the
    documents do not say it, whether it was refused. It tells a misread answer from a wrongly chosen one."""
    if record.refused:
        return not question.answerable
    return states_facts(question, "\n".join(clean(c.document, c.start, c.end) for c in record.citations))


def _restored(record: Record, clean: Display) -> Record:
    """Hits and quotes with the words that stand in their places in the clean documents."""
    hits = tuple(
        hit if hit.start is None or hit.end is None else replace(hit, text=clean(hit.document, hit.start, hit.end))
        for hit in record.hits
    )
    citations = tuple(replace(c, quote=clean(c.document, c.start, c.end)) for c in record.citations)
    return replace(record, hits=hits, citations=citations)


def _simplified(record: Record) -> Record:
    return replace(
        record,
        text=to_simplified(record.text),
        claims=tuple(replace(claim, text=to_simplified(claim.text)) for claim in record.claims),
        citations=tuple(replace(c, quote=to_simplified(c.quote)) for c in record.citations),
        hits=tuple(replace(hit, text=to_simplified(hit.text)) for hit in record.hits),
    )


def _simplified_display(display: Display) -> Display:
    return lambda document, start, end: to_simplified(display(document, start, end))
