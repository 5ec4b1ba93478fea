"""Documents read and encoded so far -> how much there is in all, with files not yet read told by their size. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

# Characters to encode (passages, sentences, headers) for a byte of file, until files of the kind have been read.
USUAL = {".txt": 0.8, ".md": 0.8, ".html": 0.2, ".csv": 0.8, ".eml": 0.4, ".docx": 0.2, ".pptx": 0.02, ".pdf": 0.05}
OTHER = 0.05
TRUSTED = 50_000  # bytes read of a kind that weigh as much as what is usual


class Work:
    """Counts characters; `files` are number -> (suffix, bytes)."""

    def __init__(self, files: Mapping[int, tuple[str, int]]) -> None:
        self._files = dict(files)
        self._waiting: Counter[str] = Counter()
        for kind, size in files.values():
            self._waiting[kind] += size
        self._bytes: Counter[str] = Counter()
        self._characters: Counter[str] = Counter()
        self.known = 0
        self.done = 0

    def read(self, number: int, characters: int) -> None:
        """File `number` has been read and holds so many characters to encode; 0 when it could not be read."""
        kind, size = self._files.pop(number)
        self._waiting[kind] -= size
        self._bytes[kind] += size
        self._characters[kind] += characters
        self.known += characters

    def encoded(self, characters: int) -> None:
        """So many more characters have been encoded."""
        self.done += characters

    @property
    def total(self) -> int:
        """Characters of files read, and what the others will have at the rate of their kind."""
        return self.known + int(sum(size * self._rate(kind) for kind, size in self._waiting.items()))

    def _rate(self, kind: str) -> float:
        usual = USUAL.get(kind, OTHER)
        return (self._characters[kind] + usual * TRUSTED) / (self._bytes[kind] + TRUSTED)
