"""A JSON Lines file -> its objects with their places, and checked fields; errors name place, field and remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.errors import JudianError


class DatasetError(JudianError):
    """A gold set or BEIR folder that cannot be read; the message names place, field and remedy."""


def read_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line number from 1, object) of every line that is not blank. Raises DatasetError at the first bad one."""
    for number, value in read_each(path):
        if isinstance(value, DatasetError):
            raise value
        yield number, value


def read_each(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | DatasetError]]:
    """(line number from 1, object) of every line that is not blank, with the error in the place of a bad one."""
    for number, line in enumerate(open_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            at = f"（第 {error.colno} 个字符处）" if isinstance(error, json.JSONDecodeError) else ""
            yield number, DatasetError(f"{path} 第 {number} 行不是完整的 JSON{at}。请检查引号、逗号和括号。")
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            yield number, DatasetError(f"{path} 第 {number} 行应是一个 JSON 对象 {{…}}。请改正。")


def open_text(path: Path) -> str:
    """The text of a UTF-8 file. Raises DatasetError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError(f"找不到 {path}。请检查路径。") from error
    except (UnicodeDecodeError, OSError) as error:
        raise DatasetError(f"读不了 {path}：{error}。请确认它是 UTF-8 编码的文本文件。") from error


def string_field(value: Mapping[str, Any], field: str, where: str) -> str:
    """A field that must be a string, maybe an empty one."""
    found = value.get(field)
    if not isinstance(found, str):
        raise DatasetError(f"{where}：字段 {field} 应是字符串，现在是 {found!r}。请改正。")
    return found


def text_field(value: Mapping[str, Any], field: str, where: str) -> str:
    """A field that must be a string with something in it."""
    found = string_field(value, field, where)
    if not found.strip():
        raise DatasetError(f"{where}：字段 {field} 是空的。请填上内容。")
    return found
