"""Held-out texts -> damaged documents whose truth is known, one JSON line [damaged, correct] each, for `make_weights.py`.

Two kinds of damage: `shapes` swaps characters for others drawn alike, common phrases often in the same way throughout;
`scan` renders each clause in a font, squeezes, blurs and greys it, and reads it back with the OCR engine (rapidocr).
Run by hand.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from index.repair import shapes

NEIGHBOURS = 60
SHARES = (0.01, 0.03, 0.06, 0.1)  # of the characters of a document
CLAUSES = 30  # of a scanned document
WRECKED = 0.34  # of a clause misread: it is left out
_CLAUSE = re.compile(r"(?<=[。！？，；])")


def main(arguments: list[str] | None = None) -> int:
    """Damage, write."""
    parser = argparse.ArgumentParser(prog="python -m index.repair.make_damage", description="由好文本造出有误字的文本")
    parser.add_argument("text", type=Path, metavar="文本", help="每行一篇")
    parser.add_argument("out", type=Path, metavar="结果", help="JSON Lines")
    parser.add_argument("--kind", choices=("shapes", "scan"), default="shapes")
    parser.add_argument("--count", type=int, default=40, metavar="N", help="造几篇")
    parser.add_argument(
        "--take", type=int, default=7, metavar="N", help="只用行号除以 20 余 N 的行（不计入字串频次表的）"
    )
    parser.add_argument("--fonts", type=Path, nargs="*", default=[], metavar="字体", help="scan 用的字体")
    options = parser.parse_args(arguments)
    lines = options.text.read_text(encoding="utf-8").split("\n")
    texts = [line for n, line in enumerate(lines) if n % 20 == options.take and 400 < len(line) < 3000]
    chance = random.Random(options.count)
    if options.kind == "scan":
        reader = _reader(options.fonts, chance)
        documents = [_scanned(texts, reader, chance) for _ in range(options.count)]
    else:
        documents = [(_misdrawn(text, chance), text) for text in chance.choices(texts, k=options.count)]
    options.out.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
    return 0


def _misdrawn(text: str, chance: random.Random) -> str:
    known = shapes.load().places
    damaged, share = list(text), chance.choice(SHARES)
    pairs = Counter(text[n : n + 2] for n in range(len(text) - 1) if text[n] in known and text[n + 1] in known)
    repeated = [pair for pair, count in pairs.items() if count >= 4]
    for pair in chance.sample(repeated, min(len(repeated), chance.randrange(4))):
        which, often = chance.randrange(2), chance.choice((0.3, 0.6, 0.9))
        alike = _alike(pair[which], chance)
        for found in re.finditer(re.escape(pair), text):
            if chance.random() < often:
                damaged[found.start() + which] = alike
    for n, character in enumerate(text):
        if character in known and damaged[n] == character and chance.random() < share:
            damaged[n] = _alike(character, chance)
    return "".join(damaged)


def _alike(character: str, chance: random.Random) -> str:
    table = shapes.load()
    likeness = table.likeness(character)
    likeness[table.places[character]] = -9.0
    likeness[table.scripts == shapes.TRADITIONAL] = -9.0
    nearest = np.argpartition(-likeness, NEIGHBOURS)[:NEIGHBOURS]
    weights = np.exp(likeness[nearest] * chance.choice((5, 9, 12)))
    return table.characters[chance.choices(nearest.tolist(), weights.tolist())[0]]


def _scanned(texts: list[str], read: Callable[[str], str], chance: random.Random) -> tuple[str, str]:
    """Clauses that came back with their length and mostly right; signs as they were."""
    kept: list[tuple[str, str]] = []
    while len(kept) < CLAUSES:
        clause = chance.choice(_CLAUSE.split(chance.choice(texts)))
        if not 5 < len(clause) < 30:
            continue
        seen = read(clause)
        if len(seen) != len(clause) or sum(a != b for a, b in zip(seen, clause, strict=True)) > WRECKED * len(clause):
            continue
        pairs = zip(seen, clause, strict=True)
        kept.append(("".join(a if "\u4e00" <= b <= "\u9fff" else b for a, b in pairs), clause))
    return "\n".join(a for a, _ in kept), "\n".join(b for _, b in kept)


def _reader(fonts: list[Path], chance: random.Random) -> Callable[[str], str]:
    """A bad scanner: text drawn 9 to 15 pixels high, squeezed, blurred, greyed, and read by the OCR engine."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params={"Global.log_level": "error"})
    faces = [ImageFont.truetype(font, 40, index=2) for font in fonts]

    def read(text: str) -> str:
        face = chance.choice(faces)
        width = int(face.getlength(text)) + 20
        image = Image.new("L", (width, 56), 255)
        ImageDraw.Draw(image).text((10, 2), text, fill=chance.randint(0, 60), font=face)
        scale = chance.uniform(9, 15) / 40
        image = image.resize((max(8, int(width * scale * chance.uniform(0.8, 1.1))), max(8, int(56 * scale))))
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.2, 1.0)))
        noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, chance.uniform(0, 25), image.size[::-1])
        grey = Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
        large = grey.resize((int(image.size[0] * 48 / image.size[1]), 48)).convert("RGB")
        result = engine(np.asarray(large), use_det=False, use_cls=False, use_rec=True)
        return str(result.txts[0]) if result.txts else ""

    return read


if __name__ == "__main__":
    raise SystemExit(main())
