"""Writing to a store, again and again, for processes of their own; imports little, so that they start at once."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from fake_encoder import HashEncoder
from numpy.typing import NDArray

from index.cleaning import clean
from index.documents import Document
from index.encoder import Vectors
from index.extract import Extract
from index.passages import Passage, split
from index.storage.kept import DocumentSummary
from index.store import Store

ENCODER = HashEncoder(dim=8)
NAMES = tuple(f"{letter}.txt" for letter in "甲乙丙丁戊己")
VERSIONS = 4


def version(number: int, name: str = "讲话.txt") -> Document:
    """A document whose every sentence names its version."""
    text = "".join(f"第{number}版第{n}句，推动中部地区高质量发展。" for n in range(20 + number % 7 * 10))
    return Document(name, f"/文件/{name}", hashlib.sha256(text.encode()).hexdigest(), Extract(text))


def parts(doc: Document) -> tuple[list[Passage], Vectors]:
    passages = split(clean(doc.text))
    texts = [p.text for p in passages] + [s.text for p in passages for s in p.sentences]
    return passages, ENCODER.encode_passages(texts)


def put(store: Store, *documents: Document) -> None:
    for doc in documents:
        store.replace(doc, *parts(doc))


@dataclass(frozen=True, slots=True)
class Held:
    """All that a store gives back of one document."""

    summary: DocumentSummary
    extract: Extract
    passages: tuple[Passage, ...]
    vectors: tuple[bytes, ...]  # of each passage: its own and its sentences', as kept

    def whole(self) -> tuple[str, tuple[Passage, ...]]:
        """What does not depend on when and under which ids it was put in."""
        return self.extract.text, self.passages


def held(store: Store) -> dict[str, Held]:
    """Every document, read back."""
    ids = [h.id for h in store.passage_headers()]
    matrix, owners = store.vectors()
    found: dict[str, list[tuple[Passage, bytes]]] = {d.name: [] for d in store.documents()}
    for p in store.passages(ids):
        found[p.document].append((p.passage, matrix[owners == p.id].tobytes()))
    return {
        d.name: Held(d, store.extract(d.name), tuple(p for p, _ in found[d.name]), tuple(v for _, v in found[d.name]))
        for d in store.documents()
    }


def as_kept(passages: list[Passage], vectors: NDArray[np.float32]) -> tuple[bytes, ...]:
    """The bytes in which replace() keeps these vectors, passage by passage."""
    half, rows, at = vectors.astype(np.float16), [], len(passages)
    for number, passage in enumerate(passages):
        end = at + len(passage.sentences)
        rows.append(half[number].tobytes() + half[at:end].tobytes())
        at = end
    return tuple(rows)


Model = Mapping[str, int]
"""Name -> version of the documents that a store should hold."""


@cache
def _prepared(number: int) -> tuple[Document, list[Passage], Vectors]:
    doc = version(number)
    return doc, *parts(doc)


@cache
def expected(number: int) -> tuple[str, tuple[Passage, ...]]:
    """What a document of this version is, read back."""
    doc, passages, _ = _prepared(number)
    return doc.text, tuple(passages)


def step(store: Store | None, model: Model, number: int) -> Model:
    """The change with this number: it depends on nothing but the number and the model. Without a store: the model's."""
    chance, after = random.Random(number), dict(model)
    there, free = sorted(model), [n for n in NAMES if n not in model]
    kind = chance.choice(["replace", "replace", "move", "rename", "remove"])
    if kind == "rename" and there and free:
        name, new = chance.choice(there), chance.choice(free)
        after[new] = after.pop(name)
        if store:
            store.rename(name, new, f"/文件/{new}")
    elif kind == "remove" and len(there) > 1:
        names = chance.sample(there, chance.randint(1, 2))
        after = {n: v for n, v in model.items() if n not in names}
        if store:
            store.remove(names)
    else:
        name, old = chance.choice(NAMES), chance.choice(there) if kind == "move" and there else ""
        made = number % VERSIONS
        after.pop(old, None)
        after[name] = made
        if store:
            doc, passages, vectors = _prepared(made)
            doc = Document(name, f"/文件/{name}", doc.sha256, doc.extract)
            store.replace(doc, passages, vectors, replaces=old)
    return after


_MODELS: list[Model] = [{}]


def after(number: int) -> Model:
    """The model after so many changes to an empty store."""
    while len(_MODELS) <= number:
        _MODELS.append(step(None, _MODELS[-1], len(_MODELS)))
    return _MODELS[number]


def write_for_ever(folder: Path, log: Path, together: bool) -> None:
    """Change after change from where the store stands; each is noted when it is done."""
    store = Store(folder)
    number, model = store.generation(), after(store.generation())
    for made in range(VERSIONS):
        _prepared(made)
    with log.open("a", buffering=1) as file, store.held_open() if together else nullcontext():
        file.write(f"{number}\n")
        while True:
            number += 1
            model = step(store, model, number)
            file.write(f"{number}\n")


def write_some(folder: Path, name: str, count: int) -> None:
    store = Store(folder)
    put(store, *(version(n, f"{name}{n}.txt") for n in range(count)))


def create_for_ever(folder: Path, log: Path) -> None:
    """Store after store, each in a folder of its own."""
    for number in range(10**9):
        log.write_text(str(number))
        Store.create(folder / str(number), ENCODER.name, ENCODER.dim)


def rebuild_once(folder: Path) -> None:
    from index.storage.salvage import rebuild

    rebuild(folder)
