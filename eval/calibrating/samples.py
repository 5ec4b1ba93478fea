"""samples.jsonl <-> samples: questions with what was found for them, and whether that answers them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.lines import DatasetError, read_lines
from index.hits import Hit, ScoredSentence, Signals
from index.passages import Sentence
from rag.evidence import Evidence

HITS = 10  # of a question that are kept


@dataclass(frozen=True, slots=True)
class Sample:
    """One question. `set` and `half` say where it comes from; `labels`, one for each evidence: it holds the answer."""

    id: str
    set: str
    half: str
    kind: str
    question: str
    answerable: bool
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    labels: tuple[bool, ...]


def to_line(sample: Sample) -> str:
    """The sample as one line; read_samples() gives back what features look at."""
    ranks = {(hit.document, hit.start): n for n, hit in enumerate(sample.hits)}
    sentences = [
        {**_sentence(e), "rank": ranks[e.hit.document, e.hit.start], "label": int(label)}
        for e, label in zip(sample.evidence, sample.labels, strict=True)
    ]
    hits = [
        {"score": h.score, **asdict(h.signals), "text": h.text, "document": h.document, "section": h.section}
        for h in sample.hits
    ]
    told = {name: getattr(sample, name) for name in ("id", "set", "half", "kind", "question", "answerable")}
    return json.dumps({**told, "sentences": sentences, "hits": hits}, ensure_ascii=False)


def read_samples(path: Path) -> list[Sample]:
    """All samples of the file. Raises DatasetError that names the line that is no sample."""
    found = []
    for number, value in read_lines(path):
        try:
            found.append(_sample(value))
        except (KeyError, TypeError, IndexError) as error:
            raise DatasetError(
                f"{path} 第 {number} 行不是一条样本（{error!r}）。请重新生成：python -m eval.calibrating build"
            ) from error
    return found


def read_scores(path: Path) -> dict[str, float]:
    """Sample key ("set/id", or the bare id) -> the head's probability."""
    try:
        return {str(value["id"]): float(value["probability"]) for _, value in read_lines(path)}
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f'{path} 每行应是 {{"id": "…", "probability": 0 到 1}}（{error!r}）。请改正。') from error


def _sentence(evidence: Evidence) -> dict[str, Any]:
    scored = next((s for s in evidence.hit.sentences if s.sentence == evidence.sentence), None)
    return {
        "text": evidence.text,
        "document": evidence.hit.document,
        "section": evidence.hit.section,
        "score": evidence.score,
        "dense": scored.dense if scored else 0.0,
        "coverage": scored.coverage if scored else 0.0,
    }


def _sample(value: Mapping[str, Any]) -> Sample:
    sentences: Sequence[Mapping[str, Any]] = value["sentences"]
    own: list[list[ScoredSentence]] = [[] for _ in value["hits"]]
    places: list[tuple[int, ScoredSentence, float]] = []
    for n, told in enumerate(sentences):
        scored = ScoredSentence(Sentence(n, n + 1, told["text"]), told["dense"] or 0.0, told["coverage"] or 0.0)
        own[told["rank"]].append(scored)
        places.append((told["rank"], scored, told["score"]))
    hits = tuple(_hit(n, told, own[n]) for n, told in enumerate(value["hits"]))
    evidence = tuple(Evidence(hits[rank], scored.sentence, score) for rank, scored, score in places)
    labels = tuple(bool(told["label"]) for told in sentences)
    number, name, own_half, kind, question = (str(value[n]) for n in ("id", "set", "half", "kind", "question"))
    return Sample(number, name, own_half, kind, question, bool(value["answerable"]), hits, evidence, labels)


def _hit(place: int, told: Mapping[str, Any], sentences: Sequence[ScoredSentence]) -> Hit:
    names = ("dense", "lexical", "phrase", "scope", "coverage", "fused", "rerank")
    signals = Signals(*(told[name] for name in names))
    return Hit(
        told["document"],
        told["section"],
        None,
        place,
        place + 1,
        told["score"],
        told["text"],
        tuple(sentences),
        signals,
    )
