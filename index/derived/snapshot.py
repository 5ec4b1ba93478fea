"""Files of a derived index <-> a folder beside the store that is whole or not there, with a digest of every file."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CACHE = "cache"  # folder in that of the store
STAMP = "stamp.json"  # file: what the snapshot is of, and the size of each of its other files, CRC-32 of all and of some of it
FORMAT = 3  # rises when other files are written, or other things into them
WHOLE = 1 << 30  # bytes of a file up to which opening reads all of it: a second, which 100,000 passages stay below
SAMPLES = 64  # blocks of a larger file that opening reads, the first and the last among them

_BUILDING = ".building-"
_BLOCK = 1 << 22
_SAMPLE = 1 << 16
_ABANDONED = 3600.0  # seconds after which an unfinished snapshot is that of a process that is no more

Stamp = Mapping[str, Any]


def newest(cache: Path) -> Path | None:
    """The folder of the newest snapshot, damaged or not; None when there is none."""
    found = [path for path in cache.glob("[0-9]*") if path.is_dir()]
    return max(found, key=_age, default=None)


def faults(folder: Path, birth: str, *, thorough: bool = True) -> list[str]:
    """What is wrong with a snapshot, in Chinese; nothing when it is whole and of the store born as `birth`.

    Not `thorough`, of a file above WHOLE bytes only its size and SAMPLES blocks are compared: a damaged or short copy is
    seen, a few wrong bytes may not be. They could change which passages are found, never what is quoted.
    """
    try:
        stamp = read_stamp(folder)
        listed = {name: (int(size), int(crc), int(some)) for name, (size, crc, some) in dict(stamp["files"]).items()}
    except (OSError, ValueError, KeyError, TypeError):
        return [f"检索缓存 {folder.name} 的说明（{STAMP}）缺失或损坏"]
    if stamp.get("birth") != birth:
        return [f"检索缓存 {folder.name} 属于另一个库"]
    damaged = [name for name, digest in sorted(listed.items()) if not _sound(folder / name, digest, thorough)]
    return [f"检索缓存 {folder.name}/{name} 缺失或损坏（校验和不符）" for name in damaged]


def read_stamp(folder: Path) -> Stamp:
    """What write() was told. Raises OSError or ValueError when it cannot be read."""
    stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    if not isinstance(stamp, dict) or stamp.get("format") != FORMAT:
        raise ValueError("not a stamp of this version")
    return stamp


def write(cache: Path, generation: int, about: Stamp, fill: Callable[[Path], None]) -> None:
    """A snapshot of `generation` with the files that `fill` puts into a folder; older ones go. Raises OSError."""
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=_BUILDING) as name:
        staging = Path(name) / "new"
        staging.mkdir()
        fill(staging)
        files = {path.name: [*_digest(path), _sampled(path)] for path in staging.iterdir()}
        stamp = {"format": FORMAT, **about, "generation": generation, "files": files}
        (staging / STAMP).write_text(json.dumps(stamp, ensure_ascii=False), encoding="utf-8")
        place = cache / f"{generation}-{time.time_ns()}"
        staging.rename(place)
    _tidy(cache, place)


def _tidy(cache: Path, kept: Path) -> None:
    for other in cache.iterdir():
        building = other.name.startswith(_BUILDING)
        with contextlib.suppress(OSError):
            if time.time() - other.stat().st_mtime > _ABANDONED if building else _age(other) < _age(kept):
                shutil.rmtree(other)


def _age(folder: Path) -> int:
    """When it was written: the number behind its generation, which falls when an older database comes back."""
    written = folder.name.partition("-")[2]
    return int(written) if written.isdecimal() else 0


def _sound(path: Path, digest: tuple[int, int, int], thorough: bool) -> bool:
    size, crc, some = digest
    try:
        if path.stat().st_size != size:
            return False
        return _digest(path) == (size, crc) if thorough or size <= WHOLE else _sampled(path) == some
    except OSError:
        return False


def _digest(path: Path) -> tuple[int, int]:
    """Size and CRC-32: damage is to be found, and half a gigabyte of vectors read in a moment. Raises OSError."""
    size = crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            size, crc = size + len(block), zlib.crc32(block, crc)
    return size, crc


def _sampled(path: Path) -> int:
    """CRC-32 of blocks spread evenly over the file, of its beginning and of its end. Raises OSError."""
    crc, last = 0, max(0, path.stat().st_size - _SAMPLE)
    with path.open("rb") as file:
        for n in range(SAMPLES):
            file.seek(last * n // (SAMPLES - 1))
            crc = zlib.crc32(file.read(_SAMPLE), crc)
    return crc
