"""Mined questions + a reranker -> how often the first passages answer, before and after. Pure but for the reranker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from eval.reranking.labelled import Labelled
from eval.reranking.mining import Mined
from rag.rerank import Reranker

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 4.0, 100.0)  # of the reranker beside the first stage


@dataclass(frozen=True, slots=True)
class Scored:
    """A question's candidates as (document, counts as found, first stage, reranker), in the first stage's order.

    `by_document`: several passages of one document count as one, as `python -m eval retrieval` counts them.
    """

    id: str
    set: str
    candidates: tuple[tuple[str, bool, float, float], ...]
    by_document: bool


def scored(mined: Sequence[Mined], labels: Sequence[Labelled], reranker: Reranker, depth: int) -> list[Scored]:
    """The first `depth` candidates with the reranker's scores; later ones keep their places behind them."""
    known = {label.id: label for label in labels}
    found = []
    for one in mined:
        label = known[one.id]
        made = reranker.scores(one.query, [c.text for c in one.candidates[:depth]])
        rows = (
            (c.document, c.right if label.evidence else c.document in label.documents, c.score, score)
            for c, score in zip(one.candidates[:depth], made, strict=True)
        )
        found.append(Scored(one.id, one.set, tuple(rows), not label.evidence))
    return found


def hits(questions: Sequence[Scored], weight: float, depth: int, k: int) -> list[float]:
    """For each question 1 when one of the first k counts, the first `depth` ordered by first stage + weight × reranker."""
    return [float(any(order(q, weight, depth)[:k])) for q in questions]


def order(question: Scored, weight: float, depth: int) -> list[bool]:
    """Whether each counts, best first; of each document only the best where documents are counted."""
    head = sorted(question.candidates[:depth], key=lambda c: -(c[2] + weight * c[3]))
    found: dict[str, bool] = {}
    for place, (document, counts, _, _) in enumerate([*head, *question.candidates[depth:]]):
        found.setdefault(document if question.by_document else str(place), counts)
    return list(found.values())


def best_weight(questions: Sequence[Scored], depth: int) -> float:
    """The weight with the highest mean of hit@1 over the sets, each weighing alike; the smallest of equals."""
    sets = {q.set: [o for o in questions if o.set == q.set] for q in questions}
    return max(WEIGHTS, key=lambda w: (round(fmean(fmean(hits(own, w, depth, 1)) for own in sets.values()), 4), -w))
