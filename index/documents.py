"""A path -> Document: the only place that opens source files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import JudianError
from index.extract import Extract
from index.readers import plain

READERS: dict[str, Callable[[bytes], Extract]] = {
    ".txt": plain.read,
    ".md": plain.read,
    ".markdown": plain.read,
    ".text": plain.read,
}


@dataclass(frozen=True, slots=True)
class Document:
    """One file as extracted. `name` is what people see and cite; `sha256` is that of the file's bytes."""

    name: str
    path: str
    sha256: str
    extract: Extract

    @property
    def text(self) -> str:
        """The source text that every offset points into; never altered."""
        return self.extract.text


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found on disk and the name it will be cited by."""

    path: Path
    name: str


def find(paths: Sequence[Path]) -> Iterator[SourceFile]:
    """Files under `paths` in name order; a folder's files are named by their path inside it.

    Hidden files are passed over; links to folders are not followed, so a loop cannot trap the walk.
    Raises JudianError for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise JudianError(f"找不到文件或文件夹：{path}。请检查路径。")
        if path.is_file():
            yield SourceFile(path, shown(path.name))
            continue
        inside = sorted(p for p in path.rglob("*") if p.is_file())
        for file in inside:
            relative = file.relative_to(path)
            if not any(part.startswith((".", "~$")) for part in relative.parts):
                yield SourceFile(file, shown(relative.as_posix()))


def shown(path: str) -> str:
    """`path` as people read it. Names that are no UTF-8 come from archives packed on Windows, in GB18030."""
    parts = (os.fsencode(part) for part in path.split("/"))
    return "/".join(p.decode("utf-8" if _is_utf8(p) else "gb18030", "replace") for p in parts)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read(file: SourceFile) -> Document:
    """The document in `file`. Raises JudianError when its kind is unknown or its content unreadable."""
    reader = READERS.get(file.path.suffix.lower())
    if reader is None:
        known = " ".join(sorted(READERS))
        kind = file.path.suffix or "没有后缀的文件"
        raise JudianError(f"不认识的文件类型 {kind}（现在支持：{known}）。请另存为文本后再添加。")
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise JudianError(f"读不了文件：{error.strerror or error}。请检查权限。") from error
    return Document(
        name=file.name,
        path=shown(str(file.path.resolve())),
        sha256=hashlib.sha256(data).hexdigest(),
        extract=reader(data),
    )
