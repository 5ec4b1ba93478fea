"""Pieces of lines of a page -> regions in reading order, column by column. Pure geometry, unit a point, y downwards."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.readers.layout import Line, joined, level

MIN_COLUMN_LINES = 4  # on either side of the space between two columns
MIN_FILLED = 0.5  # of a column's lines are nearly as wide as it; those of a table's columns are not


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that follow each other in one column, whose text runs from `left` to `right`."""

    left: float
    right: float
    lines: tuple[Line, ...]


def regions(lines: Sequence[Line], gutters: Sequence[float] = ()) -> list[Region]:
    """The pieces of one page as regions in reading order; `gutters` are those of the document's other pages."""
    if not lines:
        return []
    left, right = _sides(lines)
    gutter = find_gutter(lines)
    if gutter is None:
        gutter = next((g for g in gutters if _splits(lines, g)), None)
    if gutter is None:
        return [Region(left, right, tuple(joined(lines)))]
    across, sides = _sorted(lines, gutter)
    full = [x for x in across if x.x1 > max(y.x1 for y in across) - 0.4 * x.size]
    if len(full) >= 2:  # text set across both columns, such as an abstract, has margins of its own
        left, right = _sides(across)
    margins = [_sides(s or lines) for s in sides]
    found: list[Region] = []
    edges = [-1e9, *sorted(x.y for x in across), 1e9]
    for top, bottom in itertools.pairwise(edges):
        crossing = [x for x in across if x.y == top]
        if crossing:
            found.append(Region(left, right, tuple(joined(crossing))))
        for column, (x0, x1) in zip(sides, margins, strict=True):
            band = [x for x in column if top < x.y <= bottom]
            inner = regions(band, [g for g in gutters if g != gutter])
            found += inner if len(inner) > 1 else [Region(x0, x1, r.lines) for r in inner]
    return _merged(found)


def _sorted(lines: Sequence[Line], gutter: float) -> tuple[list[Line], list[list[Line]]]:
    """Lines across the gutter, and those on either side; the short last line of a text set across belongs to it."""
    across = sorted((x for x in lines if _side(x, gutter) == 0), key=lambda x: x.y)
    sides = [[x for x in lines if _side(x, gutter) == s] for s in (-1, 1)]
    margin = _sides(sides[0])[0] if sides[0] else 0.0
    for side in sides:
        for line in list(side):
            others = [x for s in sides for x in s if x is not line]
            if _belongs_across(line, across, others, margin) or _title(line, others):
                side.remove(line)
                across.append(line)
    return joined(across), sides


def _belongs_across(line: Line, across: list[Line], others: list[Line], margin: float) -> bool:
    """Whether a short line is part of what is set across: level with a line of it, or alone below or inside it."""
    if any(level(line, x) for x in across):
        return True
    if any(level(line, x) for x in others):
        return False
    above = [x for x in across if 0 < line.y - x.y < 2.2 * x.size]
    below = [x for x in across if 0 < x.y - line.y < 2.2 * x.size]
    last = any(abs(line.x0 - x.x0) < 0.5 * x.size for x in above) and abs(line.x0 - margin) > 0.5 * line.size
    return bool(above) and (bool(below) or last)


def _title(line: Line, others: list[Line]) -> bool:
    """Whether a line above all others is larger and in the middle of the page, though no wider than one column."""
    if not others or line.size < 1.12 * _usual_size(others) or any(x.y <= line.y for x in others):
        return False
    left, right = _sides(others)
    return abs(line.x0 + line.x1 - left - right) < 3 * line.size


def _merged(found: list[Region]) -> list[Region]:
    """Neighbouring regions of one column as one."""
    merged: list[Region] = []
    for region in found:
        last = merged[-1] if merged else None
        if last and (last.left, last.right) == (region.left, region.right) and last.lines[-1].y <= region.lines[0].y:
            merged[-1] = replace(last, lines=last.lines + region.lines)
        else:
            merged.append(region)
    return merged


def _side(line: Line, gutter: float) -> int:
    if line.x1 <= gutter + 1:
        return -1
    return 1 if line.x0 >= gutter - 1 else 0


def _sides(lines: Sequence[Line]) -> tuple[float, float]:
    """Where the text of these lines begins and ends; one line in twenty may stick out."""
    starts, ends = sorted(x.x0 for x in lines), sorted(x.x1 for x in lines)
    return starts[len(starts) // 20], ends[-1 - len(ends) // 20]


def find_gutter(lines: Sequence[Line]) -> float | None:
    """The middle of the space between two columns of running text, or None."""
    texts = [x for x in lines if not x.rows]
    if len(texts) < 2 * MIN_COLUMN_LINES:
        return None
    left, right = _sides(texts)
    best: tuple[int, int, float] | None = None
    for x in {
        round(line.x0) - 1 for line in texts if left + 0.2 * (right - left) < line.x0 < right - 0.15 * (right - left)
    }:
        ends = [line.x1 for line in texts if line.x1 <= x + 1]
        gutter = (x + max(ends, default=x)) / 2
        if not _columns(texts, gutter):
            continue
        across = sum(_side(line, gutter) == 0 for line in texts)
        key = (across, -sum(_side(line, gutter) == 1 for line in texts), gutter)
        best = min(best or key, key)
    return best[2] if best else None


def all_gutters(lines: Sequence[Line]) -> list[float]:
    """The middles of the spaces between all columns of the page."""
    gutter = find_gutter(lines)
    if gutter is None:
        return []
    sides = [[x for x in lines if _side(x, gutter) == s] for s in (-1, 1)]
    return [gutter, *(g for side in sides for g in all_gutters(side))]


def _columns(lines: list[Line], gutter: float) -> bool:
    sides = [[x for x in lines if _side(x, gutter) == s] for s in (-1, 1)]
    if min(map(len, sides)) < MIN_COLUMN_LINES:
        return False
    if sum(len(x.text) for s in sides for x in s) < 0.3 * sum(len(x.text) for x in lines):
        return False
    rows = sum(any(abs(a.y - b.y) < 0.8 * a.size or b.y > a.y for b in sides[1]) for a in sides[0])
    return rows >= MIN_COLUMN_LINES and all(_filled(s) for s in sides)


def _filled(column: list[Line]) -> bool:
    """Whether most of the lines have ink on most of the column's width, as no table's columns have."""
    x0, x1 = _sides(column)
    rows: list[float] = []
    last: Line | None = None
    for line in sorted(column, key=lambda x: x.y):
        if last is not None and level(last, line):
            rows[-1] += line.x1 - line.x0
        else:
            rows.append(line.x1 - line.x0)
        last = line
    wide = sum(ink >= 0.65 * (x1 - x0) for ink in rows)
    return len(rows) >= MIN_COLUMN_LINES and x1 - x0 >= 8 * _usual_size(column) and wide >= MIN_FILLED * len(rows)


def _usual_size(lines: Sequence[Line]) -> float:
    """The usual size of the lines."""
    return median(x.size for x in lines)


def _splits(lines: Sequence[Line], gutter: float) -> bool:
    """Whether the other pages' gutter parts this one too: most lines end or begin near it."""
    sides = [_side(x, gutter) for x in lines if not x.rows]
    near = sum(
        s == -1 and gutter - x.x1 < 2 * x.size for x, s in zip((x for x in lines if not x.rows), sides, strict=True)
    )
    return bool(sides) and sides.count(0) <= 0.34 * len(sides) and near >= 0.4 * len(sides)
