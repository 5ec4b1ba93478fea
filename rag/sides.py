"""Question -> the questions it is made of, one for each thing that it sets side by side; none for any other. Pure.

“到2025年和到2035年，目标各是什么” -> “到2025年，目标是什么”, “到2035年，目标是什么”: each is searched for by itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

MAX_SIDES = 6
SHORTEST = 2  # letters of what tells one thing from another
MAX_SIDE = 24  # letters of a thing; longer ones are clauses, not things

_ONE_BY_ONE = re.compile(
    "分别|各自|各(?![地级族界类种项国省市县方部行位人单区个家式条篇章大年领环企学校群民乡村镇机组样色路])"
)
_UNLIKE = re.compile(
    "(?:之间)?(?:有|的)?(?:什么|何|哪些|怎样的)?(?:主要)?的?(?:不同|区别|差异|差别|异同)(?:之处|点|是什么|在哪里?|有哪些)?$|(?:相比|比较|对比)(?=[,，]|起来|$)|哪[个家一者]更"
)
_COMPARE = re.compile(
    r"(?:^|[,，])(?:请|试|试着|帮我|能否|请你)*(?:比较|对比)(?:一下)?(?!优势|[喜重适流常容高大小多少])"
)
_AND = re.compile(
    r"(?<![共平温总亲附缓柔])和(?![平谐解睦蔼会而])|(?<![参给赠赋授])与(?![会否时此其众])|(?<!以)跟(?!踪|随|进)|以及|[、]"
)
_BEFORE = re.compile(
    r".*(?:[,，:：;；]|对于?|把|将|(?<=[篇章文书会面告料])[里中]|说|提到|认为|关于|请|比较|对比|一下|(?<!存)在)"
)
_BEHIND = re.compile(
    r"的|(?<!存)在(?=.)|于(?=\d|[一-龥]{1,6}年)|都|对(?!外|口|接)|这?(?<![\d第十])(?:两|[二三四五六七八九]|\d)(?:个|种|项|类|方面|者|家|点|份|大)[^,，]{0,4}|[,，:：]|之间"
)
_WHICH = re.compile(r"[,，](?:哪|谁)[^,，]{0,24}[更最][^,，]{1,4}$")  # asked of them all, not of each
_YEAR = re.compile(r"(?:19|20)\d\d年(?:\d{1,2}月)?(?=\D)")
_YEARS = re.compile(r"(?:19|20)\d\d年?(?:[、和与及](?:19|20)\d\d年?)+")
_ONE_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = re.compile(r"^这?(?:两|[二三四五六七八九]|\d)(?:个|种|项|类|方面|者|家|年|点|份|大)")


def sides(question: str) -> tuple[str, ...]:
    """The questions, in order of the things named; empty when it does not set two to MAX_SIDES things side by side."""
    text = question.strip().rstrip("?？。!！")
    found = _COMPARE.search(text)
    asks = _ONE_BY_ONE.search(text) or _UNLIKE.search(text)
    start = found.end() if found else 0
    end = asks.start() if asks and asks.start() > start else len(text) if found else 0
    items = _items(text, start, end)
    if items is None:
        return ()
    first, things, last = items
    rest = text[last:]
    for frame in (_WHICH, _ONE_BY_ONE, _UNLIKE):
        rest = frame.sub("", rest, count=1)
    front, rest = _COMPARE.sub("", text[:first]), _COUNTED.sub("", rest)
    dated = _YEAR.match(things[0])
    shared = dated[0] if dated and not any(_YEAR.match(thing) for thing in things[1:]) else ""
    named = [things[0], *(f"{shared}{thing}" for thing in things[1:])]
    return tuple(f"{front}{thing}{own}" for thing, own in zip(named, _paired(rest, len(things)), strict=True))


def differing(parts: Sequence[str]) -> tuple[str, ...]:
    """Of each question the words that only it has: 女子 and 男子, 2021 and 2022; no number is cut, no letter stands alone."""
    front, behind = alike(parts), alike([part[::-1] for part in parts])
    return tuple(_whole_word(part, front, max(front, len(part) - behind)) for part in parts)


def alike(texts: Sequence[str]) -> int:
    """How many characters they begin with in common."""
    return sum(1 for _ in itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))


def _whole_word(part: str, start: int, end: int) -> str:
    """part[start:end] with the rest of a number that it cuts, and with the letter behind where it would be one letter."""
    while 0 < start < end and part[start].isdigit() and part[start - 1].isdigit():
        start -= 1
    while end < len(part) and (end - start < SHORTEST or (part[end].isdigit() and part[end - 1].isdigit())):
        end += 1
    return part[start:end]


def _paired(rest: str, number: int) -> list[str]:
    """What is asked of each: “在2019年和2021年…” of two gives each its own year."""
    years = _YEARS.search(rest)
    own = _ONE_YEAR.findall(years[0]) if years else []
    if years is None or len(own) != number:
        return [rest] * number
    return [f"{rest[: years.start()]}{year}年{rest[years.end() :]}" for year in own]


def _items(text: str, start: int, end: int) -> tuple[int, Sequence[str], int] | None:
    """Where the enumeration in text[start:end] begins, the things it names, and where it ends."""
    ands = [*_AND.finditer(text, start, end)]
    years = [m.span() for m in _YEARS.finditer(text)]
    ands = [
        m for m in ands if not any(a < m.start() < b for a, b in years)
    ] or ands  # of “甲和乙在2019年和2021年” the first
    if not ands:
        return None
    run = [ands[-1]]
    for m in reversed(ands[:-1]):
        if run[0].start() - m.end() > MAX_SIDE or re.search("[,，:：;；]", text[m.end() : run[0].start()]):
            break
        run.insert(0, m)
    before = _BEFORE.match(text[start : run[0].start()])
    first = start + (before.end() if before else 0)
    behind = _BEHIND.search(text, run[-1].end() + 1, end)
    last = behind.start() if behind else end
    tail = re.search("的.*", text[first : run[0].start()])
    if tail and text.startswith(tail[0], last):
        last += len(tail[0])  # 2014年的报告和2016年的报告
    edges = [first, *(place for m in run for place in m.span()), last]
    things = [text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if not 2 <= len(things) <= MAX_SIDES or not all(1 < len(thing) <= MAX_SIDE for thing in things):
        return None
    return first, things, last
