"""How often runs of one to five characters occur in general Chinese text, and how well a text reads by them. Pure.

Characters are counted as symbols: Traditional as Simplified, every digit as one, every Latin letter as one, signs by kind.
The table is `counts.npz`, made by `make_counts.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

TABLE = Path(__file__).with_name("counts.npz")
ORDER = 5  # symbols in the longest run
REACH = ORDER - 1  # symbols on either side that a character's likelihood touches
STEPS = 8  # of a stored count to a doubling
_DISCOUNT = 0.2  # of a seen run; these three were chosen on held-out news and reviews
_TRUST, _POWER = 4.0, 0.8  # a context seen n times leaves TRUST · n ** POWER to shorter ones
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


@dataclass(frozen=True)
class Counts:
    """`symbols[code]` is a character's symbol (0: unknown); `single` counts symbols, `pairs` and `longer` runs of them."""

    symbols: NDArray[np.uint16]
    letters: str
    single: Floats
    pairs: tuple[Ints, Floats]
    longer: dict[int, tuple[NDArray[np.uint32], Floats]]

    @cached_property
    def newline(self) -> int:
        """The symbol of a line end."""
        return int(self.symbols[ord("\n")])

    @cached_property
    def starts(self) -> Ints:
        """Where in `pairs` each first symbol begins."""
        return np.searchsorted(self.pairs[0] >> 16, np.arange(len(self.single) + 1))

    @cached_property
    def backwards(self) -> tuple[Ints, Ints]:
        """The order of `pairs` by second symbol, and where each begins in it."""
        second = self.pairs[0] & 0xFFFF
        order = np.argsort(second, kind="stable")
        return order, np.searchsorted(second[order], np.arange(len(self.single) + 1))

    def encode(self, text: str) -> Ints:
        """One symbol a character."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return self.symbols[np.minimum(codes, 0xFFFF)].astype(np.int64)

    def after(self, symbol: int) -> tuple[Ints, Floats]:
        """The symbols that follow it, with counts."""
        place = slice(self.starts[symbol], self.starts[symbol + 1])
        return self.pairs[0][place] & 0xFFFF, self.pairs[1][place]

    def before(self, symbol: int) -> tuple[Ints, Floats]:
        """The symbols that stand in front of it, with counts."""
        order, starts = self.backwards
        places = order[starts[symbol] : starts[symbol + 1]]
        return self.pairs[0][places] >> 16, self.pairs[1][places]

    def runs(self, rows: Ints, n: int) -> Floats:
        """The count of the run of `n` symbols that ends at each column from n-1 on; rows (…, L) -> (…, L-n+1)."""
        if n == 1:
            return self.single[rows]
        length = rows.shape[-1] - n + 1
        if n == 2:
            return _look_up(self.pairs[0], self.pairs[1], rows[..., :length] << 16 | rows[..., 1:])
        return _look_up(*self.longer[n], hashed([rows[..., j : j + length] for j in range(n)]))

    def bits(self, rows: Ints) -> Floats:
        """log2 of the probability of each symbol from column REACH on, given the REACH before it; (…, L) -> (…, L-REACH)."""
        likely = (self.single[rows[..., REACH:]] + 0.2) / (self._total + 0.2 * len(self.single))
        context = self.single[rows[..., REACH - 1 : -1]]
        for n in range(2, ORDER + 1):
            runs = self.runs(rows[..., ORDER - n :], n)
            left = _TRUST * (context + 1.0) ** _POWER
            share = (np.maximum(runs - _DISCOUNT, 0.0) + left * likely) / (context + left)
            likely = np.where(context > 0, share, likely)
            if n < ORDER:
                context = self.runs(rows[..., ORDER - n - 1 : -1], n)
        bits: Floats = np.log2(likely)
        return bits

    @cached_property
    def _total(self) -> float:
        return float(self.single.sum())


def hashed(columns: list[Ints]) -> NDArray[np.uint32]:
    """A 32-bit number for each run of symbols, its symbols given in columns."""
    mixed = np.zeros(columns[0].shape, np.uint64)
    for column in columns:
        mixed = (mixed ^ column.astype(np.uint64)) * _MIX[0]
        mixed ^= mixed >> np.uint64(29)
    return ((mixed * _MIX[1]) >> np.uint64(32)).astype(np.uint32)


def _look_up(keys: NDArray[np.generic], values: Floats, wanted: NDArray[np.generic]) -> Floats:
    places = np.searchsorted(keys, wanted.ravel())
    places[places == len(keys)] = 0
    found: Floats = np.where(keys[places] == wanted.ravel(), values[places], np.float32(0)).reshape(wanted.shape)
    return found


@lru_cache(maxsize=1)
def load() -> Counts:
    """The table that is shipped."""
    with np.load(TABLE) as table:
        symbols = np.repeat(table["symbols"], table["spans"])
        firsts = np.repeat(np.arange(len(table["followers"]), dtype=np.int64), table["followers"])
        pairs = firsts << 16 | table["seconds"], _counts(table["pairs"])
        longer = {}
        for n in range(3, ORDER + 1):
            high = np.repeat(np.arange(1 << 16, dtype=np.uint32), table[f"buckets{n}"])
            longer[n] = high << np.uint32(16) | table[f"low{n}"], _counts(table[f"runs{n}"])
        return Counts(symbols, str(table["letters"]), table["single"], pairs, longer)


def _counts(stored: NDArray[np.uint8]) -> Floats:
    return (2.0 ** (np.arange(256, dtype=np.float32) / STEPS)).astype(np.float32)[stored]
