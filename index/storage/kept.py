"""What a store gives back: lines about documents and collections, passages, places of sentences."""

from __future__ import annotations

from dataclasses import dataclass

from index.encoder import Vectors
from index.passages import Passage


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One line of `index list`: counts are of source characters, pages, passages and sentences."""

    name: str
    collection: str
    path: str
    sha256: str
    characters: int
    pages: int
    passages: int
    sentences: int
    title: str
    date: str
    added_at: str


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """A collection and how much it holds; the name "" is shown as 默认."""

    name: str
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class PassageHeader:
    """What is indexed of a passage: its text (`reading` with the confident repairs) and what stands in front of it."""

    id: int
    document: str
    collection: str
    section: str
    title: str
    date: str
    text: str
    reading: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as kept, with the name of its document."""

    id: int
    document: str
    collection: str
    passage: Passage
    sentence_vectors: Vectors  # (sentences, dim), in their order


@dataclass(frozen=True, slots=True)
class SentencePlace:
    """A sentence and where it stands; `start`, `end` are characters of the source text."""

    document: str
    section: str
    page: int | None
    start: int
    end: int
    text: str
