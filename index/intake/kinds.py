"""A file's suffix and bytes -> the reader that fits them: what a file is counts for more than what it is called. Pure."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

READERS: dict[str, str] = {
    **dict.fromkeys((".txt", ".md", ".markdown", ".text"), "plain"),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), "word"),
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".xls", ".et", ".ods"), "legacy"),
    **dict.fromkeys((".ppt", ".pps", ".dps", ".odp"), "legacy"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".potx"), "slides"),
    **dict.fromkeys((".xlsx", ".xlsm", ".csv", ".tsv"), "sheets"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml"), "web"),
    ".eml": "mail",
    ".pdf": "pdf",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"), "scan"),
}
"""Suffix -> module of index.readers."""

ARCHIVES = frozenset({".zip"})  # hold documents and are none
CONTAINERS = ARCHIVES | {".eml"}  # hold documents
COMMON = (
    ".txt",
    ".md",
    ".docx",
    ".doc",
    ".wps",
    ".pdf",
    ".xlsx",
    ".xls",
    ".csv",
    ".pptx",
    ".ppt",
    ".html",
    ".eml",
    ".zip",
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a new format with a password is kept inside the old one
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")
_PARTS = {"word/document.xml": "word", "xl/workbook.xml": "sheets", "ppt/presentation.xml": "slides"}
_OFFICE = frozenset({"word", "legacy", "slides", "sheets", "web", "pdf"})
_MAY_BE = {
    "plain": _OFFICE - {"web"},  # a text that shows how HTML is written stays a text
    **dict.fromkeys(("word", "legacy", "slides", "web"), _OFFICE),
    "sheets": _OFFICE - {"legacy"},  # its reader takes the old form, too
    "pdf": _OFFICE | {"scan"},
    "scan": frozenset({"pdf"}),
    "mail": frozenset[str](),
}


def suffix(name: str) -> str:
    """The suffix that tells a file's kind, in small letters."""
    return PurePosixPath(name).suffix.lower()


def reader_of(name: str, data: bytes) -> str:
    """Module of index.readers for a file of this name and content; "" when there is none."""
    named = READERS.get(suffix(name), "")
    if not named:
        return ""
    found = _told(data)
    if found == "legacy" and named in ("word", "slides") and _ENCRYPTED in data:
        return named
    return found if found in _MAY_BE[named] else named


def _told(data: bytes) -> str:
    """What the first bytes say plainly; "" when they say nothing."""
    head = data[:1024]
    if head.startswith(_OLE) or head.lstrip().startswith(b"{\\rtf"):
        return "legacy"
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _packed(data)
    if head.startswith(_IMAGES):
        return "scan"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "web" if start.startswith((b"<!doctype html", b"<html")) else ""


def _packed(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    return next((kind for part, kind in _PARTS.items() if part in names), "")
