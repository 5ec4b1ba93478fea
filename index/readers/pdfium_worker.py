"""A process of its own that reads one pdf: commands on stdin, runs of glyphs, rules and pixels on stdout.

Run as a script and ignorant of the product, so that hostile bytes can end, hang or fill only this process.
"""

from __future__ import annotations

import ctypes
import json
import math
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

MEMORY = 3 << 30  # bytes this process may take where the system can bound it
MAX_GLYPHS = 200_000  # of one page
MAX_OBJECTS = 50_000  # of one page; more are drawings, not rules of a table
MAX_DEPTH = 3  # forms inside forms
GAP = 0.9  # in heights of the letter; wider spaces part two runs
SIDE = 2400  # pixels, the longer side of a page drawn for OCR
LIGHT = 0.62  # brightness from which ink is that of a watermark
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


def main() -> None:
    """Serve the pdf whose length and bytes come first, until stdin ends."""
    _bound_memory()
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    data = sys.stdin.buffer.read(struct.unpack(">Q", sys.stdin.buffer.read(8))[0])
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        _reply({"error": "password" if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD else "damaged"})
        return
    _reply(_about(document))
    for line in sys.stdin.buffer:
        command, number = json.loads(line)
        try:
            page = document[number]
            answer, pixels = _render(page) if command == "render" else (Page(page, raw).content(), b"")
            _reply(answer, pixels)
        except pdfium.PdfiumError as error:
            _reply({"error": str(error)})


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit alone bounds it
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _reply(answer: dict[str, Any], pixels: bytes = b"") -> None:
    body = json.dumps(answer).encode()
    sys.stdout.buffer.write(struct.pack(">QQ", len(body), len(pixels)) + body + pixels)
    sys.stdout.buffer.flush()


def _about(document: Any) -> dict[str, Any]:  # noqa: ANN401  pypdfium2 has no types
    outline: list[list[Any]] = []
    for bookmark in document.get_toc(max_depth=6):
        target = bookmark.get_dest()
        if target is not None and len(outline) < 5000:
            outline.append([bookmark.level + 1, bookmark.get_title(), target.get_index()])
    return {"pages": len(document), "title": document.get_metadata_dict().get("Title", ""), "outline": outline}


def _render(page: Any, side: int = SIDE) -> tuple[dict[str, Any], bytes]:  # noqa: ANN401
    """The page in shades of grey, its longer side `side` pixels or fewer for a page that is all but endless."""
    width, height = page.get_size()
    bitmap = page.render(scale=side / max(width, height, 1), grayscale=True)
    rows = bytes(bitmap.buffer)
    kept = b"".join(rows[i * bitmap.stride : i * bitmap.stride + bitmap.width] for i in range(bitmap.height))
    return {"width": bitmap.width, "height": bitmap.height}, kept


