"""A question -> the kinds of words its answer should hold, and how far a text holds them: dates, amounts, places. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Kind:
    asked: re.Pattern[str]
    share: Callable[[str], float]  # how far a folded text holds it, 0..1
    weight: float  # fitted on the tune halves (docs/experiments.md)


def _held(pattern: str) -> Callable[[str], float]:
    compiled = re.compile(pattern)
    return lambda text: float(compiled.search(text) is not None)


MOST = 1.35  # the weight of the kind that says most
_LISTED = 8  # signs of enumeration from which a text is a list through and through

_KINDS = (
    _Kind(
        re.compile(r"时间|何时|什么时候|啥时|多会儿|哪一?[年月天日]|几[月号日]|日期"),
        _held(r"\d{1,4}\s*年|\d{1,2}\s*月\s*\d{1,2}|[一二三四五六七八九十]+月"),
        1.35,
    ),
    _Kind(
        re.compile(
            r"多少|几[个家人次项条亿万年岁名位倍成]|多[大高长远重久快]|百分之|率|比例|人数|金额|数量|[量额值价数]是|总额"
        ),
        _held(r"\d|[一二三四五六七八九十百千万亿]{2,}"),
        0.46,
    ),
    _Kind(
        re.compile(r"哪里|何处|在哪|什么地方|哪个?[省市县区国]|哪座"),
        _held(r"[省市县区州镇村]|位于|在[^,。]{2,8}"),
        0.46,
    ),
    _Kind(re.compile(r"为什么|为何|原因|缘由|怎么会|因何"), _held(r"因|由于|是为|关键|根本|离不开|才能"), 0.35),
    _Kind(
        re.compile(r"哪些|哪几|包括什么|有什么|内容"),
        lambda text: min(1.0, (text.count("、") + text.count(";")) / _LISTED),
        0.74,
    ),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer should hold. share() says how far a folded text does, 0..1."""

    kinds: tuple[_Kind, ...]

    @classmethod
    def of(cls, question: str) -> Expected:
        """The kinds that the words of the (folded) question ask for; often none."""
        return cls(tuple(kind for kind in _KINDS if kind.asked.search(question)))

    def share(self, text: str) -> float:
        """0 where nothing is expected, or nothing of it is there."""
        total = sum(kind.weight for kind in self.kinds)
        return sum(kind.weight * kind.share(text) for kind in self.kinds) / max(MOST, total)
