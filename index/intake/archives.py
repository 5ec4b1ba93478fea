"""Bytes of a .zip or .eml -> the files inside it, each with a name that is only ever shown, or with what went wrong."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.errors import JudianError

SUFFIXES = (".zip", ".eml")
MAX_DEPTH = 2  # archives inside the archive, one in the other
MAX_MEMBERS = 10_000  # of one archive, with all those inside it
MAX_MEMBER = 512 << 20  # bytes of one file
MAX_TOTAL = 4 << 30  # bytes of all of them
MAX_RATIO = 300  # unpacked to packed, of a file that is LARGE; text packs to a tenth
LARGE = 32 << 20

_PASSED_OVER = {"__macosx", "thumbs.db", "desktop.ini"}


class ArchiveError(JudianError):
    """The archive as a whole cannot be read."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive. `name` is its path there, safe to show and to cite; `error` in Chinese, or empty."""

    name: str
    data: bytes = b""
    error: str = ""


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked, counted over all archives inside each other."""

    bytes: int = field(default_factory=lambda: MAX_TOTAL)
    members: int = field(default_factory=lambda: MAX_MEMBERS)
    seen: Counter[str] = field(default_factory=Counter)

    def name(self, name: str) -> str:
        """The name, numbered when an archive holds it twice."""
        self.seen[name] += 1
        stem, dot, suffix = name.rpartition(".")
        number = self.seen[name]
        if number == 1:
            return name
        return f"{stem} ({number}).{suffix}" if dot and "/" not in suffix else f"{name} ({number})"


def members(data: bytes, name: str) -> Iterator[Member]:
    """The files inside the archive `name`, in its order; of a mail its attachments, not the mail itself.

    An archive inside is opened, too: its files are named 里层.zip/文件.txt. A file that cannot be unpacked comes with
    its error and the rest go on. Raises ArchiveError when nothing of the archive can be read, or when it is a bomb.
    """
    yield from _expand(data, name, "", 0, _Budget())


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened for the files inside it."""
    return name.lower().endswith(SUFFIXES)


def _expand(data: bytes, name: str, prefix: str, depth: int, budget: _Budget) -> Iterator[Member]:
    for member in _attached(data, budget) if name.lower().endswith(".eml") else _zipped(data, budget):
        shown = budget.name(prefix + _safe(member.name))
        if member.error or not is_archive(shown):
            yield Member(shown, member.data, member.error)
            continue
        if shown.lower().endswith(".eml"):  # a mail is a document of its own
            yield Member(shown, member.data)
        if depth >= MAX_DEPTH:
            if shown.lower().endswith(".zip"):
                yield Member(shown, error=f"压缩包套了 {depth + 2} 层，只打开到第 {MAX_DEPTH + 1} 层。请先解开再添加。")
            continue
        try:
            yield from _expand(member.data, shown, shown + "/", depth + 1, budget)
        except JudianError as error:
            yield Member(shown, error=str(error))


def _attached(data: bytes, budget: _Budget) -> Iterator[Member]:
    from index.readers.mail import attachments

    try:
        found: Sequence[tuple[str, bytes]] = attachments(data)
    except JudianError as error:
        raise ArchiveError(str(error)) from error
    _spend(budget, len(found), sum(len(content) for _, content in found))
    for name, content in found:
        if _wanted(_safe(name)):
            yield Member(name, content)


def _zipped(data: bytes, budget: _Budget) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # damaged bytes raise more kinds than zipfile names
        raise ArchiveError("压缩包已损坏或不完整，打不开。请重新下载或重新打包后再添加。") from error
    with archive:
        inside = [(info, _decoded(info)) for info in archive.infolist()]
        inside = [(info, name) for info, name in inside if _is_file(info) and _wanted(_safe(name))]
        if inside and all(info.flag_bits & 1 for info, _ in inside):
            raise ArchiveError("压缩包有密码，打不开。请解开后再添加。")
        _spend(budget, len(inside), sum(info.file_size for info, _ in inside if not _excess(info)))
        for info, name in inside:
            yield _unpacked(archive, info, name)


def _spend(budget: _Budget, count: int, size: int) -> None:
    if count > budget.members:
        raise ArchiveError(f"压缩包里的文件超过 {MAX_MEMBERS} 个，没有打开。请先解开，再添加文件夹。")
    if size > budget.bytes:
        raise ArchiveError(f"压缩包解开后超过 {MAX_TOTAL >> 30} GB，没有打开。请先解开，再添加文件夹。")
    budget.members -= count
    budget.bytes -= size


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
    """The file: never more bytes than it promised, which were counted before."""
    if info.flag_bits & 1:
        return Member(name, error="压缩包里的这个文件有密码，没有收录。请解开后再添加。")
    if reason := _excess(info):
        return Member(name, error=reason)
    try:
        with archive.open(info) as stream:
            return Member(name, stream.read(info.file_size))
    except NotImplementedError:
        return Member(name, error="压缩包里的这个文件用了不支持的压缩方法。请解开后再添加。")
    except Exception:  # damaged bytes raise the errors of every packing method
        return Member(name, error="压缩包里的这个文件已损坏，解不开。请重新打包后再添加。")


def _excess(info: zipfile.ZipInfo) -> str:
    """Why the file is not unpacked at all, or nothing."""
    if info.file_size > MAX_MEMBER:
        return f"解开后有 {info.file_size >> 20} MB，超过 {MAX_MEMBER >> 20} MB，没有收录。"
    if info.file_size > LARGE and info.file_size > MAX_RATIO * max(1, info.compress_size):
        ratio = info.file_size // max(1, info.compress_size)
        return f"解开后是压缩时的 {ratio} 倍（{info.file_size >> 20} MB），像是压缩炸弹，没有收录。"
    return ""


def _is_file(info: zipfile.ZipInfo) -> bool:
    mode = info.external_attr >> 16
    return not info.is_dir() and not stat.S_ISLNK(mode)


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name as its packer meant it; without a mark of UTF-8 a Chinese one is in GB18030, packed on Windows."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _safe(name: str) -> str:
    """The name without anything that means a place outside the archive or moves the cursor: only words and slashes."""
    shown = "".join(c for c in name.replace("\\", "/") if unicodedata.category(c)[0] != "C")
    parts = [p.strip() for p in shown.split("/")]
    parts = [p for p in parts if p not in ("", ".", "..") and not (len(p) == 2 and p[1] == ":")]
    return "/".join(p[:200] for p in parts[-20:]) or "未命名"


def _wanted(name: str) -> bool:
    """Whether the file is one that its owner knows of: no hidden ones, no traces of a system."""
    return not any(p.startswith((".", "~$")) or p.lower() in _PASSED_OVER for p in name.split("/"))
