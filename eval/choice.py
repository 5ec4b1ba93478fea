"""A gold set -> the questions to ask: one half, the first so many, or a fixed random sample. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.measures.intervals import SEED
from eval.questions import GoldQuestion, Half, half
from index.errors import JudianError


@dataclass(frozen=True, slots=True)
class Choice:
    """Which questions of a gold set; None chooses all."""

    half: Half | None = None
    limit: int | None = None
    sample: int | None = None


def choose(questions: Sequence[GoldQuestion], choice: Choice) -> list[GoldQuestion]:
    """The chosen questions in file order. Raises JudianError when none is left."""
    chosen = [q for q in questions if choice.half in (None, half(q.id))]
    if choice.sample is not None:
        chosen = sample(chosen, choice.sample)
    chosen = chosen[: choice.limit]
    if not chosen:
        where = f" {choice.half} 这一半" if choice.half else ""
        raise JudianError(
            f"选不出题目：评测集{where}里没有可用的题。请{'去掉 --half，或' if choice.half else ''}添加题目。"
        )
    return chosen


def sample(questions: Sequence[GoldQuestion], count: int, seed: int = SEED) -> list[GoldQuestion]:
    """`count` questions in file order, every type by its share (largest remainders), drawn by the hash of seed and
    id: the same on every machine, and hardly changed by a question more or less in the set."""
    if count >= len(questions):
        return list(questions)
    types = list(dict.fromkeys(q.type for q in questions))
    groups = {kind: sorted((q for q in questions if q.type == kind), key=lambda q: _draw(q.id, seed)) for kind in types}
    exact = {kind: count * len(group) / len(questions) for kind, group in groups.items()}
    quota = {kind: math.floor(share) for kind, share in exact.items()}
    by_remainder = sorted(types, key=lambda kind: quota[kind] - exact[kind])
    for kind in by_remainder[: count - sum(quota.values())]:
        quota[kind] += 1
    drawn = {q.id for kind, group in groups.items() for q in group[: quota[kind]]}
    return [q for q in questions if q.id in drawn]


def _draw(question_id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{question_id}".encode()).digest()
