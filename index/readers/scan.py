"""Bytes of an image, or the pixels of a page -> the text that can be read on it, by OCR that needs no network."""

from __future__ import annotations

import importlib.util
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from index.errors import JudianError
from index.extract import Extract
from index.readers.book import Sheet, bind
from index.readers.layout import Line, Run, is_wide, pieces
from index.readers.running import running

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_WIDE_SIGNS = str.maketrans(",:;!?()", "，：；！？（）")
_NARROW = re.compile("(?<=[\u4e00-\u9fff）》”])[,:;!?()]|[,:;!?()](?=[\u4e00-\u9fff（《“])")
INSTALL = 'pip install "judian[ocr]"'
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
MAX_PIXELS = 120_000_000  # of one page: A3 at 600 dpi has 70 million
MAX_PAGES = 1000  # of one file
MAX_SIDE = 2400  # pixels that the engine sees; a page of A4 is 200 dpi then
FOUND_SIDE = (
    1280  # pixels, on which lines are looked for: as exact as 2400 and five times as fast; they are read on all
)
LEAST_SCORE = 0.5  # the engine's own bound: what it is less sure of is mostly no letter
LONG = 3  # widths; a higher picture that the engine would have to shrink is read in pieces
SLICE = 1.5  # heights of a piece of a long picture, in its widths
_TOO_LARGE = f"图片超过 {MAX_PIXELS // 1_000_000} 百万像素，没有收录。请缩小或分页后再添加。"
ALIKE = 0.18  # two heights of letters nearer than this are one: those of boxes are not exact


class ScanError(JudianError):
    """The image cannot be read."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A line that the engine found: its words, how sure it is, its four corners from the upper left clockwise."""

    text: str
    score: float
    corners: tuple[tuple[float, float], ...]

    @property
    def angle(self) -> float:
        """Of the upper side, in radians, clockwise."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        return math.atan2(y1 - y0, x1 - x0)

    @property
    def upright(self) -> bool:
        """Whether it is much higher than wide: on a page that lies on its side."""
        xs, ys = [x for x, _ in self.corners], [y for _, y in self.corners]
        return max(ys) - min(ys) > 1.6 * (max(xs) - min(xs))


def installed() -> bool:
    """Whether the OCR engine can be used."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read(data: bytes, progress: Callable[[int, int], None] | None = None) -> Extract:
    """The text on the image; a tiff of many pages has pages. `progress` is told after each page: done, of how many.

    Raises ScanError when the engine is not installed, the image damaged or too large, or without any text.
    """
    if not installed():
        raise ScanError(f"图片里的文字要用 OCR 识别，还没有安装。请运行：{INSTALL}")
    lines, heights, count = [], [], 0
    for count, total, pixels in _frames(data):
        runs = recognise(pixels)
        lines.append(pieces(runs))
        heights.append(float(pixels.shape[0]))
        if progress:
            progress(count, total)
    if not any(lines):
        raise ScanError("图片上没有认出文字，没有收录。如果图片上有字，请换更清晰的扫描件（200 dpi 以上）。")
    return bind(_sheets(lines, heights) if count > 1 else [Sheet(tuple(lines[0]), height=heights[0])])


