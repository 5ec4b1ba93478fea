"""Articles and an encoder -> stores of any size: real sentences, and vectors drawn among those of real sentences.

Passages are put together of sentences by chance. A store up to REAL passages is a whole one, SQLite and all. A larger one has both indexes in full, made straight from
arrays; the texts of its hits come from a database of the first passages, taken again and again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.passages import Passage
    from index.store import Store

REAL = 100_000  # passages up to which the database holds every one
BASE = 20_000  # passages in the database of a larger store
SEEDS = 500  # sentences encoded, among whose vectors the others are drawn
SENTENCES = 4  # of a passage, each with a vector beside that of the passage
SPREAD = 0.5  # length of what is added to a vector between two real ones
GROUP = 20  # passages that make a document
STEP = 50_000  # passages whose vectors are drawn together

Half = NDArray[np.float16]
Told = Callable[[str, int, int], None]
"""(what is being done, done, total)."""


@dataclass(frozen=True, slots=True)
class Material:
    """Sentences of articles, and the vectors of some of them."""

    sentences: Sequence[str]
    seeds: Vectors

    @classmethod
    def read(cls, articles: Sequence[str], encoder: Encoder) -> Material:
        """Encodes SEEDS sentences."""
        from index.structure.sentences import sentence_spans

        sentences = [a[s:e] for a in articles for s, e in sentence_spans(a, 0, len(a)) if e - s >= 8]
        chosen = np.random.default_rng(0).choice(len(sentences), min(SEEDS, len(sentences)), replace=False)
        return cls(sentences, encoder.encode_passages([sentences[i] for i in chosen.tolist()]))

    def questions(self, count: int) -> list[str]:
        """Pieces of sentences, 8 to 24 characters, as a question might quote them."""
        chance = np.random.default_rng(1)
        chosen = [self.sentences[i] for i in chance.integers(0, len(self.sentences), count).tolist()]
        return [text[: int(size)] for text, size in zip(chosen, chance.integers(8, 25, count), strict=True)]

    def drawn(self, count: int, chance: np.random.Generator) -> Half:
        """Unit vectors, each between two of the seeds and a little aside."""
        first, second = chance.integers(0, len(self.seeds), (2, count))
        weight = chance.uniform(0, 0.5, (count, 1)).astype(np.float32)
        aside = chance.standard_normal((count, self.seeds.shape[1]), np.float32)
        vectors = self.seeds[first] * (1 - weight) + self.seeds[second] * weight
        vectors += aside * np.float32(SPREAD / self.seeds.shape[1] ** 0.5)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        half: Half = vectors.astype(np.float16)
        return half

    def passages(self, rows: NDArray[np.uint32]) -> list[list[str]]:
        """For each of these rows, which follow each other, SENTENCES sentences put together by chance."""
        chosen = np.random.default_rng(int(rows[0])).integers(0, len(self.sentences), (len(rows), SENTENCES))
        return [[self.sentences[i] for i in own] for own in chosen.tolist()]


def build(folder: Path, encoder: Encoder, material: Material, passages: int, told: Told) -> Store:
    """A store of so many passages in `folder`, its snapshot beside it."""
    from index.derived.indexes import open_indexes
    from index.store import Store

    store = Store.create(folder, encoder.name, encoder.dim)
    kept = passages if passages <= REAL else BASE
    chance = np.random.default_rng(3)
    with store.held_open():
        for start in range(0, kept, GROUP):
            told("写入数据库", start, kept)
            _put(store, material, np.arange(start, min(kept, start + GROUP), dtype=np.uint32), chance)
    told("写入数据库", kept, kept)
    if passages <= REAL:
        told("建索引", 0, 1)
        open_indexes(store)
        told("建索引", 1, 1)
    else:
        _index(store, material, passages, told)
    return store


def _put(store: Store, material: Material, rows: NDArray[np.uint32], chance: np.random.Generator) -> None:
    """Add a document of these passages, without the keys of like sentences, which no search reads."""
    from index.documents import Document
    from index.extract import Extract
    from index.storage.rows import passage_rows
    from index.storage.writing import change, insert

    passages, text = _document(material.passages(rows))
    vectors = material.drawn(sum(1 + len(p.sentences) for p in passages), chance)
    made = passage_rows(passages, vectors, [[] for p in passages for _ in p.sentences])
    name = f"{int(rows[0]):07d}.txt"
    document = Document(name, f"/{name}", hashlib.sha256(text.encode()).hexdigest(), Extract(text))
    with store.database.writing() as connection:
        insert(connection, document, made, vectors.shape[1], "", "")
        change(connection)


def _document(parts: Sequence[Sequence[str]]) -> tuple[list[Passage], str]:
    """Passages of these sentences, and the text that they stand in."""
    from index.passages import Passage, Sentence

    passages: list[Passage] = []
    at = 0
    for own in parts:
        ends = list(itertools.accumulate(map(len, own), initial=at))
        sentences = tuple(Sentence(s, e, text) for s, e, text in zip(ends, ends[1:], own, strict=False))
        passages.append(Passage("", at, ends[-1], "".join(own), sentences))
        at = ends[-1]
    return passages, "".join(p.text for p in passages)


def _index(store: Store, material: Material, passages: int, told: Told) -> None:
    """Both indexes of so many passages, as a snapshot of the store."""
    from index.dense import DenseIndex
    from index.derived import snapshot
    from index.lexical import LexicalIndex

    def fill(folder: Path) -> None:
        lexical = LexicalIndex.build([])
        for start in range(0, passages, STEP * 4):
            rows = np.arange(start, min(passages, start + STEP * 4), dtype=np.uint32)
            live = np.ones(int(rows[-1]) + 1, bool)
            lexical = lexical.updated(live, rows, ["".join(own) for own in material.passages(rows)])
            told("建词语索引", len(live), passages)
        lexical.compacted().save(folder)
        del lexical
        vectors = _drawn_file(folder.parent / "drawn.npy", material, passages, told)
        told("建向量索引", 0, 1)
        owners = np.repeat(np.arange(passages, dtype=np.uint32), 1 + SENTENCES)
        DenseIndex.build(vectors, owners).save(folder)
        told("建向量索引", 1, 1)

    snapshot.write(store.folder / snapshot.CACHE, store.generation(), {"birth": store.birth()}, fill)


def _drawn_file(file: Path, material: Material, passages: int, told: Told) -> Half:
    """Vectors on the disk, so that memory holds those of the index alone; the file goes with the last use of them."""
    shape = (passages * (1 + SENTENCES), material.seeds.shape[1])
    vectors: Any = np.lib.format.open_memmap(file, "w+", np.float16, shape)
    chance = np.random.default_rng(4)
    for start in range(0, shape[0], STEP):
        vectors[start : start + STEP] = material.drawn(min(STEP, shape[0] - start), chance)
        told("产生向量", start // (1 + SENTENCES), passages)
    file.unlink()
    held: Half = vectors
    return held
