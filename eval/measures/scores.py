"""A gold question and the record of its answer -> Score: everything the report says of one question. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eval.measures.answers import Fact, is_right, is_too_long, missing_facts
from eval.measures.citations import CitationCounts, Display, cites_evidence, count_citations
from eval.measures.folding import holds
from eval.measures.ranking import evidence_ranks
from eval.questions import GoldQuestion
from eval.records import Record

Why = Literal[
    "not_retrieved", "not_used", "wrong_fact", "refused_wrongly", "not_refused", "too_long", "citation_missing"
]
WHY_TEXT: dict[Why, str] = {
    "not_retrieved": "未检索到",
    "not_used": "检索到未用上",
    "wrong_fact": "事实不符",
    "refused_wrongly": "误拒",
    "not_refused": "应拒未拒",
    "too_long": "过长",
    "citation_missing": "引用缺失",
}


@dataclass(frozen=True, slots=True)
class Score:
    """One question judged.

    `ranks` has one place for each evidence quote; `why` is None for a right answer; `faults` also tells what a
    right answer lacks; `cites_evidence` is None where the question has no evidence or the answer is a refusal.
    """

    question: GoldQuestion
    record: Record
    right: bool
    why: Why | None
    faults: tuple[Why, ...]
    missing: tuple[Fact, ...]
    ranks: tuple[int | None, ...]
    citations: CitationCounts
    cites_evidence: bool | None


def score(question: GoldQuestion, record: Record, display: Display | None) -> Score:
    """The record judged against the gold question; without `display` the quotes stay unchecked."""
    ranks = evidence_ranks(question.evidence, record.hit_texts)
    right = is_right(question, record.text, record.refused)
    cited = cites_evidence(record, question.evidence) if question.evidence and not record.refused else None
    why = None if right else find_why(question, record, ranks, cited)
    citations = count_citations(record, display)
    uncited: tuple[Why, ...] = () if all(citations.carried) else ("citation_missing",)
    return Score(
        question=question,
        record=record,
        right=right,
        why=why,
        faults=((why,) if why else ()) + uncited,
        missing=() if record.refused else missing_facts(question, record.text),
        ranks=ranks,
        citations=citations,
        cites_evidence=cited,
    )


def find_why(question: GoldQuestion, record: Record, ranks: tuple[int | None, ...], cited: bool | None) -> Why:
    """The first cause of a wrong answer on the way from the question to the answer.

    not_refused: the documents do not say it. not_retrieved: an evidence quote is in no hit, nor are the
    missing facts. refused_wrongly: refused though retrieved. too_long: every fact stated, at length.
    not_used: retrieved, but no citation overlaps the evidence. wrong_fact: cited, but facts are missing.
    """
    if not question.answerable:
        return "not_refused"
    missing = question.must if record.refused else missing_facts(question, record.text)
    if missing and None in ranks and not all(_in_hits(fact, record.hit_texts) for fact in missing):
        return "not_retrieved"
    if record.refused:
        return "refused_wrongly"
    if not missing and is_too_long(question, record.text):
        return "too_long"
    return "not_used" if cited is False else "wrong_fact"


def _in_hits(fact: Fact, hits: tuple[str, ...]) -> bool:
    return any(holds(hit, wording) for hit in hits for wording in fact)
