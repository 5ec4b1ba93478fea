"""Text -> a file that is either the old one or the whole new one; objects -> a file that grows line by line."""

from __future__ import annotations

import contextlib
import json
import os
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from index.errors import JudianError


def make_folder(folder: Path, option: str = "--out 文件夹") -> None:
    """Make `folder` and its parents. Raises JudianError when that is not possible, naming the `option` to change."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JudianError(f"不能建立文件夹 {folder}：{error.strerror}。请换一个位置：{option}") from error


def remove(paths: Iterable[Path]) -> None:
    """Take the files away that are there. Raises JudianError when that is not possible."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise JudianError(f"删不了 {path}：{error.strerror}。请检查权限。") from error


def write_whole(path: Path, text: str) -> None:
    """Put `text` in the place of the file in one step: a process killed at any instant leaves no half file."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise JudianError(f"写不了 {path}：{error.strerror}。请检查磁盘空间和权限。") from error


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Add the object as one line. Raises JudianError; what `whole_lines` gives is then what was there before."""
    try:
        with path.open("ab") as file:
            file.write((json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8"))
    except OSError as error:
        raise JudianError(f"写不了 {path}：{error.strerror}。请检查磁盘空间和权限；之前的都保留着。") from error


def whole_lines(path: Path) -> list[str]:
    """The lines of a file of `append_line`, one that was cut off at the end (maybe inside a character) left out;
    none where there is no file. Raises JudianError."""
    try:
        data = path.read_bytes().removeprefix(BOM_UTF8) if path.exists() else b""
        *lines, last = data.split(b"\n")
        return [line.decode("utf-8") for line in (*lines, *([last] if _is_object(last) else []))]
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了 {path}：{error}。请删去这个文件，或去掉 --resume 从头来过。") from error


def _is_object(line: bytes) -> bool:
    """Whether it is a whole JSON object: an editor may have taken away the last line end."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
