"""Bytes of an old Office file (.doc .wps .ppt .rtf …) -> an Extract, by LibreOffice when it is installed."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from index.errors import JudianError
from index.extract import Extract
from index.readers import package
from index.readers.faults import DamagedFileError, LockedFileError, guarded
from index.readers.lines import Lines
from index.readers.tables import table_lines

KIND = "旧版 Office 文件"
CONVERT_TIMEOUT = 120.0  # seconds for one file; LibreOffice starts in a few
MAX_CONVERTED = 1 << 30  # bytes
PROGRAMS = ("soffice", "libreoffice")

_FAMILIES = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt", ".odt", ".rtf"), "docx"),
    **dict.fromkeys((".ppt", ".pps", ".dps", ".odp"), "pptx"),
    **dict.fromkeys((".xls", ".et", ".ods"), "xlsx"),
}
_PAGE = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|<meta|<table|mime-version:)", re.I)


class NoConverterError(JudianError):
    """LibreOffice is needed and not there."""


def read(data: bytes, suffix: str) -> Extract:
    """The words of `data`, whose name ends in `suffix`; what it really is counts more than its name.

    Raises NoConverterError, LockedFileError, EmptyFileError, DamagedFileError.
    """
    family = _FAMILIES.get(suffix.lower(), "docx")
    if data.lstrip()[:5] == b"{\\rtf":
        return _rich(data) if _program() is None else _converted_rich(data)
    if _PAGE.match(data[:1000]):
        from index.readers import web

        return web.read(data)
    if data.startswith(b"PK\x03\x04") and b"mimetypeapplication/vnd.oasis" not in data[:200]:
        return _reader(family)(data)
    if package.is_ole(data):
        _check_password(data)
    elif not data.startswith(b"PK\x03\x04"):
        raise DamagedFileError(KIND, f"内容不是 {suffix} 文件（可能是改了后缀，或没有下载完）")
    if family == "xlsx" and package.is_ole(data):
        try:
            return _reader(family)(data)
        except DamagedFileError:
            if _program() is None:
                raise
    return _reader(family)(convert(data, suffix, family))


def convert(data: bytes, suffix: str, to: str, timeout: float = CONVERT_TIMEOUT) -> bytes:
    """`data` as LibreOffice saves it in the format `to`, such as docx; done in a folder and with a profile of its own.

    Raises NoConverterError when LibreOffice is not there, DamagedFileError when it fails or takes too long.
    """
    program = _program()
    if program is None:
        raise NoConverterError(
            f"读 {suffix} 文件要用 LibreOffice，这台机器上没有找到 soffice。"
            f"请安装 LibreOffice（https://www.libreoffice.org），或用 Office、WPS 另存为 .{to} 后再添加。"
        )
    with tempfile.TemporaryDirectory(prefix="judian-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"source{suffix.lower()}"
        source.write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        options = [
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--convert-to",
            to,
            "--outdir",
            str(folder / "out"),
        ]
        _run([program, profile, *options, str(source)], folder, timeout)
        converted = folder / "out" / f"source.{to}"
        if not converted.is_file() or not 0 < converted.stat().st_size < MAX_CONVERTED:
            raise DamagedFileError(KIND, "LibreOffice 打不开它，可能已损坏或有密码")
        return converted.read_bytes()


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _run(command: list[str], folder: Path, timeout: float) -> None:
    """Runs the converter without a window or input; it and all that it started is ended after `timeout` seconds."""
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    nowhere = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
        )
    except OSError as error:
        raise DamagedFileError(KIND, f"LibreOffice 启动不了（{error.strerror}）") from error
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise DamagedFileError(KIND, f"LibreOffice 转换超过 {timeout:.0f} 秒，已停止") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the converter's whole group of processes, also when the user interrupts."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _reader(family: str) -> Callable[[bytes], Extract]:
    from index.readers import sheets, slides, word

    return {"docx": word.read, "pptx": slides.read, "xlsx": sheets.read}[family]


def _check_password(data: bytes) -> None:
    """Raises LockedFileError for a .doc with its flag set and a .ppt with the stream that encrypted ones have."""
    encrypted_doc = data[512:514] == b"\xec\xa5" and len(data) > 523 and data[523] & 1
    if encrypted_doc or "EncryptedSummary".encode("utf-16-le") in data:
        raise LockedFileError


def _converted_rich(data: bytes) -> Extract:
    """An .rtf by LibreOffice, which knows merged cells and headings; without it when it fails."""
    try:
        return _reader("docx")(convert(data, ".rtf", "docx"))
    except DamagedFileError:
        return _rich(data)


def _rich(data: bytes) -> Extract:
    """The text of an .rtf; the rows of its tables are lines with their column heads."""
    with guarded(KIND):
        source = data.decode("latin-1")
        page = re.search(r"\\ansicpg(\d+)", source)
        codec = f"cp{page[1]}" if page and page[1] != "0" else "gb18030"
        text = _plain(source, _known(codec))
        lines = Lines()
        rows: list[list[str]] = []
        for line in [*text.split("\n"), ""]:
            if line.endswith("|"):
                rows.append([cell.strip() for cell in line[:-1].split("|")])
                continue
            for row in table_lines(rows):
                lines.add(row)
            rows = []
            lines.add(line)
        title = re.search(r"\{\\title\s*([^{}]*)\}", source)
        stated = _plain(r"{\rtf1\ansi " + title[1] + "}", _known(codec)) if title else ""
        return lines.extract(stated if lines.begins_with(stated) else "")


def _plain(source: str, codec: str) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(source, encoding=codec, errors="replace"))  # type: ignore[no-untyped-call]


def _known(codec: str) -> str:
    try:
        return "gb18030" if codec == "cp936" else codecs.lookup(codec).name
    except LookupError:
        return "gb18030"
