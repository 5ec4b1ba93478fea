"""Small and read-only disks of a process's own, where it may have them; they are gone when it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import multiprocessing.connection
import os
from collections.abc import Callable
from pathlib import Path

APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload(["writers", "index.storage.salvage", "index.derived.indexes"])

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_READ_ONLY, _REMOUNT, _BIND, _PRIVATE = 0x1, 0x20, 0x1000, 0x4000 | 0x40000


def apart(work: Callable[[Path], str], folder: Path) -> str:
    """What `work` says in a process of its own, whose limits and mounts end with it."""
    receiver, sender = APART.Pipe(duplex=False)
    process = APART.Process(target=_send, args=(work, folder, sender))
    process.start()
    sender.close()
    said: str = receiver.recv()
    process.join()
    return said


def _send(work: Callable[[Path], str], folder: Path, sender: multiprocessing.connection.Connection) -> None:
    try:
        sender.send(work(folder))
    except BaseException as error:
        sender.send(f"{type(error).__name__}: {error}")


def own_mounts() -> bool:
    """Whether this process may mount what no other sees; it must have one thread."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "unshare"):
        return False
    user = os.getuid()
    try:
        if library.unshare(_NEW_MOUNTS) and library.unshare(_NEW_USER | _NEW_MOUNTS) == 0:
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    except OSError:
        return False
    return not library.mount(b"none", b"/", None, _PRIVATE, None)


def mount_small(folder: Path, size: int, again: bool = False) -> bool:
    """A disk of so many bytes in `folder`; `again` changes the size of the one that is there."""
    return not ctypes.CDLL(None).mount(
        b"tmpfs", bytes(folder), b"tmpfs", _REMOUNT if again else 0, f"size={size}".encode()
    )


def mount_read_only(folder: Path) -> bool:
    """`folder` as it is, but nobody writes to it through this process."""
    mount = ctypes.CDLL(None).mount
    place = bytes(folder)
    return not (
        mount(place, place, None, _BIND, None) or mount(place, place, None, _BIND | _REMOUNT | _READ_ONLY, None)
    )
