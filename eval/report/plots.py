"""Numbers -> inline SVG that takes its colours from the page and says its values as text. Pure.

Drawn for a column 360 pixels wide, and scaled from there. Series differ in colour, dash and shape of their markers.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.report.html import Html, escape, join

WIDTH, SIZE = 360.0, 11.0
ROW, TOP, DEEP = 24.0, 8.0, 150.0
"""Height of a row of text, room above a drawing, height of one with two axes."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of `draw_shares`: a share in [0, 1], the ends of its interval, and what is written beside it."""

    label: str
    value: float
    interval: Sequence[float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The values from `low` to `high`; `ticks` are (value, text)."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through `points` from left to right; `texts` are written under the ticks of the x axis, or as one line."""

    label: str
    points: Sequence[Point]
    intervals: Sequence[Sequence[float] | None] = ()
    texts: Sequence[str] = ()
    step: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of `draw_columns`, from `low` to `high`: its height, where it should have ended, and of how many."""

    low: float
    high: float
    height: float
    due: float
    count: int
    note: str


def percent_axis(label: str, low: float = 0.0, high: float = 1.0) -> Axis:
    """Shares from `low` to `high` (in [0, 1]), with ticks in per cent."""
    step = next(s for s in (0.05, 0.1, 0.2, 0.25) if (high - low) / s <= 5.001)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return Axis(label, low, high, [(n * step, f"{100 * n * step:.0f}%") for n in range(first, last + 1)])


def plain_axis(label: str, high: float) -> Axis:
    """Values from 0 to a round number not below `high`, with four to six ticks."""
    rough = (high or 1.0) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    count = math.ceil(high / step - 1e-9) or 1
    return Axis(label, 0.0, count * step, [(n * step, f"{n * step:.6g}") for n in range(count + 1)])


def draw_shares(title: str, marks: Sequence[Mark]) -> Html:
    """A dot for each share on a line from 0 to 100 %, with its interval, and its value beside it."""
    left = min(124.0, max(_width(m.label) for m in marks)) + 10
    notes = max(_width(m.note) for m in marks)
    right = WIDTH - 46 - (notes + 8 if notes else 0)
    bottom = TOP + ROW * len(marks)
    place = _scale(0, 1, left, right)
    grid = [_line(place(v), TOP, place(v), bottom, "grid") for v in (0, 0.25, 0.5, 0.75, 1)]
    ticks = [_text(place(v), bottom + 14, f"{100 * v:.0f}%", "quiet", "middle") for v in (0, 0.5, 1)]
    rows = [_share_row(m, TOP + ROW * (n + 0.5), left - 10, place, right + 46) for n, m in enumerate(marks)]
    return _svg(title, bottom + 20, [*grid, *ticks, *rows], (f"{m.label} {_share_text(m)}" for m in marks))


def draw_curves(title: str, x: Axis, y: Axis, curves: Sequence[Curve]) -> Html:
    """Lines on two axes; below them a row for each curve that names it and writes its values."""
    left = max(40.0, max(_width(c.label) for c in curves) + 34) if _in_columns(x, curves) else 40.0
    across, up = _scale(x.low, x.high, left, WIDTH - 16), _scale(y.low, y.high, TOP + DEEP, TOP)
    rows = TOP + DEEP + 54
    drawn = [join((_curve(c, n, across, up), _row(c, n, rows + 18 * n, x, across, left))) for n, c in enumerate(curves)]
    told = (f"{c.label}：{'，'.join(c.texts)}" for c in curves)
    return _svg(title, rows + 18 * len(curves) - 10, [*_frame(x, y, left), *drawn], told)


def draw_columns(title: str, x: Axis, y: Axis, columns: Sequence[Column]) -> Html:
    """Columns on two axes with the line on which they should end, and a dash where each one should."""
    left = 40.0
    across, up = _scale(x.low, x.high, left, WIDTH - 16), _scale(y.low, y.high, TOP + DEEP, TOP)
    diagonal = _line(across(x.low), up(y.low), across(x.high), up(y.high), "even")
    drawn = [_column(c, across, up) for c in columns]
    return _svg(title, TOP + DEEP + 36, [*_frame(x, y, left), *drawn, diagonal], (c.note for c in columns))


def draw_bar(share: float) -> Html:
    """A bar inside a table; the number stands in the next cell."""
    width = f"{100 * share:.1f}"
    return Html(
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="m0" width="{width}" height="8"/></svg>'
    )


def _share_row(mark: Mark, y: float, label_end: float, place: Callable[[float], float], value_end: float) -> Html:
    ends = mark.interval or ()
    whisker = _line(place(ends[0]), y, place(ends[1]), y, "whisker c0") if ends else Html()
    return _named(
        f"{mark.label}：{_share_text(mark)}",
        _text(label_end, y + 4, _cut(mark.label, 124), "", "end"),
        whisker,
        Html(f'<circle class="m0" cx="{place(mark.value):.1f}" cy="{y:.1f}" r="4"/>'),
        _text(value_end, y + 4, f"{100 * mark.value:.1f}%", "", "end"),
        _text(WIDTH, y + 4, mark.note, "quiet", "end") if mark.note else "",
    )


def _share_text(mark: Mark) -> str:
    ends = f"95% 区间 {100 * mark.interval[0]:.1f}–{100 * mark.interval[1]:.1f}" if mark.interval else ""
    return f"{100 * mark.value:.1f}%" + (
        f"（{'，'.join(filter(None, (mark.note, ends)))}）" if mark.note or ends else ""
    )


def _frame(x: Axis, y: Axis, left: float) -> list[Html]:
    across, up = _scale(x.low, x.high, left, WIDTH - 16), _scale(y.low, y.high, TOP + DEEP, TOP)
    bottom = TOP + DEEP
    return [
        *(_line(left, up(v), WIDTH - 16, up(v), "grid") for v, _ in y.ticks),
        *(_text(left - 6, up(v) + 4, text, "quiet", "end") for v, text in y.ticks),
        _line(left, bottom, WIDTH - 16, bottom, "axis"),
        *(_text(across(v), bottom + 15, text, "quiet", "middle") for v, text in x.ticks),
        _text((left + WIDTH - 16) / 2, bottom + 31, x.label, "quiet", "middle"),
    ]


def _curve(curve: Curve, number: int, across: Callable[[float], float], up: Callable[[float], float]) -> Html:
    aside = 5 * (number - 1) if curve.intervals else 0  # whiskers beside each other, not on top
    points = [(across(x) + aside, up(y)) for x, y in curve.points]
    path = "".join(
        f"{'M' if n == 0 else f'H{x:.1f}V' if curve.step else 'L'}" + (f"{y:.1f}" if n and curve.step else f"{x:.1f} {y:.1f}")
        for n, (x, y) in enumerate(points)
    )  # fmt: skip
    whiskers = [
        _line(x, up(ends[0]), x, up(ends[1]), f"whisker c{number}")
        for (x, _), ends in zip(points, curve.intervals, strict=False)
        if ends
    ]
    marks = [] if curve.step else [_marker(x, y, number) for x, y in points]
    return join((Html(f'<path class="line c{number}" d="{path}"/>'), *whiskers, *marks))


def _row(curve: Curve, number: int, y: float, x: Axis, across: Callable[[float], float], left: float) -> Html:
    """The legend of one curve: its values under the ticks where there is one for each, else on one line."""
    start = left - 34 - _width(curve.label) + 6 if _in_columns(x, [curve]) else 40.0
    sample = join((_line(start, y - 4, start + 18, y - 4, f"line c{number}"), _marker(start + 9, y - 4, number)))
    if _in_columns(x, [curve]):
        texts = [_text(across(v), y, text, "", "middle") for (v, _), text in zip(x.ticks, curve.texts, strict=True)]
        return join((sample, _text(start + 23, y, curve.label), *texts))
    return join((sample, _text(start + 24, y, f"{curve.label}　{'　'.join(curve.texts)}")))


def _in_columns(x: Axis, curves: Sequence[Curve]) -> bool:
    return all(len(c.texts) == len(x.ticks) for c in curves)


def _column(column: Column, across: Callable[[float], float], up: Callable[[float], float]) -> Html:
    x, width = across(column.low) + 1, across(column.high) - across(column.low) - 2
    top, base = up(column.height), up(0)
    return _named(
        column.note,
        Html(f'<rect class="bar" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{base - top:.1f}"/>'),
        _line(x, up(column.due), x + width, up(column.due), "whisker c1"),
        _text(x + width / 2, base - 5, str(column.count), "quiet", "middle"),
    )


def _marker(x: float, y: float, number: int) -> Html:
    """A dot, a square, a triangle: for the first, second and third series."""
    if number == 0:
        return Html(f'<circle class="m0" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    if number == 1:
        return Html(f'<rect class="m1" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>')
    return Html(f'<path class="m2" d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>')


def _svg(title: str, height: float, parts: Iterable[object], told: Iterable[str]) -> Html:
    head = f"<title>{escape(title)}</title><desc>{escape('；'.join(told))}</desc>"
    return Html(f'<svg role="img" viewBox="0 0 {WIDTH:.0f} {height:.0f}">{head}{join(parts)}</svg>')


def _named(title: str, *parts: object) -> Html:
    return Html(f"<g><title>{escape(title)}</title>{join(parts)}</g>")


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> Html:
    return Html(f'<line class="{look}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')


def _text(x: float, y: float, words: str, look: str = "", anchor: str = "start") -> Html:
    kind = f' class="{look}"' if look else ""
    return Html(f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>')


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (min(max(value, low), high) - low) / ((high - low) or 1) * (end - start)


def _width(text: str) -> float:
    return sum(SIZE if unicodedata.east_asian_width(c) in "WF" else SIZE * 0.62 for c in text)


def _cut(text: str, room: float) -> str:
    if _width(text) <= room:
        return text
    return next(text[:n] + "…" for n in range(len(text), -1, -1) if _width(text[:n]) + SIZE <= room)
