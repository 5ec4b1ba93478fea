"""Documents, passages, sentences and vectors in SQLite: the truth from which every index is derived."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.encoder import Vectors
from index.errors import JudianError
from index.folding import bare
from index.passages import Passage, Sentence

FILE = "judian.sqlite"
SCHEMA_VERSION = "1"
BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  text TEXT NOT NULL, added_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
  section TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (document_id);
CREATE TABLE IF NOT EXISTS sentences (
  id INTEGER PRIMARY KEY, passage_id INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, gaps TEXT NOT NULL, bare TEXT NOT NULL,
  vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS sentences_of_passage ON sentences (passage_id);
CREATE INDEX IF NOT EXISTS sentences_saying_the_same ON sentences (bare);
"""


class StoreError(JudianError):
    """The store cannot be opened, read or written; the message says what mends it."""


class EmptyStoreError(StoreError):
    """There is nothing to search."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as kept, with the name of its document."""

    id: int
    document: str
    passage: Passage
    sentence_vectors: Vectors  # (sentences, dim), in their order


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One line of `index list`: counts are of source characters, passages and sentences."""

    name: str
    path: str
    sha256: str
    characters: int
    passages: int
    sentences: int
    added_at: str


class Store:
    """One folder. Reading opens a connection a call, so that threads and processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / FILE

    @classmethod
    def create(cls, folder: Path, encoder: str, dim: int) -> Store:
        """Open the store in `folder`, making it if absent. Raises StoreError when another encoder built it."""
        store = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"不能建立库文件夹 {folder}：{error.strerror}。请换一个位置：--store 文件夹") from error
        with store._connect() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            rows = [("schema", SCHEMA_VERSION), ("encoder", encoder), ("dim", str(dim)), ("generation", "0")]
            connection.executemany("INSERT OR IGNORE INTO manifest VALUES (?, ?)", rows)
        store.check_encoder(encoder)
        return store

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open an existing store. Raises StoreError when there is none."""
        store = cls(folder)
        if not store._file.exists():
            raise StoreError(
                f"还没有建库：{folder} 里没有索引。\n请先添加文档：python -m index add 文件或文件夹 --store {folder}"
                "\n（要用自带的示例文档：make setup）"
            )
        version = store.manifest().get("schema", "?")
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"库 {folder} 的格式是版本 {version}，本程序用版本 {SCHEMA_VERSION}。请换一个文件夹重新添加文档。"
            )
        return store

    def manifest(self) -> dict[str, str]:
        """Keys schema, encoder, dim and generation (which rises by one with every change)."""
        with self._connect() as connection:
            return dict(connection.execute("SELECT key, value FROM manifest"))

    def generation(self) -> int:
        """A number that rises with every change to the documents."""
        return int(self.manifest()["generation"])

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
        with self._connect() as connection:
            if connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone():
                return
        raise EmptyStoreError(
            f"库 {self.folder} 是空的，没有可检索的文档。\n"
            f"请先添加：python -m index add 文件或文件夹 --store {self.folder}"
        )

    def replace(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Add `document`, or put it in the place of the one of that name, in one transaction.

        `vectors` are unit vectors: one a passage, in order, then one a sentence, in order.
        """
        half = vectors.astype(np.float16)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM documents WHERE name = ?", (document.name,))
            cursor = connection.execute(
                "INSERT INTO documents (name, path, sha256, text, added_at) VALUES (?, ?, ?, ?, ?)",
                (document.name, document.path, document.sha256, document.text, now),
            )
            row = len(passages)
            for n, p in enumerate(passages):
                kept = connection.execute(
                    "INSERT INTO passages (document_id, section, start, end, text, vector) VALUES (?, ?, ?, ?, ?, ?)",
                    (cursor.lastrowid, p.section, p.start, p.end, p.text, half[n].tobytes()),
                )
                connection.executemany(
                    "INSERT INTO sentences (passage_id, start, end, text, gaps, bare, vector) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        (
                            kept.lastrowid,
                            s.start,
                            s.end,
                            s.text,
                            json.dumps(s.gaps),
                            bare(s.text),
                            half[row + i].tobytes(),
                        )
                        for i, s in enumerate(p.sentences)
                    ],
                )
                row += len(p.sentences)
            self._changed(connection)

    def remove(self, name: str) -> None:
        """Take the document out. Raises StoreError when there is none of that name."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount:
                raise self._unknown(connection, name)
            self._changed(connection)

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of name."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT d.name, d.path, d.sha256, length(d.text),"
                " (SELECT count(*) FROM passages p WHERE p.document_id = d.id),"
                " (SELECT count(*) FROM sentences s JOIN passages p ON p.id = s.passage_id"
                "  WHERE p.document_id = d.id), d.added_at FROM documents d ORDER BY d.name"
            )
            return [DocumentSummary(*row) for row in rows]

    def text(self, name: str) -> str:
        """The source text of a document. Raises StoreError when there is none of that name."""
        with self._connect() as connection:
            row = connection.execute("SELECT text FROM documents WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise self._unknown(connection, name)
            return str(row[0])

    def passage_headers(self) -> list[tuple[int, str, str, str]]:
        """(id, document name, section, text) of every passage, by id."""
        with self._connect() as connection:
            return connection.execute(
                "SELECT p.id, d.name, p.section, p.text FROM passages p JOIN documents d ON d.id = p.document_id"
                " ORDER BY p.id"
            ).fetchall()

    def vectors(self) -> tuple[Vectors, NDArray[np.int64]]:
        """All vectors (n, dim), float32, and the passage id that each belongs to."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT id, vector FROM passages UNION ALL SELECT passage_id, vector FROM sentences ORDER BY 1"
            ).fetchall()
        dim = int(self.manifest()["dim"])
        matrix = np.frombuffer(b"".join(r[1] for r in rows), np.float16).reshape(len(rows), dim)
        return matrix.astype(np.float32), np.array([r[0] for r in rows], np.int64)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages with these ids, in that order; ids no longer there are left out."""
        with self._connect() as connection:
            connection.execute("BEGIN")  # all of them as they stand at one instant
            found = {i: self._passage(connection, i) for i in ids}
        return [p for i in ids if (p := found[i]) is not None]

    def same_sentences(self, text: str) -> list[tuple[str, str, int, int]]:
        """(document, section, start, end) of every sentence that says `text`, spaces and signs not counted."""
        with self._connect() as connection:
            return connection.execute(
                "SELECT d.name, p.section, s.start, s.end FROM sentences s JOIN passages p ON p.id = s.passage_id"
                " JOIN documents d ON d.id = p.document_id WHERE s.bare = ? ORDER BY d.name, s.start",
                (bare(text),),
            ).fetchall()

    def integrity(self) -> list[str]:
        """Faults found by SQLite itself and by counting; empty when the store is sound."""
        with self._connect() as connection:
            faults = [str(r[0]) for r in connection.execute("PRAGMA integrity_check") if r[0] != "ok"]
            faults += [f"外键错误：{r}" for r in connection.execute("PRAGMA foreign_key_check")]
            size = 2 * int(dict(connection.execute("SELECT key, value FROM manifest")).get("dim", 0))
            for table in ("passages", "sentences"):
                bad = connection.execute(f"SELECT count(*) FROM {table} WHERE length(vector) != ?", (size,)).fetchone()
                faults += [f"{table} 中有 {bad[0]} 个向量长度不对"] if bad[0] else []
        return faults

    def _passage(self, connection: sqlite3.Connection, passage_id: int) -> StoredPassage | None:
        row = connection.execute(
            "SELECT d.name, p.section, p.start, p.end, p.text FROM passages p"
            " JOIN documents d ON d.id = p.document_id WHERE p.id = ?",
            (passage_id,),
        ).fetchone()
        if row is None:
            return None
        sentences = connection.execute(
            "SELECT start, end, text, gaps, vector FROM sentences WHERE passage_id = ? ORDER BY id", (passage_id,)
        ).fetchall()
        name, section, start, end, text = row
        return StoredPassage(
            passage_id,
            name,
            Passage(section, start, end, text, tuple(Sentence(s[0], s[1], s[2], _gaps(s[3])) for s in sentences)),
            np.stack([np.frombuffer(s[4], np.float16) for s in sentences]).astype(np.float32),
        )

    def _changed(self, connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE manifest SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")

    def _unknown(self, connection: sqlite3.Connection, name: str) -> StoreError:
        names = [r[0] for r in connection.execute("SELECT name FROM documents ORDER BY name LIMIT 10")]
        return StoreError(
            f"库中没有名为 {name} 的文档。现有：{'、'.join(names) or '（空）'}\n查看全部：python -m index list"
        )

    def _address(self) -> str:
        """The database; as a file that does not change where SQLite cannot put its write-ahead log beside it."""
        address = self._file.absolute().as_uri()
        writable = os.access(self.folder, os.W_OK) or self._file.with_name(f"{FILE}-wal").exists()
        return address if writable else f"{address}?mode=ro&immutable=1"

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """A connection that commits at the end, or rolls back and explains what went wrong."""
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self._address(), timeout=BUSY_SECONDS, isolation_level=None, uri=True)
            connection.execute("PRAGMA foreign_keys=ON")
            yield connection
            if connection.in_transaction:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(_explain(self.folder, error)) from error
        finally:
            if connection is not None:
                connection.close()


def _gaps(kept: str) -> tuple[tuple[int, int], ...]:
    return tuple((at, dropped) for at, dropped in json.loads(kept))


def _explain(folder: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return f"磁盘已满，库 {folder} 没有改动。请腾出空间后重试。"
    if name.startswith("SQLITE_BUSY"):
        return f"另一个程序正在写库 {folder}，等了 {BUSY_SECONDS:.0f} 秒仍未结束。请稍后重试。"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"不能写入库 {folder}（只读或没有权限）。请检查权限，或换一个位置：--store 文件夹"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "no such table" in str(error):
        return f"库 {folder} 的数据库已损坏。请检查：python -m index verify --store {folder}；或删去该文件夹后重新添加文档。"
    return f"库 {folder} 出错：{error}"
