"""CJRC (Duan et al. 2019, arXiv:1912.09156), court records -> one part: each question with the passage it belongs to.

Exact match and F1 follow the CMRC 2018 scorer over all reference answers. The product answers in sentences, the
references are spans and, for one question in eight, YES or NO: `contained` tells how often the span is in the answer.
"""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.cases import Case, Line, Part, pick, read_passages, read_queries
from eval.datasets import read_beir
from eval.lines import DatasetError
from eval.measures.citations import Display
from eval.measures.folding import holds, without_marks
from eval.measures.outcomes import Values
from eval.measures.overlap import char_f1, exact_match
from eval.questions import GoldQuestion
from eval.records import Record

_YES_NO = {"YES", "NO"}


def parts(folder: Path) -> list[Part]:
    """One part: the passage is given."""
    passages, qrels = read_passages(folder), read_beir(folder).qrels
    cases = []
    for line in read_queries(folder):
        question = _question(line)
        own = list(qrels.get(question.id, ()))
        if not own:
            raise DatasetError(f"{line.where}：问题「{question.id}」在 qrels.tsv 里没有段落。请重新取得这份数据。")
        cases.append(Case(question, pick(passages, own, line.where)))
    return [Part("answers", "给定段落", tuple(cases), measure)]


def measure(case: Case, record: Record, display: Display | None) -> Values:
    """exact_match and char_f1 of answerable questions, the same and `contained` of spans; refusals both ways.

    `refusal_recall` counts all questions marked as unanswerable; `refusal_recall_agreed` those among them to which
    no annotator gave an answer.
    """
    answers = case.question.must[0] if case.question.must else ()
    found: dict[str, tuple[float, float]] = {}
    if record.refused:
        found["refusal_precision"] = (float(not case.question.answerable), 1.0)
    if not case.question.answerable:
        found["refusal_recall"] = (float(record.refused), 1.0)
        if not answers:
            found["refusal_recall_agreed"] = (float(record.refused), 1.0)
        return found
    said = "" if record.refused else without_marks(record.text)
    exact, overlap = exact_match(said, answers), char_f1(said, answers)
    found |= {"over_refusal": (float(record.refused), 1.0), "exact_match": (exact, 1.0), "char_f1": (overlap, 1.0)}
    if not set(answers) & _YES_NO:
        contained = any(holds(said, answer) for answer in answers)
        found |= {"char_f1_span": (overlap, 1.0), "contained": (float(contained), 1.0)}
    return found


def _question(line: Line) -> GoldQuestion:
    answers = line.strings("answers")
    must = (answers,) if answers else ()
    return GoldQuestion(
        line.text("_id"), "factoid", line.text("text"), (), "".join(answers[:1]), must, (), line.flag("answerable")
    )
