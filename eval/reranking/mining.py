"""Questions + a store -> the first stage's candidates, each judged; and samples with hard negatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.drafting.checks import pairs
from index.searchtext import search_text
from rag.reranking.samples import Sample

if TYPE_CHECKING:
    from eval.reranking.labelled import Labelled
    from index.search import Searcher

DEPTH = 30  # candidates of the first stage
FEWEST = 4  # negatives of a sample; with fewer there is none


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the first stage as the reranker reads it; `document` is the id in the dataset."""

    document: str
    text: str
    score: float
    right: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Mined:
    """A question with its candidates, best first."""

    id: str
    set: str
    query: str
    candidates: tuple[Candidate, ...]


def mine(searcher: Searcher, ids: Mapping[str, str], questions: Sequence[Labelled], depth: int = DEPTH) -> list[Mined]:
    """The candidates of each question; `ids` are document name -> id in the dataset."""
    found = []
    for question, hits in zip(questions, searcher.search_many([q.text for q in questions], depth), strict=True):
        candidates = []
        for hit in hits:
            document = ids.get(hit.document, hit.document)
            right = question.right(document, hit.text)
            text = search_text(hit.document, hit.section, hit.text)
            candidates.append(
                Candidate(document, text, hit.score, right, not right and question.doubtful(document, hit.text))
            )
        found.append(Mined(question.id, question.set, question.text, tuple(candidates)))
    return found


def to_sample(mined: Mined, most: int) -> Sample | None:
    """The right candidate nearest to the question and up to `most` that are wrong beyond doubt; None without either."""
    right = [c for c in mined.candidates if c.right]
    wrong = [c.text for c in mined.candidates if not c.right and not c.doubtful]
    if not right or len(wrong) < FEWEST:
        return None
    asked = pairs(mined.query)
    best = max(right, key=lambda c: len(asked & pairs(c.text)))
    return Sample(mined.id, mined.set, mined.query, best.text, tuple(dict.fromkeys(wrong))[:most])
