"""A store's folder with a damaged or old database -> a sound one in its place, without encoding again.

Every document that is whole is kept as it is, byte for byte; the others are named. The database that was there is
kept beside the new one, and the caches are dropped, to be built again from it.
"""

from __future__ import annotations

import mmap
import os
import re
import shlex
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.storage.database import Database, StoreError, fill_new, sqlite_name
from index.storage.integrity import verify
from index.storage.pages import Pages
from index.storage.schema import FILE, HEADER, PAGE, SCHEMA_VERSION
from index.storage.soundness import DocumentRows
from index.storage.wreck import Named, Wreck
from index.storage.writing import put
from index.store import Store

PATIENCE = 3.0  # seconds that another program has to let go of the store
ORIGINALS = "旧库原文"  # folder for texts of an old store whose files are gone
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LIKELY = 2**40  # a higher id comes from a damaged page


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that has to be added again, and the command for it; without one where its path is not known."""

    name: str
    path: str
    command: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What rebuild() did: names kept and documents lost. `aside` is the database that was there; None if it was sound.

    Iterated over, it gives the lines to show.
    """

    kept: tuple[str, ...]
    lost: tuple[Lost, ...]
    aside: Path | None

    def __iter__(self) -> Iterator[str]:
        if self.aside is None:
            yield f"数据库完好：{len(self.kept)} 份文档。检索缓存已清除，下次检索时重建。"
            return
        yield f"保住 {len(self.kept)} 份文档（没有重新编码）。原来的数据库留在 {self.aside}，确认无误后可以删去。"
        if self.lost:
            yield f"有 {len(self.lost)} 份要重新添加："
        for lost in self.lost:
            yield f"  {lost.name}\t{lost.command or '（路径已读不出来，请找到原文件后用 index add 添加）'}"
        if not self.kept and not self.lost:
            yield "数据库里一份文档也读不出来。请重新添加：python -m index add 文件或文件夹"


def rebuild(folder: Path) -> Rebuilt:
    """Mend the store in `folder`. Raises StoreError when there is none, when another program uses it, or on a full disk."""
    database = Database(folder, PATIENCE)
    if not database.file.exists():
        raise StoreError(f"{folder} 里没有库。请先添加文档：python -m index add 文件或文件夹 --store {folder}")
    try:
        if old := _old_documents(database):
            return _put_aside(database, old)
        if not verify(Store(folder), caches=False):
            _drop_caches(folder)
            return Rebuilt(tuple(d.name for d in Store(folder).documents()), (), None)
        return _mend(database)
    except OSError as error:
        raise StoreError(f"不能修复库 {folder}：{error.strerror}。原库没有动；请检查权限和磁盘空间后重试。") from error


def _mend(database: Database) -> Rebuilt:
    with tempfile.TemporaryDirectory(dir=database.folder, prefix=".rebuilding-") as name:
        made = Path(name) / FILE
        with _alone(database), _wreck(database.file) as wreck:
            kept = _fill(made, wreck, database)
            lost = [_lost(named, database.folder) for named in wreck.lost(kept)]
        aside = _swap(database.file, made if made.exists() else None, "damaged")
    _drop_caches(database.folder)
    return Rebuilt(tuple(sorted(kept)), tuple(lost), aside)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """No other program has the database open meanwhile; one too damaged to be locked is read as it lies."""
    connection = database.connect("mode=rw")
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if sqlite_name(error).startswith("SQLITE_BUSY"):
            connection.close()
            raise StoreError(
                f"另一个程序正在用库 {database.folder}。请先关闭对话窗口和正在添加的命令，再运行修复。"
            ) from error
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.close()


@contextmanager
def _wreck(file: Path) -> Iterator[Wreck]:
    log = file.with_name(f"{FILE}-wal")
    with file.open("rb") as opened:
        logged = log.read_bytes() if log.exists() else b""
        if not os.fstat(opened.fileno()).st_size:
            yield Wreck(Pages(b"", logged, PAGE))
            return
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield Wreck(Pages(data, logged, PAGE))


