"""A sentence and what to ask for -> a question in its own words. Pure.

A Chinese question keeps the order of the statement: the words asked for give way to 多少, 哪些, 什么. Nothing is
invented, whatever the sentence is about; a language model may then smooth the wording.
"""

from __future__ import annotations

import re

from eval.drafting.spans import Target

MAX_FRONT = 40  # characters of the sentence kept in front of what is asked for
ENOUGH = 14  # characters that say what is asked about; with fewer, the next clause is taken too
_NUMERALS = "零一二三四五六七八九"
_LEAD = re.compile(
    r"^(?:同时|因此|所以|此外|另外|而且|并且|但是|然而|其中|特别是|尤其是|首先|其次|最后|当前|近年来|于是|总之|可见|近日|日前|(?:我们)?(?:也|还|同时)?要看到|要(?![求点素闻])|必须|(?:不是|而是|而不是|不仅)[^，,]*[，,](?=.{10})|[一二三四五六七]是|"
    r"[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十\d]+[、.．]|但|而|并|又|也|即|[，,、：:\s.]|[”’」』）)])+"
)
_STOP = re.compile(r"[。；;！？!?\n]|[”」]?[“「](?=到|在|要|坚持)|指出[，,：:]“?|强调[，,：:]“?")
_COMMA = re.compile(r"[，,：:]")
_GOVERNS = re.compile(
    r"(?:的|包括|是|为|有|以|实现|推进|加强|加快|推动|打造|建设|提升|增强|坚持|促进|注重|突出|抓好|落实|发展|设立|设有|开展|提供)$"
)
_SIGNS = str.maketrans({",": "，", ";": "；", ":": "：", "?": "？"})


def ask(sentence: str, target: Target) -> str:
    """The question whose answer is the target; "" where the sentence does not allow one."""
    if target.shape == "原因":
        rest = re.match(r"[，,](?:所以|因此|故)?([^。！？；;\n]+)", sentence[target.end :])
        return _finished(f"{rest[1]}，这是因为什么", False) if rest else ""
    before, after = _around(sentence, target)
    if target.shape == "做法":
        return _how(before, after, sentence[target.end :])
    if target.shape == "列举" and before.endswith(("把", "将")) and len(target.tail) < 2:
        return ""
    if target.shape == "列举" and len(target.tail) < 2 and not (target.tail or _GOVERNS.search(before)):
        return ""
    return _finished(before + _interrogative(target, after) + after, True)


def assume(sentence: str, target: Target, other: str) -> str:
    """A question that takes for granted what the sentence says with `other` in the place of the target."""
    before, after = _around(sentence, target)
    return _finished(f"为什么说{_LEAD.sub('', before)}{other}{after}", True)


def _interrogative(target: Target, after: str) -> str:
    if target.shape == "日期":
        day, month = "日" in target.words, "月" in target.words
        return "哪一天" if day else "哪年哪月" if month else "哪一年"
    if target.shape == "数量":
        return "多少" + re.sub(r"^[\d.,\s一二三四五六七八九十百千两万亿多余]+(?=.)", "", target.words)
    if target.shape == "列举":
        count = "几" if len(target.facts) > 9 else _NUMERALS[len(target.facts)]
        return f"哪{count}种{target.tail}" if len(target.tail) > 1 else f"哪{count}个方面"
    if target.shape == "主体":
        return "谁" if after.startswith(("负责", "主管", "承担", "牵头", "组织", "审批", "批准", "考核")) else "什么"
    return {"百分比": "多少", "地点": "哪里"}[target.shape]


def _how(before: str, after: str, following: str) -> str:
    if re.search(r"(?:通过|依靠|借助)$", before):
        rest = re.match(r"[，,]([^。！？；;，,\n]+)", following)
        return _finished(f"{before}什么办法，{rest[1]}", True) if rest else ""
    if re.search(r"(?:要|必须|需要|应当)$", before) and not re.search(r"关键(?:是要|要靠)?$", before):
        return _finished(f"{before}怎么做", True)
    return _finished(f"{before}什么{after}", True)


def _around(sentence: str, target: Target) -> tuple[str, str]:
    """What stands before the target, from a clause near it on, and after it: its clause, or more where that is little."""
    first = max((m.end() for m in _STOP.finditer(sentence, 0, target.start)), default=0)
    before = sentence[first : target.start]
    starts = [0, *(m.end() for m in _COMMA.finditer(before))]
    start = next((s for s in starts if len(before) - s <= MAX_FRONT), len(before))
    last = _STOP.search(sentence, target.end)
    rest = sentence[target.end : last.start() if last else len(sentence)]
    stops = [*(m.start() for m in _COMMA.finditer(rest)), len(rest)]
    least = max(0, ENOUGH - (len(before) - start))
    return before[start:], rest[: next(s for s in stops if s >= least or s == len(rest))]


def _finished(question: str, lead: bool) -> str:
    text = _LEAD.sub("", question) if lead else question
    text = re.sub(r"\s+", "", text.translate(_SIGNS))
    for opening, closing in ("“”", "《》", "（）", "‘’"):
        if text.count(opening) != text.count(closing):
            text = text.replace(opening, "").replace(closing, "")
    return text.rstrip("，；：、。．.") + "？"


def within(question: str, document: str) -> str:
    """The question with the name of the document that it is put to, for a collection of several."""
    return f"据《{document}》，{question}"
