"""History + question -> one question that can be understood, and searched for, alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Message

MAX_ELLIPTIC = 14  # characters; a longer question without a pointing word stands alone

_POINTING = re.compile(
    r"^(那么?|还有|另外|再|具体|然后)|它|其中|其他|(?<![我你])们|这[个些里点条样种几一]|那[个些里点条样种几一]|该|"
    r"上[述面]|前[者面]|后[者面一]|刚才|刚刚|你说的|展开|详细|继续|第[一二三四五六七八九十\d]+[点条项个]"
)
_ELLIPTIC = re.compile(r"(呢|吗|么)?[?？]?$")
_REPLACEABLE = (
    re.compile(r"(?:19|20)\d{2}年?(?:[到至]?底)?"),
    re.compile(r"第[一二三四五六七八九十\d]+篇"),
    re.compile(r"第[一二三四五六七八九十\d]+(?:章|节|部分)"),
    re.compile(r"\d+月(?:\d+日)?"),
)


def condense(question: str, history: Sequence[Message]) -> str:
    """`question` itself when it stands alone; else with what it points at put in from the last question."""
    asked = [m["content"].strip() for m in history if m.get("role") == "user" and m.get("content", "").strip()]
    question = question.strip()
    if not asked or not _points_back(question):
        return question
    before = asked[-1]
    if len(asked) > 1 and _points_back(before):
        before = condense(before, [{"role": "user", "content": q} for q in asked[:-1]])
    return _replaced(before, question) or f"{before.rstrip('?？。')}，{question}"


def _points_back(question: str) -> bool:
    return bool(_POINTING.search(question)) or (len(question) <= MAX_ELLIPTIC and question.rstrip("?？").endswith("呢"))


def _replaced(before: str, question: str) -> str:
    """“那2035年呢” after “到2025年要实现什么？” -> “到2035年要实现什么？”; empty when it does not apply."""
    rest = re.sub(r"^(那么?|还有|另外|再说)|[呢吗么?？,，。\s]", "", question)
    for pattern in _REPLACEABLE:
        new, old = pattern.search(rest), pattern.search(before)
        if new and old and len(rest) - len(new.group()) <= 3:
            return before[: old.start()] + new.group() + before[old.end() :]
    return ""
