"""Writing to a store, again and again, for processes of their own; imports little, so that they start at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fake_encoder import HashEncoder

from index.cleaning import clean
from index.documents import Document
from index.encoder import Vectors
from index.extract import Extract
from index.passages import Passage, split
from index.store import Store

ENCODER = HashEncoder(dim=8)


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


def write_for_ever(folder: Path, start: int, log: Path) -> None:
    """Replace one document again and again, and note each time it is done."""
    store = Store(folder)
    with log.open("a", buffering=1) as file:
        for number in range(start, 10**9):
            put(store, version(number))
            file.write(f"{number}\n")


def write_some(folder: Path, name: str, count: int) -> None:
    store = Store(folder)
    put(store, *(version(n, f"{name}{n}.txt") for n in range(count)))
