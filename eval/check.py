"""Gold questions + the documents' display texts -> what does not stand there: evidence, and facts of answers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.measures.folding import fold, holds
from eval.questions import GoldFile, GoldQuestion, half
from eval.report.tables import TYPE_TEXT, lay_out


def check_against(found: GoldFile, documents: Sequence[str]) -> list[str]:
    """A line for every quote that stands in no document and every fact that stands in neither evidence nor documents."""
    folded = [fold(text) for text in documents]
    problems = []
    for question in found.questions:
        where = f"{found.path} 第 {found.lines[question.id]} 行（{question.id}）"
        problems += [
            f"{where}：证据“{_short(quote)}”在文档里找不到。请照抄原文（不计标点空白），或检查是不是换了文档。"
            for quote in question.evidence
            if not any(fold(quote) in text for text in folded)
        ]
        problems += _facts(question, where, documents)
    return problems


def _facts(question: GoldQuestion, where: str, documents: Sequence[str]) -> list[str]:
    if not question.answerable:
        return []
    own = "。".join(question.evidence)
    return [
        f"{where}：must 第 {n} 项“{_short(' | '.join(fact))}”的各种写法在证据和文档里都没有。"
        "请改成原文的说法，或添一种原文里有的写法。"
        for n, fact in enumerate(question.must, 1)
        if not any(holds(text, wording) for text in (own, *documents) for wording in fact)
    ]


def counts(questions: Iterable[GoldQuestion]) -> dict[str, Any]:
    """How many there are by type, by half, and by whether they are answerable."""
    questions = list(questions)
    return {
        "n": len(questions),
        "by_type": dict(Counter(q.type for q in questions)),
        "by_half": dict(Counter(half(q.id) for q in questions)),
        "answerable": sum(q.answerable for q in questions),
    }


def show_counts(questions: Sequence[GoldQuestion]) -> str:
    """The counts as a table."""
    kinds = Counter((q.type, half(q.id)) for q in questions)
    rows = [
        [TYPE_TEXT.get(kind, kind), str(kinds[kind, "tune"]), str(kinds[kind, "report"]), str(total)]
        for kind, total in Counter(q.type for q in questions).items()
    ]
    sums = [str(sum(n for (_, side), n in kinds.items() if side == s)) for s in ("tune", "report")]
    return lay_out([["题型", "调参半", "报告半", "合计"], *rows, ["合计", *sums, str(len(questions))]])


def summary(found: GoldFile, problems: Sequence[str]) -> Mapping[str, Any]:
    """What the last line of the command says."""
    return {**counts(found.questions), "problems": len(problems), "notices": len(found.notices)}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:38]}……"
