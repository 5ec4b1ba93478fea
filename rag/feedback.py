"""What readers thought of answers, in SQLite beside the store: question, answer with its citations, verdict, reason."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from index.errors import JudianError
from rag.answer import Message

FILE = "feedback.sqlite"  # in the folder of the store
BUSY_SECONDS = 30.0
REASONS = ("答非所问", "出处不对", "漏答", "应拒答", "其他")
REFUSAL_REASONS = ("不该拒答", "其他")

Thumb = Literal["up", "down"]

_SCHEMA = """CREATE TABLE IF NOT EXISTS feedback (
  id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, history TEXT NOT NULL, answer TEXT NOT NULL,
  verdict TEXT NOT NULL, reason TEXT NOT NULL, models TEXT NOT NULL, created TEXT NOT NULL)"""


class FeedbackError(JudianError):
    """The file cannot be read or written; the message says what mends it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's verdict on one answer.

    `answer` is the object of the contract (rag.answer.to_json); `reason` is one of REASONS or REFUSAL_REASONS, ""
    where none was given; `models` names encoder and language model; `created` is an ISO time.
    """

    id: int
    question: str
    history: tuple[Message, ...]
    answer: Mapping[str, Any]
    verdict: Thumb
    reason: str
    models: Mapping[str, str]
    created: str


class FeedbackFile:
    """One file, made with the first verdict. A connection a call: threads and processes may share it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def put(
        self,
        question: str,
        history: Sequence[Message],
        answer: Mapping[str, Any],
        verdict: Thumb,
        models: Mapping[str, str],
    ) -> int:
        """Keep a verdict; the number under which it is kept."""
        values = (
            question, json.dumps(list(history), ensure_ascii=False), json.dumps(answer, ensure_ascii=False), verdict, "",
            json.dumps(models, ensure_ascii=False), datetime.now(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip
        with self._connect() as connection:
            connection.execute(_SCHEMA)
            cursor = connection.execute(
                "INSERT INTO feedback (question, history, answer, verdict, reason, models, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return int(cursor.lastrowid or 0)

    def change(self, number: int, verdict: Thumb, reason: str = "") -> None:
        """The reader thought again, or gave a reason."""
        with self._connect() as connection:
            connection.execute("UPDATE feedback SET verdict = ?, reason = ? WHERE id = ?", (verdict, reason, number))

    def withdraw(self, number: int) -> None:
        """The reader took it back."""
        with self._connect() as connection:
            connection.execute("DELETE FROM feedback WHERE id = ?", (number,))

    def all(self) -> list[Feedback]:
        """Every verdict, oldest first; none where nobody has given one."""
        if not self.file.exists():
            return []
        with self._connect() as connection:
            connection.execute(_SCHEMA)
            rows = connection.execute(
                "SELECT id, question, history, answer, verdict, reason, models, created FROM feedback ORDER BY id"
            ).fetchall()
        try:
            return [
                Feedback(r[0], r[1], tuple(json.loads(r[2])), json.loads(r[3]), r[4], r[5], json.loads(r[6]), r[7])
                for r in rows
            ]
        except (ValueError, TypeError) as error:
            raise FeedbackError(_damaged(self.file)) from error

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                yield connection
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")):
                raise FeedbackError(_damaged(self.file)) from error
            raise FeedbackError(f"反馈没有存下（{self.file}）：{error}。请检查磁盘空间和权限。") from error


def _damaged(file: Path) -> str:
    return f"反馈文件 {file} 已损坏，读不出来。请把它改名留存；之后的反馈会存进新的文件。"
