"""One line of answers.jsonl -> Record: an answer as outside programs see it, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.files import whole_lines
from index.errors import JudianError


class RecordError(JudianError):
    """An answers file that does not keep the contract; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """Source words under a citation number; half-open character offsets into the source text."""

    n: int
    document: str
    section: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class RecordClaim:
    """One sentence of the answer and the citation numbers it carries."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecordTimes:
    """Seconds from the arrival of the question; None where the writer of the record did not measure."""

    retrieve_s: float | None
    first_token_s: float | None
    total_s: float | None


@dataclass(frozen=True, slots=True)
class RecordHit:
    """One passage found; `text` is display text. Offsets are None where the writer of the record knows none."""

    document: str
    section: str
    start: int | None
    end: int | None
    score: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One answer: `hits` are best first; `confidence` is 0..1, None where the writer gives none."""

    id: str
    question: str
    text: str
    refused: bool
    confidence: float | None
    claims: tuple[RecordClaim, ...]
    citations: tuple[CitedQuote, ...]
    hits: tuple[RecordHit, ...]
    times: RecordTimes

    @property
    def hit_texts(self) -> tuple[str, ...]:
        """The display texts of the hits, best first."""
        return tuple(hit.text for hit in self.hits)


def read_record(value: Mapping[str, Any]) -> Record:
    """The contract's JSON object as a Record; KeyError or TypeError when it is something else."""
    return Record(
        id=str(value["id"]),
        question=value["question"],
        text=value["answer"],
        refused=bool(value["refused"]),
        confidence=value.get("confidence"),
        claims=tuple(RecordClaim(c["text"], tuple(c["citations"])) for c in value["claims"]),
        citations=tuple(
            CitedQuote(c["n"], c["document"], c["section"] or "", c["start"], c["end"], c["quote"])
            for c in value["citations"]
        ),
        hits=tuple(map(_hit, value["hits"])),
        times=_times(value.get("timings") or {}),
    )


def read_objects(path: Path) -> list[Mapping[str, Any]]:
    """The complete lines of an answers.jsonl, each checked against the contract; none when it is missing."""
    objects: list[Mapping[str, Any]] = []
    for number, line in enumerate(whole_lines(path), 1):
        try:
            value = json.loads(line)
            read_record(value)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise RecordError(
                f"{path} 第 {number} 行不是一条完整的回答（{error}）。请删去这一行，或去掉 --resume 重新评测。"
            ) from error
        objects.append(value)
    return objects


def _hit(value: Mapping[str, Any]) -> RecordHit:
    return RecordHit(
        document=value.get("document") or "",
        section=value.get("section") or "",
        start=value.get("start"),
        end=value.get("end"),
        score=value.get("score"),
        text=value["text"],
    )


def _times(value: Mapping[str, Any]) -> RecordTimes:
    return RecordTimes(value.get("retrieve_s"), value.get("first_token_s"), value.get("total_s"))
