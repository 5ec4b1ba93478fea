"""A text -> what judging it needs: its characters without spaces, their symbols, how well each place reads. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.repair.counts import REACH, Counts, Floats, Ints
from index.repair.shapes import BOTH, SIMPLIFIED, TRADITIONAL, Shapes
from index.repair.words import SPACES, codes_of

MARGIN = 5  # places on either side of a text that hold nothing; no less than REACH


@dataclass(frozen=True)
class Sheet:
    """`places[i]` is where the i-th kept character stands in the text; arrays named padded begin MARGIN earlier."""

    text: str
    places: Ints
    codes: Ints  # padded
    symbols: Ints  # padded
    oddness: Floats  # bits that a character and the one after it cost
    chinese: NDArray[np.bool_]
    scripts: NDArray[np.uint8]  # the script of the line a character stands in, never BOTH

    def window(self, places: Ints, reach: int, padded: Ints) -> Ints:
        """The rows of `padded` from `reach` in front of each place to `reach` behind it."""
        rows: Ints = padded[places[:, None] + np.arange(MARGIN - reach, MARGIN + reach + 1)]
        return rows


def prepare(text: str, counts: Counts, shapes: Shapes) -> Sheet:
    """The sheet of `text`."""
    codes = codes_of(text)
    places = np.flatnonzero(~np.isin(codes, [ord(c) for c in SPACES]))
    kept, codes = "".join(text[i] for i in places), codes[places]
    symbols = _padded(counts.encode(kept), counts.newline)
    bits = counts.bits(symbols[MARGIN - REACH :])
    chinese = (codes >= 0x4E00) & (codes <= 0x9FFF)
    oddness = -(bits[: len(codes)] + bits[1 : len(codes) + 1])
    return Sheet(kept, places, _padded(codes, 0), symbols, oddness, chinese, _scripts(codes, shapes))


def _padded(row: Ints, filler: int) -> Ints:
    return np.pad(row, MARGIN, constant_values=filler)


def _scripts(codes: Ints, shapes: Shapes) -> NDArray[np.uint8]:
    """By the characters of its line that one script alone has; in doubt that of the text, and Simplified at last."""
    own = shapes.script_of[np.minimum(codes, 0xFFFF)]
    traditional = np.where(own == TRADITIONAL, 1, np.where(own == SIMPLIFIED, -1, 0))
    line = np.cumsum(codes == ord("\n"))
    sums = np.bincount(line, weights=traditional) if len(codes) else np.zeros(0)
    sums[sums == BOTH] = 0.5 if traditional.sum() > 0 else -0.5
    return np.where(sums[line] > 0, TRADITIONAL, SIMPLIFIED).astype(np.uint8)
