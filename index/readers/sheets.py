"""Bytes of a workbook (.xlsx .xlsm .xls) or a table in text (.csv .tsv) -> an Extract: a heading a sheet, a line a row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

from index.extract import Extract
from index.readers import package, plain
from index.readers.cells import east_asian_format, is_date_format, shown
from index.readers.faults import DamagedFileError, LockedFileError, guarded
from index.readers.lines import Lines
from index.readers.tables import ACROSS, table_lines

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

KIND = "表格文件"
MAX_CELLS = 30_000_000  # in all sheets; a full sheet of a million rows with thirty columns
MAX_FIELD = 1 << 24  # characters of one field of a csv

_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})[\"']"
)
# A sheet that someone styled to the end holds millions of cells and rows without a value.
_EMPTY_CELLS = re.compile(rb"(?:<(?:\w+:)?c\b[^<>]*/>)+")
_EMPTY_ROWS = re.compile(rb"(?:<(?:\w+:)?row\b[^<>]*(?:/>|>\s*</(?:\w+:)?row>)\s*)+")
_NEEDED = re.compile(r"(^|/)(workbook|sharedStrings|sheet\d*)\.xml$|^\[Content_Types\]|\.rels$")
_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|table|head|meta|style)\b", re.I | re.S
)

Merge = tuple[int, int, int, int]  # first row, last row, first column, last column; counted from 0, all inclusive


def read(data: bytes) -> Extract:
    """The sheets of `data`, whatever its name says: a new or an old workbook, a web page saved as one, or csv.

    Raises LockedFileError, EmptyFileError, DamagedFileError, NotTextError.
    """
    if data.startswith(b"PK\x03\x04"):
        with guarded(KIND):
            return _new(data)
    if package.is_ole(data) or data.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02")):
        with guarded(KIND):
            return _old(data)
    if _HTML.match(data[:4096]):
        from index.readers import web

        return web.read(data)
    with guarded(KIND):
        return _text(plain.decode(data))


def _new(data: bytes) -> Extract:
    import openpyxl

    merges: dict[str, list[Merge]] = {}

    def lighten(name: str, part: bytes) -> bytes:
        if "/worksheets/" not in name:
            return part
        merges[name] = _merges(part)
        return _EMPTY_ROWS.sub(b"", _EMPTY_CELLS.sub(b"", part))

    packed = package.repack(data, KIND, lambda name: _NEEDED.search(name) is not None, lighten)
    title = package.stated_title(packed)
    book = openpyxl.load_workbook(packed, read_only=True, data_only=True, keep_links=False)
    try:
        lines = Lines()
        for sheet in book.worksheets:
            path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
            sheet.reset_dimensions()  # what the file says of its size is often wrong
            rows = ([_cell(cell, book) for cell in row] for row in sheet.iter_rows())
            _add_sheet(lines, sheet.title, rows, merges.get(path, []))
        return lines.extract(title if lines.begins_with(title) else "")
    finally:
        book.close()


def _merges(sheet: bytes) -> list[Merge]:
    from openpyxl.utils import column_index_from_string as column

    found = [m.groups() for m in _MERGE.finditer(sheet)]
    return [(int(r) - 1, int(s) - 1, column(c.decode()) - 1, column(d.decode()) - 1) for c, r, d, s in found]


def _cell(cell: Any, book: Workbook) -> str:  # noqa: ANN401 - openpyxl's read-only cells share no type
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        return value
    code = _format(cell)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and is_date_format(code):
        from openpyxl.utils.datetime import from_excel

        value = from_excel(value, book.epoch)
    return shown(value, code)


def _format(cell: Any) -> str:  # noqa: ANN401
    try:
        return east_asian_format(cell.style_array.numFmtId) or str(cell.number_format)
    except IndexError:  # the styles were damaged
        return "General"


def _old(data: bytes) -> Extract:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise LockedFileError from error
        raise DamagedFileError(KIND, f"文件不完整或已损坏（{str(error)[:60]}）") from error
    lines = Lines()
    for sheet in book.sheets():
        merges = [(top, bottom - 1, left, right - 1) for top, bottom, left, right in sheet.merged_cells]
        rows = ([_old_cell(book, cell) for cell in sheet.row(n)] for n in range(sheet.nrows))
        _add_sheet(lines, sheet.name, rows, merges)
    return lines.extract()


def _old_cell(book: Any, cell: Any) -> str:  # noqa: ANN401 - xlrd has no types
    import xlrd

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    key = book.xf_list[cell.xf_index].format_key if cell.xf_index is not None else 0
    code = east_asian_format(key) or (book.format_map[key].format_str if key in book.format_map else "General")
    if cell.ctype == xlrd.XL_CELL_DATE or is_date_format(code):
        if cell.value < 1:
            return shown(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode).time(), code)
        return shown(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode), code)
    return shown(float(cell.value), code)


def _text(text: str) -> Extract:
    first = text.split("\n", 1)[0]
    if re.fullmatch(r"sep=.", first):
        text = text[len(first) + 1 :]
        delimiter = first[-1]
    else:
        delimiter = _delimiter(text[:20_000])
    csv.field_size_limit(MAX_FIELD)
    lines = Lines()
    for line in table_lines(csv.reader(StringIO(text), delimiter=delimiter), headed=True):
        lines.add(line)
    return lines.extract()


def _delimiter(sample: str) -> str:
    """The sign that parts the rows of `sample` most evenly; a comma when none does."""
    scores = {}
    for sign in ",\t;|，":
        widths = Counter(len(row) for row in csv.reader(StringIO(sample), delimiter=sign) if row)
        width, times = max(widths.items(), key=lambda item: (item[0] > 1) * item[1], default=(1, 0))
        scores[sign] = times * (width > 1) / max(1, widths.total())
    return max(scores, key=lambda sign: scores[sign])


def _add_sheet(lines: Lines, name: str, rows: Iterable[Sequence[str]], merges: list[Merge]) -> None:
    """The sheet's name as a heading and its rows as lines; a sheet without words leaves nothing."""
    found = table_lines(_counted(_spread(rows, merges)))
    first = next(found, "")
    if not first:
        return
    lines.add(" ".join(name.split()), level=1)
    lines.add(first)
    for line in found:
        lines.add(line)


def _counted(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    cells = 0
    for row in rows:
        cells += len(row)
        if cells > MAX_CELLS:
            raise DamagedFileError(KIND, f"一张表超过 {MAX_CELLS} 个单元格")
        yield row


def _spread(rows: Iterable[Sequence[str]], merges: list[Merge]) -> Iterator[Sequence[str]]:
    """Rows in which merged cells repeat downwards and are marked as covered to the right."""
    waiting = sorted(merges, reverse=True)
    active: dict[int, tuple[int, str]] = {}  # column -> last row of its merge, words
    for number, row in enumerate(rows):
        active = {column: held for column, held in active.items() if held[0] >= number}
        while waiting and waiting[-1][0] <= number:
            _top, bottom, left, right = waiting.pop()
            words = row[left] if left < len(row) else ""
            active |= {c: (bottom, words if c == left else ACROSS) for c in range(left, min(right + 1, len(row)))}
        yield [active[c][1] if c in active else cell for c, cell in enumerate(row)] if active else row
