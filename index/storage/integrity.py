"""A store -> its faults: what SQLite finds, what the documents' seals say, and whether every part fits the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from index.errors import JudianError
from index.storage import rows
from index.storage.database import GARBLED, StoreError
from index.storage.rows import PassageRow
from index.storage.schema import HEADER, INDEXES, SCHEMA_VERSION
from index.storage.soundness import DocumentRows, faults
from index.store import Store

MOST = 100  # lines of SQLite's own check

_HEADERS = f"SELECT id, seal, {', '.join(HEADER)} FROM documents NOT INDEXED ORDER BY id"
_PASSAGES = (
    "SELECT p.id, p.section, p.page, p.start, p.end, p.text, p.repairs, p.sentences, p.keys, v.matrix"
    " FROM passages p JOIN vectors v ON v.passage_id = p.id WHERE p.document_id = ? ORDER BY p.id"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `document` is empty where it is the store's own."""

    document: str
    message: str

    def __str__(self) -> str:
        return f"{self.document}：{self.message}" if self.document else self.message


def verify(store: Store, caches: bool = True) -> list[Fault]:
    """All faults; empty when the store is sound. Never raises for a damaged one."""
    found: list[Fault] = []
    for check in (_database, _manifest, _documents, _sequence, _likeness):
        found += _checked(store, check)
    if caches and not found:
        found += _caches(store)
    return found


def read_rows(connection: sqlite3.Connection, number: int, seal: str, header: tuple[object, ...]) -> DocumentRows:
    """All rows of the document with this id."""
    content = connection.execute("SELECT text, extract FROM contents WHERE document_id = ?", (number,)).fetchone()
    made = tuple((row[0], PassageRow(*row[1:])) for row in connection.execute(_PASSAGES, (number,)))
    text, extract = content or ("", b"")
    return DocumentRows(header, seal, text, extract, made)


def _checked(store: Store, check: Callable[[sqlite3.Connection], Iterator[Fault]]) -> list[Fault]:
    found: list[Fault] = []
    try:
        with store.database.reading() as connection:
            found.extend(check(connection))
    except StoreError as error:
        found.append(Fault("", str(error)))
    return found


def _database(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (line,) in connection.execute(f"PRAGMA integrity_check({MOST})"):
        if line != "ok":
            yield Fault("", f"数据库的页损坏：{line}")
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    for name in sorted(INDEXES - there):
        yield Fault("", f"缺少索引 {name}")
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield Fault("", f"表 {table} 的第 {row} 行不属于任何 {parent}")


def _manifest(connection: sqlite3.Connection) -> Iterator[Fault]:
    kept = dict(connection.execute("SELECT key, value FROM manifest"))
    wanted = {"schema", "encoder", "dim", "generation", "birth"}
    if set(kept) != wanted or not (kept["dim"].isdecimal() and kept["generation"].isdecimal() and kept["birth"]):
        yield Fault("", f"库的说明（manifest）不对：{kept}")
    elif kept["schema"] != SCHEMA_VERSION:
        yield Fault("", f"库的格式是版本 {kept['schema']}，本程序用版本 {SCHEMA_VERSION}")


def _documents(connection: sqlite3.Connection) -> Iterator[Fault]:
    manifest = dict(connection.execute("SELECT key, value FROM manifest"))
    for number, seal, *header in connection.execute(_HEADERS).fetchall():
        try:
            document = read_rows(connection, number, seal, tuple(header))
            found = list(faults(document, manifest["encoder"], int(manifest["dim"])))
        except (sqlite3.Error, *GARBLED) as error:
            found = [f"读不出来（{str(error)[:60]}）"]
        yield from (Fault(str(header[0]), fault) for fault in found)


def _sequence(connection: sqlite3.Connection) -> Iterator[Fault]:
    """An id must never be given twice: caches know passages by it."""
    for table in ("documents", "passages"):
        [(highest,)] = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchall()
        if highest and (len(given) != 1 or not isinstance(given[0][0], int) or given[0][0] < highest):
            yield Fault("", f"表 {table} 的编号计数不对：{given}，最大编号 {highest}")


def _likeness(connection: sqlite3.Connection) -> Iterator[Fault]:
    """The entries must be those that the passages hold; compared by their number and by two sums over all of them."""
    wanted, kept = np.zeros(3, np.uint64), np.zeros(3, np.uint64)
    for passage_id, packed in connection.execute("SELECT id, keys FROM passages"):
        keys, places = rows.unpack_keys(packed)
        wanted += _sums(keys, np.full(len(keys), passage_id, np.int64), places)
    entries = connection.execute("SELECT key, passage_id, place FROM likeness")
    while chunk := entries.fetchmany(10_000):
        kept += _sums(*np.array(chunk, np.int64).T)
    if (wanted != kept).any():
        yield Fault("", f"句子索引与段落不符：应有 {wanted[0]} 条，现有 {kept[0]} 条")


def _sums(keys: np.ndarray, ids: np.ndarray, places: np.ndarray) -> np.ndarray:
    """How many entries, and two sums of them that no small damage leaves as they were."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (ids.astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)) + (
        places.astype(np.uint64) * np.uint64(0x94D049BB133111EB)
    )
    mixed ^= mixed >> np.uint64(31)
    again = mixed * np.uint64(0xD6E8FEB86659FD93)
    return np.array([len(keys), mixed.sum(), (again ^ (again >> np.uint64(32))).sum()], np.uint64)


def _caches(store: Store) -> list[Fault]:
    from index.derived.indexes import check

    try:
        return [Fault("", line) for line in check(store)]
    except (JudianError, OSError, *GARBLED) as error:
        return [Fault("", f"检索缓存读不出来（{str(error)[:60]}）")]
