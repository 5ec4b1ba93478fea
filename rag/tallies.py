"""Mentions -> answers that count against each other: who does not mention it, which of two terms stands there more. Pure.

What is not said has no sentence of its own to cite: the sentences of those that do say it are cited for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.sweep import Group, Sweep
from rag.asking import Asked
from rag.composition import Composition, Places
from rag.gathering import SHOWN, Builder, listed
from rag.mentions import Mention


def compose_without(asked: Asked, shown: str, sweep: Sweep, found: Sequence[Mention], places: Places) -> Composition:
    """第二篇、第四篇没有提到“…”；第一篇、第三篇提到[1][2]。 `found`, at least one, are those that do mention it."""
    told = {(m.group.document, m.group.section) for m in found}
    silent = [group for group in sweep.groups if (group.document, group.section) not in told]
    number = sweep.swept - len(found)
    unit = "篇" if all(m.group.section for m in found) else "份"
    builder = Builder(asked, places)
    first = found[:SHOWN]
    more = f"等 {len(found)} {unit}" if len(found) > len(first) else ""
    does = f"{listed([m.group.name for m in first])}{more}提到"
    said = (
        f"没有一{unit}不提到“{shown}”：{does}。"
        if not number
        else f"{_without(asked, shown, silent, number, unit)}；{does}。"
    )
    builder.state(said, [m.evidence[0] for m in first])
    return builder.done()


def _without(asked: Asked, shown: str, silent: Sequence[Group], number: int, unit: str) -> str:
    """Those that do not mention it by name, however many: none of them may be missing from the answer."""
    names = listed([group.name for group in silent]) + (f"等 {number} {unit}" if number > len(silent) else "")
    counted = asked.counted or number > SHOWN
    return f"共 {number} {unit}没有提到“{shown}”：{names}" if counted else f"{names}没有提到“{shown}”"


def compose_more(asked: Asked, counted: Sequence[tuple[str, Sequence[Mention]]], places: Places) -> Composition:
    """“改革”共出现 12 次，“开放”共出现 5 次，“改革”提得更多[1][2]。 Each of the two stands somewhere."""
    totals = [(shown, sum(m.group.times for m in found)) for shown, found in counted]
    (one, first), (other, second) = totals[:2]
    verdict = "两者一样多" if first == second else f"“{one if first > second else other}”提得更多"
    builder = Builder(asked, places)
    builder.state(
        f"“{one}”共出现 {first} 次，“{other}”共出现 {second} 次，{verdict}。",
        [found[0].evidence[0] for _, found in counted],
    )
    return builder.done()
