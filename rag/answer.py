"""The answer and its parts -> the JSON object that outside programs read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from index.hits import Hit, Twin
from index.reading import Repair

Verdict = Literal["supported", "partial", "unsupported"]
Message = Mapping[str, str]  # {"role": "user" | "assistant", "content": text}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the same words stand again: half-open character offsets into that document's source text."""

    document: str
    section: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Source words that carry a claim.

    `start`, `end` are half-open character offsets into the document's source text;
    `quote` is that slice with markers removed; `also_in` names other places saying the same. `repairs` are places in
    the quote for which another reading is offered; the answer uses the confident ones.
    """

    n: int
    document: str
    section: str
    page: int | None
    start: int
    end: int
    quote: str
    also_in: tuple[Place, ...]
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, the numbers of the citations that carry it, and whether they do."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the arrival of the question; `first_token_s` is when the first words were shown."""

    retrieve_s: float
    first_token_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product says to one question. `text` carries its citation marks, such as 「……[1]。」."""

    question: str
    standalone_question: str
    text: str
    refused: bool
    confidence: float
    model: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    timings: Timings


def shown_place(document: str, section: str, page: int | None = None) -> str:
    """A place as people name it: 政府工作报告2013.pdf · 二、今年工作 · 第 7 页."""
    return " · ".join(p for p in (document, section, f"第 {page} 页" if page else "") if p)


def other_name(place: Place | Twin, document: str) -> str:
    """What another place is called beside a citation or a hit of `document`: its section there, else document and section."""
    return shown_place(
        "" if place.document == document and place.section else place.document, place.section, place.page
    )


def to_json(answer: Answer, question_id: str = "") -> dict[str, Any]:
    """One answer as the object of the batch contract (see the README), in that key order."""
    return {
        "id": question_id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answer": answer.text,
        "refused": answer.refused,
        "confidence": round(answer.confidence, 4),
        "model": answer.model,
        "claims": [{"text": c.text, "citations": list(c.citations), "verdict": c.verdict} for c in answer.claims],
        "citations": [_citation_json(c) for c in answer.citations],
        "hits": [hit_json(h) for h in answer.hits],
        "timings": {
            "retrieve_s": round(answer.timings.retrieve_s, 4),
            "first_token_s": round(answer.timings.first_token_s, 4),
            "total_s": round(answer.timings.total_s, 4),
        },
    }


def hit_json(hit: Hit, *, explain: bool = False) -> dict[str, Any]:
    """One hit as in the contract: source offsets, score (bigger is better) and display text.

    `also_in` names the passages that say the same, where there are some; with `explain` `signals` say what the score
    is made of, null where a part was not asked.
    """
    told: dict[str, Any] = {
        "document": hit.document,
        "section": hit.section,
        "start": hit.start,
        "end": hit.end,
        "score": round(hit.score, 4),
        "text": hit.text,
    }
    if hit.also:
        told["also_in"] = [_place_json(twin) for twin in hit.also]
    if explain:
        told["signals"] = {
            name: value if value is None else round(value, 4) for name, value in asdict(hit.signals).items()
        }
    return told


def _place_json(place: Place | Twin) -> dict[str, Any]:
    return {"document": place.document, "section": place.section, "start": place.start, "end": place.end}


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.n,
        "document": citation.document,
        "section": citation.section,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "also_in": [_place_json(place) for place in citation.also_in],
    }
