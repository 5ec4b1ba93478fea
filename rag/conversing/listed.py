"""A question with an ordinal, and what has been said -> the question with the words of what the ordinal means. Pure."""

from __future__ import annotations

import re

from index.structure.numerals import chinese_number
from rag.asking import asked as inquiry
from rag.conversing.context import END, Context
from rag.conversing.items import find_ordinal, lists, numbered, pair, pick, sentences
from rag.conversing.pointing import ORDER, Pointing
from rag.conversing.subject import subject
from rag.conversing.terms import scope
from rag.conversing.turns import plain

MAX_BARE_NAME = 8  # letters of an item that needs no quotation marks in a sentence

_NOUN = re.compile(r"[^的是有在提要怎说讲什哪多谁为何具]{1,4}(?=[的是有在提要怎说讲什哪多谁为何具])")


def is_whole(question: str, point: Pointing) -> bool:
    """Whether a question with an ordinal that nothing listed answers to is whole by itself: “第一个登上月球的人是谁”."""
    rest = plain(question)[point.end :].strip(END)
    return not ORDER.fullmatch(rest) and (len(rest) > 6 or bool(_NOUN.match(rest)))


def listed(question: str, point: Pointing, context: Context) -> str:
    """“第二条展开说说” -> “第五篇的“产业聚才”具体是怎么说的？”."""
    if moved := _moved(question, point, context):
        return moved
    item = item_of(question, point, context)
    rest = question[point.end :].strip(END)
    if not item or item in rest:
        return ""
    if ORDER.fullmatch(plain(rest)):
        return _asked_of(item, context)
    noun = _NOUN.match(rest)
    if noun and not (noun.group() in context.question or item.endswith(noun.group())):
        return ""
    rest = rest[noun.end() :] if noun else rest
    item = f"“{item}”" if len(item) > MAX_BARE_NAME or "，" in item else item
    return f"{item}{rest}？" if re.match("[的是有在提要怎说讲什哪多谁为何具]", plain(rest)) else ""


def _asked_of(item: str, context: Context) -> str:
    """What is asked of an item when the question says no more than which: what was asked of the one before it, or all."""
    if context.item and context.question.count(context.item) == 1:
        return context.question.replace(context.item, item)
    place = scope(context.question)
    if scope(item) == item:
        topic = inquiry(context.question)
        about = subject(context.question)
        name = topic.topic if topic else about.whole if about else ""
        return f"关于“{name}”，{item}具体是怎么说的？" if name else f"{item}具体是怎么说的？"
    place = "" if scope(item) or place in item else place
    return f"{place}{'的' if place else ''}“{item}”具体是怎么说的？"


def item_of(question: str, point: Pointing, context: Context) -> str:
    """The thing in the last answer, in the last one that listed things, or in the last question that an ordinal means."""
    ordinal = find_ordinal(plain(question)[point.start :])
    if ordinal is None:
        return ""
    spoken = context.item or context.question
    answers = sorted(
        context.listings, key=lambda a: bool(context.item) and context.item not in a
    )  # of the same list first
    ways = (numbered, lists) if re.search("[条点项面]$", plain(question)[: point.end]) else (lists,)
    if found := pick(ordinal, [items for way in ways for answer in answers for items in way(answer)], spoken):
        return found
    if not context.item and (found := pick(ordinal, sentences(context.answer), spoken)):
        return found
    return _pair(ordinal.number, context.question) if ordinal.pair else ""


def _moved(question: str, point: Pointing, context: Context) -> str:
    """“另一个呢” after “……的第一个是什么？”: the ordinal in that question is moved on."""
    new = find_ordinal(plain(question)[point.start :])
    old = find_ordinal(plain(context.question))
    if new is None or old is None or old.number < 1 or not ORDER.fullmatch(plain(question[point.end :].strip(END))):
        return ""
    number = old.number + new.step if new.step else new.number or 3 - old.number
    if number == -1 and new.pair:
        number = old.number + 1
    if number < 1:
        return ""
    words = context.question[old.start : old.end]
    if not re.fullmatch("第[一二三四五六七八九十]{1,2}.+", words):
        return ""
    unit = re.sub("^第[一二三四五六七八九十]+", "", words)
    return f"{context.question[: old.start]}第{chinese_number(number)}{unit}{context.question[old.end :]}"


def _pair(number: int, question: str) -> str:
    """The former or the latter of two things that the last question named."""
    both = pair(question)
    return both[number if number < 1 else number - 1] if both and number else ""
