"""Files -> the store: read, clean, split, encode, keep; says of each file what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from index.cleaning import clean
from index.documents import Document, SourceFile, read
from index.encoder import Encoder, Vectors
from index.errors import JudianError
from index.passages import Passage, split
from index.search import search_text
from index.store import Store

Outcome = Literal["added", "replaced", "unchanged", "failed"]
CHUNK = 64  # texts encoded between two reports of progress


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened to one file; `reason` is Chinese and empty unless it failed."""

    name: str
    outcome: Outcome
    passages: int
    reason: str


def add(
    store: Store, encoder: Encoder, files: Sequence[SourceFile], encoded: Callable[[int, int], None] | None = None
) -> Iterator[Verdict]:
    """Add each file in its own transaction; a bad one fails alone. `encoded(done, total)` counts texts of a file.

    Raises StoreError when the store itself cannot be written; what was added before stays.
    """
    known = {d.name: d for d in store.documents()}
    for file in files:
        try:
            document = _named(read(file), {n: d.path for n, d in known.items()})
            passages = split(clean(document.text))
            if not passages:
                raise JudianError("清理后没有剩下可以检索的文字。")
        except JudianError as error:
            yield Verdict(file.name, "failed", 0, str(error))
            continue
        before = known.get(document.name)
        if before and before.sha256 == document.sha256:
            yield Verdict(document.name, "unchanged", before.passages, "")
            continue
        store.replace(document, passages, _encode(encoder, document.name, passages, encoded))
        known = {d.name: d for d in store.documents()}
        yield Verdict(document.name, "replaced" if before else "added", len(passages), "")


def _named(document: Document, taken: Mapping[str, str]) -> Document:
    """The document under the name that its file has here, else one of its own, with folders in front if need be."""
    had = next((name for name, path in taken.items() if path == document.path), None)
    name = had or document.name
    folders = list(Path(document.path).parts[: -len(Path(name).parts)])
    while taken.get(name, document.path) != document.path and folders:
        name = f"{folders.pop()}/{name}"
    return replace(document, name=name)


def _encode(
    encoder: Encoder, name: str, passages: Sequence[Passage], encoded: Callable[[int, int], None] | None
) -> Vectors:
    """Vectors of the passages, then of their sentences; a sentence that is its whole passage shares its vector."""
    texts = [search_text(name, p.section, p.text) for p in passages]
    texts += [search_text(name, p.section, s.text) for p in passages for s in p.sentences]
    unique = list(dict.fromkeys(texts))
    order = sorted(range(len(unique)), key=lambda i: len(unique[i]))
    vectors = np.zeros((len(unique), encoder.dim), np.float32)
    for done in range(0, len(order), CHUNK):
        part = order[done : done + CHUNK]
        vectors[part] = encoder.encode_passages([unique[i] for i in part])
        if encoded:
            encoded(done + len(part), len(order))
    row = {text: i for i, text in enumerate(unique)}
    return vectors[[row[t] for t in texts]]