def _fill(made: Path, wreck: Wreck, database: Database) -> list[str]:
    """A new database in `made` with every whole document; none where nothing says which encoder it was."""
    first = next(wreck.documents(), None)
    manifest = _manifest(wreck, first[1] if first else None)
    if manifest is None:
        return []
    kept: list[str] = []
    encoder, dim = manifest["encoder"], int(manifest["dim"])
    with database.explained():
        fill_new(made, manifest)
        with closing(sqlite3.connect(made, isolation_level=None)) as connection:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-131072"):  # in place after one fsync
                connection.execute(f"PRAGMA {pragma}").fetchone()
            connection.execute("BEGIN")
            for number, document in wreck.documents():
                if _fits(document, encoder, dim):
                    put(connection, number, document.header, (document.text, document.extract), document.passages)
                    kept.append(str(document.header[0]))
            _raise_sequence(connection, wreck.sequence)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    return kept


def _manifest(wreck: Wreck, document: DocumentRows | None) -> dict[str, str] | None:
    """Encoder and dim from a whole document if there is one, else from what is left of the manifest."""
    left = wreck.manifest
    known = left.get("generation", "")
    generation = int(known) + 1 if known.isdecimal() and len(known) < 16 else int(time.time())
    if document is not None:
        header = dict(zip(HEADER, document.header, strict=True))
        vectors = header["passages"] + header["sentences"]
        dim = sum(len(row.matrix) for _, row in document.passages) // (2 * vectors) if vectors else 0
        return {"encoder": header["encoder"], "dim": str(dim), "generation": str(generation)}
    if left.get("encoder") and left.get("dim", "").isdecimal():
        return {"encoder": left["encoder"], "dim": left["dim"], "generation": str(generation)}
    return None


def _fits(document: DocumentRows, encoder: str, dim: int) -> bool:
    header = dict(zip(HEADER, document.header, strict=True))
    sizes = sum(len(row.matrix) for _, row in document.passages)
    return bool(header["encoder"] == encoder) and sizes == 2 * dim * (header["passages"] + header["sentences"])


def _raise_sequence(connection: sqlite3.Connection, highest: Counter[str]) -> None:
    """Ids that the lost documents had are not given again."""
    for table, number in highest.items():
        if number < _LIKELY:
            connection.execute(
                "INSERT INTO sqlite_sequence SELECT ?, 0 WHERE NOT EXISTS"
                " (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
                (table, table),
            )
            connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table))


def _swap(file: Path, made: Path | None, why: str) -> Path:
    """`made` in the place of `file` at one instant; what was there keeps its bytes under another name."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = next(
        p for n in range(1, 10**6) if not (p := file.with_name(f"{FILE}.{why}-{stamp}{f'-{n}' * (n > 1)}")).exists()
    )
    log = file.with_name(f"{FILE}-wal")
    if log.exists():
        log.rename(aside.with_name(f"{aside.name}-wal"))
    file.with_name(f"{FILE}-shm").unlink(missing_ok=True)
    if made is None:
        file.rename(aside)
        return aside
    try:
        os.link(file, aside)
    except OSError:  # a file system without links: the store is away for a moment
        file.rename(aside)
    os.replace(made, file)
    return aside


def _lost(named: Named, folder: Path) -> Lost:
    words = ["python", "-m", "index", "add", named.path, "--store", str(folder)]
    if named.collection:
        words += ["--collection", named.collection]
    return Lost(named.name, named.path, shlex.join(words) if named.path else "")


def _drop_caches(folder: Path) -> None:
    from index.derived.indexes import drop

    drop(Store(folder))


def _old_documents(database: Database) -> list[tuple[str, str, str]]:
    """(name, path, text) of the documents of a store of an earlier version; none for any other store."""
    with suppress(StoreError), database.reading() as connection:
        version = dict(connection.execute("SELECT key, value FROM manifest")).get("schema", "")
        if version.isdecimal() and int(version) < int(SCHEMA_VERSION):
            return connection.execute("SELECT name, path, text FROM documents ORDER BY name").fetchall()
    return []


def _put_aside(database: Database, documents: Sequence[tuple[str, str, str]]) -> Rebuilt:
    """The passages of an earlier version cannot be used; its files, or else the texts it held, are added again."""
    with _alone(database):
        originals = [Named(row[0], _original(database.folder, *row), "") for row in documents]
    aside = _swap(database.file, None, "old")
    _drop_caches(database.folder)
    return Rebuilt((), tuple(_lost(named, database.folder) for named in originals), aside)


def _original(folder: Path, name: str, path: str, text: str) -> str:
    """The document's file; where it is gone, the text that the store held, in a file of its own."""
    if Path(path).is_file():
        return path
    file = folder / ORIGINALS / _NO_NAME.sub("_", name).lstrip(".")
    while file.exists():
        file = file.with_name(f"_{file.name}")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    return str(file)
