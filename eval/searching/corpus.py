"""Passages of a dataset -> Corpus: a store of theirs, made by the product's own index code, and its search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.datasets import DatasetPassage
from eval.searching.encoding import chunks_of

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.passages import Passage
    from index.search import Searcher
    from index.store import Store

Parts = Mapping[str, Sequence["Passage"]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What can be searched: `ids` are document name -> passage id of the dataset."""

    ids: Mapping[str, str]
    searcher: Searcher
    store: Store


def open_corpus(passages: Sequence[DatasetPassage], encoder: Encoder, folder: Path) -> Corpus:
    """A store in `folder`, one document for each passage, all encoded at once, those of similar length together."""
    from index.documents import Document
    from index.extract import Extract
    from index.search import Searcher
    from index.store import Store

    texts = {document_name(passage, n): passage.text for n, passage in enumerate(passages)}
    parts = split_all(texts)
    vectors = _vectors(encoder, parts)
    store = Store.create(folder, encoder.name, encoder.dim)
    for name, own in parts.items():
        if own:  # an entry without words can be found by nobody
            store.replace(Document(name, name, "", Extract(texts[name])), own, vectors(name))
    ids = {name: passage.id for name, passage in zip(texts, passages, strict=True)}
    return Corpus(ids, Searcher(store, encoder), store)


def texts_to_encode(passages: Sequence[DatasetPassage]) -> list[str]:
    """Every text whose vector open_corpus() needs, each once, shortest first."""
    return _distinct(split_all({document_name(passage, n): passage.text for n, passage in enumerate(passages)}))


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

    order = _distinct(parts)
    made = [encoder.encode_passages(chunk) for chunk in chunks_of(order)]
    matrix = np.concatenate([np.zeros((0, encoder.dim), np.float32), *made])
    rows = {text: row for row, text in enumerate(order)}
    return lambda name: matrix[[rows[text] for text in _texts(name, parts[name])]]


def _distinct(parts: Parts) -> list[str]:
    texts = {text for name, passages in parts.items() for text in _texts(name, passages)}
    return sorted(texts, key=lambda text: (len(text), text))


def _texts(name: str, passages: Sequence[Passage]) -> Iterator[str]:
    from index.searchtext import search_text

    yield from (search_text(name, p.section, p.text) for p in passages)
    yield from (search_text(name, p.section, s.text) for p in passages for s in p.sentences)
