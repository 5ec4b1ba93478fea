"""Question -> the years it names, and of each whether it asks for that year's document, plans or results. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Ask = Literal["document", "plan", "result", "open"]

MANY = 6  # years of a period that are asked for one by one

_DIGIT = "〇零○一二三四五六七八九"
_FOUR = r"(?<!\d)(?:19|20)\d\d(?![\d万亿元个人家吨公米%]|\.\d)"
_CHINESE = rf"[一二][〇零○九][{_DIGIT}]{{2}}"
_NOT_FIRST = r"(?<![\d.近过去这第用共满前后达历每未来经长约])"
_SHORT = rf"{_NOT_FIRST}(?:'?\d\d|[〇零○][{_DIGIT}]|一[〇零○一三四五六七八九])(?=年(?![来间后前内以]))|'\d\d(?!\d)"
_ANY = rf"(?:{_FOUR}|{_CHINESE}(?=年)|{_SHORT})"
_RANGE = re.compile(rf"(?P<a>{_FOUR}|{_CHINESE})年?度?\s*(?:[-—–−~]+|至|到)\s*(?P<b>{_FOUR}|{_CHINESE}|\d\d(?=年))")
_ONE = re.compile(_ANY)
_PLAN = re.compile(
    r"(?P<n>[八九]|十[一二三四五六七八])五(?![年个亿万元%])|(?<=[\"“”「])十五(?=[\"“”」])|十五(?=期间|时期|规划|计划)"
)
_PERIOD = re.compile(r"[\"”」]?(?:规划|计划|纲要|期间|时期)*")
_EACH = re.compile(r"各是|各年|分别|每年|历年|逐年|各自|哪一?年")
_VALUES = {**{c: i % 10 for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0}

_KIND = "报告|讲话|发言|文件|年报|公报|通知|意见|规划|方案|白皮书|总结|要点|致辞|演讲|那份|那篇|这份|这篇|一份|一篇|版"
_AFTER = re.compile(rf"年?度?的?[^,。?!;:、和与及年\d了完增达到是有在对把将比中里]{{0,12}}?(?:{_KIND})")
_BEFORE = re.compile(rf"(?:{_KIND})[》\")]?\s*[(\[]?$")
_WILL = re.compile(
    r"目标|预期|预计|计划|安排|打算|预算|任务|部署|提出|要求|强调|力争|确定|重点工作|怎么做|如何推进|要怎|将(?!近)|拟|准备|工作重点"
)
_DONE = re.compile(
    r"增长了|增加了|下降了|减少了|提高了|完成|达到|达|实际|新增|结果|多少|取得|实现|成绩|成就|回顾|执行情况|进展"
    r"|做了|建成|解决了|创造|突破|多高|多大|几[个人件次项成]|增速|同比|了什么|了哪"
)
_LINK = re.compile(r"年?度?的?[\s,、和与及跟同比较对相至到以]*")


@dataclass(frozen=True, slots=True)
class Years:
    """A year, or the years `first` to `last`, that a question names at `start`; `sure` 0..1 that a year it is."""

    first: int
    last: int
    ask: Ask
    start: int
    sure: float = 1.0


def years_in(text: str) -> list[Years]:
    """The years of a folded question in its order, each once.

    A year that only another one is compared with (比2011年增长) is left out; of a period whose years are asked for one
    by one (2012年至2014年各…) each stands alone.
    """
    found = sorted(_spans(text))
    kept = [s for n, s in enumerate(found) if not (n and text[s[0] - 1] == "比")]
    asks = _asks(text, kept) if kept else []
    years: dict[tuple[int, int], Years] = {}
    for (start, _, first, last, sure), ask in zip(kept, asks, strict=True):
        each = last - first < MANY and _EACH.search(text)
        for a, b in [(year, year) for year in range(first, last + 1)] if each else [(first, last)]:
            years.setdefault((a, b), Years(a, b, ask, start, sure * _nearness(text, start)))
    return list(years.values())


def _spans(text: str) -> list[tuple[int, int, int, int, float]]:
    """Start, end, first and last year, and how surely."""
    spans: list[tuple[int, int, int, int, float]] = []
    free = text
    for found in _PLAN.finditer(text):
        first = 1951 + 5 * _plan_number(found["n"] or "十")
        behind = _PERIOD.match(text, found.end())
        spans.append((found.start(), behind.end() if behind else found.end(), first, first + 4, 1.0))
    for found in _RANGE.finditer(text):
        first, last = _year(found["a"]), _year(found["b"], found["a"])
        if first < last:
            spans.append((found.start(), found.end(), first, last, 1.0))
    for start, end, *_ in spans:
        free = free[:start] + "·" * (end - start) + free[end:]
    for found in _ONE.finditer(free):
        year = _year(found[0])
        spans.append((found.start(), found.end(), year, year, 1.0 if len(found[0]) == 4 else 0.7))
    return spans


def _plan_number(text: str) -> int:
    return {"八": 8, "九": 9}.get(text) or 10 + (_VALUES[text[1]] if len(text) > 1 else 0)


def _year(text: str, before: str = "") -> int:
    """2012 of 2012, 二〇一二, 12, 一二 and '12; short ones are of the century of `before`, else of the last fifty years."""
    number = int("".join(str(_VALUES[c]) if c in _VALUES else c for c in text.strip("'")))
    if number >= 100:
        return number
    century = _year(before) // 100 * 100 if before else (1900 if number >= 60 else 2000)
    return century + number


def _nearness(text: str, start: int) -> float:
    """Less where the year is a date to come or the beginning of a time (到2020年, 自2003年以来)."""
    return 0.4 if text[max(0, start - 1) : start] in ("到", "至", "自", "从") else 1.0


def _asks(text: str, spans: list[tuple[int, int, int, int, float]]) -> list[Ask]:
    """For each year by the words up to the next, the first also by those before it; “2012年和2013年的” are asked alike."""
    asks: list[Ask] = []
    starts = [*(s[0] for s in spans[1:]), len(text)]
    for (start, end, *_), until in reversed(list(zip(spans, starts, strict=True))):
        first = not spans or start == spans[0][0]
        if asks and _LINK.fullmatch(text, end, until):
            asks.append(asks[-1])
        elif _AFTER.match(text, end, until) or _BEFORE.search(text[:start]):
            asks.append("document")
        else:
            asks.append(_ask((text[:start] if first else "") + " " + text[end:until]))
    return asks[::-1]


def _ask(words: str) -> Ask:
    will, done = _WILL.search(words), re.search(r"完成情况|完成了吗|是否(?:完成|实现|达到)|执行情况", words)
    if will:
        return "open" if done else "plan"
    return "result" if _DONE.search(words) else "open"