def _sheets(lines: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[Sheet]:
    size = median(x.size for page in lines for x in page)
    sheets = []
    for page, height, ends in zip(lines, heights, running(lines, heights, size), strict=True):
        head = tuple(x.text for i, x in enumerate(page) if i in ends and x.y < height / 2)
        foot = tuple(x.text for i, x in enumerate(page) if i in ends and x.y >= height / 2)
        sheets.append(Sheet(tuple(x for i, x in enumerate(page) if i not in ends), head, foot, height))
    return sheets


def _frames(data: bytes) -> Iterator[tuple[int, int, Pixels]]:
    """Number, from 1, count and pixels of each page of the image, turned as its camera says."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                total = min(int(getattr(image, "n_frames", 1)), MAX_PAGES + 1)
                if total > MAX_PAGES:
                    raise ScanError(f"图片有 {MAX_PAGES} 页以上。请拆成几个文件再添加。")
                for number in range(total):
                    image.seek(number)
                    _check_size(*image.size)
                    upright = ImageOps.exif_transpose(image)
                    flat = _on_white(upright)
                    yield number + 1, total, np.asarray(flat.convert("RGB"))
    except JudianError:
        raise
    except Image.DecompressionBombError as error:
        raise ScanError(_TOO_LARGE) from error
    except Exception as error:  # Pillow raises any kind of error for damaged bytes
        raise ScanError("图片已损坏，或不是图片，打不开。请重新扫描或另存为 PNG 后再添加。") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ScanError(f"{_TOO_LARGE}它有 {width}×{height} 像素。")


def _on_white(image: Any) -> Any:  # noqa: ANN401  any mode of an image
    """The image without transparency: black words on nothing are black on white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return image


def from_pixels(width: int, height: int, pixels: bytes) -> Pixels:
    """Rows of grey bytes as the engine wants them."""
    import numpy as np

    grey = np.frombuffer(pixels, np.uint8).reshape(height, width)
    return np.repeat(grey[:, :, None], 3, axis=2)


@cache
def _engine() -> Any:  # noqa: ANN401  the engine has no types
    """The OCR engine, made once: its models lie inside its package, so it asks no network."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": MAX_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": FOUND_SIDE,
        }
    )


def recognise(pixels: Pixels) -> list[Run]:
    """Lines on the page as runs, unit a pixel, the page straightened first."""
    runs: list[Run] = []
    for top, part in _slices(pixels):
        boxes, shape = _boxes(part)
        runs += [replace(r, y=r.y + top) for r in _runs(boxes, shape)]
    return _levelled(runs)


def scaled(run: Run, scale: float) -> Run:
    """The run in another unit."""
    return replace(
        run,
        x0=tuple(x * scale for x in run.x0),
        x1=tuple(x * scale for x in run.x1),
        y=run.y * scale,
        size=run.size * scale,
    )


def _slices(pixels: Pixels) -> Iterator[tuple[int, Pixels]]:
    """A long picture, as phones make of a whole page, in pieces cut between its lines; else all of it."""
    height, width = pixels.shape[:2]
    top, step = 0, int(SLICE * max(width, 200))
    while height > max(LONG * width, MAX_SIDE) and height - top > 1.5 * step:
        window = pixels[top + step * 2 // 3 : top + step].astype("float32").std(axis=(1, 2))
        cut = top + step * 2 // 3 + int(len(window) - 1 - window[::-1].argmin())
        yield top, pixels[top:cut]
        top = cut
    yield top, pixels[top:]


def _boxes(pixels: Pixels) -> tuple[list[_Box], tuple[int, int]]:
    """What the engine finds, and the page's height and width; a page on its side or its head is set up."""
    import numpy as np

    boxes, inverted = _found(pixels)
    long = [b for b in boxes if len(b.text) > 2]
    if long and sum(b.upright for b in long) > 0.6 * len(long):
        pixels = np.ascontiguousarray(np.rot90(pixels))
        boxes, inverted = _found(pixels)
    if inverted:
        pixels = np.ascontiguousarray(np.rot90(pixels, 2))
        boxes, _ = _found(pixels)
    return boxes, (pixels.shape[0], pixels.shape[1])


def _found(pixels: Pixels) -> tuple[list[_Box], bool]:
    """What the engine reads, and whether most of it stands on its head: it reads some of that, too."""
    engine = _engine()
    image, record = engine.preprocess_img(pixels)
    found, turns, read, crops = engine.run_ocr_steps(image, record)
    result = engine.build_final_output(pixels, found, turns, read, crops, record)
    texts, corners = getattr(result, "txts", None), getattr(result, "boxes", None)
    if texts is None or corners is None:
        return [], False
    boxes = [
        _Box(_widened(text), float(score), tuple((float(x), float(y)) for x, y in four))
        for text, score, four in zip(texts, result.scores, corners, strict=True)
        if score >= LEAST_SCORE and text.strip()
    ]
    wide = [label for (label, _), crop in zip(turns.cls_res, crops, strict=True) if crop.shape[1] > 4 * crop.shape[0]]
    return boxes, sum(label == "180" for label in wide) > 0.5 * len(wide)


def _widened(text: str) -> str:
    """The text with the width of signs that Chinese has: the engine takes one for the other."""
    return _NARROW.sub(lambda m: m.group().translate(_WIDE_SIGNS), text)


def _runs(boxes: list[_Box], shape: tuple[int, int]) -> list[Run]:
    long = [b.angle for b in boxes if len(b.text) > 4 and not b.upright] or [0.0]
    tilt = median(long)
    return [_run(b, tilt, shape) for b in boxes]


def _run(box: _Box, tilt: float, shape: tuple[int, int]) -> Run:
    """The box as a run on a page turned back by the tilt; its letters share its length by their widths."""
    cos, sin = math.cos(-tilt), math.sin(-tilt)
    middle = shape[1] / 2, shape[0] / 2
    turned = [
        (
            (x - middle[0]) * cos - (y - middle[1]) * sin + middle[0],
            (x - middle[0]) * sin + (y - middle[1]) * cos + middle[1],
        )
        for x, y in box.corners
    ]
    x0, x1 = (turned[0][0] + turned[3][0]) / 2, (turned[1][0] + turned[2][0]) / 2
    y0, y1 = (turned[0][1] + turned[1][1]) / 2, (turned[2][1] + turned[3][1]) / 2
    x0, x1 = min(x0, x1), max(x0, x1)
    widths = [1.0 if is_wide(c) else 0.55 for c in box.text]
    unit, ends = (x1 - x0) / sum(widths), [x0]
    for width in widths:
        ends.append(ends[-1] + unit * width)
    size = min(abs(y1 - y0), unit)  # boxes are higher than letters by a tenth to a half; letters may stand far apart
    return Run(box.text, tuple(ends[:-1]), tuple(ends[1:]), (y0 + y1) / 2 + 0.38 * size, size)


def _levelled(runs: list[Run]) -> list[Run]:
    """The runs with sizes that differ by chance alone made one."""
    if not runs:
        return []
    letters = sorted(size for r in runs for size in [r.size] * len(r.text))
    common = letters[len(letters) // 2]
    return [replace(r, size=common) if abs(r.size - common) <= ALIKE * common else r for r in runs]
