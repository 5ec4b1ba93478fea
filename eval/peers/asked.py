"""A dataset in BEIR layout, or a gold set -> the judged questions of one half, sampled with a fixed seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.datasets import Dataset
from eval.measures.folding import fold
from eval.measures.intervals import SEED
from eval.peers.task import Judged
from eval.questions import half, read_gold
from index.errors import JudianError

Part = Literal["tune", "report", "all"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which questions: one half (by the hash of the id) or all, and at most `sample` of them (0: no limit)."""

    part: Part
    sample: int


def beir_questions(dataset: Dataset, drawn: Drawn) -> list[Judged]:
    """The judged questions of a dataset: by their evidence where it has any, else by documents."""
    quoted = {i: tuple(filter(fold, quotes)) for i, quotes in dataset.evidence.items()}
    if any(quoted.values()):
        judged = [Judged(i, dataset.queries[i], (), quotes) for i, quotes in quoted.items() if quotes]
    else:
        judged = [Judged(i, dataset.queries[i], tuple(grades)) for i, grades in dataset.qrels.items()]
    return draw(judged, drawn, dataset.name)


def gold_questions(path: Path, drawn: Drawn) -> list[Judged]:
    """The answerable questions of a gold set that stand alone (no history) and have evidence."""
    judged = [
        Judged(q.id, q.question, (), q.evidence)
        for q in read_gold(path)
        if q.answerable and q.evidence and not q.history
    ]
    return draw(judged, drawn, path.name)


def draw(questions: Sequence[Judged], drawn: Drawn, name: str) -> list[Judged]:
    """The chosen ones in their order; a smaller sample is part of a larger one. Raises JudianError for none."""
    chosen = [q for q in questions if drawn.part in ("all", half(q.id))]
    if drawn.sample:
        first = sorted(chosen, key=lambda q: hashlib.sha256(f"{SEED}:{q.id}".encode()).digest())[: drawn.sample]
        kept = {q.id for q in first}
        chosen = [q for q in chosen if q.id in kept]
    if not chosen:
        raise JudianError(f"{name} 里选不出题目（--half {drawn.part}）。请换一半，或用 --half all。")
    return chosen
