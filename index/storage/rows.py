"""A document with its passages and vectors <-> rows of the store's tables, and the seal that holds them together. Pure."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.extract import Extract, FormatHeading
from index.folding import bare
from index.passages import Passage, Sentence
from index.reading import Repair

Half = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """One passage as its table holds it, without its ids; `matrix` is its own vector, then its sentences', float16."""

    section: str
    page: int | None
    start: int
    end: int
    text: str
    repairs: str
    sentences: str
    keys: bytes
    matrix: bytes

    def columns(self) -> tuple[Any, ...]:
        """What stands in the table passages, after the two ids."""
        return (
            self.section,
            self.page,
            self.start,
            self.end,
            self.text,
            self.repairs,
            self.sentences,
            self.keys,
        )


def passage_rows(passages: Sequence[Passage], vectors: Half, likeness: Sequence[Sequence[int]]) -> list[PassageRow]:
    """`vectors` are one a passage, in order, then one a sentence, in order; `likeness` are keys, one list a sentence."""
    rows, at = [], len(passages)
    for number, p in enumerate(passages):
        end = at + len(p.sentences)
        matrix = vectors[number].tobytes() + vectors[at:end].tobytes()
        keys = likeness[at - len(passages) : end - len(passages)]
        rows.append(
            PassageRow(
                p.section,
                p.page,
                p.start,
                p.end,
                p.text,
                pack_repairs(p.repairs),
                _pack_sentences(p.sentences),
                pack_keys(keys),
                matrix,
            )
        )
        at = end
    return rows


def key_of(text: str) -> int | None:
    """The key under which sentences that say `text`, spaces and signs not counted, are found; None without a letter."""
    said = bare(text)
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") >> 1 if said else None


def pack_keys(keys: Sequence[Sequence[int]]) -> bytes:
    """Keys of the sentences of a passage: their number, how many each has, then all of them."""
    counts = np.array([len(k) for k in keys], "<u4")
    flat = np.array([k for own in keys for k in own], "<i8")
    return np.array([len(keys)], "<u4").tobytes() + counts.tobytes() + flat.tobytes()


def unpack_keys(packed: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All keys, and the place of the sentence that each belongs to."""
    number = int(np.frombuffer(packed, "<u4", 1)[0])
    counts = np.frombuffer(packed, "<u4", number, 4)
    keys = np.frombuffer(packed, "<i8", -1, 4 + 4 * number) if counts.any() else np.zeros(0, "<i8")
    return keys.astype(np.int64), np.repeat(np.arange(number, dtype=np.int64), counts)


def pack_repairs(repairs: Sequence[Repair]) -> str:
    """Repairs as JSON."""
    return _json([[r.start, r.end, r.reading, r.confidence, r.evidence] for r in repairs])


def unpack_repairs(packed: str) -> tuple[Repair, ...]:
    """What pack_repairs() packed."""
    return tuple(Repair(*fields) for fields in json.loads(packed)) if packed != "[]" else ()


def _pack_sentences(sentences: Sequence[Sentence]) -> str:
    return _json([[s.start, s.end, s.text, s.gaps, s.page, json.loads(pack_repairs(s.repairs))] for s in sentences])


def unpack_sentences(packed: str) -> tuple[Sentence, ...]:
    """The sentences of a passage."""
    return tuple(
        Sentence(start, end, text, tuple((a, d) for a, d in gaps), page, tuple(Repair(*r) for r in repairs))
        for start, end, text, gaps, page, repairs in json.loads(packed)
    )


def unpack_matrix(packed: bytes, dim: int) -> Half:
    """The vectors of one passage (1 + sentences, dim): its own first."""
    return np.frombuffer(packed, np.float16).reshape(-1, dim)


def pack_extract(extract: Extract) -> bytes:
    """Layout, headings and pages; text, title and date have columns of their own."""
    fields = [extract.layout, [[h.level, h.start, h.end] for h in extract.headings], extract.pages]
    return zlib.compress(_json(fields).encode(), 1)


def unpack_extract(packed: bytes, text: str, title: str, date: str) -> Extract:
    """The Extract, all of it as it was given."""
    layout, headings, pages = json.loads(zlib.decompress(packed))
    return Extract(
        text, tuple((s, e) for s, e in layout), tuple(FormatHeading(*h) for h in headings), tuple(pages), title, date
    )


def content_digest(text: str, extract: bytes, passages: Iterable[PassageRow]) -> str:
    """SHA-256 of all that belongs to a document beside its header row."""
    digest = hashlib.sha256()
    _feed(digest, text, extract)
    for row in passages:
        _feed(digest, *row.columns(), row.matrix)
    return digest.hexdigest()


def seal(header: Sequence[Any]) -> str:
    """SHA-256 of a document's header: the columns schema.HEADER, the content's digest among them."""
    digest = hashlib.sha256()
    _feed(digest, *header)
    return digest.hexdigest()


def _feed(digest: Any, *values: str | bytes | float | None) -> None:  # noqa: ANN401
    for value in values:
        data = value if isinstance(value, bytes) else f"{type(value).__name__}{value}".encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)


def _json(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
