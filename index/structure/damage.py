"""A place in a text -> how much must have been misread for an article mark to stand there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add

from index.cleanup.lines import CLOSERS, SENTENCE_END

_ALIKE = {
    "第": "弟笫苐策箫箓茀茅",
    "篇": "扁萹偏编蔦徧遍翩",
    "编": "偏扁遍绵缟煸篇",
    "章": "草竟覃童辛苹意幸",
    "讲": "井进洪拼汫",
}
"""Drawn like them, seen in scans; others are known by being rare in the text."""
_MEASURES = frozenset(
    "届次个名位年天日月周期批轮条款项季产方类种大代步阶部书时线者国人点战场局节回集卷册号师军级层中医版页组站院小高"
    "家台件句段手道环关只例支所座梯阵排行列性感眼遍笔则首幕幅张封份本口区食要二三四五六七八九十"
)
"""What an ordinal counts: 第三产业, 第四季度 are no damaged marks."""
_BEFORE_COUNT = frozenset("这那前后上下每有共几另各本头全该以等再又写读发看用分和或及其约近仅只")
"""What stands in front of a count: 这三篇, 前三章 are none either."""
_SIGNS = frozenset(SENTENCE_END + CLOSERS + "，,、；;：:“‘（(《【\n\f \u3000")
_NUMERALS = frozenset("零〇一二三四五六七八九十百千0123456789")

_STROKES = frozenset("一二三")  # a stroke lost or gained makes one of another

WORTH = 1.5  # of finding one more of the missing marks, against the doubt of each
RARE = 2  # times that a character misread may stand in the text


@dataclass(frozen=True, slots=True)
class Reading:
    """The mark of article `number` may stand at [start, end); `doubt` is 0 for one that is sound."""

    number: int
    start: int
    end: int
    doubt: float


class Reader:
    """Reads damaged marks of one unit in one text."""

    def __init__(self, text: str, unit: str) -> None:
        self._text = text
        self._unit = unit
        self._counts = Counter(text)

    def doubt(self, place: int, numeral: str) -> float:
        """Of reading 第`numeral``unit` at `place`: the sum over its characters, 0 for the sound mark itself."""
        window = self._text[place : place + len(numeral) + 2]
        if len(window) < len(numeral) + 2 or _SIGNS.intersection(window):
            return 9.0
        doubt = self._numeral(window[1:-1], numeral)
        if doubt < 1 and window[0] in _BEFORE_COUNT:
            return 9.0
        if doubt < 1:
            doubt += self._character(window[0], "第", window[:2])
        return doubt + self._last(place + len(window) - 1) if doubt < 1 else doubt

    def _numeral(self, found: str, numeral: str) -> float:
        if found == numeral:
            return 0.0
        if found in _STROKES and numeral in _STROKES:
            return 0.35
        if _NUMERALS.intersection(found):
            return 9.0  # any other number is no damage
        return sum(0.4 if c.isascii() else 0.5 if self._counts[c] <= RARE else 2.0 for c in found)

    def _last(self, place: int) -> float:
        c = self._text[place]
        if c != self._unit and c in _MEASURES:
            return 1.0
        return self._character(c, self._unit, self._text[place : place + 2])

    def _character(self, found: str, meant: str, pair: str) -> float:
        """A look-alike, a letter, or one that the text has hardly elsewhere, nor together with its neighbour."""
        if found == meant:
            return 0.0
        if found in _ALIKE[meant]:
            return 0.15
        if found.isascii():
            return 0.25
        if self._counts[found] <= RARE:
            return 0.35
        return 0.5 if pair[-1:].isspace() or self._pairs[pair] <= 1 else 1.0

    @cached_property
    def _pairs(self) -> Counter[str]:
        return Counter(map(add, self._text, self._text[1:]))


def best_run(readings: Sequence[Reading], apart: int) -> list[Reading]:
    """The readings of rising numbers at rising places, `apart` characters from each other, that are least in doubt."""
    best: list[tuple[float, list[Reading]]] = []
    for reading in sorted(sorted(readings, key=lambda r: r.doubt)[:200], key=lambda r: (r.start, r.number)):
        before = [run for run in best if run[1][-1].number < reading.number and run[1][-1].end + apart <= reading.start]
        score, run = max(before, key=lambda kept: kept[0], default=(0.0, []))
        best.append((score + WORTH - reading.doubt, [*run, reading]))
    return max(best, key=lambda kept: kept[0], default=(0.0, []))[1]
