"""How alike two Chinese characters are drawn, and which script each belongs to. Pure.

The table is `shapes.npz`, made by `make_shapes.py` from fonts: each glyph blurred, made small and reduced to a vector.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE = Path(__file__).with_name("shapes.npz")
BOTH, SIMPLIFIED, TRADITIONAL = 0, 1, 2


@dataclass(frozen=True)
class Shapes:
    """One unit vector a character; `scripts` says where it is written: BOTH, SIMPLIFIED or TRADITIONAL only."""

    characters: str
    vectors: NDArray[np.float32]
    scripts: NDArray[np.uint8]
    neighbours: NDArray[np.uint16]  # of each the places of those most alike

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each character stands."""
        return {c: n for n, c in enumerate(self.characters)}

    @cached_property
    def place_of(self) -> NDArray[np.int64]:
        """Where the character of each code stands; -1 for what is not in the table."""
        places = np.full(1 << 16, -1, np.int64)
        places[[ord(c) for c in self.characters]] = np.arange(len(self.characters))
        return places

    @cached_property
    def script_of(self) -> NDArray[np.uint8]:
        """The script of each code; BOTH for what is not in the table."""
        scripts = np.zeros(1 << 16, np.uint8)
        scripts[[ord(c) for c in self.characters]] = self.scripts
        return scripts

    def likeness(self, character: str) -> NDArray[np.float32]:
        """How alike every character of the table is to this one: 1 the same, 0 nothing in common; 0 for an unknown one."""
        place = self.places.get(character)
        if place is None:
            return np.zeros(len(self.characters), np.float32)
        likeness: NDArray[np.float32] = self.vectors @ self.vectors[place]
        return likeness


@lru_cache(maxsize=1)
def load() -> Shapes:
    """The table that is shipped."""
    with np.load(TABLE) as table:
        vectors = table["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Shapes(str(table["characters"]), vectors, table["scripts"], table["neighbours"])
