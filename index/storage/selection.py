"""A connection and names, ids or keys -> what the store's tables hold of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.extract import Extract
from index.passages import Passage
from index.reading import Repair, read_as
from index.storage import rows
from index.storage.database import StoreError
from index.storage.kept import PassageHeader, SentencePlace, StoredPassage

_THESE = "(SELECT value FROM json_each(?))"


def has(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is a document of that name."""
    return connection.execute("SELECT 1 FROM documents WHERE name = ?", (name,)).fetchone() is not None


def unknown(connection: sqlite3.Connection, name: str) -> StoreError:
    """What to say of a name that no document has."""
    names = [r[0] for r in connection.execute("SELECT name FROM documents ORDER BY name LIMIT 10")]
    return StoreError(
        f"库中没有名为 {name} 的文档。现有：{'、'.join(names) or '（空）'}\n查看全部：python -m index list"
    )


def dim(connection: sqlite3.Connection) -> int:
    """The length of the store's vectors."""
    return int(connection.execute("SELECT value FROM manifest WHERE key = 'dim'").fetchone()[0])


def extract(connection: sqlite3.Connection, name: str) -> Extract:
    """A document's Extract. Raises StoreError when there is none of that name."""
    row = connection.execute(
        "SELECT c.extract, c.text, d.title, d.date FROM documents d JOIN contents c ON c.document_id = d.id"
        " WHERE d.name = ?",
        (name,),
    ).fetchone()
    if row is None:
        raise unknown(connection, name)
    return rows.unpack_extract(*row)


def repairs(connection: sqlite3.Connection, name: str) -> list[tuple[int, tuple[Repair, ...]]]:
    """The source place of each passage of a document that has repairs, and these."""
    found = connection.execute(
        "SELECT p.start, p.repairs FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.name = ? AND p.repairs != '[]' ORDER BY p.start",
        (name,),
    )
    return [(start, rows.unpack_repairs(packed)) for start, packed in found]


def headers(connection: sqlite3.Connection, ids: Iterable[int] | None) -> list[PassageHeader]:
    """Of these passages, or of all, by id."""
    found = connection.execute(
        "SELECT p.id, d.name, d.collection, p.section, d.title, d.date, p.text, p.repairs"
        f" FROM passages p JOIN documents d ON d.id = p.document_id {_where('p.id', ids)} ORDER BY p.id",
        _bound(ids),
    )
    return [
        PassageHeader(number, name, collection, section, title, date, text, _reading(text, packed))
        for number, name, collection, section, title, date, text, packed in found
    ]


def vectors(connection: sqlite3.Connection, ids: Iterable[int] | None) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """Of these passages, or of all, by id: the vectors (n, dim) and their passages' ids."""
    width, bound, chosen = 2 * dim(connection), _bound(ids), _where("passage_id", ids)
    sizes = np.array(
        connection.execute(
            f"SELECT passage_id, length(matrix) FROM vectors {chosen} ORDER BY passage_id", bound
        ).fetchall(),
        np.int64,
    ).reshape(-1, 2)
    flat = np.empty(int(sizes[:, 1].sum()), np.uint8)  # filled row by row: they are in memory once
    at = 0
    for (packed,) in connection.execute(f"SELECT matrix FROM vectors {chosen} ORDER BY passage_id", bound):
        flat[at : at + len(packed)] = np.frombuffer(packed, np.uint8)
        at += len(packed)
    return flat.view(np.float16).reshape(-1, width // 2), np.repeat(sizes[:, 0], sizes[:, 1] // width)


def passages(connection: sqlite3.Connection, ids: Iterable[int]) -> list[StoredPassage]:
    """These passages, in no order."""
    width = dim(connection)
    found = connection.execute(
        "SELECT p.id, d.name, d.collection, p.section, p.start, p.end, p.text, p.sentences, p.page, p.repairs, v.matrix"
        " FROM passages p JOIN documents d ON d.id = p.document_id JOIN vectors v ON v.passage_id = p.id"
        f" {_where('p.id', ids)}",
        _bound(ids),
    )
    return [_stored(row, width) for row in found]


def places(connection: sqlite3.Connection, keys: Iterable[int]) -> list[SentencePlace]:
    """The sentences that have one of these keys, by document and place."""
    found = connection.execute(
        "SELECT d.name, p.section, p.sentences, k.place FROM"
        f" (SELECT DISTINCT passage_id, place FROM likeness WHERE key IN {_THESE}) k"
        " JOIN passages p ON p.id = k.passage_id JOIN documents d ON d.id = p.document_id",
        _bound(keys),
    )
    return sorted((_place(*row) for row in found), key=lambda p: (p.document, p.start))


def _place(document: str, section: str, sentences: str, place: int) -> SentencePlace:
    start, end, text, _, page, _ = json.loads(sentences)[place]
    return SentencePlace(document, section, page, start, end, text)


def _stored(row: tuple[Any, ...], width: int) -> StoredPassage:
    number, name, collection, section, start, end, text, sentences, page, repairs, matrix = row
    return StoredPassage(
        number,
        name,
        collection,
        Passage(section, start, end, text, rows.unpack_sentences(sentences), page, rows.unpack_repairs(repairs)),
        rows.unpack_matrix(matrix, width)[1:].astype(np.float32),
    )


def _where(column: str, ids: Iterable[int] | None) -> str:
    return "" if ids is None else f"WHERE {column} IN {_THESE}"


def _bound(ids: Iterable[int] | None) -> tuple[str, ...]:
    return () if ids is None else (json.dumps([int(i) for i in ids]),)


def _reading(text: str, packed: str) -> str:
    return text if packed == "[]" else read_as(text, rows.unpack_repairs(packed))
