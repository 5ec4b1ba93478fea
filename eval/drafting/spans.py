"""A sentence -> the words in it that a question can ask for: figures, lists, causes and means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Literal

Kind = Literal["factoid", "list", "why_how", "false_premise", "unanswerable"]
Shape = Literal["日期", "百分比", "数量", "地点", "主体", "列举", "原因", "做法"]

MIN_ITEMS, MAX_ITEMS = 3, 7
MAX_REASON = 60  # characters of an answer to why or how

_BORDER = ("", *"，,。；;！？）)”")
_PROVINCE = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|"
    "贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆"
)
_NUMBER = r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千两]+(?=[万亿])"
_UNIT = (
    "亿元|万元|元|美元|人次|名|人|户|吨|公斤|斤|平方公里|公里|千米|平方米|立方米|米|亩|公顷|千瓦时|千瓦|辆|家|座|条|项|"
    "个百分点|个工作日|个月|个|倍|分钟|小时|天|周|年|岁|届|次|处|所|台|套|件|字|分|万|亿"
)
_FIGURES: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("日期", re.compile(r"(?:(?:19|20)\d{2}年)?\d{1,2}月\d{1,2}日|(?:19|20)\d{2}年(?:\d{1,2}月)?(?![来以间内]|之)")),
    ("百分比", re.compile(r"(?<![\d.])\d+(?:\.\d+)?\s?[%％]|百分之[一二三四五六七八九十点]+")),
    ("数量", re.compile(rf"(?<![\d.第])(?:{_NUMBER})\s?(?:百|千|万|亿|万亿)?[多余]?(?:{_UNIT})(?![%％年来前后])")),
    ("地点", re.compile(
        rf"(?<=在)(?:{_PROVINCE})(?:省|市|自治区)?(?:[\u4e00-\u9fff]{{2,3}}[市州县区])?(?=召开|举行|举办|主持|成立|启动|考察|调研|视察|开工|发布)"
    )),
    ("主体", re.compile(
        r"(?<![^，,。；;！？\n])[^，,。；;：:“”《》是\n]{3,16}(?=是[^，,。；;：:是\n]{6,50}(?:任务|根本|关键|基础|前提|核心|底线|特征|优势|力量|动力|"
        r"保障|目标|方向|重点|主体|机关|依据|原则|要求|标准|职责|途径|枢纽|中心|城市|地区|企业|工程|项目)(?:[，,。；;]|$))"
    )),
    ("主体", re.compile(r"(?<=由)[^，,。；;、\n]{2,16}(?=负责|主管|承担|牵头|组织实施|审批|批准|考核)")),
)  # fmt: skip
_ITEM = r"[^、，,。；;：:！？!?\n（）()“”]{2,16}"
_LIST = re.compile(rf"{_ITEM}(?:、{_ITEM}){{1,9}}(?:(?:以及|和|与|及){_ITEM})?")
_JOINT = re.compile(r"、|以及|和(?!平|谐)|与(?!会)|及(?!时)")
_CERTAIN = re.compile(r"(?:包括|涵盖|包含|分为|分别是|分别为|即|：|:)$")
_WHY_HOW: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("原因", re.compile(r"(?:^|[。；;，,])(?:因为|由于)(?P<words>[^。！？；;\n]{4,60}?)[，,](?:所以|因此|故)?(?P<rest>[^。！？；;\n]{6,})")),
    ("做法", re.compile(r"(?:关键(?:在于|在|要靠|是要)|根本在于|重点在于|离不开)(?P<words>[^。！？；;，,：:\n]{4,60})")),
    ("做法", re.compile(r"(?:通过|依靠|借助)(?P<words>[^。！？；;，,\n“”]{4,40}?)[，,](?P<rest>[^。！？；;，,\n]{6,})")),
    ("做法", re.compile(r"^[^。！？；;，,\n]{6,30}[，,](?:就要|就必须|必须|需要|应当|要)(?P<words>[^。！？；;，,\n]{6,40})(?=[。！？；;]|$)")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What a question asks for: `words` stand in the sentence from `start` on; `facts` are its parts.

    `tail` is what the items of a list all end with.
    """

    words: str
    start: int
    facts: tuple[str, ...]
    shape: Shape
    tail: str = ""

    @property
    def end(self) -> int:
        """Where the words end in the sentence."""
        return self.start + len(self.words)


