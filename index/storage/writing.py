"""Rows of a document -> the tables, inside a transaction that the caller began."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from index.documents import Document
from index.storage import rows
from index.storage.database import GARBLED, StoreError
from index.storage.rows import PassageRow
from index.storage.schema import HEADER

_COLUMNS = ", ".join(HEADER)
_PUT_HEADER = f"INSERT INTO documents (id, {_COLUMNS}, seal) VALUES ({', '.join('?' * (len(HEADER) + 2))})"


def insert(
    connection: sqlite3.Connection,
    document: Document,
    made: Sequence[PassageRow],
    dim: int,
    collection: str,
    added_at: str,
) -> None:
    """Put in a document that is not there. Raises StoreError when its vectors are not of the store's length."""
    manifest = dict(connection.execute("SELECT key, value FROM manifest"))
    if int(manifest["dim"]) != dim:
        raise StoreError(
            f"文档 {document.name} 的向量是 {dim} 维，库是 {manifest['dim']} 维，没有放进去。请换一个编码器。"
        )
    extract = rows.pack_extract(document.extract)
    header = (
        document.name,
        collection,
        document.path,
        document.sha256,
        document.extract.title,
        document.extract.date,
        added_at,
        manifest["encoder"],
        len(document.text),
        len(document.extract.pages),
        len(made),
        sum(len(row.matrix) // (2 * dim) - 1 for row in made),
        rows.content_digest(document.text, extract, made),
    )
    ids = range(_next(connection, "passages"), _next(connection, "passages") + len(made))
    put(connection, _next(connection, "documents"), header, (document.text, extract), list(zip(ids, made, strict=True)))


def put(
    connection: sqlite3.Connection,
    number: int,
    header: Sequence[Any],
    content: tuple[str, bytes],
    made: Sequence[tuple[int, PassageRow]],
) -> None:
    """Put in the rows of one document under these ids."""
    connection.execute(_PUT_HEADER, (number, *header, rows.seal(header)))
    connection.execute("INSERT INTO contents VALUES (?, ?, ?)", (number, *content))
    connection.executemany(
        f"INSERT INTO passages VALUES ({', '.join('?' * 10)})", [(i, number, *row.columns()) for i, row in made]
    )
    connection.executemany("INSERT INTO vectors VALUES (?, ?)", [(i, row.matrix) for i, row in made])
    entries = sorted(entry for i, row in made for entry in likeness(i, row.keys))
    connection.executemany("INSERT INTO likeness VALUES (?, ?, ?)", entries)


def take_out(connection: sqlite3.Connection, name: str) -> bool:
    """Take a document out with all that belongs to it; False when there is none of that name."""
    packed = connection.execute(
        "SELECT p.id, p.keys FROM passages p JOIN documents d ON d.id = p.document_id WHERE d.name = ?", (name,)
    ).fetchall()
    try:
        entries = sorted(entry for i, keys in packed for entry in likeness(i, keys))
    except GARBLED as error:
        raise StoreError(f"文档 {name} 的数据已损坏，没有改动。请修复：python -m index rebuild") from error
    connection.executemany("DELETE FROM likeness WHERE key = ? AND passage_id = ? AND place = ?", entries)
    return connection.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount > 0


def move(connection: sqlite3.Connection, name: str, new_name: str, new_path: str) -> bool:
    """Change a document's name and path, and its seal; False when there is none of that name."""
    header = connection.execute(f"SELECT {_COLUMNS} FROM documents WHERE name = ?", (name,)).fetchone()
    if header is None:
        return False
    moved = dict(zip(HEADER, header, strict=True)) | {"name": new_name, "path": new_path}
    connection.execute(
        "UPDATE documents SET name = ?, path = ?, seal = ? WHERE name = ?",
        (new_name, new_path, rows.seal(list(moved.values())), name),
    )
    return True


def change(connection: sqlite3.Connection) -> None:
    """Note that the documents are others now."""
    connection.execute("UPDATE manifest SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")


def likeness(passage_id: int, packed: bytes) -> list[tuple[int, int, int]]:
    """The entries (key, passage id, place) of one passage."""
    keys, places = rows.unpack_keys(packed)
    return [(key, passage_id, place) for key, place in zip(keys.tolist(), places.tolist(), strict=True)]


def _next(connection: sqlite3.Connection, table: str) -> int:
    """The id after the highest that was ever given."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return row[0] + 1 if row else 1
