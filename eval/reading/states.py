"""Samples + the first layers of the language model -> the states that probes are trained on, kept in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.evidence import reading_order

if TYPE_CHECKING:
    from eval.calibrating.samples import Sample
    from rag.reader import LayerReader

SHARD = 50  # samples a file

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class States:
    """Of one sample: `sentences` (n, 2 × width), the state at each line end and the mean of its tokens, in the order in which
    the model read them, `labels` (n,) whether each holds the answer, `scores` (n,) of the search; `last` (width,).
    """

    id: str
    sentences: Floats
    labels: NDArray[np.bool_]
    scores: Floats
    last: Floats


def make(sample: Sample, reader: LayerReader) -> States:
    """One pass of the reader over a sample."""
    labelled = {id(e): label for e, label in zip(sample.evidence, sample.labels, strict=True)}
    read = reading_order(sample.evidence)
    states, spans = reader.states(sample.question, read)
    rows = [np.concatenate([states[end].numpy(), states[start:end].mean(0).numpy()]) for start, end in spans]
    return States(
        sample.id,
        np.stack(rows),
        np.array([labelled[id(e)] for e in read]),
        np.array([e.score for e in read], np.float32),
        states[-1].numpy(),
    )


def write(folder: Path, samples: Sequence[Sample], reader: LayerReader) -> Iterator[int]:
    """Make those that are not there yet, SHARD at a time; yields how many are done. A killed run goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(samples), SHARD):
        path = folder / f"{start:06d}.npz"
        if not path.exists():
            _save(path, [make(sample, reader) for sample in samples[start : start + SHARD]])
        yield min(start + SHARD, len(samples))


def read(folder: Path) -> dict[str, States]:
    """Sample id -> its states."""
    found: dict[str, States] = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            held: dict[str, Any] = {name: file[name] for name in file.files}
        ends = np.cumsum(held["counts"])
        for n, (name, end) in enumerate(zip(held["ids"], ends, strict=True)):
            rows = slice(end - held["counts"][n], end)
            sentences = held["sentences"][rows].astype(np.float32)
            last = held["last"][n].astype(np.float32)
            found[str(name)] = States(str(name), sentences, held["labels"][rows], held["scores"][rows], last)
    return found


def _save(path: Path, made: Sequence[States]) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(
            file,
            ids=np.array([s.id for s in made]),
            counts=np.array([len(s.labels) for s in made]),
            sentences=np.concatenate([s.sentences for s in made]).astype(np.float16),
            labels=np.concatenate([s.labels for s in made]),
            scores=np.concatenate([s.scores for s in made]),
            last=np.stack([s.last for s in made]).astype(np.float16),
        )
    part.rename(path)
