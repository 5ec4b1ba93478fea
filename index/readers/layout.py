"""Glyph runs of a page -> pieces of lines with their spaces. Pure geometry, unit a point, y downwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.extract import Span

PIECE_GAP = 0.9  # ems; a wider space on one line may be the space between two columns
LATIN_SPACE = 0.14  # ems between two letters from which there is a space

_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000①-⓿]")
_BOLD_FONT = re.compile(r"bold|black|heavy|hei(?!t)|黑体|小标宋|xiaobiaosong|(?<![a-z])fzxbs", re.IGNORECASE)
_RAISED = re.compile(r"[\[［〔(（]?[\d①-⑳*†‡]{1,3}[\]］〕)）]?")


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one style on one base line `y`; `x0[i]`, `x1[i]` are the sides of `text[i]`.

    `quarter` is the direction in quarter turns, -1 when slanting; places are those of the page turned upright for it.
    """

    text: str
    x0: tuple[float, ...]
    x1: tuple[float, ...]
    y: float
    size: float
    font: str = ""
    bold: bool = False
    light: bool = False
    quarter: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke, level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn on one page. `pictures` is the share of it they cover; `marks` counts all that is drawn."""

    width: float
    height: float
    runs: list[Run]
    rules: list[Rule]
    pictures: float = 0.0
    marks: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, or a table when it has `rows`; `raised` are the spans of small figures that point to notes."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: str = ""
    bold: bool = False
    light: bool = False
    raised: tuple[Span, ...] = ()
    rows: tuple[str, ...] = ()
    bottom: float = 0.0


def is_wide(letter: str) -> bool:
    """Whether the letter is as wide as high, as Chinese ones are."""
    return bool(_WIDE.match(letter))


def pieces(runs: Iterable[Run]) -> list[Line]:
    """Lines of neighbouring runs, parted at wide spaces: what stands in two columns is never one piece."""
    found = []
    for row in _rows([r for r in runs if r.text.strip()]):
        group: list[Run] = []
        for run in sorted(row, key=lambda r: r.x0[0]):
            if group and run.x0[0] - max(r.x1[-1] for r in group) > PIECE_GAP * max(run.size, group[-1].size):
                found.append(_piece(group))
                group = []
            group.append(run)
        found.append(_piece(group))
    return found


def _rows(runs: list[Run]) -> list[list[Run]]:
    """Runs of one base line together; raised and lowered small ones go with the big one they stand beside."""
    rows: list[list[Run]] = []
    bases: list[Run] = []
    for run in sorted(runs, key=lambda r: (r.y, r.x0[0])):
        near = [n for n in range(max(0, len(rows) - 4), len(rows)) if not _over(run, rows[n])]
        close = [n for n in near if run.y - bases[n].y <= 0.45 * max(run.size, bases[n].size) and _beside(run, rows[n])]
        level = [n for n in near if run.y - bases[n].y <= 0.25 * min(run.size, bases[n].size)]
        if not close and not level:
            rows.append([run])
            bases.append(run)
            continue
        n = (close or level)[-1]
        rows[n].append(run)
        bases[n] = max(bases[n], run, key=lambda r: r.size)
    return rows


def _beside(run: Run, row: list[Run]) -> bool:
    return any(-run.size < run.x0[0] - r.x1[-1] < run.size or -run.size < r.x0[0] - run.x1[-1] < run.size for r in row)


def _over(run: Run, row: list[Run]) -> bool:
    """Whether the run is drawn over one of the row, as a stamp or a watermark is."""
    for r in row:
        shared = min(run.x1[-1], r.x1[-1]) - max(run.x0[0], r.x0[0])
        if shared > 0.5 * min(run.x1[-1] - run.x0[0], r.x1[-1] - r.x0[0]) and shared > 1:
            return True
    return False


def _piece(runs: list[Run]) -> Line:
    size = max(runs, key=lambda r: (len(r.text.strip()), r.size)).size
    text, raised, end = "", [], None
    base = next(r.y for r in runs if r.size == size)
    for run in runs:
        words = _spaced(run)
        if end is not None:
            text += _between(text, words, run.x0[0] - end, size)
        if run.size < 0.8 * size and run.y < base - 0.1 * size and _RAISED.fullmatch(words.strip()) and text:
            raised.append((len(text), len(text) + len(words)))
        text, end = text + words, run.x1[-1]
    strong = sum(len(r.text) for r in runs if r.bold or _BOLD_FONT.search(r.font))
    faint = sum(len(r.text) for r in runs if r.light)
    total = sum(len(r.text) for r in runs)
    fonts = [(sum(map(is_wide, r.text)), len(r.text), r.font) for r in runs]
    x0, x1 = min(r.x0[0] for r in runs), max(r.x1[-1] for r in runs)
    lead = len(text) - len(text.lstrip())
    body = text.strip()
    raised = [(a - lead, min(b - lead, len(body))) for a, b in raised if a >= lead]
    return Line(
        body, *_inked(runs, x0, x1), base, size, max(fonts)[2], strong > 0.8 * total, faint > 0.8 * total, tuple(raised)
    )


def _inked(runs: list[Run], x0: float, x1: float) -> tuple[float, float]:
    """The sides without the spaces at either end, which some programs draw as an indent."""
    first, last = runs[0], runs[-1]
    lead = len(first.text) - len(first.text.lstrip())
    tail = len(last.text.rstrip())
    return (first.x0[lead] if lead < len(first.text) else x0), (last.x1[tail - 1] if tail else x1)


def _spaced(run: Run) -> str:
    """The run's text, with spaces that the page shows but the file does not hold."""
    gaps = [b - a for a, b in zip(run.x1, run.x0[1:], strict=False)]
    spread = min(max(median(gaps), 0.0), 0.5 * run.size) if len(gaps) > 3 else 0.0  # letters set apart to fill the line
    text = run.text[0]
    for gap, letter in zip(gaps, run.text[1:], strict=True):
        text += _between(text, letter, gap - spread, run.size) + letter
    return text


