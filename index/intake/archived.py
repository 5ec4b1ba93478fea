"""SHA-256 of an archive -> the documents that it held when it was last taken apart, kept in a file beside the store.

It only saves work: without it, or when it is damaged, archives are taken apart again.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

FILE = "archives.json"
MOST = 10_000  # archives remembered; the oldest are forgotten first


class Archived:
    """Kept in `folder`; a folder that cannot be written is no fault."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._held = _loaded(self._file)
        self._changed = False

    def get(self, sha256: str) -> tuple[str, ...] | None:
        """Names of the documents in it, in their order; None when it is not known."""
        return self._held.get(sha256)

    def put(self, sha256: str, names: Sequence[str]) -> None:
        """Remember them until save()."""
        if self._held.get(sha256) != tuple(names):
            self._held[sha256] = tuple(names)
            self._changed = True

    def save(self) -> None:
        """Write what has changed, as a whole or not at all."""
        if not self._changed:
            return
        newest = dict(list(self._held.items())[-MOST:])
        with contextlib.suppress(OSError, UnicodeError):
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{FILE}-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(newest, file, ensure_ascii=False)
                Path(name).replace(self._file)
            finally:
                Path(name).unlink(missing_ok=True)
        self._changed = False


def _loaded(file: Path) -> dict[str, tuple[str, ...]]:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return {str(sha256): tuple(map(str, names)) for sha256, names in held.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
