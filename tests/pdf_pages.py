"""Real pdf files for tests, drawn with reportlab; its Chinese font needs no file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

Canvas: TypeAlias = Any  # reportlab has no types
A4 = (595.28, 841.89)
LEFT, RIGHT, TOP = 90.0, 505.0, 770.0  # the text's sides, and its first base line counted from below
FONT, LATIN = "STSong-Light", "Helvetica"
NO_START = "，。、；：！？）》」』”’%"


class Pen:
    """Draws text as an office program sets it: full lines to the margin, first lines set in by two letters."""

    def __init__(
        self, canvas: Canvas, size: float = 12, pitch: float = 20, left: float = LEFT, right: float = RIGHT
    ) -> None:
        self.canvas, self.size, self.pitch, self.left, self.right = canvas, size, pitch, left, right
        self.y = TOP

    def paragraph(self, text: str, indent: int = 2, bottom: float = 80) -> Iterator[str]:
        """The paragraph, justified; yields what is left whenever the column is full."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        inset = indent * self.size
        while text:
            if self.y < bottom:
                yield text
            room = self.right - self.left - inset
            end = next((i for i in range(len(text)) if stringWidth(text[: i + 1], FONT, self.size) > room), len(text))
            while end < len(text) and (text[end] in NO_START or (text[end] + text[end - 1]).isascii()):
                end -= 1
            line, text = text[:end], text[end:]
            spread = (room - stringWidth(line, FONT, self.size)) / max(1, len(line) - 1) if text else 0
            drawn = self.canvas.beginText(self.left + inset, self.y)
            drawn.setFont(FONT, self.size)
            drawn.setCharSpace(spread)
            drawn.textOut(line)
            self.canvas.drawText(drawn)
            self.y -= self.pitch
            inset = 0

    def line(self, text: str, x: float | None = None, size: float | None = None, font: str = FONT) -> None:
        """One line, at the left margin unless told."""
        self.canvas.setFont(font, size or self.size)
        self.canvas.drawString(self.left if x is None else x, self.y, text)
        self.y -= self.pitch * (size or self.size) / self.size

    def centred(self, text: str, size: float | None = None) -> None:
        """One line in the middle of the column."""
        self.canvas.setFont(FONT, size or self.size)
        self.canvas.drawCentredString((self.left + self.right) / 2, self.y, text)
        self.y -= self.pitch * (size or self.size) / self.size


def pdf(draw: Callable[[Canvas], None], encrypt: str = "", **about: str) -> bytes:
    """The file that `draw` draws on a canvas; `encrypt` is the password to open it."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas as reportlab

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = reportlab.Canvas(
        stream, pagesize=A4, invariant=1, encrypt=StandardEncryption(encrypt) if encrypt else None
    )
    canvas.setTitle(about.get("title", ""))
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def flow(canvas: Canvas, pen: Pen, texts: Sequence[str], turn: Callable[[], None]) -> None:
    """Paragraphs one after another; `turn` begins the next column or page and puts the pen there."""
    for text in texts:
        for _ in pen.paragraph(text):
            turn()


def grid(
    canvas: Canvas, rows: Sequence[Sequence[str]], left: float, top: float, widths: Sequence[float], height: float = 20
) -> None:
    """A ruled table."""
    canvas.setLineWidth(0.5)
    right, bottom = left + sum(widths), top - height * len(rows)
    for n in range(len(rows) + 1):
        canvas.line(left, top - n * height, right, top - n * height)
    x = left
    for n in range(len(widths) + 1):
        canvas.line(x, top, x, bottom)
        x += widths[n] if n < len(widths) else 0
    canvas.setFont(FONT, 10)
    for r, row in enumerate(rows):
        x = left
        for width, text in zip(widths, row, strict=True):
            canvas.drawCentredString(x + width / 2, top - r * height - 14, text)
            x += width