def _between(before: str, after: str, gap: float, size: float) -> str:
    """The space that a gap stands for: none between Chinese letters, which are often set apart."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return ""
    if gap > PIECE_GAP * size:
        return "\u3000" if is_wide(before[-1]) or is_wide(after[0]) else "  "
    if is_wide(before[-1]) or is_wide(after[0]):
        return ""
    return " " if gap > LATIN_SPACE * size else ""


def level(a: Line, b: Line) -> bool:
    """Whether two lines stand on one base line."""
    return abs(a.y - b.y) < 0.35 * max(a.size, b.size) and not a.rows and not b.rows


def joined(lines: Sequence[Line]) -> list[Line]:
    """Pieces of one base line as one line, a wide space between them, from top to bottom."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda x: (x.y, x.x0)):
        last = found[-1] if found else None
        level = (
            last is not None
            and not last.rows
            and not line.rows
            and abs(line.y - last.y) < 0.35 * max(line.size, last.size)
        )
        if last is not None and level and not (line.x0 < last.x1 and last.x0 < line.x1):
            found[-1] = _side_by_side(*sorted((last, line), key=lambda x: x.x0))
        else:
            found.append(line)
    return found


def _side_by_side(a: Line, b: Line) -> Line:
    spread = len(a.text.replace("\u2001", "")) > 0 and _letter_spaced(a) and len(b.text) == 1 and is_wide(b.text)
    gap = "" if spread else _between(a.text, b.text, b.x0 - a.x1, a.size) or ("" if a.text[-1:].isspace() else " ")
    shift = len(a.text) + len(gap)
    raised = a.raised + tuple((s + shift, e + shift) for s, e in b.raised)
    main = max(a, b, key=lambda x: len(x.text))
    return replace(main, text=a.text + gap + b.text, x0=a.x0, x1=b.x1, bold=a.bold and b.bold, raised=raised)


def _letter_spaced(line: Line) -> bool:
    """Whether the line is one Chinese letter, or letters set far apart: 通    知."""
    wide = sum(map(is_wide, line.text))
    return wide == len(line.text) and (wide == 1 or (line.x1 - line.x0) / wide > (1 + PIECE_GAP) * line.size * 0.8)
