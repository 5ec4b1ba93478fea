"""History + question -> one question that can be understood, and searched for, alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.errors import JudianError
from rag.answer import Message

MAX_ELLIPTIC = 14  # characters; a longer question without a pointing word stands alone

_POINTING = re.compile(
    r"^(那么?|还有|另外|再|然后)|它|其中|(?<![我你人])们|这[个些里点条样种几一]|那[个些里点条样种几一]|(?<!应)该|"
    r"上[述面]|前[者面]|后[者面一]|刚才|刚刚|你说的|展开|详细|继续|第[一二三四五六七八九十\d]+[点条项个]"
)
_SHORT = re.compile(r"呢[?？]?$|^(?:具体|其他|别的|为什么[?？]?$|怎么[做办]?[?？]?$)")  # only in a short question
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


def checked(question: str, longest: int) -> str:
    """`question` without the space around it. Raises JudianError when it is empty or over `longest` characters."""
    if not question.strip():
        raise JudianError("问题是空的。请写下要问的内容。")
    if len(question) > longest:
        raise JudianError(
            f"问题有 {len(question)} 字，超过上限 {longest} 字。请只写要问的那一句；资料请用 python -m index add 添加。"
        )
    return question.strip()


def _points_back(question: str) -> bool:
    if _POINTING.search(question):
        return True
    return len(question) <= MAX_ELLIPTIC and bool(_SHORT.search(question))


def _replaced(before: str, question: str) -> str:
    """“那2035年呢” after “到2025年要实现什么？” -> “到2035年要实现什么？”; empty when it does not apply."""
    rest = re.sub(r"^(那么?|还有|另外|再说)|[呢吗么?？,，。\s]", "", question)
    for pattern in _REPLACEABLE:
        new, old = pattern.search(rest), pattern.search(before)
        if new and old and len(rest) - len(new.group()) <= 3:
            return before[: old.start()] + new.group() + before[old.end() :]
    return ""
