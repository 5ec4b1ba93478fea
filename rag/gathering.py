"""Mentions -> the answer to a question over the whole collection: which groups, how often, what each says. Pure.

Built of source sentences alone. The sentence that lists the groups is a claim too, and cites a sentence of each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.duplicates import same
from index.reading import within
from index.sweep import Sweep
from rag.answer import Citation, Claim
from rag.asking import Asked
from rag.composition import Composition, Places, excerpt, marked
from rag.evidence import Evidence
from rag.mentions import Mention
from rag.snippet import snip
from rag.wording import pairs

SHOWN = 12  # groups that are told of one by one
ROOM = 120  # letters of an answer that lists, beside twice its list
LEAST = 22  # letters of a clause that still says something; where there is no room for it, the list stands alone
EACH = 420  # letters for what the groups say, shared among them; of two or three that are compared
FEW = 300
CLAUSE = (36, 90)  # the least and the most for one of many
QUOTE = 260  # characters cited of one sentence
LONG = 80  # letters told of the first or last
TWO = (
    0.9  # of the best sentence's score: what a second one of the same group must have, where two or three are compared
)

_NUMBERED = re.compile(r"^(\D*[^\d第])(\d+)(\D*)$")


@dataclass(slots=True)
class Builder:
    """Claims and citations of one answer as they are put together."""

    asked: Asked
    places: Places
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    def state(self, text: str, evidence: Sequence[Evidence]) -> None:
        """A claim about several groups, resting on all of these sentences."""
        self._claim(text, [self._number(e) for e in evidence])

    @property
    def length(self) -> int:
        """Letters of all claims."""
        return sum(len(claim.text) for claim in self.claims)

    def tell(self, front: str, mentions: Sequence[Mention], longest: int, place: int = 0) -> None:
        """What these groups say, in the words of the first, behind `front`."""
        told = mentions[0].evidence[place]
        first, last = self._span(told.text, QUOTE)
        start, end = self._span(told.text[first:last], longest)
        numbers = [self._number(told), *(self._number(m.evidence[0]) for m in mentions[1:])]
        self._claim(f"{front}：{excerpt(told.text, (first + start, first + end))}", numbers)

    def _span(self, text: str, longest: int) -> tuple[int, int]:
        """The clauses of a sentence that say it."""
        weights = Counter({pair: 3 for pair in pairs(self.asked.term)}) if self.asked.term else Counter[str]()
        return snip(text, weights + Counter(pairs(self.asked.topic)), longest)

    def done(self) -> Composition:
        """The answer as it stands."""
        return Composition("".join(self.pieces), tuple(self.claims), tuple(self.citations))

    def _claim(self, text: str, numbers: Sequence[int]) -> None:
        cited = tuple(dict.fromkeys(numbers))
        self.claims.append(Claim(text, cited, "supported"))
        self.pieces.append(marked(text, *cited))

    def _number(self, e: Evidence) -> int:
        span = self._span(e.text, QUOTE)
        start, end = e.sentence.source_span(*span)
        key = (e.hit.document, e.sentence.start, e.sentence.end)
        if key not in self.numbers:
            self.numbers[key] = n = len(self.citations) + 1
            quote, repairs = e.sentence.text[slice(*span)], within(e.sentence.repairs, *span)
            where = (e.hit.document, e.hit.section, e.sentence.page, start, end)
            self.citations.append(Citation(n, *where, quote, tuple(self.places(e)), repairs))
        return self.numbers[key]


def compose_sweep(asked: Asked, shown: str, sweep: Sweep, found: Sequence[Mention], places: Places) -> Composition:
    """The answer; `shown` is the topic as the question writes it. `found` holds at least one mention."""
    builder = Builder(asked, places)
    if asked.kind == "times":
        _count(builder, shown, found)
    elif asked.kind in ("first", "last"):
        _date(builder, shown, found)
    elif asked.kind == "each":
        _tell_each(builder, found)
    else:
        _list(builder, shown, max(sweep.holding, len(found)), found)
    made = builder.done()
    return Composition(made.text + _rest(asked, sweep, found), made.claims, made.citations)


def listed(names: Sequence[str]) -> str:
    """第一篇、第三篇; of numbered names the common part once: 政府工作报告2014、2015."""
    matches = [m for name in names if (m := _NUMBERED.match(name))]
    if len(names) > 1 and len(matches) == len(names) and len({(m[1], m[3]) for m in matches}) == 1:
        return f"{matches[0][1]}{'、'.join(m[2] for m in matches)}{matches[0][3]}"
    return "、".join(names)


def _list(builder: Builder, shown: str, number: int, found: Sequence[Mention]) -> None:
    """第一篇、第三篇提到“…”, and what each says where there is room for it."""
    first = found[:SHOWN]
    names = listed([m.group.name for m in first]) + (f"等 {number} {_unit(found)}" if number > len(first) else "")
    summary = f"{names}{_said(first)}“{shown}”"
    if builder.asked.counted:
        summary = f"共 {number} {_unit(found)}{_said(first)}“{shown}”：{names}"
    alike = _alike(first)
    if len(alike) == 1:
        builder.tell(summary, alike[0], LONG)
        return
    builder.state(f"{summary}。", [m.evidence[0] for m in first])
    room = (ROOM + 2 * len(names) - len(summary)) // len(alike) - 7
    for group in alike if room >= LEAST else ():
        builder.tell(listed([m.group.name for m in group]), group, min(room, CLAUSE[1]))


def _said(found: Sequence[Mention]) -> str:
    """How sure it is that they say it."""
    if all(m.how == "alike" for m in found):
        return "的说法接近"
    return "提到" if any(m.how == "exact" for m in found) else "说到"


def _count(builder: Builder, shown: str, found: Sequence[Mention]) -> None:
    """How often it stands there, in all and in each group."""
    total = sum(m.group.times for m in found)
    first = sorted(sorted(found, key=lambda m: -m.group.times)[:SHOWN], key=found.index)
    each = _with_times(first)
    more = f"等 {len(found)} {_unit(found)}" if len(first) < len(found) else ""
    builder.state(f"“{shown}”共出现 {total} 次：{each}{more}。", [m.evidence[0] for m in first])


def _date(builder: Builder, shown: str, found: Sequence[Mention]) -> None:
    """The first or the last, and what it says."""
    last = builder.asked.kind == "last"
    chosen = found[-1 if last else 0]
    builder.tell(f"{'最后' if last else '最早'}提到“{shown}”的是{chosen.group.name}", [chosen], LONG)


def _with_times(found: Sequence[Mention]) -> str:
    """第一篇（2 次）、第三篇（1 次）; of numbered names the common part once."""
    names = [m.group.name for m in found]
    one = "、" in listed(names) and listed(names) != "、".join(names)
    short = [_NUMBERED.sub(r"\2\3", name) if one and n else name for n, name in enumerate(names)]
    return "、".join(f"{name}（{m.group.times} 次）" for name, m in zip(short, found, strict=True))


def _tell_each(builder: Builder, found: Sequence[Mention]) -> None:
    """What each group says; those that say the same are told together."""
    best = sorted(found, key=lambda m: -m.evidence[0].score)[:SHOWN]
    groups = _alike(found if len(found) <= SHOWN else sorted(best, key=found.index))
    few = len(groups) <= 3
    rooms = shares(FEW if few else EACH, [len(group[0].evidence[0].text) for group in groups])
    for group, room in zip(groups, rooms, strict=True):
        longest = room if few else max(CLAUSE[0], min(CLAUSE[1], room))
        builder.tell(listed([m.group.name for m in group]), group, longest)
    for group in groups if few else ():
        place = _second(group[0])
        if place and builder.length + len(group[0].evidence[place].text) <= FEW:
            builder.tell(group[0].group.name, group[:1], FEW, place)


def shares(room: int, wanted: Sequence[int]) -> list[int]:
    """`room` shared so that nobody gets more than is wanted, and what some leave over goes to the others."""
    given = [0] * len(wanted)
    for left, place in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[place] = min(wanted[place], room // (len(wanted) - left))
        room -= given[place]
    return given


def _second(mention: Mention) -> int:
    """The place of another sentence that says as much and something else, 0 for none."""
    best, *others = mention.evidence
    for place, evidence in enumerate(others, 1):
        if evidence.score >= TWO * best.score and not same(evidence.text, best.text):
            return place
    return 0


def _alike(found: Sequence[Mention]) -> list[list[Mention]]:
    """Those whose best sentences say the same together, each lot where its first one stands."""
    lots: list[list[Mention]] = []
    for mention in found:
        lot = next((lot for lot in lots if same(lot[0].evidence[0].text, mention.evidence[0].text)), None)
        if lot is None:
            lots.append([mention])
        else:
            lot.append(mention)
    return lots


def _rest(asked: Asked, sweep: Sweep, found: Sequence[Mention]) -> str:
    """What is not told of: groups left out for length, or that say nothing about it."""
    if asked.kind != "each":
        return ""
    if len(found) > SHOWN:
        return f"（另有 {len(found) - SHOWN} {_unit(found)}，略。）"
    silent = sweep.swept - len(found)
    return f"（其余 {silent} {_unit(found)}未见相关内容。）" if silent else ""


def _unit(found: Sequence[Mention]) -> str:
    return "篇" if all(m.group.section for m in found) else "份"
