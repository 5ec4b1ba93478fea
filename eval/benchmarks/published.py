"""published.toml -> the figures that papers give for the public sets, each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("published.toml")


@dataclass(frozen=True, slots=True)
class Series:
    """One system's figures for one metric: part name -> share, 0..1. `checked`: compared with the paper's table."""

    benchmark: str
    metric: str
    system: str
    paper: str
    table: str
    published: str
    checked: bool
    values: Mapping[str, float]

    @property
    def source(self) -> str:
        """Paper, table and date, and whether they were compared."""
        return f"{self.paper}，{self.table}，{self.published}" + ("" if self.checked else "（转抄，未对照原表）")


@lru_cache(maxsize=1)
def read_published(path: Path = FILE) -> tuple[Series, ...]:
    """All series, in their order. Raises KeyError or TypeError for a file with a field missing or too many."""
    kept = tomllib.loads(path.read_text(encoding="utf-8"))["series"]
    return tuple(
        Series(**{**one, "values": {part: value / 100 for part, value in one["values"].items()}}) for one in kept
    )
