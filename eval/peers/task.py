"""A store and judged questions -> the common input of all peers: a folder of JSON Lines and .npy files."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.files import make_folder, write_whole
from eval.measures.ranking import document_ranks, evidence_ranks
from eval.measures.summary import percentile

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.store import Store, StoredPassage

DEPTH = 10  # passages each peer returns


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and what is right: `documents`, whose passages all count, or `evidence`, words that a passage must
    hold; where there is evidence it alone judges."""

    id: str
    question: str
    documents: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A passage: its id in the input, the id of its document in the dataset, and its words."""

    id: str
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Task:
    """One set ready to be searched: `folder` is what a peer's process reads, `digest` that of its content."""

    name: str
    folder: Path
    digest: str
    places: Mapping[str, Place]
    questions: tuple[Judged, ...]
    encode_s: Mapping[str, float]

    def ranks(self, question: Judged, hits: Sequence[str]) -> tuple[int | None, ...]:
        """For each thing wanted the rank of the first hit (passage ids, best first) that has it."""
        found = [self.places[i] for i in hits]
        if question.evidence:
            return evidence_ranks(question.evidence, [place.text for place in found])
        return document_ranks(question.documents, [place.document for place in found])

    @property
    def ceiling(self) -> dict[str, float]:
        """The most that any order of these passages can reach: hit and all, as shares of the questions."""
        texts = list(self.places.values())
        known = {place.document for place in texts}
        parts = [_reachable(q, texts, known) for q in self.questions]
        return {"hit": float(np.mean([any(p) for p in parts])), "all": float(np.mean([all(p) for p in parts]))}


def write_task(
    name: str, folder: Path, store: Store, ids: Mapping[str, str], questions: Sequence[Judged], encoder: Encoder
) -> Task:
    """The common input of one set in `folder`. `ids` is document name -> id in the dataset (itself where missing).

    Peers get each passage's search text (title, section, year and words, folded) and the question folded the same
    way, so that Traditional script and widths are no obstacle to them; ours gets the question as it is.
    """
    from index.folding import fold

    make_folder(folder)
    passages = store.passages([int(i) for i in store.passage_ids()])
    places = {str(p.id): Place(str(p.id), ids.get(p.document, p.document), p.passage.text) for p in passages}
    vectors, spent = _encode(encoder, [q.question for q in questions])
    about = {
        "name": name,
        "k": DEPTH,
        "encoder": encoder.name,
        "encode_s": {"p50": median(spent), "p95": percentile(spent, 0.95)},
        "store": str(store.folder.resolve()),
    }
    write_whole(folder / "passages.jsonl", _lines(_passage_lines(store, passages)))
    write_whole(
        folder / "questions.jsonl",
        _lines([{"id": q.id, "text": q.question, "folded": fold(q.question)} for q in questions]),
    )
    np.save(folder / "vectors.npy", _own_vectors(store))
    np.save(folder / "question_vectors.npy", vectors)
    write_whole(folder / "about.json", json.dumps(about, ensure_ascii=False))
    return Task(name, folder, _digest(folder), places, tuple(questions), about["encode_s"])  # type: ignore[arg-type]


def _passage_lines(store: Store, passages: Sequence[StoredPassage]) -> list[dict[str, Any]]:
    from index.searchtext import search_text

    stored = {p.id: p.passage for p in passages}
    return [
        {
            "id": str(h.id),
            "document": h.document,
            "section": h.section,
            "start": stored[h.id].start,
            "text": stored[h.id].text,
            "search_text": search_text(h.document, h.section, h.reading, h.title, h.date),
        }
        for h in store.passage_headers()
    ]


def _own_vectors(store: Store) -> Vectors:
    """Each passage's own vector, by id, float32, of length 1; those of its sentences are ours alone."""
    vectors, owners = store.vectors()
    _, first = np.unique(owners, return_index=True)
    own = vectors[first].astype(np.float32)
    unit: Vectors = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-12)
    return unit


def _encode(encoder: Encoder, texts: Sequence[str]) -> tuple[Vectors, list[float]]:
    """The vectors, and the seconds each question took, encoded by itself as in a search."""
    encoder.encode_queries(list(texts[:1]))
    found, spent = [], []
    for text in texts:
        started = time.perf_counter()
        found.append(encoder.encode_queries([text])[0])
        spent.append(time.perf_counter() - started)
    return np.stack(found), spent


def _reachable(question: Judged, places: Sequence[Place], known: set[str]) -> list[bool]:
    if question.evidence:
        return [rank is not None for rank in evidence_ranks(question.evidence, [p.text for p in places])]
    return [document in known for document in question.documents]


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in ("passages.jsonl", "questions.jsonl", "vectors.npy", "question_vectors.npy"):
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()[:16]


def _lines(values: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
