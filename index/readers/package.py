"""Bytes of a .docx, .pptx or .xlsx -> a package of its XML parts alone, checked and mended, for the libraries."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from index.readers.faults import DamagedFileError, LockedFileError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of Office 97 files, and of encrypted new ones

MAX_TOTAL = 2 << 30  # bytes unpacked, pictures and all
MAX_PART = 512 << 20  # bytes of one XML part: a sheet of a million styled rows has 200 MB
MAX_RATIO = 200  # bytes unpacked from one; a sheet of a million empty rows has 12, bombs have 1000
SMALL_TOTAL = 64 << 20  # bytes unpacked that are harmless at any ratio
MAX_PARTS = 20_000
SMALL_PART = 16 << 20  # parts up to this are parsed to see whether they are whole
NEEDLESS = re.compile(r"(^|/)(media|embeddings|fonts|activeX|customXml|ink|printerSettings|thumbnail)s?/")


Lighten = Callable[[str, bytes], bytes]

_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"),
    (b"http://purl.oclc.org/ooxml/presentationml/", b"http://schemas.openxmlformats.org/presentationml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_MACRO_KINDS = re.compile(
    rb"application/vnd\.(?:ms-(word|excel|powerpoint)\.\w+\.macroEnabled(?:Template)?\.(?:12\.)?main"
    rb"|openxmlformats-officedocument\.(wordprocessingml|spreadsheetml|presentationml)\.(?:template|slideshow)\.main)\+xml"
)
_PLAIN_KINDS = {
    b"word": b"wordprocessingml.document",
    b"wordprocessingml": b"wordprocessingml.document",
    b"excel": b"spreadsheetml.sheet",
    b"spreadsheetml": b"spreadsheetml.sheet",
    b"powerpoint": b"presentationml.presentation",
    b"presentationml": b"presentationml.presentation",
}
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.S)
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")


def is_ole(data: bytes) -> bool:
    """Whether `data` is a container of Office 97. Raises LockedFileError when that holds an encrypted new file."""
    if not data.startswith(OLE):
        return False
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise LockedFileError
    return True


def parts(data: bytes, kind: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The members of the zip `data` that are `wanted`, by name. `kind` names the file in errors.

    Raises DamagedFileError for no zip, a cut one and a bomb, LockedFileError for an encrypted one.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check(members, kind, len(data))
            return {m.filename: archive.read(m) for m in members if not m.is_dir() and wanted(m.filename)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise DamagedFileError(kind, "文件不完整或已损坏") from error


def _check(members: list[zipfile.ZipInfo], kind: str, size: int) -> None:
    if any(m.flag_bits & 1 for m in members):
        raise LockedFileError
    total = sum(m.file_size for m in members)
    largest = max((m.file_size for m in members if m.filename.endswith((".xml", ".rels"))), default=0)
    if _too_large(total, largest, size) or len(members) > MAX_PARTS:
        raise DamagedFileError(
            kind, f"压缩包异常：{size} 字节展开后有 {total} 字节、{len(members)} 个部件，像是压缩炸弹"
        )
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        raise DamagedFileError(kind, "压缩方式不是办公软件所用的")


def _too_large(total: int, largest: int, size: int) -> bool:
    return total > MAX_TOTAL or largest > MAX_PART or (total > SMALL_TOTAL and total > size * MAX_RATIO)


def repack(data: bytes, kind: str, needed: Callable[[str], bool], lighten: Lighten = lambda _, part: part) -> BytesIO:
    """The package `data` without pictures, embedded files and links to what is not there.

    `lighten` may take needless bytes out of a part, which it is given with its name. Strict and macro-enabled packages come out as plain ones. A broken part is left out, unless it is `needed`.
    Raises as `parts` does, and DamagedFileError for a needed part that is broken or has a DOCTYPE.
    """
    kept = {
        name: _plain(name, lighten(name, part))
        for name, part in parts(data, kind, _is_xml).items()
        if _sound(name, part, kind, needed(name))
    }
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in kept.items():
            archive.writestr(name, _without_dangling(name, part, kept) if name.endswith(".rels") else part)
    packed.seek(0)
    return packed


def root_of(part: bytes) -> Element:
    """The root element of an XML part."""
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def stated_title(packed: BytesIO) -> str:
    """The title that `packed` states of itself, or nothing.

    The day the file was made is no date of the document: copies and templates carry that of another.
    """
    with zipfile.ZipFile(packed) as archive:
        name = next((n for n in archive.namelist() if n.endswith("docProps/core.xml")), "")
        if not name:
            return ""
        root = root_of(archive.read(name))
    return "".join(str(root.xpath("string(//*[local-name()='title'])")).split("\n")).strip()


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not NEEDLESS.search(name)


def _sound(name: str, part: bytes, kind: str, needed: bool) -> bool:
    """Whether the part can be parsed; a large one is taken at its word, its reader parses it as a stream."""
    from lxml import etree

    for mark in ("<!DOCTYPE", "<!ENTITY"):
        if mark.encode() in part or mark.encode("utf-16-le") in part or mark.encode("utf-16-be") in part:
            raise DamagedFileError(kind, f"{name} 里有文档类型声明，办公软件不会这样写，可能是攻击")
    if len(part) > SMALL_PART:
        return True
    try:
        root_of(part)
    except (etree.XMLSyntaxError, ValueError) as error:
        if needed:
            raise DamagedFileError(kind, f"{name} 已损坏（{str(error)[:60]}）") from error
        return False
    return True


def _plain(name: str, part: bytes) -> bytes:
    if _STRICT in part[:4096]:
        for strict, plain in _STRICT_NAMES:
            part = part.replace(strict, plain)
    if name == "[Content_Types].xml":
        stem = b"application/vnd.openxmlformats-officedocument."
        part = _MACRO_KINDS.sub(lambda m: stem + _PLAIN_KINDS[m[1] or m[2]] + b".main+xml", part)
    return part


def _without_dangling(name: str, part: bytes, kept: dict[str, bytes]) -> bytes:
    base = dirname(dirname(name))

    def keep(relation: re.Match[bytes]) -> bytes:
        target = _TARGET.search(relation[0])
        if b"External" in relation[0] or target is None:
            return relation[0]
        path = target[1].decode("utf-8", "replace")
        inside = path.lstrip("/") if path.startswith("/") else normpath(join(base, path))
        return relation[0] if inside in kept else b""

    return _RELATION.sub(keep, part)
