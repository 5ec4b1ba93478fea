"""DragonBall (Zhu et al. 2024, RAGEval, arXiv:2408.01262), Chinese company reports -> one part over the collection.

Completeness is judged by a language model in the paper. The stand-in here, `keypoints`, counts a key point as stated
when STATED of its pairs of neighbouring characters stand in the answer: deterministic, and not comparable with it.
"""

from __future__ import annotations

import re
from pathlib import Path

from eval.benchmarks.cases import Case, Line, Part, read_queries
from eval.measures.citations import Display
from eval.measures.folding import fold, without_marks
from eval.measures.outcomes import Values, outcome
from eval.measures.scores import score
from eval.questions import GoldQuestion
from eval.records import Record

STATED = (
    0.7  # so reference answers state 90 % of their own key points, 9 % of the next question's and 1 % of any other's
)
DEPTH = 10  # hits that an answer of the product carries

_NUMBERED = re.compile(r"^\s*\d{1,2}\s*[.、．)）]\s*")
_NO_ANSWER = "无法回答"
_METRICS = (
    "recall@1", "recall@5", "recall@10", "all@5", "all@10", "mrr@10",
    "rouge_l", "char_f1",
    "citation_precision", "citation_recall", "sentence_support", "quotes_valid", "unsupported_shown", "evidence_cited",
    "refusal_precision", "refusal_recall", "over_refusal", "total_s",
)  # fmt: skip


def parts(folder: Path) -> list[Part]:
    """One part: every question searches all the reports."""
    return [Part("answers", "全部文档中检索", tuple(map(_case, read_queries(folder))), measure)]


def measure(case: Case, record: Record, display: Display | None) -> Values:
    """The product's own metrics, the share of evidence quotes that some citation overlaps, and key points stated."""
    values = outcome(score(case.question, record, display), DEPTH).values
    found = {name: values[name] for name in _METRICS if name in values}
    if case.question.answerable and case.points:
        said = "" if record.refused else record.text
        found["keypoints"] = (float(sum(states(said, point) for point in case.points)), float(len(case.points)))
    return found


def states(answer: str, point: str) -> bool:
    """Whether STATED of the key point's pairs of neighbouring characters stand in the answer, both folded."""
    pairs = _pairs(point)
    return bool(pairs) and len(pairs & _pairs(without_marks(answer))) >= STATED * len(pairs)


def _pairs(text: str) -> set[str]:
    folded = fold(text)
    return {folded[n : n + 2] for n in range(len(folded) - 1)}


def _case(line: Line) -> Case:
    answer = "".join(line.strings("answers")[:1])
    unanswered = answer.startswith(_NO_ANSWER)  # a few such questions are marked answerable in the published file
    question = GoldQuestion(
        id=line.text("_id"),
        type=line.text("type"),
        question=line.text("text"),
        history=(),
        answer=answer,
        must=(),
        evidence=tuple(quote for quote in line.strings("evidence") if fold(quote)),
        answerable=line.flag("answerable") and not unanswered,
    )
    return Case(question, None, tuple(_NUMBERED.sub("", point) for point in line.strings("keypoints")))
