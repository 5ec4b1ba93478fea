"""Candidates of doubtful places -> the numbers by which each is judged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.repair.candidates import Knowledge
from index.repair.counts import ORDER, REACH, Counts, Floats, Ints
from index.repair.sheet import MARGIN, Sheet
from index.repair.words import LONGEST, Words

SIGNS = "，。、：；？！“（《\n"
SHORTEST = 3  # characters of a run of the corpus that says something


@dataclass(frozen=True)
class Case:
    """Doubtful places and their candidates: rows and columns of the arrays."""

    places: Ints
    candidates: Ints  # places in the shapes
    likeness: Floats
    doubtful: Ints  # all doubtful places of the sheet


def features(sheet: Sheet, case: Case, known: Knowledge, words: Words) -> Floats:
    """One row of numbers for each candidate of each place: (places, candidates, numbers)."""
    counts, shape = known.counts, case.candidates.shape
    symbols = known.symbols[case.candidates]
    window = sheet.window(case.places, REACH, sheet.symbols)
    written = window[:, REACH]
    bits, runs = _read(counts, window, symbols)
    own_bits, own_runs = _read(counts, window, written[:, None])
    support, often = _supported(sheet, case.places, known.codes[case.candidates], words, 0)
    own_codes = sheet.codes[case.places + MARGIN][:, None]
    own_support, own_often = _supported(sheet, case.places, own_codes, words, 1)
    gain = bits - own_bits
    frequency = np.log2(counts.single + 0.5)
    columns = [
        np.clip(gain.sum(-1), -20, 60) / 10,
        np.clip(gain[..., 0], -20, 30) / 10,
        case.likeness,
        case.likeness**2,
        bits.sum(-1) / 50,
        _wide(np.minimum(sheet.oddness[case.places], 40) / 10, shape),
        _wide(frequency[written] / 10, shape),
        frequency[symbols] / 10,
        runs / 5,
        np.broadcast_to(own_runs / 5, shape),
        support / 5,
        np.broadcast_to(own_support / 5, shape),
        often / 5,
        np.broadcast_to(own_often / 5, shape),
        _wide(_neighbours(sheet, case) / 2, shape),
        _wide(np.isin(window[:, [REACH - 1, REACH + 1]], counts.encode(SIGNS)).sum(1) / 2, shape),
    ]
    return np.stack(columns, axis=-1).astype(np.float32)


def _read(counts: Counts, window: Ints, symbols: Ints) -> tuple[Floats, Floats]:
    """The bits of each place that a symbol in the middle touches, and the longest known run through it."""
    rows = np.repeat(window[:, None], symbols.shape[1], axis=1)
    rows[..., REACH] = symbols
    longest = np.zeros(symbols.shape, np.float32)
    for n in range(2, ORDER + 1):
        through = counts.runs(rows, n)[..., REACH - n + 1 : REACH + 1]
        longest[(through > 0).any(-1)] = n
    return counts.bits(rows), longest


def _supported(sheet: Sheet, places: Ints, codes: Ints, words: Words, own: int) -> tuple[Floats, Floats]:
    """The longest run of the corpus through a place with these codes in it, and log2 of how often the shortest occurs.

    `own` is how often the place itself counts among those.
    """
    reach = LONGEST - 1
    rows = np.repeat(sheet.window(places, reach, sheet.codes)[:, None], codes.shape[1], axis=1)
    rows[..., reach] = codes
    longest, often = np.zeros(codes.shape, np.float32), np.zeros(codes.shape, np.float32)
    for n in range(SHORTEST, LONGEST + 1):
        through = words.counts(rows, n)[..., reach - n + 1 : reach + 1].max(-1) - own
        longest[through > 0] = n
        if n == SHORTEST:
            often = np.log2(1.0 + np.maximum(through, 0)).astype(np.float32)
    return longest, often


def _neighbours(sheet: Sheet, case: Case) -> Floats:
    """How many of the two places on either side are doubtful too."""
    doubtful = np.zeros(len(sheet.text) + 4, np.float32)
    doubtful[case.doubtful + 2] = 1
    near: Floats = np.sum([doubtful[case.places + 2 + d] for d in (-2, -1, 1, 2)], axis=0)
    return near


def _wide(column: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    return np.broadcast_to(column[:, None], shape)
