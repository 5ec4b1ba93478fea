"""Scores and settings -> report.json and report.html."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.files import write_whole
from eval.page import render
from eval.questions import half
from eval.scores import Score
from eval.summary import summarize_halves


def build_report(scores: Sequence[Score], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The content of report.json: settings, metrics (all, tune, report), and one object a question."""
    return {
        "settings": dict(settings),
        "metrics": summarize_halves(scores),
        "questions": [question_row(s) for s in scores],
    }


def question_row(score: Score) -> dict[str, Any]:
    """One question of report.json; a metric that was not measured is left out."""
    question, record = score.question, score.record
    row: dict[str, Any] = {
        "id": question.id,
        "type": question.type,
        "half": half(question.id),
        "answerable": question.answerable,
        "question": question.question,
        "history": [dict(message) for message in question.history],
        "expected": question.answer,
        "answer": record.text,
        "refused": record.refused,
        "right": score.right,
        "why": score.why,
        "missing": [list(fact) for fact in score.missing],
        "evidence": [{"quote": q, "rank": r} for q, r in zip(question.evidence, score.ranks, strict=True)],
        "citations": [asdict(citation) for citation in record.citations],
        "citation_counts": {k: v for k, v in asdict(score.citations).items() if v is not None},
        "timings": {k: v for k, v in asdict(record.times).items() if v is not None},
    }
    return row if score.cites_evidence is None else {**row, "evidence_cited": score.cites_evidence}


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """report.json and report.html in `folder`, each replaced in one step."""
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    write_whole(folder / "report.html", render(report))


def summary_line(report: Mapping[str, Any], folder: Path) -> str:
    """The last line of the terminal: one JSON object with the metrics of all parts."""
    return json.dumps({"out": str(folder), "metrics": report["metrics"]}, ensure_ascii=False)
