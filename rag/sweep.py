"""A question over the whole collection -> its answer, gathered from every document; nothing for any other question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.folding import fold
from index.hits import Hit
from index.search import Searcher
from index.sweep import Sweep, Topic
from rag.asking import Asked, asked
from rag.composition import Composition, Places
from rag.gathering import compose_sweep
from rag.guarded import Guarded
from rag.mentions import Mention, mentions
from rag.retriever import Retriever
from rag.tallies import compose_more, compose_without

HITS = 10  # passages kept with an answer
SURE = {"exact": 0.95, "near": 0.8, "alike": 0.6}  # that the groups named are those that say it
UNSURE = 0.1  # of a question whose words stand nowhere

_COMPOUND = re.compile("[和与及、]|既|最[多少]")
_QUOTED = re.compile('“[^”]+”|「[^」]+」|"[^"]+"')


@dataclass(frozen=True, slots=True)
class Swept:
    """The answer to such a question; `documents` says how many were looked through."""

    made: Composition
    refused: bool
    confidence: float
    hits: tuple[Hit, ...]
    documents: int


def answer_sweep(
    retriever: Guarded | Retriever | Searcher, question: str, collections: Sequence[str], places: Places
) -> Swept | None:
    """None when five passages are enough for the question, or when there are no groups to tell apart.

    Raises as Searcher.search() does.
    """
    wanted = asked(question)
    if wanted is None or len(_QUOTED.findall(question)) > 1:
        return None
    if wanted.kind == "more":
        return _compared(retriever, question, wanted, collections, places)
    topic = Topic(wanted.topic, (wanted.term,) if wanted.term else ())
    sweep = retriever.sweep(topic, collections, _there(wanted.names, retriever.names()))
    if sweep.swept < (1 if wanted.names or wanted.kind == "times" else 2) or (wanted.dated and not _dated(sweep)):
        return None
    found = mentions(wanted, sweep.groups)
    if _COMPOUND.search(wanted.topic) and not any(m.how == "exact" for m in found):
        return None  # several things in one: to say of a document that it names them all, or none, would be a guess
    shown = as_written(question, wanted.topic)
    if wanted.without:
        return _without(wanted, shown, sweep, found, places)
    if not found and wanted.kind == "times" and not wanted.strict:
        return None  # not a word of the documents, so it may be what happened that is counted
    if not found:
        return Swept(_refusal(question, wanted, shown, sweep), True, UNSURE, _nearest(sweep), sweep.swept)
    made = compose_sweep(wanted, shown, sweep, found, places)
    sure = min(SURE[m.how] for m in found)
    return Swept(made, False, sure, _hits(found), sweep.swept)


def _without(wanted: Asked, shown: str, sweep: Sweep, found: Sequence[Mention], places: Places) -> Swept | None:
    """Those that do not mention it; nothing for what is not a term, of which it cannot be said for sure."""
    if not wanted.term:
        return None
    told = [m for m in found if m.how != "alike"]
    if not told:
        unit = _unit(sweep)
        text = f"已逐{unit[0]}查遍 {sweep.swept} {unit}，全都没有提到“{shown}”。"
        return Swept(Composition(text, (), ()), False, SURE["near"], _nearest(sweep), sweep.swept)
    made = compose_without(wanted, shown, sweep, told, places)
    return Swept(made, False, min(SURE[m.how] for m in told), _hits(told), sweep.swept)


def _compared(
    retriever: Guarded | Retriever | Searcher, question: str, wanted: Asked, collections: Sequence[str], places: Places
) -> Swept | None:
    """Which of two terms stands there more often; nothing where either stands nowhere."""
    counted: list[tuple[str, list[Mention]]] = []
    swept = 0
    for term in wanted.rivals:
        one = replace(wanted, kind="times", topic=term, term=term, counted=True, rivals=())
        sweep = retriever.sweep(Topic(term, (term,)), collections, wanted.names)
        counted.append((as_written(question, term), [m for m in mentions(one, sweep.groups) if m.how == "exact"]))
        swept = sweep.swept
    if not all(found for _, found in counted):
        return None
    return Swept(
        compose_more(wanted, counted, places), False, SURE["exact"], _hits([m for _, f in counted for m in f]), swept
    )


def as_written(question: str, topic: str) -> str:
    """The topic, which is folded, in the letters of the question where it stands there in one piece."""
    at = fold(question).find(topic)
    return question[at : at + len(topic)] if at >= 0 and len(fold(question)) == len(question) else topic


def _there(asked_for: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Of the years of a span (2010到2013年) those of which there is a document; all that is asked for otherwise."""
    if len(asked_for) <= 2 or not all(name.isdecimal() for name in asked_for):
        return asked_for
    return [year for year in asked_for if any(year in name for name in names)] or asked_for


def _dated(sweep: Sweep) -> bool:
    """Whether years tell the documents apart."""
    return len({group.year for group in sweep.groups} - {""}) > 1


def _refusal(question: str, wanted: Asked, shown: str, sweep: Sweep) -> Composition:
    unit = _unit(sweep)
    said = f"没有一{unit[0]}提到“{shown}”" if wanted.term else "没有找到相关的内容"
    return Composition(f"已逐{unit[0]}查遍 {sweep.swept} {unit}，{said}。问题是：“{question}”。", (), ())


def _unit(sweep: Sweep) -> str:
    return "篇" if any(group.section for group in sweep.groups) else "份文档"


def _hits(found: Sequence[Mention]) -> tuple[Hit, ...]:
    """The best passage of each group, best first."""
    best = sorted((m.evidence[0].hit for m in found), key=lambda hit: -hit.score)
    return tuple(best[:HITS])


def _nearest(sweep: Sweep) -> tuple[Hit, ...]:
    best = sorted((hit for group in sweep.groups for hit in group.hits), key=lambda hit: -hit.score)
    return tuple(best[:HITS])
