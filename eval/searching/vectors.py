"""Texts and the vectors an encoder gave them -> files in the user's cache, so that a second run encodes nothing.

A file is written once, under the SHA-256 of its bytes, and never changed: concurrent runs cannot harm each other,
and a damaged file is seen, taken away and made again. Passages are kept as float16, as the store keeps them, and
queries as float32, as they are searched with: results are the same with and without the cache. What is written is
read from the file from then on, so that a large corpus need not fit into memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.searching.encoding import Encode, chunks_of

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from rag.settings import Settings

Watch = Callable[[Iterable["Vectors"], int], Iterable["Vectors"]]
"""Vectors of chunks as they are made, and how many chunks there are -> the same, with progress shown."""

LIMIT = 1 << 30  # bytes under the cache folder; beyond it the files not used for longest go
PENDING = 4096  # vectors kept in memory before they are written: what an interruption can cost


def unwatched(vectors: Iterable[Vectors], chunks: int) -> Iterable[Vectors]:
    """No progress shown."""
    return vectors


class Vault:
    """The vectors of one encoder for one kind of text, in `folder` (None: in memory alone).

    At most `limit` bytes are kept under the folder two levels up, where the vaults of all encoders stand.
    """

    def __init__(self, folder: Path | None, dim: int, kind: type[np.floating[Any]], limit: int = LIMIT) -> None:
        self.folder = folder
        self._row = np.dtype([("key", "V16"), ("vector", kind, (dim,))])
        self._limit = limit
        self._known: dict[bytes, NDArray[Any]] | None = None
        self._pending: dict[bytes, NDArray[Any]] = {}

    def holds(self, text: str) -> bool:
        """Whether the vector of `text` need not be made."""
        return _key(text) in self._loaded()

    def vectors(self, texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
        """The vectors of the texts, in order, float32; `encode` makes those that are missing."""
        missing = [text for text in dict.fromkeys(texts) if not self.holds(text)]
        if missing:
            self.keep(missing, encode(missing))
        known = self._loaded()
        return np.stack([known[_key(text)] for text in texts]).astype(np.float32)

    def keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Remember the vectors of the texts, and write them once there are many."""
        fresh = dict(zip(map(_key, texts), vectors.astype(self._row["vector"].base), strict=True))
        self._loaded().update(fresh)
        self._pending |= fresh
        if len(self._pending) >= PENDING:
            self.save()

    def save(self) -> None:
        """Write what was made since the last time; a full or read-only disk costs only the next run's time."""
        rows = np.array(list(self._pending.items()), self._row)
        self._pending = {}
        if self.folder is None or not len(rows):
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._hold(_mapped(_write(self.folder, rows.tobytes()), self._row))
            _trim(self.folder.parent.parent, self._limit)

    def _loaded(self) -> dict[bytes, NDArray[Any]]:
        if self._known is None:
            self._known = {}
            for path in sorted(self.folder.glob("*.vectors")) if self.folder else ():
                if _sound(path, self._row.itemsize):
                    self._hold(_mapped(path, self._row))
        return self._known

    def _hold(self, rows: NDArray[Any]) -> None:
        """Look the keys of these rows up there from now on."""
        self._loaded().update(zip((key.tobytes() for key in rows["key"]), rows["vector"], strict=True))


class CachedEncoder:
    """An encoder that asks `passages` and `queries` first."""

    def __init__(self, encoder: Encoder, passages: Vault, queries: Vault) -> None:
        self.name = encoder.name
        self.dim = encoder.dim
        self.inner = encoder
        self.passages = passages
        self.queries = queries

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, in order."""
        return self.queries.vectors(texts, self.inner.encode_queries) if texts else np.zeros((0, self.dim), "f4")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages or sentences, in order, rounded as the store rounds them."""
        return self.passages.vectors(texts, self.inner.encode_passages) if texts else np.zeros((0, self.dim), "f4")

    def fill(self, texts: Sequence[str], encode: Encode, watch: Watch = unwatched) -> None:
        """Have the vectors of the passages made that are missing, by `encode`, in the order of `texts`."""
        chunks = chunks_of([text for text in texts if not self.passages.holds(text)])
        try:
            for chunk, made in zip(chunks, watch(encode(chunks), len(chunks)), strict=True):
                self.passages.keep(chunk, made)
        finally:
            self.passages.save()

    def save(self) -> None:
        """Write what was encoded."""
        self.passages.save()
        self.queries.save()


def cached(encoder: Encoder, folder: Path | None, limit: int = LIMIT) -> CachedEncoder:
    """The encoder with the vectors kept in `folder`; with None they live as long as this object. `limit` is in bytes."""
    passages = Vault(folder / "passages" if folder else None, encoder.dim, np.float16, limit)
    queries = Vault(folder / "queries" if folder else None, encoder.dim, np.float32, limit)
    return CachedEncoder(encoder, passages, queries)


def cache_folder(settings: Settings) -> Path:
    """Where the vectors of the settings' encoder are kept: beside the models, named by encoder and fingerprint."""
    return settings.models.parent / "vectors" / fingerprint(settings)


def fingerprint(settings: Settings) -> str:
    """The encoder's name and a digest of its files and number format: other vectors, other fingerprint."""
    from index.processor import fast_dtype
    from rag.manifest import file_sha256, read_manifest
    from rag.models import ModelStore

    folder = ModelStore(settings.models).locate(settings.encoder)
    try:
        files = {name: record.sha256 for name, record in read_manifest(folder).files.items()}
    except (OSError, ValueError, KeyError, TypeError):  # a folder of the user's own
        files = {p.relative_to(folder).as_posix(): file_sha256(p) for p in folder.rglob("*") if p.is_file()}
    about = repr((sorted(files.items()), str(fast_dtype())))
    name = settings.encoder.strip("/").replace("/", "--")
    return f"{name}-{hashlib.sha256(about.encode()).hexdigest()[:16]}"


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _sound(path: Path, size: int) -> bool:
    """Whether the file holds what was written, in rows of `size` bytes; a damaged one is taken away."""
    with contextlib.suppress(OSError):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        length = path.stat().st_size
        if digest == path.stem and length and length % size == 0:
            os.utime(path)
            return True
        path.unlink()
    return False


def _mapped(path: Path, row: np.dtype[Any]) -> NDArray[Any]:
    """The rows, which stay on the disk until they are asked for, also when the file has lost its name."""
    return np.memmap(path, row, mode="r").view(np.ndarray)


def _write(folder: Path, data: bytes) -> Path:
    """Put the file there in one step; returns its path."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".writing-")
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return partial.replace(folder / f"{hashlib.sha256(data).hexdigest()}.vectors")
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _trim(folder: Path, limit: int) -> None:
    """Take files away, those not used for longest first, until `limit` bytes are left."""
    files = sorted(((p.stat().st_mtime_ns, p.stat().st_size, p) for p in folder.rglob("*.vectors")), reverse=True)
    left = limit
    for _, size, path in files:
        left -= size
        if left < 0:
            path.unlink(missing_ok=True)
