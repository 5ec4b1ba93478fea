"""Documents, passages, sentences and vectors in SQLite: the truth from which every index is derived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.cleaning import CleanText, clean
from index.documents import Document
from index.duplicates import sketch
from index.extract import Extract
from index.folding import bare
from index.passages import Passage
from index.reading import Repair
from index.storage import rows, selection
from index.storage.database import BUSY_SECONDS, Database, EmptyStoreError, StoreError
from index.storage.kept import CollectionSummary, DocumentSummary, PassageHeader, SentencePlace, StoredPassage
from index.storage.schema import FILE, SCHEMA_VERSION
from index.storage.writing import change, insert, move, take_out

__all__ = [
    "FILE",
    "CollectionSummary",
    "DocumentSummary",
    "EmptyStoreError",
    "PassageHeader",
    "SentencePlace",
    "Store",
    "StoreError",
    "StoredPassage",
]

_SUMMARY = "name, collection, path, sha256, characters, pages, passages, sentences, title, date, added_at"


class Store:
    """One folder. Threads and processes may share it: a reader never waits, of two writers one does.

    Every change is one transaction; every method sees the store as it stands at one instant.
    """

    def __init__(self, folder: Path, patience: float = BUSY_SECONDS) -> None:
        self.folder = folder
        self.database = Database(folder, patience)

    @classmethod
    def create(cls, folder: Path, encoder: str, dim: int) -> Store:
        """Open the store in `folder`, making it if absent. Raises StoreError when another encoder built it."""
        Database(folder).create(encoder, dim)
        store = cls.open(folder)
        store.check_encoder(encoder)
        return store

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open an existing store. Raises StoreError when there is none, or one of another version."""
        store = cls(folder)
        version = store.manifest().get("schema", "?")
        if version.isdecimal() and int(version) < int(SCHEMA_VERSION):
            raise StoreError(
                f"库 {folder} 由旧版本的程序建立（格式 {version}，现在是 {SCHEMA_VERSION}）：其中没有页码和标题，要重新添加。\n"
                f"请运行：python -m index rebuild --store {folder}\n"
                "旧库会改名留底，一个字也不丢；随后列出重新添加各文档的命令。"
            )
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"库 {folder} 的格式是版本 {version}，本程序只认识版本 {SCHEMA_VERSION}。"
                "请升级本程序，或换一个文件夹重新添加文档：python -m index add 文件 --store 新文件夹"
            )
        return store

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """Inside it many changes are quicker: the log is put back at every 4 MB and at the end, not after each."""
        with self.database.held():
            yield

    def manifest(self) -> dict[str, str]:
        """Keys schema, encoder, dim, birth and generation (which rises by one with every change)."""
        with self.database.reading() as connection:
            return dict(connection.execute("SELECT key, value FROM manifest"))

    def generation(self) -> int:
        """A number that rises with every change to the documents."""
        return int(self.manifest()["generation"])

    def birth(self) -> str:
        """An id drawn when the database was made or rebuilt: two stores with the same have the same past."""
        return self.manifest()["birth"]

    def check_encoder(self, encoder: str) -> None:
        """Raises StoreError when the vectors were made by another encoder: they cannot be compared."""
        built_by = self.manifest().get("encoder", "?")
        if built_by != encoder:
            raise StoreError(
                f"库 {self.folder} 由编码器 {built_by} 建立，当前编码器是 {encoder}，向量不可比较。\n"
                f"请改回：JUDIAN_ENCODER={built_by}，或用新的文件夹重建：python -m index add 文件 --store 新文件夹"
            )

    def check_filled(self) -> None:
        """Raises EmptyStoreError when there is no document to search."""
        with self.database.reading() as connection:
            if connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone():
                return
        raise EmptyStoreError(
            f"库 {self.folder} 是空的，没有可检索的文档。\n"
            f"请先添加：python -m index add 文件或文件夹 --store {self.folder}"
        )

    def replace(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: NDArray[np.floating[Any]],
        collection: str = "",
        replaces: str = "",
    ) -> None:
        """Add `document`, or put it in the place of the one of that name and of `replaces`, in one transaction.

        `vectors` are unit vectors: one a passage, in order, then one a sentence, in order. Raises StoreError.
        """
        _check_unicode(document)
        half = vectors.astype(np.float16)
        if len(half) != sum(1 + len(p.sentences) for p in passages) or not np.isfinite(half).all():
            raise StoreError(
                f"文档 {document.name} 的向量不全或不是数，没有放进库里。请重新添加；再次出现时请换编码器。"
            )
        made = rows.passage_rows(passages, half, _likeness(passages))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.database.writing() as connection:
            for name in dict.fromkeys(filter(None, (document.name, replaces))):
                take_out(connection, name)
            insert(connection, document, made, half.shape[1], collection, now)
            change(connection)

    def rename(self, name: str, new_name: str, new_path: str) -> None:
        """The same file under another name or at another path: no new passages. Raises StoreError."""
        with self.database.writing() as connection:
            if new_name != name and selection.has(connection, new_name):
                raise StoreError(f"不能把 {name} 改名为 {new_name}：库中已有这个名字的文档。")
            if not move(connection, name, new_name, new_path):
                raise selection.unknown(connection, name)
            change(connection)

    def remove(self, names: Sequence[str]) -> None:
        """Take the documents out, all of them or none. Raises StoreError when there is none of one of the names."""
        with self.database.writing() as connection:
            for name in dict.fromkeys(names):
                if not take_out(connection, name):
                    raise selection.unknown(connection, name)
            if names:
                change(connection)

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of name."""
        with self.database.reading() as connection:
            found = connection.execute(f"SELECT {_SUMMARY} FROM documents NOT INDEXED").fetchall()
        return [DocumentSummary(*row) for row in sorted(found)]  # sorted here: the index would be read more slowly

    def collections(self) -> list[CollectionSummary]:
        """All collections in order of name."""
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT collection, count(*), sum(passages) FROM documents GROUP BY collection ORDER BY collection"
            )
            return [CollectionSummary(*row) for row in found]

    def text(self, name: str) -> str:
        """The source text of a document. Raises StoreError when there is none of that name."""
        with self.database.reading() as connection:
            return selection.extract(connection, name).text

    def extract(self, name: str) -> Extract:
        """What the reader made of the document, all of it. Raises StoreError when there is none of that name."""
        with self.database.reading() as connection:
            return selection.extract(connection, name)

    def display(self, name: str) -> CleanText:
        """The text as shown, whose every character knows its place in the source. Raises StoreError."""
        extract = self.extract(name)
        return clean(extract.text, extract.layout, extract.pages)

    def repairs(self, name: str) -> list[Repair]:
        """Every reading offered for a damaged place, applied or not, in places of the display text, rising."""
        with self.database.reading() as connection:
            extract, found = selection.extract(connection, name), selection.repairs(connection, name)
        if not found:
            return []
        offsets = np.array(clean(extract.text, extract.layout, extract.pages).offsets)
        return [
            Repair(at + r.start, at + r.end, r.reading, r.confidence, r.evidence)
            for start, repairs in found
            for at in [int(np.searchsorted(offsets, start))]
            for r in repairs
        ]

    def passage_ids(self) -> NDArray[np.int64]:
        """The ids of all passages, rising. An id is never used again, and what it stands for never changes."""
        with self.database.reading() as connection:
            ids = connection.execute("SELECT id FROM passages ORDER BY id")
            return np.fromiter((i for (i,) in ids), np.int64)

    def passage_headers(self, ids: Iterable[int] | None = None) -> list[PassageHeader]:
        """Of these passages, or of all, by id; ids no longer there are left out."""
        with self.database.reading() as connection:
            return selection.headers(connection, ids)

    def vectors(self, ids: Iterable[int] | None = None) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
        """Vectors (n, dim), float16, and the passage id that each belongs to, of these passages or of all, by id.

        A passage's own vector comes first, then those of its sentences, in order.
        """
        with self.database.reading() as connection:
            return selection.vectors(connection, ids)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages with these ids, in that order; ids no longer there are left out."""
        with self.database.reading() as connection:
            found = {p.id: p for p in selection.passages(connection, ids)}
        return [found[i] for i in map(int, ids) if i in found]

    def same_sentences(self, text: str) -> list[tuple[str, str, int, int]]:
        """(document, section, start, end) of every sentence that says `text`, spaces and signs not counted."""
        key, said = rows.key_of(text), bare(text)
        if key is None:
            return []
        found = [p for p in self.candidates([key]) if bare(p.text) == said]
        return [(p.document, p.section, p.start, p.end) for p in found]

    def candidates(self, hashes: Iterable[int]) -> list[SentencePlace]:
        """Every sentence that shares one of these keys (index.duplicates.sketch), by document and place."""
        with self.database.reading() as connection:
            return selection.places(connection, hashes)


def _likeness(passages: Sequence[Passage]) -> list[list[int]]:
    """The keys of each sentence: that of its very words, and those of sentences like it."""
    sentences = [s.text for p in passages for s in p.sentences]
    return [sorted({*filter(None, [rows.key_of(text)]), *sketch(text)}) for text in sentences]


def _check_unicode(document: Document) -> None:
    try:
        f"{document.name}{document.path}{document.text}{document.extract.title}".encode()
    except UnicodeEncodeError as error:
        name = document.name.encode(errors="replace").decode()
        raise StoreError(f"文档 {name} 里有不成字符的编码，没有放进库里。请另存为 UTF-8 文本后再添加。") from error
