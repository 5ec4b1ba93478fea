"""A question and a new term -> the question with that term in the place of its like: “那湖北呢？”. Pure."""

from __future__ import annotations

import re

from rag.conversing.subject import ATTRIBUTE, subject
from rag.conversing.terms import kind_of, terms

MAX_TERM = 20  # letters
_ENDS_ATTRIBUTE = re.compile(rf"(?:{ATTRIBUTE}|[率额量费价值])$")
_EDGE = re.compile(
    r"[，,。；;：:、？?“”\"《》（）\s]|[的将把对在与由被从向为是比]|说|提到|支持|关于|提出|讲(?=.)|(?<=[篇章年月日])"
)
_OPPOSITES = (
    ("国内", "国外"), ("国内", "国际"), ("国内", "外部"), ("国内", "海外"), ("中央", "地方"), ("城市", "农村"), ("城镇", "乡村"),
    ("进口", "出口"), ("男性", "女性"), ("男", "女"), ("收入", "支出"), ("线上", "线下"), ("企业", "个人"), ("优点", "缺点"),
    ("优势", "劣势"), ("上游", "下游"), ("政府", "市场"), ("长期", "短期"), ("甲方", "乙方"), ("原告", "被告"), ("买方", "卖方"),
    ("最大", "最小"), ("最高", "最低"), ("最多", "最少"), ("最早", "最晚"), ("增加", "减少"), ("白天", "晚上"), ("成人", "儿童"),
)  # fmt: skip


def replaced(before: str, new: str) -> str:
    """`before` with `new` in the place of the term that is its like; "" when there is no such term, or more than one."""
    if not 0 < len(new) <= MAX_TERM or new in before:
        return ""
    for way in (_same_kind,) if new.isascii() else (_same_kind, _opposite, _same_ending, _same_part):
        if found := way(before, new):
            return found
    return ""


def _same_kind(before: str, new: str) -> str:
    kind = kind_of(new)
    if not kind:
        return ""
    found = list(terms(before, kind))
    if not found and kind == "year":
        found = list(terms(before, "date"))
    if kind == "english" and len(found) > 1:
        found = [term for term in found if term.start]  # a sentence begins with a capital letter
    if len(found) != 1:
        return ""
    old = found[0]
    if kind == "article" and old.text[-1] != new[-1]:
        return ""
    if kind == "year":
        new = _dated(new, old.text)
    elif kind == "date" and "年" in old.text and "年" not in new:
        new = old.text[: old.text.index("年") + 1] + new
    return before[: old.start] + new + before[old.end :]


def _dated(new: str, old: str) -> str:
    """2035年 in the place of “2025年底”, 1998 in the place of “1997年”."""
    tail = re.sub(r"^\d+年?", "", old)
    new = new if not new.isdecimal() or "年" not in old else f"{new}年"
    return new + tail if tail in ("底", "年底") and not new.endswith(tail) else new


def _opposite(before: str, new: str) -> str:
    for one, other in _OPPOSITES:
        for old, like in ((one, other), (other, one)):
            if new.startswith(like) and len(new) <= len(like) + 2 and before.count(old) == 1:
                return before.replace(old, like)
    return ""


def _same_ending(before: str, new: str) -> str:
    """By the longest common ending, of two letters at least: 绿色发展 and 共享发展."""
    for length in range(min(len(new) - 1, 8), 1, -1):
        tail = new[-length:]
        if before.count(tail) == 1:
            end = before.index(tail) + length
            edges = [m.end() for m in _EDGE.finditer(before, 0, end - length)]
            start = edges[-1] if edges else 0
            if end - start > 2 * len(new) + 4:
                start = end - len(new)
            return before[:start] + new + before[end:] if end - start > length else ""
    return ""


def _same_part(before: str, new: str) -> str:
    """In the place of what is asked about, or of what is asked of it."""
    about = subject(before)
    if about is None or before.count(about.thing) != 1:
        return ""
    if _ENDS_ATTRIBUTE.search(new):
        if about.attribute and before.count(about.attribute) == 1:
            return before.replace(about.attribute, new)
        return ""
    if re.search("提出|规定|要求|实施|发布|发表|采用|获得|拥有$", about.thing[-3:]) and not kind_of(new):
        return before.replace(about.attribute, new) if about.attribute and before.count(about.attribute) == 1 else ""
    if {kind_of(about.thing), kind_of(new)} & {"article", "year", "date", "quarter"}:
        return ""
    head, _, _ = about.thing.partition("的")
    year = re.search(r"(?:19|20)\d{2}年$", head)
    head = head[: year.start()] if year and year.start() else head
    return before.replace(head, new, 1) if 1 < len(head) <= MAX_TERM else ""
