"""Bytes of a file -> Document: the only place that knows the readers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from index.errors import JudianError
from index.extract import Extract
from index.intake.files import SourceFile, find, read_bytes, shown
from index.intake.kinds import ARCHIVES, COMMON, CONTAINERS, READERS, reader_of, suffix

if TYPE_CHECKING:
    from index.intake.archives import Member

__all__ = ["MAX_CHARACTERS", "Document", "SourceFile", "document", "find", "holds_documents", "inside", "read"]

KINDS = frozenset(READERS) | ARCHIVES  # suffixes that are taken
MAX_CHARACTERS = 5_000_000  # of one document: some seven long novels; its vectors are held in memory at once
_OLD = {"slides": ".ppt", "sheets": ".xls"}  # what a file of the new kind is that has the old one's content
WIDEST = 4  # bytes of a character in any encoding in use


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


def read(file: SourceFile) -> Document:
    """The document in `file`. Raises JudianError when its kind is unknown or its content unreadable."""
    if refusal := unknown(file.path.name):
        raise JudianError(refusal)
    data = read_bytes(file.path)
    return replace(document(file.path.name, shown(file.path.resolve().as_posix()), data), name=file.name)


def document(name: str, path: str, data: bytes) -> Document:
    """The document that `data`, a file of this name, holds. Raises JudianError when it cannot be read."""
    if refusal := unknown(name):
        raise JudianError(refusal)
    return Document(name, path, hashlib.sha256(data).hexdigest(), _extract(name, data))


def unknown(name: str) -> str:
    """What is said of a file whose suffix no reader takes; "" when one does."""
    if suffix(name) in KINDS:
        return ""
    common = " ".join(COMMON)
    if not suffix(name):
        return f"文件名没有后缀，不知道是哪一种文件（现在支持：{common} 和图片等）。请补上后缀后再添加。"
    return f"不认识的文件类型 {suffix(name)}（现在支持：{common} 和图片等）。请另存为其中一种后再添加。"


def holds_documents(name: str) -> bool:
    """Whether a file of this name is taken apart with inside()."""
    return suffix(name) in CONTAINERS


def is_document(name: str) -> bool:
    """Whether a file of this name is itself a document."""
    return suffix(name) not in ARCHIVES


def inside(name: str, data: bytes) -> Iterator[Member]:
    """The documents that an archive or a mail holds. Raises JudianError when it is damaged or too large."""
    from index.intake.archives import members

    return members(data, name)


def _extract(name: str, data: bytes) -> Extract:
    kind = reader_of(name, data)
    if kind == "plain" and len(data) > WIDEST * MAX_CHARACTERS:
        raise _too_long(f"{len(data) / 2**20:.0f} MiB 的文本")
    try:
        extract = _reader(kind, suffix(name))(data)
    except ImportError as error:
        raise JudianError(f"读 {suffix(name)} 文件缺少程序库 {error.name}。请重新安装据典后再添加。") from error
    except JudianError as error:
        if kind == READERS[suffix(name)]:
            raise
        raise JudianError(f"后缀是 {suffix(name)}，内容却像 {_known_as(kind)}：{error}") from error
    if len(extract.text) > MAX_CHARACTERS:
        raise _too_long(f"{len(extract.text)} 字")
    return _writable(extract)


def _reader(kind: str, named: str) -> Callable[[bytes], Extract]:
    if kind == "plain":
        from index.readers import plain

        return plain.read
    if kind == "legacy":
        from index.readers import legacy

        old = named if READERS[named] == kind else _OLD.get(READERS[named], ".doc")
        return lambda data: legacy.read(data, old)
    return cast(Callable[[bytes], Extract], import_module(f"index.readers.{kind}").read)


def _known_as(kind: str) -> str:
    return next(s for s, module in READERS.items() if module == kind)


def _writable(extract: Extract) -> Extract:
    """The extract with halves of surrogate pairs, which no file or database can hold, as U+FFFD in their places."""
    try:
        f"{extract.text}{extract.title}{extract.date}".encode()
    except UnicodeEncodeError:
        return replace(extract, text=_whole(extract.text), title=_whole(extract.title), date=_whole(extract.date))
    return extract


def _whole(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _too_long(length: str) -> JudianError:
    return JudianError(f"文件有 {length}，超过一份文档的上限 {MAX_CHARACTERS // 10_000} 万字。请分成几个文件后再添加。")
