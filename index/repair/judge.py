"""The numbers of candidates -> how probable each is; and how damaged a stretch of text is. Pure.

The weights are `weights.json`, made by `make_weights.py` on damage whose truth is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from index.repair.counts import Floats, Ints

WEIGHTS = Path(__file__).with_name("weights.json")
BLOCK = 800  # characters that share one share of damage
SOUND = 5e-5  # the share of damaged characters expected of an unknown text …
TRIED = 1000  # … as if that many of its characters had been seen
LENT = 500  # characters' worth of a text's share that each of its blocks is lent
ROUNDS = 12


@dataclass(frozen=True)
class Judge:
    """Weights of the worth of a candidate; `damaged` is the share of damaged characters they were learnt at."""

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: float
    damaged: float

    def worth(self, features: Floats) -> Floats:
        """Log odds of each candidate against the written character, at the share `damaged`."""
        inner = np.maximum(((features - self.mean) / self.scale) @ self.hidden.T + self.hidden_bias, 0.0)
        worth: Floats = inner @ self.out + self.out_bias
        return worth

    def probabilities(self, worth: Floats, shares: Floats) -> Floats:
        """The probability of each candidate where each place lies in a stretch with this share of damage."""
        odds = shares / (1 - shares) / (self.damaged / (1 - self.damaged))
        each = np.exp(np.minimum(worth, 30.0)) * odds[:, None]
        probable: Floats = each / (1 + each.sum(axis=1, keepdims=True))
        return probable

    def shares(self, worth: Floats, places: Ints, length: int, seen: float = 1.0) -> Floats:
        """The share of damage of each block of a text of `length` characters, by its doubtful places and by the text.

        `seen` is the share of the damaged characters that are among the places.
        """
        blocks, count = blocks_of(places, length), blocks_in(length)
        sizes = np.full(count, BLOCK, np.float32)
        sizes[-1] = length - (count - 1) * BLOCK
        shares = np.full(count, self.damaged, np.float32)
        for _ in range(ROUNDS):
            damaged = self.probabilities(worth, shares[blocks]).sum(axis=1)
            whole = (_but_one(damaged, places * 0, 1)[0] / seen + SOUND * TRIED) / (length + TRIED)
            shares = (_but_one(damaged, blocks, count) / seen + LENT * whole) / (sizes + LENT)
            shares = np.clip(shares, SOUND / 10, 0.5).astype(np.float32)
        return shares


def blocks_in(length: int) -> int:
    """How many blocks a text of `length` characters has; the last takes what is left over."""
    return max(1, length // BLOCK)


def blocks_of(places: Ints, length: int) -> Ints:
    """The block of each place of such a text."""
    return np.minimum(places // BLOCK, blocks_in(length) - 1)


def _but_one(damaged: Floats, blocks: Ints, count: int) -> Floats:
    """The sum of each block without its greatest: one place alone does not make a text a damaged one."""
    greatest = np.zeros(count, np.float32)
    np.maximum.at(greatest, blocks, damaged)
    left: Floats = (np.bincount(blocks, damaged, count) - greatest).astype(np.float32)
    return left


@lru_cache(maxsize=1)
def load() -> Judge:
    """The judge with the weights that come with the product."""
    return _judge(json.loads(WEIGHTS.read_text(encoding="utf-8")))


def _judge(stored: Mapping[str, Any]) -> Judge:
    arrays = {name: np.array(stored[name], np.float32) for name in ("mean", "scale", "hidden", "hidden_bias", "out")}
    return Judge(**arrays, out_bias=float(stored["out_bias"]), damaged=float(stored["damaged"]))
