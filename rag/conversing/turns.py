"""The messages of a conversation -> its turns: what was asked, and what was answered unless it was declined. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.folding import fold

MARK = re.compile(r"\s*\[\d{1,3}\]")
_DECLINED = re.compile(
    r"^[^。！？\n]{0,16}(?:没有找到|未能?找到|找不到|没有依据|没有提到|没有提及|无法回答|不能回答|不作答|已停止|没有作答)"
    r"|^(?:抱歉|对不起|很遗憾)|^(?:sorry|i (?:cannot|can't|could not)|not found)"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer without citation marks, "" where there is none; `declined` when it was refused."""

    question: str
    answer: str = ""
    declined: bool = False


def turns(history: object) -> list[Turn]:
    """The turns in order. What is no message with a role and words is passed over, as are answers to nothing."""
    found: list[Turn] = []
    for role, content in _messages(history):
        if role == "user":
            found.append(Turn(content))
        elif role == "assistant" and found and not found[-1].answer:
            answer = MARK.sub("", content).strip()
            declined = bool(_DECLINED.search(fold(answer)))
            found[-1] = Turn(found[-1].question, "" if declined else answer, declined)
    return found


def _messages(history: object) -> Iterable[tuple[str, str]]:
    if not isinstance(history, list | tuple):
        return
    for item in history:
        get = getattr(item, "get", None)
        if get is None:
            continue
        role, content = get("role"), get("content")
        if isinstance(role, str) and isinstance(content, str) and content.strip():
            yield role, content.strip()


def plain(text: str) -> str:
    """`text` folded for matching, place for place; as it stands where folding would move its places."""
    folded = fold(text)
    return folded if len(folded) == len(text) else text
