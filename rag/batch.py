"""A file of questions -> a file of results, a JSON object a line, written as each is done."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import JudianError
from rag.answer import Message


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch; `history` are the turns before it, oldest first."""

    id: str
    text: str
    history: tuple[Message, ...]


def read_questions(path: Path) -> list[Question]:
    """All questions of a JSON Lines file. Raises JudianError with the line and what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了问题文件 {path}：{error}") from error
    questions = [_question(line, n, path) for n, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise JudianError(f"问题文件 {path} 里没有问题。每行一个 JSON 对象，如：" + '{"id": "1", "question": "……"}')
    return questions


def run(questions: list[Question], out: Path, one: Callable[[Question], Mapping[str, Any]]) -> int:
    """Write one(question) for each; a question that fails is reported and left out. Returns how many failed."""
    from tqdm import tqdm

    failed = 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8") as file, tqdm(questions, unit="问", file=sys.stderr) as bar:
            for question in bar:
                try:
                    file.write(json.dumps(one(question), ensure_ascii=False) + "\n")
                except JudianError as error:
                    failed += 1
                    bar.write(f"{question.id}：{error}", file=sys.stderr)
                file.flush()
    except OSError as error:
        raise JudianError(f"写不了 {out}：{error.strerror or error}") from error
    return failed


def _question(line: str, number: int, path: Path) -> Question:
    where = f"{path} 第 {number} 行"
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise JudianError(f"{where} 不是 JSON：{error}") from error
    if not isinstance(value, dict) or not isinstance(value.get("question"), str):
        raise JudianError(f'{where} 缺少字段 "question"（文字）')
    return Question(str(value.get("id", number)), value["question"], tuple(_turns(value.get("history") or [], where)))


def _turns(history: object, where: str) -> Iterator[Message]:
    if not isinstance(history, list):
        raise JudianError(f'{where} 的 "history" 应是数组')
    for turn in history:
        if not isinstance(turn, dict) or not {"role", "content"} <= set(turn):
            raise JudianError(f'{where} 的 "history" 各项应有 "role" 和 "content"')
        yield {"role": str(turn["role"]), "content": str(turn["content"])}
