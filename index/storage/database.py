"""A folder -> connections to its SQLite file, each one transaction; every failure is explained in Chinese.

Written through a write-ahead log, so that readers never wait and kill -9 at any instant loses no finished transaction.
synchronous=NORMAL: a power cut may lose the last moments' transactions, whole, but cannot damage what is there.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from index.errors import JudianError
from index.storage.schema import FILE, PAGE, SCHEMA_VERSION, STATEMENTS

BUSY_SECONDS = 30.0
LOG_LIMIT = 64 * 2**20  # bytes that the write-ahead log keeps on disk after a larger document

_LOCKLESS = "win32-none" if os.name == "nt" else "unix-none"
_UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
_UNHELD = (*_UNWRITABLE, "SQLITE_FULL", "SQLITE_IOERR")  # the log's index cannot be made
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ", "SQLITE_FORMAT")
_DAMAGED_WORDS = ("no such table", "no such column", "Could not decode")
GARBLED = (ValueError, LookupError, TypeError, ArithmeticError, zlib.error)  # what a damaged value makes of reading it


class StoreError(JudianError):
    """The store cannot be opened, read or written; the message says what mends it."""


class EmptyStoreError(StoreError):
    """There is nothing to search."""


class Database:
    """The SQLite file of one folder. A connection a call, so that threads and processes may share it."""

    def __init__(self, folder: Path, patience: float = BUSY_SECONDS) -> None:
        self.folder = folder
        self.file = folder / FILE
        self._patience = patience

    def create(self, encoder: str, dim: int) -> None:
        """Make the file if absent: built aside and put in its place whole, so that a half-made one is never seen."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.file.exists():
                return
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".creating-") as name:
                made = Path(name) / FILE
                fill_new(made, {"encoder": encoder, "dim": str(dim), "generation": "0"})
                sweep(self.file)
                put_in_place(made, self.file)
        except OSError as error:
            raise StoreError(
                f"不能建立库文件夹 {self.folder}：{error.strerror}。请换一个位置：--store 文件夹"
            ) from error
        except sqlite3.Error as error:
            raise StoreError(self._explain(error)) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees the store as it stands at one instant."""
        with self.explained(), closing(self._connect_to_read()) as connection:
            try:
                yield connection
            except GARBLED as error:
                raise StoreError(self._damaged()) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """The file stays open, so that a change does not end with putting the log back."""
        with self.explained():
            connection = self._connect_to_read()
        try:
            connection.execute("COMMIT")  # of the file, not of the state of this instant
            yield
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction: committed at the end, rolled back when anything fails."""
        with self.explained(), closing(self.connect("mode=rw")) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")  # what is removed is gone from the file, too
            connection.execute("PRAGMA cache_size=-32768")
            connection.execute(f"PRAGMA journal_size_limit={LOG_LIMIT}")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def connect(self, mode: str) -> sqlite3.Connection:
        """A connection without a transaction; `mode` as in SQLite's addresses."""
        address = f"{self.file.absolute().as_uri()}?{mode}"
        return sqlite3.connect(address, timeout=self._patience, isolation_level=None, uri=True)

    def _connect_to_read(self) -> sqlite3.Connection:
        """As the others do, or without their log's index where nothing can be written: a full or read-only disk."""
        try:
            return self._begun("mode=rw")
        except sqlite3.Error as error:
            if not self.file.exists() or not sqlite_name(error).startswith(_UNHELD):
                raise
        if self.file.with_name(f"{FILE}-wal").exists():
            return self._begun(f"mode=ro&vfs={_LOCKLESS}", "PRAGMA locking_mode=EXCLUSIVE")
        return self._begun("mode=ro&immutable=1")

    def _begun(self, mode: str, *pragmas: str) -> sqlite3.Connection:
        connection = self.connect(mode)
        try:
            for statement in (*pragmas, "BEGIN", "SELECT 1 FROM sqlite_schema"):
                connection.execute(statement).fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What SQLite raises inside becomes a StoreError."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(self._explain(error)) from error

    def _explain(self, error: sqlite3.Error) -> str:
        name, folder = sqlite_name(error), self.folder
        if not self.file.exists():
            return (
                f"还没有建库：{folder} 里没有索引。\n请先添加文档：python -m index add 文件或文件夹 --store {folder}"
                "\n（要用自带的示例文档：make setup）"
            )
        if name.startswith("SQLITE_FULL") or (name.startswith(_UNHELD) and _is_full(folder)):
            return f"磁盘已满，库 {folder} 没有改动。请腾出空间后重试。"
        if name.startswith("SQLITE_BUSY"):
            return f"另一个程序正在写库 {folder}，等了 {self._patience:g} 秒仍未结束。请稍后重试。"
        if name.startswith(_DAMAGED) or str(error).startswith(_DAMAGED_WORDS):
            return self._damaged()
        if name.startswith("SQLITE_TOOBIG"):
            return f"文档太大，放不进库 {folder}。请拆成几个文件后再添加。"
        if name.startswith(_UNWRITABLE):
            return f"不能写入库 {folder}（只读或没有权限）。请检查权限，或换一个位置：--store 文件夹"
        if name.startswith("SQLITE_IOERR"):
            return f"读写库 {folder} 时磁盘出错（{error}），库没有改动。请检查磁盘和空间后重试。"
        return f"库 {folder} 出错：{error}"

    def _damaged(self) -> str:
        return f"库 {self.folder} 的数据库已损坏。请修复（不用重新编码）：python -m index rebuild --store {self.folder}"


def fill_new(file: Path, manifest: dict[str, str]) -> None:
    """A new, empty database in `file`, with a birth id of its own."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in STATEMENTS:
            connection.execute(statement)
        rows = {"schema": SCHEMA_VERSION, "birth": secrets.token_hex(8), **manifest}
        connection.executemany("INSERT INTO manifest VALUES (?, ?)", rows.items())
        connection.execute("COMMIT")


def put_in_place(made: Path, file: Path) -> None:
    """`made` becomes `file`, unless another process was quicker."""
    try:
        os.link(made, file)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not file.exists():
            made.rename(file)


def sweep(file: Path) -> None:
    """Take away the log of a database that somebody deleted: SQLite would write it into the next one."""
    log = file.with_name(f"{FILE}-wal")
    with suppress(FileNotFoundError):
        seen = log.stat().st_ino
        if not file.exists() and log.stat().st_ino == seen:  # else another process has just begun a new one
            log.unlink()
            file.with_name(f"{FILE}-shm").unlink()


def sqlite_name(error: sqlite3.Error) -> str:
    """SQLITE_BUSY and the like; empty for what Python itself found."""
    return str(getattr(error, "sqlite_errorname", ""))


def _is_full(folder: Path) -> bool:
    """No block left: what SQLite then reports depends on which of its files could not grow."""
    try:
        return shutil.disk_usage(folder).free < PAGE
    except OSError:
        return False
