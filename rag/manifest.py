"""A finished model folder <-> manifest.json: what is in it, byte for byte, and where it came from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST_NAME = "manifest.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size and SHA-256 of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder was when it was finished.

    `files` maps paths inside the folder, with forward slashes, to their records; `source_files` maps the
    names of what was downloaded to SHA-256, also of a GGUF that was converted and then deleted.
    """

    name: str
    role: str
    licence: str
    licence_note: str
    source: str
    source_files: Mapping[str, str]
    fetched_on: str
    files: Mapping[str, FileRecord]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest` into `folder`, on disk when this returns."""
    with (folder / MANIFEST_NAME).open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of `folder`. Raises OSError, ValueError, KeyError or TypeError if it has no whole one."""
    entry = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    files = {name: FileRecord(**record) for name, record in entry.pop("files").items()}
    return Manifest(files=files, **entry)


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Measure every file under `folder` but the manifest, each flushed to disk first."""
    records = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_NAME):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        records[path.relative_to(folder).as_posix()] = FileRecord(path.stat().st_size, file_sha256(path))
    return records


def find_faults(folder: Path, *, deep: bool) -> Iterator[str]:
    """Say, in Chinese, each way in which `folder` differs from its manifest; sizes only, unless `deep`."""
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{MANIFEST_NAME} 缺失或残缺"
        return
    for name, record in manifest.files.items():
        path = folder / name
        size = path.stat().st_size if path.is_file() else None
        if size is None:
            yield f"{name} 不见了"
        elif size != record.bytes:
            yield f"{name} 应有 {record.bytes} 字节，现有 {size} 字节"
        elif deep and file_sha256(path) != record.sha256:
            yield f"{name} 的内容变了（SHA-256 不符）"


def file_sha256(path: Path, start: int = 0, length: int | None = None) -> str:
    """SHA-256 of `length` bytes of the file from `start` on, or of all that follow; hexadecimal."""
    digest, left = hashlib.sha256(), length
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK if left is None else min(_BLOCK, left)):
            digest.update(block)
            left = None if left is None else left - len(block)
    return digest.hexdigest()
