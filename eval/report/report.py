"""Scores and settings -> report.json, report.html and report.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.files import write_whole
from eval.measures.outcomes import Values
from eval.measures.scores import Score
from eval.measures.summary import outcomes_of, summarize_halves
from eval.questions import half
from eval.records import RecordHit
from eval.report.markdown import render as render_markdown
from eval.report.page import render

HITS = 5
CURVES = ("risk_coverage", "reliability")


def build_report(scores: Sequence[Score], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The content of report.json: settings, metrics (all, tune, report), and one object a question."""
    outcomes = outcomes_of(scores)
    return {
        "settings": dict(settings),
        "metrics": summarize_halves(scores),
        "questions": [question_row(s, o.values) for s, o in zip(scores, outcomes, strict=True)],
    }


def question_row(score: Score, values: Values) -> dict[str, Any]:
    """One question of report.json; `values` is what it adds to the metrics. What was not measured is left out."""
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
        "confidence": record.confidence,
        "right": score.right,
        "why": score.why,
        "faults": list(score.faults),
        "missing": [list(fact) for fact in score.missing],
        "evidence": [{"quote": q, "rank": r} for q, r in zip(question.evidence, score.ranks, strict=True)],
        "hits": [_hit_row(hit) for hit in record.hits[:HITS]],
        "claims": _claim_rows(score),
        "citations": [asdict(citation) for citation in record.citations],
        "citation_counts": _citation_counts(score),
        "timings": _present(asdict(record.times)),
        "evidence_cited": score.cites_evidence,
        "values": {name: list(pair) for name, pair in values.items()},
    }
    return {name: value for name, value in row.items() if value is not None or name == "why"}


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """report.json, report.html and report.md in `folder`, each replaced in one step."""
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    write_whole(folder / "report.html", render(report))
    write_whole(folder / "report.md", render_markdown(report))


def summary_line(report: Mapping[str, Any], folder: Path) -> str:
    """The last line of the terminal: one JSON object with the metrics of all parts; the curves stay in report.json."""
    parts = {
        part: {name: value for name, value in metrics.items() if name not in CURVES}
        for part, metrics in report["metrics"].items()
    }
    return json.dumps({"out": str(folder), "metrics": parts}, ensure_ascii=False)


def _hit_row(hit: RecordHit) -> dict[str, Any]:
    return _present({"document": hit.document, "section": hit.section, "score": hit.score, "text": hit.text})


def _claim_rows(score: Score) -> list[dict[str, Any]]:
    """Each sentence of the answer and whether what it cites carries it; none for a refusal."""
    if score.record.refused:
        return []
    return [
        {"text": claim.text, "citations": list(claim.citations), "carried": carried}
        for claim, carried in zip(score.record.claims, score.citations.carried, strict=True)
    ]


def _citation_counts(score: Score) -> dict[str, int]:
    counts = {**asdict(score.citations), "carried": sum(score.citations.carried)}
    return {"claims": score.citations.claims, **_present(counts)}


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
