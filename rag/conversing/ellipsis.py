"""A question that leaves out what was said, and what has been said -> the question in full. Pure."""

from __future__ import annotations

import re

from rag.conversing.context import Context
from rag.conversing.items import pair
from rag.conversing.parallels import replaced
from rag.conversing.pointing import DONE, PRONOUN_ALONE, WHEN_OR_WHERE, Pointing
from rag.conversing.subject import entity, subject
from rag.conversing.terms import kind_of
from rag.conversing.turns import plain

_PERSONAL = re.compile("国籍|年龄|妻子|丈夫|父亲|母亲|儿子|女儿|学历|籍贯|职业|职务|出生|专业|代表作|生日")
_DEFINES = re.compile(r"是什么|什么是|什么叫|何谓|指什么|什么意思|指的是")


def parallel(question: str, point: Pointing, context: Context) -> str:
    """“那湖北呢？” -> the last question about 湖北."""
    new = point.core.strip(" “”\"'")
    if PRONOUN_ALONE.fullmatch(plain(new)):
        return _about_it(context)
    for before in dict.fromkeys((context.question, context.root)):
        if found := replaced(before, new):
            return found
    return ""


def _about_it(context: Context) -> str:
    """“那它呢”: what was asked, of the thing that the answer named; else more about what was asked about."""
    name = entity(context.question, context.answer)
    about = subject(context.question)
    if name and kind_of(name) and (found := replaced(context.question, name)):
        return found
    both = pair(context.question)
    if about and len(both) == 2 and about.thing in both:
        return context.question.replace(about.thing, both[1 - both.index(about.thing)])
    thing = name or (about.thing if about else "")
    return f"“{thing.strip('“”')}”具体是怎么说的？" if thing else ""


def attribute(question: str, point: Pointing, context: Context) -> str:
    """“那净利润呢” -> “甲公司2017年净利润是多少？”; “作者是谁” -> “《家》的作者是谁？”."""
    asks = re.search(r"[是有在为占达要如怎多几包]", point.core)
    name = point.core[: asks.start()] if asks else point.core
    about = subject(context.question)
    if not asks and (found := replaced(context.question, name)):
        return found
    if about is None or (name in context.question and name != about.attribute):
        return ""
    thing = about.thing if about.attribute else about.whole
    if not about.attribute or _PERSONAL.search(name):
        thing = entity(context.question, context.answer) or thing
    tail = "" if asks else "是什么"
    return f"{thing}的{point.core.removeprefix('其').removeprefix('的')}{tail}？"


def bare(question: str, point: Pointing, context: Context) -> str:
    """“什么时候？” after “在哪里召开？”, “谁提出的？” after “什么是……？”."""
    core = plain(point.core)
    about = subject(context.question)
    if WHEN_OR_WHERE.fullmatch(core):
        found = list(WHEN_OR_WHERE.finditer(plain(context.question)))
        if len(found) == 1 and found[0].group() != core:
            return context.question[: found[0].start()] + point.core + context.question[found[0].end() :]
    thing = about.whole if about and _DEFINES.search(context.question) else context.topics[0] if context.topics else ""
    if thing and DONE.fullmatch(core):
        return f"{thing}{'' if core.startswith(('是', '由')) else '是'}{point.core}？"
    return ""
