"""Small gold questions and answers that the other evaluation tests take and damage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.questions import GoldQuestion, read_gold
from eval.records import Record, read_record

SOURCE = (
    "中部地区粮食产量占全国的29.5%,是重要的粮食生产基地。要加快构建现代化产业体系,培育新质生产力。"
    "坚持绿色发展,守住生态底线。深化改革开放,打造内陆开放高地。"
)
GRAIN = "中部地区粮食产量占全国的29.5%,是重要的粮食生产基地。"
GREEN = "坚持绿色发展,守住生态底线。"


def display(document: str, start: int, end: int) -> str:
    return SOURCE[start:end] if document == "讲话.txt" else ""


def gold(**changes: object) -> GoldQuestion:
    values: dict[str, Any] = {
        "id": "q1",
        "type": "factoid",
        "question": "中部地区粮食产量占全国多少？",
        "history": (),
        "answer": "29.5%",
        "must": (("29.5%", "百分之二十九点五"),),
        "evidence": (GRAIN,),
        "answerable": True,
    }
    return GoldQuestion(**{**values, **changes})


MISSING = gold(
    id="q2", type="unanswerable", question="座谈会的预算是多少？", answer="", must=(), evidence=(), answerable=False
)
PREMISE = gold(
    id="q3",
    type="false_premise",
    question="中部地区粮食产量为什么占全国一半？",
    answer="并非一半，是29.5%",
    must=(("29.5%",),),
    answerable=False,
)


def citation(n: int = 1, quote: str = GRAIN, **changes: object) -> dict[str, Any]:
    start = max(SOURCE.find(quote), 0)
    values = {
        "n": n,
        "document": "讲话.txt",
        "section": "第一篇",
        "page": None,
        "start": start,
        "end": start + len(quote),
    }
    return {**values, "quote": quote, "also_in": [], **changes}


def answered(question: GoldQuestion | None = None, **changes: object) -> dict[str, Any]:
    """A right, well cited answer to the first sample, as an object of the contract."""
    asked = question or gold()
    values: dict[str, Any] = {
        "id": asked.id,
        "question": asked.question,
        "standalone_question": asked.question,
        "answer": "中部地区粮食产量占全国的29.5%[1]。",
        "refused": False,
        "confidence": 0.9,
        "model": "fake",
        "claims": [{"text": "中部地区粮食产量占全国的29.5%[1]。", "citations": [1], "verdict": "supported"}],
        "citations": [citation()],
        "hits": hits(GREEN, SOURCE),
        "timings": {"retrieve_s": 0.1, "first_token_s": 0.5, "total_s": 1.0},
    }
    return {**values, **changes}


def refusal(question: GoldQuestion | None = None, **changes: object) -> dict[str, Any]:
    """A refusal, as an object of the contract."""
    values = {"answer": "资料中没有找到。", "refused": True, "claims": [], "citations": []}
    return answered(question, **{**values, **changes})


def hits(*texts: str) -> list[dict[str, Any]]:
    return [
        {"document": "讲话.txt", "section": "第一篇", "start": 0, "end": len(t), "score": 1.0 / n, "text": t}
        for n, t in enumerate(texts, 1)
    ]


def record(value: Mapping[str, Any]) -> Record:
    return read_record(value)


def gold_lines(questions: Sequence[GoldQuestion]) -> str:
    import json
    from dataclasses import asdict

    return "".join(json.dumps(asdict(q), ensure_ascii=False) + "\n" for q in questions)


def test_the_samples_are_a_readable_gold_set(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(gold_lines([gold(), MISSING, PREMISE]), encoding="utf-8")
    assert read_gold(path) == [gold(), MISSING, PREMISE]
