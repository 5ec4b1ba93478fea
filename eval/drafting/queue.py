"""Proposals waiting for a person, in one SQLite file: drafted, taken from feedback, accepted, edited, dropped.

Several processes may use it at once: each change is one short transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.drafting.proposals import Proposal, from_json, to_json
from index.errors import JudianError

FILE = "gold.sqlite"  # in the folder of the store: the proposals are about its documents
BUSY_SECONDS = 30.0
State = Literal["waiting", "accepted", "edited", "dropped"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS proposals (
  place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, question TEXT NOT NULL,
  origin TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', proposal TEXT NOT NULL, decided TEXT NOT NULL DEFAULT '',
  created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tried (seed TEXT PRIMARY KEY, outcome TEXT NOT NULL) WITHOUT ROWID;
"""


class QueueError(JudianError):
    """The file cannot be read or written; the message says what mends it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal and what became of it; `decided` is the line put into the gold set, "" where there is none."""

    proposal: Proposal
    state: State
    decided: str


class Queue:
    """One file. Opening makes it; a connection a call, so that threads and processes may share it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise QueueError(f"不能建立文件夹 {file.parent}：{error.strerror}。请换一个位置：--queue 文件") from error
        with self.transaction() as connection:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)

    def add(self, proposals: Iterable[Proposal]) -> None:
        """Add them; one that is there already is renewed while it waits, and left alone once it is judged."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT INTO proposals (id, kind, question, origin, proposal, created) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, question = excluded.question,"
                " proposal = excluded.proposal WHERE state = 'waiting'",
                [
                    (p.id, p.kind, p.question, p.origin, json.dumps(to_json(p), ensure_ascii=False), p.created)
                    for p in proposals
                ],
            )

    def withdraw(self, ids: Iterable[str]) -> None:
        """Take out those that still wait, such as feedback that its author took back."""
        with self.transaction() as connection:
            connection.executemany("DELETE FROM proposals WHERE id = ? AND state = 'waiting'", [(i,) for i in ids])

    def entries(self) -> list[Entry]:
        """All of them, in the order in which they came."""
        with self.transaction() as connection:
            rows = connection.execute("SELECT proposal, state, decided FROM proposals ORDER BY place").fetchall()
        try:
            return [Entry(from_json(json.loads(text)), state, decided) for text, state, decided in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise QueueError(_damaged(self.file)) from error

    def tried(self) -> dict[str, str]:
        """Seed -> what became of it, for every one that was drafted from."""
        with self.transaction() as connection:
            return dict(connection.execute("SELECT seed, outcome FROM tried"))

    def mark_tried(self, seed: str, outcome: str) -> None:
        """Remember that a seed was drafted from."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO tried VALUES (?, ?)", (seed, outcome))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection that alone may write; commits at the end, rolls back when something is raised."""
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise QueueError(_explain(self.file, error)) from error
        finally:
            if connection is not None:
                connection.close()  # rolls back what was not committed


def state_of(connection: sqlite3.Connection, proposal_id: str) -> tuple[State, str] | None:
    """The state and the decided line of a proposal inside a transaction."""
    row = connection.execute("SELECT state, decided FROM proposals WHERE id = ?", (proposal_id,)).fetchone()
    return (row[0], row[1]) if row else None


def set_state(connection: sqlite3.Connection, proposal_id: str, state: State, decided: str = "") -> None:
    """Judge a proposal inside a transaction."""
    connection.execute("UPDATE proposals SET state = ?, decided = ? WHERE id = ?", (state, decided, proposal_id))


def _explain(file: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_BUSY"):
        return f"另一个程序正在写 {file}，等了 {BUSY_SECONDS:.0f} 秒仍未结束。请稍后重试。"
    if name.startswith("SQLITE_FULL"):
        return f"磁盘已满，{file} 没有改动。请腾出空间后重试。"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"不能写入 {file}（只读或没有权限）。请检查权限，或换一个位置：--queue 文件"
    return _damaged(file)


def _damaged(file: Path) -> str:
    return f"待审题目的文件 {file} 已损坏，读不出来。请把它改名留存后重新出题：python -m eval draft（已收下的题在评测集文件里，不受影响）"
