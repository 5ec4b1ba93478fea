"""A text, its damaged places listed by hand, and the repairs proposed -> which were found, which read right, which are false.

A list has one line a place, its fields parted by tabs: what stands before it, wrong, right, what stands behind it;
before + wrong + behind occurs once in the display text. A line that begins with # is a remark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import JudianError
from index.reading import Repair


@dataclass(frozen=True, slots=True)
class Place:
    """The stretch [start, end) of a text is damaged and should read `right`, which may be of another length."""

    start: int
    end: int
    right: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Of the places: how many a repair touches and how many are read as they should be; and repairs that touch none."""

    places: int
    found: int
    right: int
    false: tuple[Repair, ...]


def read_places(path: Path, text: str) -> list[Place]:
    """The places listed in the file. Raises JudianError with the line that does not fit `text`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了 {path}：{error}。请检查 --places。") from error
    places = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 4 or text.count(fields[0] + fields[1] + fields[3]) != 1:
            raise JudianError(f"{path} 第 {number} 行不是四栏，或在全文不是恰好出现一次：{line[:40]}。请改正这一行。")
        start = text.index(fields[0] + fields[1] + fields[3]) + len(fields[0])
        places.append(Place(start, start + len(fields[1]), fields[2]))
    return places


def compare(places: Sequence[Place], repairs: Sequence[Repair], least: float) -> Findings:
    """What the repairs of confidence `least` or more do for the places."""
    readings = {r.start + n: (c, r) for r in repairs if r.confidence >= least for n, c in enumerate(r.reading)}
    found = [p for p in places if any(n in readings for n in range(p.start, p.end))]
    right = [p for p in found if "".join(readings.get(n, ("", None))[0] for n in range(p.start, p.end)) == p.right]
    damaged = {n for p in places for n in range(p.start, p.end)}
    false = {id(r): r for n, (_, r) in sorted(readings.items()) if n not in damaged}
    return Findings(len(places), len(found), len(right), tuple(false.values()))
