"""One question -> a line put into, or taken out of, a gold file; all other lines stay as they are, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

from eval.files import make_folder, write_whole
from eval.lines import open_text
from eval.questions import GoldQuestion, to_line


def put(path: Path, question: GoldQuestion) -> str:
    """Append the question, or put it in the place of the line with its id; returns the line."""
    make_folder(path.parent, "--gold 文件")
    line = to_line(question)
    lines = _lines(path)
    if any(_id(old) == question.id for old in lines):
        _write(path, [line if _id(old) == question.id else old for old in lines])
    else:
        _write(path, [*lines, line])
    return line


def take_out(path: Path, question_id: str) -> None:
    """Remove the line with this id; nothing happens where there is none."""
    lines = _lines(path)
    if any(_id(line) == question_id for line in lines):
        _write(path, [line for line in lines if _id(line) != question_id])


def _lines(path: Path) -> list[str]:
    if path.exists():
        open_text(path)  # tells what is wrong where it is no text
    text = path.read_bytes().decode("utf-8") if path.exists() else ""  # with the line ends and mark it has
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _write(path: Path, lines: list[str]) -> None:
    write_whole(path, "".join(f"{line}\n" for line in lines))


def _id(line: str) -> str | None:
    try:
        value = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value.get("id") if isinstance(value, dict) else None
