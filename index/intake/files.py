"""Paths -> the files under them and their bytes. Only regular files are ever opened; nothing is ever written."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import JudianError
from index.intake.kinds import CONTAINERS, suffix

MAX_BYTES = 256 * 2**20  # a file is held in memory while it is read
READS = 4  # of a file that changes meanwhile, before giving it up
PAUSE = 0.3  # seconds between them

_STORE = "judian.sqlite"  # a folder that holds one is a store: what is in it is ours
_OURS = frozenset({"judian.toml"})
_LITTER = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"})  # what systems leave behind
_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_REASONS = {
    errno.EACCES: "没有权限，请检查权限",
    errno.EPERM: "没有权限，请检查权限",
    errno.ENOENT: "文件已经不在，请检查路径",
    errno.ENOTDIR: "文件已经不在，请检查路径",
    errno.ELOOP: "是绕回自己的链接，请换成原来的文件",
    errno.EIO: "磁盘读取出错，请检查磁盘或网络盘",
    errno.ESTALE: "网络盘断开了，请重新连接后再添加",
    errno.ENAMETOOLONG: "文件名太长，请改短",
    errno.EBUSY: "正被别的程序占用，请关闭后再添加",
    errno.ETXTBSY: "正被别的程序占用，请关闭后再添加",
    errno.EMFILE: "同时打开的文件太多，请稍后再试",
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file found on disk and the name it will be cited by; `error` says in Chinese why it cannot be read."""

    path: Path
    name: str
    error: str = ""


def find(paths: Sequence[Path]) -> Iterator[SourceFile]:
    """Files under `paths` in name order; a folder's files are named by their path inside it.

    Passed over: hidden files, what editors and systems leave behind, stores and settings of this product, all that is
    no regular file. Links to folders are not followed, so a loop cannot trap the walk. A folder that cannot be listed
    comes as a SourceFile with its error; for what lies inside an archive comes the archive. Raises JudianError for a
    path that is neither file nor folder.
    """
    for path in map(_archive_or, paths):
        kind = _mode(path)
        if stat.S_ISDIR(kind):
            yield from _walk(path)
        elif stat.S_ISREG(kind):
            yield SourceFile(path, shown(path.name))
        else:
            raise JudianError(f"{path} 既不是文件也不是文件夹（可能是设备或管道）。请换一个路径。")


def _archive_or(path: Path) -> Path:
    """The archive that `path` lies in, else `path`."""
    return next((above for above in path.parents if suffix(above.name) in CONTAINERS and above.is_file()), path)


def find_in(root: Path, path: Path) -> Iterator[SourceFile]:
    """What find([root]) would yield of `path` and what is under it; nothing for what is not there."""
    relative = path.relative_to(root)
    if not may_be_found(root, path) or any(folder.is_symlink() for folder in _between(root, path)):
        return
    if path.is_dir() and not path.is_symlink():
        yield from _walk(path, f"{relative.as_posix()}/" if relative.parts else "")
    elif path.is_file():
        yield SourceFile(path, shown(relative.as_posix()))


def may_be_found(root: Path, path: Path) -> bool:
    """Whether find([root]) would look at `path`, were it there."""
    ours = any(folder.joinpath(_STORE).exists() for folder in [root, *_between(root, path), path])
    return not ours and not any(_passed_over(part) for part in path.relative_to(root).parts)


def _between(root: Path, path: Path) -> list[Path]:
    parts = path.relative_to(root).parts
    return [root.joinpath(*parts[:n]) for n in range(1, len(parts))]


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise JudianError(f"找不到文件或文件夹：{path}。请检查路径。") from error
        raise JudianError(f"打不开 {path}：{why(error)}。") from error
    except ValueError as error:
        raise JudianError(f"找不到文件或文件夹：{str(path)!r}。请检查路径。") from error


def _walk(folder: Path, front: str = "") -> Iterator[SourceFile]:
    waiting: list[tuple[Path, str, bool]] = [(folder, front, True)]
    while waiting:
        path, name, is_folder = waiting.pop()
        if not is_folder:
            yield SourceFile(path, shown(name))
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield SourceFile(path, shown(name.rstrip("/")) or str(path), f"文件夹打不开：{why(error)}。")
            continue
        if any(entry.name == _STORE for entry in inside):
            continue
        for entry in inside:
            if _passed_over(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{name}{entry.name}/", True))
            elif _is_file(entry):
                waiting.append((Path(entry.path), f"{name}{entry.name}", False))


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads round to itself
        return False


def _passed_over(name: str) -> bool:
    return name.startswith((".", "~")) or name.lower() in _LITTER or name in _OURS


def shown(path: str) -> str:
    """`path` as people read it, on one line. Names that are no UTF-8 come from archives packed on Windows, in GB18030."""
    parts = (_raw(part) for part in path.split("/"))
    text = "/".join(p.decode("utf-8" if _is_utf8(p) else "gb18030", "replace") for p in parts)
    return "".join(c if c.isprintable() or c == "\u3000" else " " for c in text)


def _raw(part: str) -> bytes:
    try:
        return os.fsencode(part)
    except UnicodeEncodeError:  # half of a surrogate pair: no file has such a name, but one in an archive may
        return part.encode("utf-8", "replace")


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_bytes(path: Path) -> bytes:
    """All of a file as it stood at one moment. Raises JudianError when it cannot be read, is too large or never rests."""
    for attempt in range(READS):
        if attempt:
            time.sleep(PAUSE)
        try:
            with _opened(path) as file:
                before = os.fstat(file.fileno())
                data = file.read(MAX_BYTES + 1)
            after = path.stat()
        except OSError as error:
            raise JudianError(f"读不了文件：{why(error)}。") from error
        if len(data) > MAX_BYTES:
            raise _too_large(before.st_size)
        if _state(before) == _state(after) and len(data) == after.st_size:
            return data
    raise JudianError(f"文件正在被改动，读了 {READS} 次都没有读到完整的一份。请等它写完后再添加。")


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises JudianError when it cannot be read or is too large."""
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise _too_large(size)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise JudianError(f"读不了文件：{why(error)}。") from error


def size(path: Path) -> int:
    """Bytes of a file; 0 when it cannot be told."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def missing(path: str) -> bool:
    """Whether there is certainly nothing at `path`: a folder without permission or a broken disk says nothing."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def why(error: OSError) -> str:
    """The reason in Chinese, with what mends it."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


def _opened(path: Path) -> io.BufferedReader:
    """The file, open for reading; a pipe or device that has taken its place is not waited for."""
    descriptor = os.open(path, os.O_RDONLY | _BLOCKING)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise JudianError("读不了文件：不是普通文件（可能是文件夹、设备或管道）。")
    return os.fdopen(descriptor, "rb")


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _too_large(size: int) -> JudianError:
    return JudianError(
        f"文件有 {size / 2**20:.0f} MiB，超过一份文件的上限 {MAX_BYTES // 2**20} MiB。请分成几个文件后再添加。"
    )
