"""A yes-or-no question + the source's words -> 是 or 不是 where the words say exactly that, else nothing. Pure."""

from __future__ import annotations

import re

from index.folding import bare, fold

_ASKING = (
    (re.compile(r"是不是"), "是"),
    (re.compile(r"是否(?=是)"), ""),
    (re.compile(r"是否"), ""),
    (re.compile(r"(能|会|要|该|算)不\1"), r"\1"),
    (re.compile(r"可不可以"), "可以"),
    (re.compile(r"有没有"), "有"),
    (re.compile(r"能否"), "能"),
    (re.compile(r"可否"), "可以"),
)
_OPENING = re.compile(r"^(?:请问|想问一?下|那么?)[,， ]*")
_END = re.compile(r"(?:[,，]?(?:对|是)(?:吗|不|不对|不是))?[吗么嘛呢]?[?？。!！ ]*$")
_DOUBT = re.compile(
    r"如果|若|假如|倘|是否|除非|可能|或许|也许|据称|有人|所谓|误|谣|并非|未必|不一定|[?？吗]|认为|以为|不|没|无|非(?!常|洲)|未(?!来)"
)
_DENIED = re.compile(
    r"如果|若|假如|倘|是否|除非|可能|或许|也许|据称|有人|误|谣|[?？吗]|认为|以为|不得不|无不|莫不|不能不"
)
LEAST = 6  # letters of a statement: shorter ones stand in any text


def verdict(question: str, text: str) -> str:
    """“是” where a sentence says, word for word and without doubt or negation, what the question asks; “不是” where it
    says the same with “不是” for “是”; “” for all others."""
    stated = bare(_statement(question))
    words = bare(text)
    if len(stated) < LEAST:
        return ""
    if stated in words and not _DOUBT.search(fold(text).replace(_statement(question), "")):
        return "是" if not _DOUBT.search(stated) else ""
    denied = stated.replace("是", "不是", 1) if stated.count("是") == 1 else ""
    if denied and denied in words and not _DENIED.search(fold(text)):
        return "不是"
    return ""


def _statement(question: str) -> str:
    """What the question asks, as a statement: 守住底线是不是必答题？ -> 守住底线是必答题."""
    text = _END.sub("", _OPENING.sub("", fold(question).strip()))
    for pattern, plain in _ASKING:
        text = pattern.sub(plain, text)
    return text
