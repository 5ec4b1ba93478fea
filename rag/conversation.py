"""History + question -> one question that can be understood, and searched for, alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from index.errors import JudianError
from rag.answer import Message
from rag.conversing.antecedents import named_instead
from rag.conversing.context import END, Context, listings_of, topics_of
from rag.conversing.ellipsis import attribute, bare, parallel
from rag.conversing.listed import is_whole, item_of, listed
from rag.conversing.pointing import Pointing, pointing
from rag.conversing.terms import kind_of
from rag.conversing.turns import Turn, turns

KEPT = 3  # listings and topics
REMEMBERED = 60  # turns; what is further back is not pointed at
MAX_CARRIED = 160  # characters of each earlier question in front of one that could not be resolved

_WAYS: Mapping[str, Callable[[str, Pointing, Context], str]] = {
    "ordinal": listed,
    "parallel": parallel,
    "attribute": attribute,
    "pronoun": named_instead,
    "bare": bare,
}


def condense(question: str, history: Sequence[Message]) -> str:
    """`question` itself when it stands alone; else with what it points at put in from the turns before."""
    question = question.strip()
    point = pointing(question)
    if point.kind == "new":
        return point.core or question
    if point.kind == "alone":
        return question
    context = _context(turns(history)[-REMEMBERED:])
    return _resolved(question, point, context)[0] if context else question


def checked(question: str, longest: int) -> str:
    """`question` without the space around it. Raises JudianError when it is empty or over `longest` characters."""
    if not question.strip():
        raise JudianError("问题是空的。请写下要问的内容。")
    if len(question) > longest:
        raise JudianError(
            f"问题有 {len(question)} 字，超过上限 {longest} 字。请只写要问的那一句；资料请用 python -m index add 添加。"
        )
    return question.strip()


def _context(before: Sequence[Turn]) -> Context | None:
    """The turns from the last question that stands alone, each understood from those before it."""
    points = [pointing(turn.question) for turn in before]
    alone = [n for n, point in enumerate(points) if point.kind in ("alone", "new")]
    context: Context | None = None
    for turn, point in list(zip(before, points, strict=True))[alone[-1] if alone else 0 :]:
        context = _after(context, turn, point)
    return context


def _after(context: Context | None, turn: Turn, point: Pointing) -> Context | None:
    """What has been said after one more turn."""
    if context is None or point.kind in ("alone", "new"):
        asked = point.core if point.kind == "new" else turn.question
        return Context(asked, asked, turn.answer, listings_of(turn.answer), topics_of(asked)) if asked else None
    alone, joined = _resolved(turn.question, point, context)
    if turn.declined and (joined or (point.kind == "parallel" and not kind_of(point.core))):
        return context
    item = "" if joined or point.kind != "ordinal" else item_of(turn.question, point, context)
    listings = (listings_of(turn.answer) + context.listings)[:KEPT]
    topics = tuple(dict.fromkeys(topics_of(alone) + context.topics))[:KEPT]
    if not joined:
        return Context(alone, alone, turn.answer, listings, topics, item)
    tail = context.tail if point.kind == "bare" else turn.question
    return Context(alone, context.root, turn.answer, listings, context.topics, item, tail)


def _resolved(question: str, point: Pointing, context: Context) -> tuple[str, bool]:
    """The question that stands alone, and whether it is only the two put together."""
    found = _WAYS[point.kind](question, point, context)
    if found:
        return found, False
    if point.kind == "ordinal" and is_whole(question, point):
        return question, False
    return _joined(question, context), True


def _joined(question: str, context: Context) -> str:
    """Both questions in one: what cannot be resolved is at least searched for with its topic."""
    parts = [context.root.rstrip(END)[:MAX_CARRIED], context.tail.rstrip(END)[:MAX_CARRIED], question]
    return "，".join(filter(None, parts))
