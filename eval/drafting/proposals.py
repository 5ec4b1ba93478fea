"""A question proposed for a gold set, with the words it rests on; and the gold question it becomes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from eval.questions import GoldQuestion

Origin = Literal["draft", "feedback"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document: `start`, `end` are half-open characters of its source, `quote` that stretch without markers."""

    document: str
    section: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a person has yet to judge.

    `quotes` are shown beside it; they become its evidence unless `kind` is unanswerable, where they are only the
    nearest words found. `reasons` say, in Chinese, where it comes from and what was checked. `model` wrote it ("" when
    nobody did), `created` is an ISO time.
    """

    id: str
    kind: str
    question: str
    history: tuple[Mapping[str, str], ...]
    answer: str
    must: tuple[tuple[str, ...], ...]
    answerable: bool
    quotes: tuple[Quote, ...]
    origin: Origin
    reasons: tuple[str, ...]
    model: str
    created: str


def proposal_id(origin: Origin, *parts: object) -> str:
    """An id from what the proposal is made of, so that the same one has the same id for ever."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode("utf-8")).hexdigest()
    return f"{origin}-{digest[:12]}"


def to_gold(proposal: Proposal) -> GoldQuestion:
    """The gold question that this becomes when it is taken as it is."""
    quotes = () if proposal.kind == "unanswerable" else proposal.quotes
    return GoldQuestion(
        id=proposal.id,
        type=proposal.kind,
        question=proposal.question,
        history=proposal.history,
        answer=proposal.answer,
        must=proposal.must,
        evidence=tuple(dict.fromkeys(q.quote for q in quotes)),
        answerable=proposal.answerable,
    )


def to_json(proposal: Proposal) -> dict[str, Any]:
    """The proposal as a JSON object."""
    return asdict(proposal)


def from_json(value: Mapping[str, Any]) -> Proposal:
    """What to_json() gave. Raises KeyError or TypeError when it is something else."""
    return Proposal(
        **{
            **value,
            "history": tuple(value["history"]),
            "must": tuple(tuple(fact) for fact in value["must"]),
            "quotes": tuple(Quote(**q) for q in value["quotes"]),
            "reasons": tuple(value["reasons"]),
        }
    )
