"""A score, or a question of a kept report -> Outcome: what one question adds to every metric. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eval.measures.folding import without_marks
from eval.measures.overlap import char_f1, exact_match, rouge_l
from eval.measures.ranking import CUTOFFS, all_at, evidence_ndcg, hit_at, recall_at, reciprocal_rank
from eval.measures.scores import Score

Values = Mapping[str, tuple[float, float]]
TIMES = ("retrieve_s", "first_token_s", "total_s")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`values` is metric -> (numerator, denominator), summed over questions before dividing; a metric that the
    question does not measure is absent. `confidence` is None where the question was declined or none was given."""

    id: str
    type: str
    right: bool
    confidence: float | None
    values: Values


def outcome(score: Score, depth: int) -> Outcome:
    """The outcome of one question; ranking metrics only for cut-offs up to `depth`, the longest list of hits."""
    return Outcome(
        id=score.question.id,
        type=score.question.type,
        right=score.right,
        confidence=None if score.record.refused else score.record.confidence,
        values={
            "accuracy": (float(score.right), 1.0),
            **_overlaps(score),
            **_ranking(score, depth),
            **_citations(score),
            **_refusals(score),
            **_times(score),
        },
    )


def read_outcome(row: Mapping[str, Any]) -> Outcome:
    """The outcome kept in a question of report.json. Raises KeyError for a report that keeps none."""
    values = {name: (float(above), float(below)) for name, (above, below) in row["values"].items()}
    confidence = None if row["refused"] else row.get("confidence")
    return Outcome(str(row["id"]), row["type"], bool(row["right"]), confidence, values)


def _overlaps(score: Score) -> dict[str, tuple[float, float]]:
    if not score.question.answerable or not score.question.answer:
        return {}
    said = "" if score.record.refused else without_marks(score.record.text)
    answers = [score.question.answer]
    measures = {"exact_match": exact_match, "char_f1": char_f1, "rouge_l": rouge_l}
    return {name: (measure(said, answers), 1.0) for name, measure in measures.items()}


def _ranking(score: Score, depth: int) -> dict[str, tuple[float, float]]:
    if not score.ranks or not depth:
        return {}
    measures = {"recall": recall_at, "hit": hit_at, "all": all_at}
    found = {
        f"{name}@{k}": measure(score.ranks, k) for name, measure in measures.items() for k in CUTOFFS if k <= depth
    }
    found |= {"mrr@10": reciprocal_rank(score.ranks, 10), "ndcg@10": evidence_ndcg(score.ranks, 10)}
    return {name: (value, 1.0) for name, value in found.items()}


def _citations(score: Score) -> dict[str, tuple[float, float]]:
    counts = score.citations
    found = {
        "citation_recall": (sum(counts.carried), counts.claims),
        "citation_precision": (counts.precise, counts.citations),
        "sentence_support": (counts.supported, counts.claims),
        "unsupported_shown": (counts.unsupported, counts.claims),
        "quotes_valid": (counts.valid or 0, 0 if counts.valid is None else counts.quotes),
        "evidence_cited": (float(score.cites_evidence or 0), float(score.cites_evidence is not None)),
    }
    return {name: (float(above), float(below)) for name, (above, below) in found.items() if below}


def _refusals(score: Score) -> dict[str, tuple[float, float]]:
    """The positive class is refusing; a false premise put right is neither a hit nor a miss."""
    refused, due = score.record.refused, not score.question.answerable
    found: dict[str, tuple[float, float]] = {}
    if refused:
        found["refusal_precision"] = (float(due), 1.0)
    if due:
        found["declined_or_corrected"] = (float(score.right), 1.0)
    if due and (refused or not score.right):
        found["refusal_recall"] = (float(refused), 1.0)
    if not due:
        found["over_refusal"] = (float(refused), 1.0)
    return found


def _times(score: Score) -> dict[str, tuple[float, float]]:
    spent = {name: getattr(score.record.times, name) for name in TIMES}
    return {name: (float(value), 1.0) for name, value in spent.items() if value is not None}
