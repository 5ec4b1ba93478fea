"""Passages of a dataset -> Corpus: a store of theirs, made by the product's own index code, and its search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eval.datasets import DatasetPassage
from eval.searching.encoding import chunks_of

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.passages import Passage
    from index.search import Searcher
    from index.store import Store

BATCH = 512  # documents split, encoded and stored at a time: what is held in memory of a corpus, however large

Parts = Mapping[str, Sequence["Passage"]]


Watch = Callable[[Iterable[DatasetPassage], int], Iterable[DatasetPassage]]
"""Passages as they are stored, and how many there are -> the same, with progress shown."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What can be searched: `ids` are document name -> passage id of the dataset."""

    ids: Mapping[str, str]
    searcher: Searcher
    store: Store


def unwatched(passages: Iterable[DatasetPassage], count: int) -> Iterable[DatasetPassage]:
    """No progress shown."""
    return passages


def open_corpus(passages: Sequence[DatasetPassage], encoder: Encoder, folder: Path, watch: Watch = unwatched) -> Corpus:
    """A store in `folder`, one document for each passage; of BATCH documents texts of similar length are encoded
    together."""
    from index.search import Searcher
    from index.store import Store

    store = Store.create(folder, encoder.name, encoder.dim)
    with store.held_open():
        for _ in watch(_stored(passages, encoder, store), len(passages)):
            pass
    ids = {document_name(passage, n): passage.id for n, passage in enumerate(passages)}
    return Corpus(ids, Searcher(store, encoder), store)


def _stored(passages: Sequence[DatasetPassage], encoder: Encoder, store: Store) -> Iterator[DatasetPassage]:
    """The passages, each when it is in the store."""
    from index.documents import Document
    from index.extract import Extract

    numbered = enumerate(passages)
    while batch := {document_name(passage, n): passage for n, passage in islice(numbered, BATCH)}:
        parts = split_all({name: passage.text for name, passage in batch.items()})
        vectors = _vectors(encoder, parts)
        for name, passage in batch.items():
            if parts[name]:  # an entry without words can be found by nobody
                store.replace(Document(name, name, "", Extract(passage.text)), parts[name], vectors(name))
            yield passage


def texts_to_encode(passages: Sequence[DatasetPassage]) -> list[str]:
    """Every text whose vector open_corpus() needs, each once, shortest first."""
    found: set[str] = set()
    for n, passage in enumerate(passages):
        name = document_name(passage, n)
        found.update(_texts(name, split_all({name: passage.text})[name]))
    return sorted(found, key=lambda text: (len(text), text))


def document_name(passage: DatasetPassage, number: int) -> str:
    """A name of its own whose stem is the title, for the header that stands in front when it is indexed."""
    return f"{passage.title.replace('/', '／') or '资料'}.{number}"


def split_all(texts: Mapping[str, str]) -> dict[str, list[Passage]]:
    """Document name -> the passages that the product makes of its text."""
    from index.cleaning import clean
    from index.passages import split

    return {name: split(clean(text)) for name, text in texts.items()}


def _vectors(encoder: Encoder, parts: Parts) -> Callable[[str], Vectors]:
    """Name -> its passages' and sentences' vectors."""
    import numpy as np

    texts = {text for name, passages in parts.items() for text in _texts(name, passages)}
    order = sorted(texts, key=lambda text: (len(text), text))
    made = [encoder.encode_passages(chunk) for chunk in chunks_of(order)]
    matrix = np.concatenate([np.zeros((0, encoder.dim), np.float32), *made])
    rows = {text: row for row, text in enumerate(order)}
    return lambda name: matrix[[rows[text] for text in _texts(name, parts[name])]]


def _texts(name: str, passages: Sequence[Passage]) -> Iterator[str]:
    from index.searchtext import search_text

    yield from (search_text(name, p.section, p.text) for p in passages)
    yield from (search_text(name, p.section, s.text) for p in passages for s in p.sentences)
