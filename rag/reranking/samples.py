"""What a reranker learns from: a question, a passage that answers it, passages that do not; as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One question. Passages are with their header, as they are indexed; `source` names where it comes from.

    Each of `negatives` does not answer, hardest first.
    """

    id: str
    source: str
    query: str
    positive: str
    negatives: tuple[str, ...]


def write_samples(path: Path, samples: Iterable[Sample]) -> None:
    """One sample a line."""
    lines = (json.dumps(asdict(sample), ensure_ascii=False) + "\n" for sample in samples)
    path.write_text("".join(lines), encoding="utf-8")


def read_samples(path: Path) -> list[Sample]:
    """The samples of a file, in order."""
    values = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Sample(**{**value, "negatives": tuple(value["negatives"])}) for value in values]
