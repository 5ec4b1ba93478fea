"""Two fonts -> index/repair/shapes.npz: a vector for each Chinese character, near to those of characters drawn alike.

Run by hand when the table is to be made anew. The characters are those of GB 2312 and level 1 of Big5, and those of
`counts.npz`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from index.repair import counts
from index.repair.shapes import BOTH, SIMPLIFIED, TABLE, TRADITIONAL

SIZE, SMALL, WIDTH = 64, 24, 96  # pixels as drawn and as compared; numbers in a vector
NEIGHBOURS = 16  # listed for each character
BLURS = (2.0, 4.0)  # pixels as drawn


def main(arguments: list[str] | None = None) -> int:
    """Draw, reduce, write."""
    parser = argparse.ArgumentParser(prog="python -m index.repair.make_shapes", description="由字形生成形近字向量表")
    parser.add_argument("fonts", nargs="+", type=Path, metavar="字体", help="如 NotoSansCJK 与 NotoSerifCJK 的 .ttc")
    parser.add_argument("--face", type=int, default=2, metavar="N", help="字体集里的第几款（Noto CJK 的 2 是简体）")
    options = parser.parse_args(arguments)
    characters = "".join(c for c in sorted({*_national(), *counts.load().letters}) if "\u4e00" <= c <= "\u9fff")
    fonts = [ImageFont.truetype(font, SIZE - 4, index=options.face) for font in options.fonts]
    images = np.hstack([_draw(characters, font, blur) for font in fonts for blur in BLURS])
    images -= images.mean(axis=0)
    axes = np.linalg.svd(images[::3], full_matrices=False)[2][:WIDTH]
    vectors = images @ axes.T
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    whole = np.round(vectors / np.abs(vectors).max() * 127).astype(np.int8)
    likest = _neighbours(vectors)
    np.savez_compressed(
        TABLE, characters=np.array(characters), vectors=whole, scripts=_scripts(characters), neighbours=likest
    )
    print(f"{TABLE}：{len(characters)} 字，{TABLE.stat().st_size} 字节")
    return 0


def _national() -> str:
    simplified = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    traditional = (bytes((row, cell)) for row in range(0xA4, 0xC7) for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return "".join(
        [c.decode("gb2312", "ignore") for c in simplified] + [c.decode("big5", "ignore") for c in traditional]
    )


def _draw(characters: str, font: ImageFont.FreeTypeFont, blur: float) -> NDArray[np.float32]:
    """One row a character: blurred, made small, without its mean, of length 1."""
    rows = []
    for character in characters:
        image = Image.new("L", (SIZE, SIZE))
        ImageDraw.Draw(image).text((SIZE // 2, SIZE // 2), character, fill=255, font=font, anchor="mm")
        small = image.filter(ImageFilter.GaussianBlur(blur)).resize((SMALL, SMALL), Image.Resampling.BOX)
        rows.append(np.asarray(small, np.float32).ravel())
    images = np.stack(rows)
    images -= images.mean(axis=1, keepdims=True)
    drawn: NDArray[np.float32] = images / np.linalg.norm(images, axis=1, keepdims=True)
    return drawn


def _neighbours(vectors: NDArray[np.float32]) -> NDArray[np.uint16]:
    likest = np.zeros((len(vectors), NEIGHBOURS), np.uint16)
    for start in range(0, len(vectors), 500):
        likeness = vectors[start : start + 500] @ vectors.T
        likeness[np.arange(len(likeness)), np.arange(start, start + len(likeness))] = -9.0
        likest[start : start + 500] = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return likest


def _scripts(characters: str) -> NDArray[np.uint8]:
    simpler, fuller = OpenCC("t2s"), OpenCC("s2t")
    return np.array([_script(c, simpler.convert(c), fuller.convert(c)) for c in characters], np.uint8)


def _script(character: str, simplified: str, traditional: str) -> int:
    if character != simplified:
        return TRADITIONAL
    return SIMPLIFIED if character != traditional else BOTH


if __name__ == "__main__":
    raise SystemExit(main())
