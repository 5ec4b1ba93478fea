"""The well-formed runs of a corpus itself: how often each stretch of two to six characters occurs in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index.repair.counts import Ints, hashed

LONGEST = 6
SPACES = " \t\r\u3000\xa0"
_GAP = "\n"  # between texts; a run never goes over a line end
_NO_SPACES = str.maketrans("", "", SPACES)


class Words:
    """Counts of the runs in `texts`; each length is counted when it is first asked for."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._codes = codes_of(_GAP.join(texts).translate(_NO_SPACES))
        self._known: dict[int, tuple[NDArray[np.uint32], Ints]] = {}

    def count(self, run: str) -> int:
        """How often `run`, 2 to LONGEST characters long, occurs."""
        return int(self.counts(codes_of(run), len(run))[0])

    def counts(self, rows: Ints, n: int) -> Ints:
        """The count of the run of `n` characters that ends at each column from n-1 on; (…, L) codes -> (…, L-n+1)."""
        keys, counts = self._runs(n)
        length = rows.shape[-1] - n + 1
        wanted = hashed([rows[..., j : j + length] for j in range(n)])
        if not len(keys):
            return np.zeros(wanted.shape, np.int64)
        places = np.minimum(np.searchsorted(keys, wanted.ravel()), len(keys) - 1)
        found: Ints = np.where(keys[places] == wanted.ravel(), counts[places], 0).reshape(wanted.shape)
        return found

    def _runs(self, n: int) -> tuple[NDArray[np.uint32], Ints]:
        if n not in self._known:
            rows = [self._codes[j : len(self._codes) - n + 1 + j] for j in range(n)] if len(self._codes) >= n else []
            keys, counts = np.unique(hashed(rows) if rows else np.zeros(0, np.uint32), return_counts=True)
            self._known[n] = keys, counts.astype(np.int64)
        return self._known[n]


def codes_of(text: str) -> Ints:
    """One number a character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
