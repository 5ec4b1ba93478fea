"""The disk under the model cache -> room enough, or words on how much is missing and how to go on."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.fetch import FetchError

_SPARE_BYTES = 100_000_000


class SpaceError(FetchError):
    """The disk is too full."""


def free_bytes(folder: Path) -> int:
    """Bytes that this user may still write to the disk of `folder`."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


class Disk:
    """The disk of `folder`, while the model `name` is brought there; `free` says how many bytes are left."""

    def __init__(self, folder: Path, name: str, free: Callable[[Path], int] = free_bytes) -> None:
        self._folder = folder
        self._name = name
        self._free = free

    def require(self, needed: int) -> None:
        """Raise SpaceError unless `needed` bytes can be written."""
        if self._free(self._folder) < needed:
            raise self._space_error(needed)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn a full or closed disk into words. Pip and the conversion say so in their own: look at the disk then."""
        try:
            yield
        except SpaceError:
            raise
        except FetchError as error:
            if self._free(self._folder) < _SPARE_BYTES:
                raise self._space_error(_SPARE_BYTES) from error
            raise
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._space_error(_SPARE_BYTES) from error
            raise FetchError(
                f"写不进模型缓存 {self._folder}：{error}。可以改放别处："
                f"JUDIAN_MODELS=文件夹 python -m rag models fetch {self._name}"
            ) from error

    def _space_error(self, needed: int) -> SpaceError:
        return SpaceError(
            f"磁盘空间不够：取 {self._name} 至少还需要 {needed / 1e9:.1f} GB，{self._folder} 所在磁盘只剩 "
            f"{self._free(self._folder) / 1e9:.1f} GB。已下载的部分都保留，腾出空间后运行同一命令会接着下载；"
            f"或把模型放到别的磁盘：JUDIAN_MODELS=/别的磁盘/models python -m rag models fetch {self._name}"
        )
