"""Text -> a file that is either the old one or the whole new one."""

from __future__ import annotations

import os
from pathlib import Path

from index.errors import JudianError


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents. Raises JudianError when that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JudianError(f"不能建立文件夹 {folder}：{error.strerror}。请换一个位置：--out 文件夹") from error


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
        raise JudianError(f"写不了 {path}：{error.strerror}。请检查磁盘空间和权限。") from error