class Page:
    """One page as runs of glyphs, rules and the share that pictures cover; y grows downwards, unit a point."""

    def __init__(self, page: Any, raw: Any) -> None:  # noqa: ANN401
        self._raw, self._page, self._styles = raw, page, dict[int, list[Any]]()
        self._turn = page.get_rotation() % 360
        self._box = page.get_cropbox()
        left, bottom, right, top = self._box
        size = (right - left, top - bottom)
        self.width, self.height = size if self._turn in (0, 180) else size[::-1]

    def content(self) -> dict[str, Any]:
        """What the parent process asks for."""
        rules, pictures, marks = [], 0.0, 0
        for number, (kind, item, matrix) in enumerate(self._objects(self._page.raw, _page_objects(self._raw), 0)):
            if number >= MAX_OBJECTS:
                break
            marks += 1
            if kind == self._raw.FPDF_PAGEOBJ_IMAGE:
                pictures += self._area(item, matrix)
            elif kind == self._raw.FPDF_PAGEOBJ_PATH:
                rules += self._rules(item, matrix)
        return {
            "width": self.width, "height": self.height, "runs": list(self._runs()), "rules": rules,
            "pictures": min(1.0, pictures / max(1.0, self.width * self.height)), "marks": marks,
        }  # fmt: skip

    def _place(self, x: float, y: float) -> Point:
        left, bottom, right, top = self._box
        turned = {0: (x - left, top - y), 90: (y - bottom, x - left), 180: (right - x, y - bottom)}
        return turned.get(self._turn, (top - y, right - x))

    # -- glyphs ------------------------------------------------------------------------------------------------

    def _runs(self) -> Iterator[dict[str, Any]]:
        """Neighbouring glyphs of one style on one base line, in the order of the file.

        Their places are those of the page turned so that the run is read from left to right.
        """
        text = self._page.get_textpage()
        run: dict[str, Any] | None = None
        drawn = set[tuple[str, int, int]]()
        for glyph in self._glyphs(text.raw, min(text.count_chars(), MAX_GLYPHS)):
            letter, x0, x1, y, style = glyph
            step = max(style[0], 1) / 4  # boldness made by drawing twice
            cell = (letter, round(x0 / step), round(y / step))
            if run and (run["x0"][-1], run["x1"][-1], run["y"]) == (round(x0, 2), round(x1, 2), y):
                x0 = x1  # the next letter of a ligature
            elif not letter.isspace() and cell in drawn:
                continue
            drawn.add(cell)
            if run is None or not _follows(run, x0, y, style):
                if run:
                    yield run
                run = {"text": "", "x0": [], "x1": [], "y": y, "style": style}
            run["text"] += letter
            run["x0"].append(round(x0, 2))
            run["x1"].append(round(x1, 2))
        if run:
            yield run

    def _glyphs(self, text: Any, count: int) -> Iterator[tuple[str, float, float, float, list[Any]]]:  # noqa: ANN401
        raw = self._raw
        x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
        for i in range(count):
            code = raw.FPDFText_GetUnicode(text, i)
            if code in (10, 13) or raw.FPDFText_IsGenerated(text, i) == 1:
                continue
            letter = "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
            letter = "-" if raw.FPDFText_IsHyphen(text, i) == 1 else letter
            style = self._style(text, i)
            if raw.FPDFText_GetCharOrigin(text, i, x, y) and raw.FPDFText_GetLooseCharBox(text, i, box):
                origin = self._upright(*self._place(x.value, y.value), style[4])
                ends = (
                    self._upright(*self._place(box.left, box.bottom), style[4]),
                    self._upright(*self._place(box.right, box.top), style[4]),
                )
                low, high = sorted((ends[0][0], ends[1][0]))
                if math.isfinite(low + high + origin[1]):
                    yield letter, low, high, origin[1], style

    def _upright(self, x: float, y: float, quarter: int) -> Point:
        """The place on a page turned so that text of this direction runs from left to right."""
        if quarter == 1:
            return y, self.width - x
        if quarter == 2:
            return self.width - x, self.height - y
        return (self.height - y, x) if quarter == 3 else (x, y)

    def _style(self, text: Any, i: int) -> list[Any]:  # noqa: ANN401
        """Size, font, bold, light and direction (quarter turns, -1: slanting), found once for each text object."""
        raw = self._raw
        item = raw.FPDFText_GetTextObject(text, i)
        key = ctypes.cast(item, ctypes.c_void_p).value or 0
        if key not in self._styles or not key:
            matrix = raw.FS_MATRIX()
            raw.FPDFText_GetMatrix(text, i, matrix)
            nominal = raw.FPDFText_GetFontSize(text, i)
            size = abs(nominal) * (math.hypot(matrix.c, matrix.d) or 1.0)
            name = ctypes.create_string_buffer(256)
            font = raw.FPDFTextObj_GetFont(item) if item else None
            if font:
                raw.FPDFFont_GetBaseFontName(font, name, 256)
            bold = raw.FPDFText_GetFontWeight(text, i) >= 600 or (
                bool(item) and raw.FPDFTextObj_GetTextRenderMode(item) == 2
            )
            named = name.value.decode("utf-8", "replace").rpartition("+")[2]
            self._styles[key] = [
                round(size, 1) if math.isfinite(size) else 0.0, named, bold, self._light(item), self._quarter(matrix),
            ]  # fmt: skip
        return self._styles[key]

    def _quarter(self, matrix: Any) -> int:  # noqa: ANN401
        origin, end = self._place(0, 0), self._place(matrix.a, matrix.b)
        across, down = end[0] - origin[0], end[1] - origin[1]
        slope = min(abs(across), abs(down)) / (max(abs(across), abs(down)) or 1)
        if slope > 0.12:
            return -1
        if abs(across) >= abs(down):
            return 0 if across >= 0 else 2
        return 1 if down > 0 else 3

    def _light(self, item: Any) -> bool:  # noqa: ANN401
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not item or not self._raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
            return False
        bright = (0.3 * red.value + 0.59 * green.value + 0.11 * blue.value) / 255
        return 1 - (1 - bright) * alpha.value / 255 >= LIGHT

    # -- rules and pictures --------------------------------------------------------------------------------------

    def _objects(self, holder: Any, calls: tuple[Callable[..., Any], ...], depth: int) -> Iterator[Any]:  # noqa: ANN401
        raw = self._raw
        count, get = calls
        for i in range(count(holder)):
            item = get(holder, i)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                outer = self._matrix(item)
                for inner_kind, inner, matrix in self._objects(item, _form_objects(raw), depth + 1):
                    yield inner_kind, inner, _times(matrix, outer)
            else:
                yield kind, item, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

    def _matrix(self, item: Any) -> Matrix:  # noqa: ANN401
        m = self._raw.FS_MATRIX()
        self._raw.FPDFPageObj_GetMatrix(item, m)
        return m.a, m.b, m.c, m.d, m.e, m.f

    def _area(self, item: Any, matrix: Matrix) -> float:  # noqa: ANN401
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not self._raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return 0.0
        x0, y0 = self._place(*_apply(matrix, left.value, bottom.value))
        x1, y1 = self._place(*_apply(matrix, right.value, top.value))
        across = min(max(x0, x1), self.width) - max(0.0, min(x0, x1))
        down = min(max(y0, y1), self.height) - max(0.0, min(y0, y1))
        return float(max(0.0, across) * max(0.0, down))

    def _rules(self, item: Any, outer: Matrix) -> list[list[float]]:  # noqa: ANN401
        """Level and upright strokes of the path, thin filled boxes among them: x0, y0, x1, y1."""
        raw = self._raw
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return []
        matrix = _times(self._matrix(item), outer)
        points = list(self._points(item, matrix))
        if stroke.value:
            return [[*a, *b] for a, b in points if min(abs(a[0] - b[0]), abs(a[1] - b[1])) < 1 and a != b]
        ends = [p for pair in points for p in pair]
        if not ends:
            return []
        x0, x1 = min(p[0] for p in ends), max(p[0] for p in ends)
        y0, y1 = min(p[1] for p in ends), max(p[1] for p in ends)
        if min(x1 - x0, y1 - y0) > 2.5:
            return []
        level = x1 - x0 >= y1 - y0
        return [[x0, (y0 + y1) / 2, x1, (y0 + y1) / 2] if level else [(x0 + x1) / 2, y0, (x0 + x1) / 2, y1]]

    def _points(self, item: Any, matrix: Matrix) -> Iterator[tuple[Point, Point]]:  # noqa: ANN401
        raw = self._raw
        x, y = ctypes.c_float(), ctypes.c_float()
        first = last = None
        for i in range(min(raw.FPDFPath_CountSegments(item), 400)):
            segment = raw.FPDFPath_GetPathSegment(item, i)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            at = self._place(*_apply(matrix, x.value, y.value))
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
                first = at
            elif last is not None:
                yield last, at
            last = at
            if raw.FPDFPathSegment_GetClose(segment) and first is not None:
                yield last, first


def _follows(run: dict[str, Any], x: float, y: float, style: list[Any]) -> bool:
    if run["style"] != style or style[4] < 0 < len(run["text"]) > 200:
        return False
    size = max(style[0], 1.0)
    if style[4] < 0:  # slanting: whatever comes next in the same style
        return True
    gap = x - run["x1"][-1]
    return bool(abs(y - run["y"]) <= 0.2 * size and -0.5 * size <= gap <= GAP * size)


def _page_objects(raw: Any) -> tuple[Callable[..., Any], ...]:  # noqa: ANN401
    return raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject


def _form_objects(raw: Any) -> tuple[Callable[..., Any], ...]:  # noqa: ANN401
    return raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject


def _apply(m: Matrix, x: float, y: float) -> Point:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


if __name__ == "__main__":
    main()