def figures(sentence: str) -> list[Target]:
    """Dates, percentages, quantities, places and doers, those given in one breath together, in the sentence's order."""
    return _several(single_figures(sentence), sentence)


def single_figures(sentence: str) -> list[Target]:
    """The same, each by itself; no two overlap."""
    found: dict[int, Target] = {}
    taken: set[int] = set()
    for shape, pattern in _FIGURES:
        for m in pattern.finditer(sentence):
            if not taken & set(range(*m.span())):
                taken |= set(range(*m.span()))
                found[m.start()] = Target(m.group(), m.start(), (m.group(),), shape)
    return [found[start] for start in sorted(found)]


def _several(single: list[Target], sentence: str) -> list[Target]:
    """Figures given in one breath (分别达27.3%和17.8%) are asked for together."""
    made: list[Target] = []
    for target in single:
        last = made[-1] if made else None
        joint = sentence[last.end : target.start] if last else ""
        if last and joint in ("和", "、", "与", "及") and last.shape == target.shape:
            made[-1] = Target(sentence[last.start : target.end], last.start, (*last.facts, target.words), last.shape)
        else:
            made.append(target)
    return made


def likeness(target: Target) -> str:
    """Shape and unit of a figure: those with the same can stand in each other's place."""
    return target.shape + re.sub(
        r"[\d.,\s一二三四五六七八九十百千两点]+", "#", target.words if target.shape != "地点" else ""
    )


def lists(sentence: str) -> Iterator[Target]:
    """Enumerations of MIN_ITEMS items or more whose borders are certain."""
    for m in _LIST.finditer(sentence):
        items, tail = _bordered(_JOINT.split(m.group()), sentence[: m.start()], sentence[m.end() : m.end() + 1])
        if MIN_ITEMS <= len(items) <= MAX_ITEMS:
            start = m.start() + m.group().index(items[0])
            end = sentence.rindex(items[-1], start, m.end()) + len(items[-1])
            yield Target(sentence[start:end], start, tuple(items), "列举", tail)


def _bordered(items: Sequence[str], before: str, after: str) -> tuple[list[str], str]:
    """The items, the first cut in front and the last behind as the others show, and their common tail; none if unsure."""
    middle = items[1:-1]
    if len(items) < MIN_ITEMS or len(set(items)) < len(items) or re.search(r"\d", "".join(items)):
        return [], ""
    tail, size = _common([i[::-1] for i in [*middle, items[0]]])[::-1], median_low(map(len, middle))
    head = _common([*middle, items[-1]])
    uneven = len(set(map(len, middle))) > 1 and max(len(items[0]), len(items[-1])) > max(map(len, middle))
    if uneven and len(tail) < 2 and not head:
        return [], ""
    if _CERTAIN.search(before):
        first = items[0]
    elif (tail or head) and len(items[0]) >= size:
        first = items[0][items[0].index(head) :] if head and head in items[0] else items[0][-size:]
    else:
        first = ""
    if tail and tail in items[-1][1:]:
        last = items[-1][: items[-1].index(tail, 1) + len(tail)]
    else:
        whole = after in _BORDER and len(items[-1]) <= size + 3
        last = items[-1][:size] if head and len(items[-1]) >= size else (items[-1] if whole else "")
    return ([first, *middle, last], tail if last.endswith(tail) else "") if first and last else ([], "")


def _common(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    shortest = min(texts, key=len)
    n = next((i for i, c in enumerate(shortest) if any(t[i] != c for t in texts)), len(shortest))
    return shortest[:n]


def reasons(sentence: str) -> Iterator[Target]:
    """Causes and means: what follows words such as 因为, 通过, 关键在于."""
    for shape, pattern in _WHY_HOW:
        for m in pattern.finditer(sentence):
            words = m["words"].strip()
            facts = tuple(p for p in re.split(r"[，,；;、]", words) if len(p) >= 4) or (words,)
            yield Target(words, m.start("words"), facts, shape)


def demanded(sentence: str, target: Target) -> bool:
    """Whether the target is what one must do (要加快…), not the means by which something is done."""
    before = sentence[: target.start]
    return target.shape == "做法" and bool(re.search(r"(?<!关键是)(?:要|必须|需要|应当)$", before))
