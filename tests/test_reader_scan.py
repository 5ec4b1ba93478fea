"""The real OCR engine on real pictures of text; scans/notice.png is one page in black and white."""

from __future__ import annotations

import io
import socket
import struct
import zlib
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_pages import Canvas, Pen, pdf
from PIL import Image

from index.cleaning import clean
from index.errors import JudianError
from index.extract import Extract
from index.readers import scan
from index.readers.layout import pieces
from index.readers.pdf import read as read_pdf
from index.readers.scan import ScanError, read

NOTICE = Path(__file__).with_name("scans") / "notice.png"
TITLE = "关于推进城市更新的通知"
PARAGRAPHS = [
    TITLE,
    "为深入贯彻落实党中央、国务院决策部署，扎实推进城市更新工作，现就有关事项通知如下，请认真组织实施。",
    "2024年全市计划改造老旧小区1200个，新建停车位3.5万个，惠及居民86万户，完成投资430.5亿元。",
    "各区人民政府要落实主体责任，细化工作措施。",
]


def shown(extract: Extract) -> list[str]:
    return clean(extract.text, extract.layout, extract.pages).text.split("\n")[:-1]


def notice() -> Image.Image:
    return Image.open(NOTICE).convert("L")


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def test_a_picture_is_read_without_any_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the OCR engine asked the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    scan._engine.cache_clear()
    extract = read(NOTICE.read_bytes())
    assert shown(extract) == PARAGRAPHS
    assert [(h.level, extract.text[h.start : h.end]) for h in extract.headings] == [(1, TITLE)]


def test_a_tiff_of_two_pages_has_pages_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    data = saved(notice(), "TIFF", save_all=True, append_images=[notice().crop((0, 80, 860, 340))])
    extract = read(data, progress=lambda done, total: told.append((done, total)))
    assert shown(extract)[:4] == PARAGRAPHS
    assert extract.text[extract.pages[1] :].startswith(PARAGRAPHS[1][:8])
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_on_its_side_or_its_head_is_set_up(turn: int) -> None:
    assert shown(read(saved(notice().rotate(turn, expand=True), "PNG"))) == PARAGRAPHS


def test_a_photo_is_turned_as_its_camera_says_and_put_on_white() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    data = saved(notice().rotate(90, expand=True), "JPEG", exif=exif, quality=90)
    frames = list(scan._frames(data))
    assert [(n, total, pixels.shape) for n, total, pixels in frames] == [(1, 1, (*notice().size[::-1], 3))]
    clear = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    ((_, _, white),) = scan._frames(saved(clear, "PNG"))
    assert int(white.min()) == 255


def test_a_scanned_page_of_a_pdf_is_read_and_the_others_keep_their_text() -> None:
    def draw(canvas: Canvas) -> None:
        from reportlab.lib.utils import ImageReader

        list(Pen(canvas).paragraph("第一页有文字层，不必识别，读出的每个字都与原文相同，一个字也不会错。"))
        canvas.showPage()
        canvas.setPageSize((430, 165))
        canvas.drawImage(ImageReader(notice()), 0, 2, 430, 162)

    extract = read_pdf(pdf(draw))
    assert shown(extract) == ["第一页有文字层，不必识别，读出的每个字都与原文相同，一个字也不会错。", *PARAGRAPHS]
    assert extract.text[extract.pages[1] :].startswith(TITLE)


def test_a_long_picture_is_cut_between_its_lines() -> None:
    import numpy as np

    tall = Image.new("L", (300, 3000), 255)
    for y in range(0, 3000, 50):
        tall.paste(0, (20, y + 5, 280, y + 35))
    pixels = np.repeat(np.asarray(tall)[:, :, None], 3, axis=2)
    parts = list(scan._slices(pixels))
    assert sum(part.shape[0] for _, part in parts) == 3000
    assert len(parts) > 2
    assert all(int(pixels[top].min()) == 255 for top, _ in parts)


def test_a_tilted_page_is_straightened_by_its_lines() -> None:
    from index.readers.scan import _Box, _levelled, _runs

    def box(text: str, x: float, y: float) -> _Box:
        corners = [(0, 0), (len(text) * 20, 0), (len(text) * 20, 20), (0, 20)]
        return _Box(text, 0.9, tuple((x + a - 0.05 * b, y + b + 0.05 * (x + a)) for a, b in corners))

    runs = _levelled(_runs([box("左边的一段文字", 50, 100), box("右边的一段文字", 250, 100)], (800, 600)))
    assert abs(runs[0].y - runs[1].y) < 1.5
    assert [line.text for line in pieces(runs)] == ["左边的一段文字", "右边的一段文字"]


def test_signs_among_chinese_are_as_wide_as_its_letters() -> None:
    assert scan._widened("各部门:(一)推进,见12:30(p<0.05)") == "各部门：（一）推进，见12:30(p<0.05)"


def test_without_the_engine_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "installed", lambda: False)
    with pytest.raises(ScanError, match=r'pip install "judian\[ocr\]"'):
        read(NOTICE.read_bytes())


def test_a_picture_without_words_is_refused() -> None:
    with pytest.raises(ScanError, match="没有认出文字"):
        read(saved(Image.new("L", (200, 200), 255), "PNG"))


def bomb() -> bytes:
    """A small png that would be 40,000 pixels either way."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 40000, 40000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_a_picture_of_too_many_pixels_is_refused_unread() -> None:
    with pytest.raises(ScanError, match="百万像素"):
        read(bomb())


@pytest.mark.parametrize("data", [b"", b"GIF89a", NOTICE.read_bytes()[:900], b"\x89PNG\r\n\x1a\n" + bytes(500)])
def test_a_damaged_picture_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ScanError, match="图片已损坏"):
        read(data)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "TIFF", "BMP", "WEBP"]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255))),
)
def test_damaged_pixels_give_frames_or_an_error(kind: str, flips: list[tuple[int, int]]) -> None:
    data = bytearray(saved(Image.new("L", (40, 30), 128), kind))
    for at, value in flips:
        data[at % len(data)] = value
    try:
        frames = list(scan._frames(bytes(data)))
    except JudianError:
        return
    assert all(pixels.shape[2] == 3 for _, _, pixels in frames)
