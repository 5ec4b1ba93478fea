"""A shared set -> its questions with what makes a passage an answer. Pure but for reading the set's files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import read_beir
from eval.lines import read_lines
from eval.measures.folding import fold, holds

DEVELOPMENT = 8  # one tune question in so many is kept from training, to fit what is fitted on top of the model


@dataclass(frozen=True, slots=True)
class Labelled:
    """One question. A passage is right when it is of one of `documents` and holds one of `answers`, or a quote of
    `evidence`; where `answers` is empty, being of the document is enough."""

    id: str
    set: str
    text: str
    documents: frozenset[str]
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def right(self, document: str, text: str) -> bool:
        """Whether the passage answers."""
        if self.evidence:
            folded = fold(text)
            return any(fold(quote) in folded for quote in self.evidence)
        return document in self.documents and (not self.answers or any(holds(text, a) for a in self.answers))

    def doubtful(self, document: str, text: str) -> bool:
        """Whether a passage that is not right may answer after all: it holds an answer."""
        return any(holds(text, a) for a in self.answers) or (not self.answers and document in self.documents)


def is_development(question_id: str) -> bool:
    """Whether a tune question is kept from training: by its id, so for ever the same."""
    return hashlib.sha256(question_id.encode("utf-8")).digest()[-2] % DEVELOPMENT == 0


def read_labelled(folder: Path) -> list[Labelled]:
    """The answerable, judged questions of a folder in BEIR layout, in order."""
    qrels = read_beir(folder).qrels
    found = (_labelled(folder.name, value, qrels) for _, value in read_lines(folder / "queries.jsonl"))
    return [one for one in found if one.documents or one.evidence]


def _labelled(name: str, value: Mapping[str, Any], qrels: Mapping[str, Mapping[str, int]]) -> Labelled:
    answers = tuple(a for a in value.get("answers", ()) if isinstance(a, str) and fold(a))
    evidence = tuple(quote for quote in value.get("evidence", ()) if fold(quote))
    documents = frozenset(qrels.get(value["_id"], {}))
    if not value.get("answerable", True) or "evidence" in value:
        documents = frozenset()
    if not value.get("answerable", True):
        evidence = ()
    spoken = tuple(a for a in answers if a not in ("YES", "NO"))
    return Labelled(value["_id"], name, value["text"], documents, () if evidence else spoken, evidence)
