"""Bytes of a .pptx -> an Extract: a page a slide, its title a heading, its words in reading order, its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from index.extract import Extract
from index.readers import package
from index.readers.charts import A, chart_rows, chart_title, diagram_lines
from index.readers.faults import guarded
from index.readers.lines import Lines, one_line, tidy
from index.readers.numbering import counted
from index.readers.tables import ACROSS, table_lines

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide
    from pptx.table import Table

KIND = "幻灯片文件"
MAX_TITLE = 40  # characters of a first line that stands in for a missing title
_NEEDED = re.compile(r"(^|/)(presentation|slide\d+|notesSlide\d+)\.xml$|^\[Content_Types\]|^_rels/|/slides/_rels/")
_FURNITURE = {"dt", "ftr", "sldNum", "hdr", "sldImg"}  # date, footer, number, header, picture of the slide
_FORMS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "ea1Chs": "chineseCounting",
    "ea1Cht": "chineseCounting",
    "ea1JpnChs": "chineseCounting",
    "circleNum": "decimalEnclosedCircle",
}
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read(data: bytes) -> Extract:
    """The slides of `data`, hidden ones too. Raises LockedFileError, EmptyFileError, DamagedFileError."""
    if package.is_ole(data):
        from index.readers import legacy

        return legacy.read(data, ".ppt")
    with guarded(KIND):
        from pptx import Presentation

        packed = package.repack(data, KIND, lambda name: _NEEDED.search(name) is not None)
        stated = package.stated_title(packed)
        deck = Presentation(packed)
        lines = Lines()
        band = (deck.slide_height or 0) // 20
        titles = [_add_slide(lines, slide, band) for slide in deck.slides]
        first = next((title for title in titles if title), "")
        return lines.extract(stated if lines.begins_with(stated) else first)


def _add_slide(lines: Lines, slide: Slide, band: int) -> str:
    """Writes one slide, and gives its title."""
    lines.begin_page()
    shape = slide.shapes.title
    title = one_line(shape.text_frame.text) if shape is not None else ""
    others = (s for s in slide.shapes if shape is None or s.shape_id != shape.shape_id)
    found = [line for s in _ordered(others, band) for line in _lines(s, slide, band)]
    if not title and found and len(found[0]) <= MAX_TITLE and not re.search("[。；;，,\n]", found[0]):
        title = found.pop(0)
    lines.add(title, level=1)
    for line in found:
        lines.add(line)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = tidy(slide.notes_slide.notes_text_frame.text).strip()
        lines.add(f"备注：{notes}" if notes else "")
    return title


def _ordered(shapes: Iterable[BaseShape], band: int) -> list[BaseShape]:
    """Shapes from the top down; those whose tops are within `band` of the first one's, from left to right."""
    rows: list[list[BaseShape]] = []
    for shape in sorted(shapes, key=lambda s: s.top or 0):
        if not rows or (shape.top or 0) - (rows[-1][0].top or 0) > band:
            rows.append([])
        rows[-1].append(shape)
    return [shape for row in rows for shape in sorted(row, key=lambda s: s.left or 0)]


def _lines(shape: Any, slide: Slide, band: int) -> Iterator[str]:  # noqa: ANN401 - each kind of shape is a class of its own
    if shape.is_placeholder and shape.element.xpath("string(.//p:nvPr/p:ph/@type)") in _FURNITURE:
        return
    if hasattr(shape, "shapes"):
        for inner in _ordered(shape.shapes, band):
            yield from _lines(inner, slide, band)
    elif getattr(shape, "has_table", False):
        yield from table_lines(_grid(shape.table), heads=int(shape.table.first_row))
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame._txBody)
    else:
        yield from _drawn(shape, slide)


def _grid(table: Table) -> list[list[str]]:
    """Merged cells repeat downwards and are marked as covered to the right."""
    grid: list[list[str]] = []
    for r, row in enumerate(table.rows):
        line: list[str] = []
        for c, cell in enumerate(row.cells):
            words = tidy(cell.text_frame.text)
            if cell._tc.hMerge:
                words = ACROSS
            elif cell._tc.vMerge and r:
                words = grid[r - 1][c]
            line.append(words)
        grid.append(line)
    return grid


def _paragraphs(body: Any) -> Iterator[str]:  # noqa: ANN401 - an element of python-pptx
    """The paragraphs of a text body with their automatic numbers."""
    counts: dict[int, int] = {}
    for paragraph in body.iterchildren(f"{A}p"):
        level = int(paragraph.xpath("string(./a:pPr/@lvl)") or 0)
        counts = {n: value for n, value in counts.items() if n <= level}
        text = "".join(_pieces(paragraph))
        auto = paragraph.find(f"{A}pPr/{A}buAutoNum")
        if auto is None:
            counts.pop(level, None)
        elif text.strip():
            counts[level] = counts.get(level, int(auto.get("startAt", "1")) - 1) + 1
            text = _numbered(counts[level], auto.get("type", "arabicPeriod")) + text
        if text.strip():
            yield text


def _pieces(paragraph: Any) -> Iterator[str]:  # noqa: ANN401 - an element of python-pptx
    for child in paragraph.iter(f"{A}t", f"{A}br", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"):
        yield "\n" if child.tag == f"{A}br" else child.text or ""


def _numbered(value: int, kind: str) -> str:
    """The number as PowerPoint shows it: 1. or 一、 or （1）or ①."""
    form = next((f for stem, f in _FORMS.items() if kind.startswith(stem)), "decimal")
    number = counted(value, form)
    if kind.endswith("ParenBoth"):
        return f"（{number}）"
    if kind.endswith("ParenR"):
        return f"{number}）"
    if form == "chineseCounting":
        return f"{number}、"
    return f"{number}. " if kind.endswith("Period") else f"{number} "


def _drawn(shape: Any, slide: Slide) -> Iterator[str]:  # noqa: ANN401 - a graphic frame of python-pptx
    """The words of a chart or of SmartArt."""
    for reference in shape.element.iter("{*}chart", "{*}relIds"):
        related = reference.get(f"{_RELATED}id") or reference.get(f"{_RELATED}dm")
        if not related or related not in slide.part.rels:
            continue
        root = package.root_of(slide.part.related_part(related).blob)
        yield from diagram_lines(root)
        yield chart_title(root)
        yield from table_lines(chart_rows(root), heads=1)
