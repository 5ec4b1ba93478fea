"""Two fonts -> eval/robustness/lookalikes.tsv: for each common Chinese character the three that are drawn most alike.

Run by hand when the table is to be made anew; the evaluation itself only reads the table.
The common characters are level 1 of GB 2312 (3,755), the candidates both its levels (6,763).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from eval.files import write_whole
from eval.robustness.perturbations import LOOKALIKES, NUMERALS

Images = NDArray[np.float32]
NEIGHBOURS = 3
SIZE, BLUR, SMALL = 64, 2.5, 24  # pixels: as drawn, radius, as compared


def main(arguments: list[str] | None = None) -> int:
    """Draw, compare, write the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.robustness.make_lookalikes", description="由字形生成形近字表")
    parser.add_argument("fonts", nargs="+", type=Path, metavar="字体", help="如 NotoSansCJK 与 NotoSerifCJK 的 .ttc")
    parser.add_argument("--face", type=int, default=2, metavar="N", help="字体集里的第几款（Noto CJK 的 2 是简体）")
    options = parser.parse_args(arguments)
    common, candidates = _gb2312(0xB0, 0xD7), _gb2312(0xB0, 0xF7)
    drawn = [_draw(candidates, ImageFont.truetype(font, SIZE, index=options.face)) for font in options.fonts]
    likeness = np.mean([images[: len(common)] @ images.T for images in drawn], axis=0)
    names = "、".join(ImageFont.truetype(font, SIZE, index=options.face).getname()[0] or "" for font in options.fonts)
    lines = [
        f"# eval/robustness/make_lookalikes.py：GB 2312 一级 {len(common)} 字，各取全部 {len(candidates)} 字中字形最近的 {NEIGHBOURS} 字"
        f"（{names}，{SIZE} 像素，模糊 {BLUR}，缩至 {SMALL}，余弦均值；不取数字）",
        *(f"{c}\t{alike}" for c, alike in zip(common, nearest(common, candidates, likeness), strict=True) if alike),
    ]
    write_whole(LOOKALIKES, "\n".join(lines) + "\n")
    print(f"{LOOKALIKES}：{len(lines) - 1} 字")
    return 0


def _gb2312(first: int, last: int) -> str:
    """The characters of these rows; level 1 is in front of level 2, unused places are left out."""
    codes = (bytes((row, cell)) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", "ignore") for code in codes)


def _draw(characters: str, font: ImageFont.FreeTypeFont) -> Images:
    """One row a character: blurred, made small, without its mean, of length 1."""
    rows = []
    for character in characters:
        image = Image.new("L", (SIZE, SIZE))
        ImageDraw.Draw(image).text((SIZE // 2, SIZE // 2), character, fill=255, font=font, anchor="mm")
        small = image.filter(ImageFilter.GaussianBlur(BLUR)).resize((SMALL, SMALL))
        rows.append(np.asarray(small, np.float32).ravel())
    images: Images = np.stack(rows)
    images -= images.mean(axis=1, keepdims=True)
    images /= np.linalg.norm(images, axis=1, keepdims=True)
    return images


def nearest(common: Sequence[str], candidates: Sequence[str], likeness: Images) -> list[str]:
    """The most alike first; never the character itself nor a numeral, and none for a numeral."""
    places = {character: n for n, character in enumerate(candidates)}
    likeness[:, [places[c] for c in NUMERALS if c in places]] = -1.0
    likeness[np.arange(len(common)), [places[c] for c in common]] = -1.0
    order = np.argsort(-likeness, axis=1)[:, :NEIGHBOURS]
    return ["" if c in NUMERALS else "".join(candidates[i] for i in row) for c, row in zip(common, order, strict=True)]


if __name__ == "__main__":
    raise SystemExit(main())
