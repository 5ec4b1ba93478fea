"""Text -> the same text as a bad scan, or in Traditional script: length and so every offset kept. Pure and seeded."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache
from pathlib import Path

from opencc import OpenCC

from eval.measures.intervals import SEED

LOOKALIKES = Path(__file__).with_name("lookalikes.tsv")
NUMERALS = "一二三四五六七八九十百千万亿两零〇壹贰叁肆伍柒捌玖拾佰仟廿卅萬億兩貳參陸"
JUNK = "JmnrlLIiTtoOBHKfzwcju"
JUNK_SHARE = 0.05  # of the damaged characters; in the bad scan of the sample corpus about one in twenty is a letter
_WEIGHTS = (5, 3, 2)  # of the look-alikes, most alike first


def damage(text: str, share: float, key: str) -> str:
    """`text` with round(share × n) of its n Chinese characters misread, as a scanner does.

    Most become a look-alike, JUNK_SHARE a Latin letter. Numbers (digits and Chinese numerals), letters and signs
    stay, and none is made: a misread number would change what is true, not how well it is found.
    The same key and share give the same text, and what is misread at a small share is misread alike at a larger one.
    """
    chance = random.Random(f"{SEED}|{key}")
    places = [(chance.random(), n) for n, character in enumerate(text) if is_damageable(character)]
    chosen = sorted(places)[: round(share * len(places))]
    damaged = list(text)
    for _, n in chosen:
        damaged[n] = _misread(text[n], f"{key}|{n}")
    return "".join(damaged)


def is_damageable(character: str) -> bool:
    """Whether it is a Chinese character and no numeral."""
    return "\u4e00" <= character <= "\u9fff" and character not in NUMERALS


def to_traditional(text: str) -> str:
    """`text` in Traditional script, word by word where that keeps the length, else character by character."""
    return "".join(_same_length(line, "s2t") for line in text.splitlines(keepends=True))


def to_simplified(text: str) -> str:
    """`text` in Simplified script, in the same way: what `to_traditional` changed is changed back."""
    return "".join(_same_length(line, "t2s") for line in text.splitlines(keepends=True))


def _same_length(line: str, direction: str) -> str:
    converted: str = _converter(direction).convert(line)
    if len(converted) == len(line):
        return converted
    return "".join(_one(character, direction) for character in line)


def _one(character: str, direction: str) -> str:
    converted: str = _converter(direction).convert(character)
    return converted if len(converted) == 1 else character


def _misread(character: str, key: str) -> str:
    seed = hashlib.sha256(f"{SEED}|{key}|{character}".encode()).digest()
    chance = random.Random(seed)
    alike = lookalikes().get(character, "")
    if not alike or chance.random() < JUNK_SHARE:
        return chance.choice(JUNK)
    return chance.choices(alike, _WEIGHTS[: len(alike)])[0]


@lru_cache(maxsize=1)
def lookalikes() -> dict[str, str]:
    """Character -> those drawn like it, most alike first; the first line of the file says how it was made."""
    lines = LOOKALIKES.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


@lru_cache(maxsize=2)
def _converter(direction: str) -> OpenCC:
    return OpenCC(direction)
