"""Question + evidence -> where two sources answer it differently: “70个议席” here, “170个议席” there. Pure.

Two sentences that are nearly the same but for a short run tell of it by themselves; others must each hold one value
of the kind that is asked for, beside the question's words, that the other source does not hold at all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.folding import bare
from rag.evidence import Evidence
from rag.slots import DATE, NAME, Slot, Told, differ, pairs_of, share_of, stands_in
from rag.values import PLACE, Value, flattened

READ = 24  # sentences compared
COPIED = 0.55  # of the pairs of letters of two sentences, shared by both, from which they are aligned
CHANGED = 0.35  # of a sentence that may differ
ON_IT = 0.4  # of the question's pairs of letters: a sentence or a passage that speaks of the matter
NEAR = 30  # letters on each side of a value that say what it is
FITS = 0.55  # of the question's pairs of letters that stand there
FITS_NAME = 0.4
LINKED = 1  # letters between two runs that are one: 1937年7月 and 1931年9月
ADDED = 6  # letters that one of two copies may have more than the other
CONTEXT = 3  # letters next to two amounts that are the same
_FUNCTION = re.compile("[的了这那些该此其在]|^[以为是有被把]")
_INSIDE = re.compile(r"[a-z\d·•]")
_OPEN = re.compile(r"为什么|为何|如何|怎|哪些|分别|各|比较|内容|意义|作用|原因|措施|评价|介绍")
_FOREIGN = r"[一-龥]{1,6}(?:[·•][一-龥]{1,6}){1,3}"
_NAME = (
    rf"(?:《[^《》]{{1,20}}》|[“\"][^“”\"]{{1,20}}[”\"]|[a-z\d][a-z\d ·.-]{{1,24}}[a-z\d]|{_FOREIGN}|[一-龥]{{2,5}})"
)
_LINK = r"(?:分别|名单|得主)?(?:的?是|为|由|:|：|叫做?|即)\s*"


@dataclass(frozen=True, slots=True)
class Side:
    """What one source says: evidence.text[span[0]:span[1]] is `value`."""

    value: str
    evidence: Evidence
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values for the same thing, each with its source."""

    first: Side
    second: Side

    @property
    def text(self) -> str:
        """What is shown of it, behind the names of the two places."""
        return f"各处说法不一：一处写“{self.first.value}”，另一处写“{self.second.value}”。"


def conflicts(question: str, evidence: Sequence[Evidence]) -> list[Conflict]:
    """Each two values once, copies first; none for a question that no single value answers."""
    flat = flattened(question)
    if _OPEN.search(flat):
        return []
    asked = Slot.of(question)
    said = [
        s
        for s in map(Told.of, evidence[:READ])
        if share_of(asked.frame, s.pairs | pairs_of(s.passage.letters) | pairs_of(s.evidence.hit.header)) >= ON_IT
    ]
    two = [(a, b) for a, b in itertools.combinations(said, 2) if a.place != b.place]
    found = [*(c for a, b in two for c in _copied(asked, a, b)), *(c for a, b in two for c in _valued(asked, a, b))]
    unique: dict[frozenset[str], Conflict] = {}
    for c in found:
        unique.setdefault(frozenset((bare(c.first.value), bare(c.second.value))), c)
    return list(unique.values())


def _copied(asked: Slot, a: Told, b: Told) -> Iterator[Conflict]:
    """What differs in two sentences that are nearly the same, where it is one thing: with two they tell of two things."""
    if len(a.pairs & b.pairs) < COPIED * min(len(a.pairs), len(b.pairs)):
        return
    runs = _runs(a.flat, b.flat)
    told = [(_at(a, start, end), _at(b, at, till)) for start, end, at, till in runs]
    if not told or len({(one.key, other.key) for one, other in told}) > 1:
        return
    one, other = told[0]
    if one.kind == NAME and not _names_differ(a, b, one, other):
        return
    fit = asked.fits(one, a) and asked.fits(other, b)
    if one.kind == other.kind and differ(one, other) and fit and _apart(asked, a, b, one, other):
        yield _conflict(a, b, one, other)


def _names_differ(a: Told, b: Told, one: Value, other: Value) -> bool:
    """Whether two runs may be names: not of one document, which tells of like things in like words, nor its adverbials."""
    if a.evidence.hit.document == b.evidence.hit.document:
        return False
    for said, v in ((a, one), (b, other)):
        opens = not said.flat[: v.start].strip() and said.flat[v.end : v.end + 1] in ",，"
        if opens or _FUNCTION.search(v.text):
            return False
    return True


def _runs(one: str, other: str) -> list[tuple[int, int, int, int]]:
    """Where two texts differ and each has something of its own; runs with LINKED letters between them are one.

    Nothing at all where one of them says more than the other, or they share too little.
    """
    runs: list[tuple[int, int, int, int]] = []
    added = 0
    for tag, start, end, at, till in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and start - runs[-1][1] <= LINKED and at - runs[-1][3] <= LINKED:
            runs[-1] = (runs[-1][0], end, runs[-1][2], till)
        elif tag == "replace" or one[start:end].strip() or other[at:till].strip():
            runs.append((start, end, at, till))
    added = sum(len(bare(one[s:e])) + len(bare(other[p:q])) for s, e, p, q in runs if s == e or p == q)
    kept = [run for run in runs if run[0] < run[1] and run[2] < run[3]]
    changed = sum(max(end - start, till - at) for start, end, at, till in kept)
    return kept if added <= ADDED and changed <= CHANGED * max(len(one), len(other)) else []


def _at(said: Told, start: int, end: int) -> Value:
    """The value that a run lies in or holds, else the run itself as a name."""
    held = [v for v in said.values if v.start < end and start < v.end]
    if held:
        return held[0]
    while start > 0 and said.flat[start - 1 : end] and _INSIDE.fullmatch(said.flat[start - 1]):
        start -= 1
    while end < len(said.flat) and _INSIDE.fullmatch(said.flat[end]):
        end += 1
    start += len(said.flat[start:end]) - len(said.flat[start:end].lstrip("·• "))
    return Value(NAME, bare(said.flat[start:end]), start, end, said.evidence.text[start:end])


def _apart(asked: Slot, a: Told, b: Told, one: Value, other: Value) -> bool:
    """Whether neither passage, nor the question, holds what the other says."""
    return not (
        stands_in(one, b.passage)
        or stands_in(other, a.passage)
        or stands_in(one, asked.said)
        or stands_in(other, asked.said)
    )


def _valued(asked: Slot, a: Told, b: Told) -> Iterator[Conflict]:
    """The values that two documents give in words of their own beside the question's words."""
    if a.evidence.hit.document == b.evidence.hit.document or _years(a) != _years(b) or _elsewhere(asked, a, b):
        return
    for one, other in itertools.product(_candidates(asked, a), _candidates(asked, b)):
        apart = one.kind == other.kind and differ(one, other) and _apart(asked, a, b, one, other)
        if apart and (one.kind in (NAME, DATE) or _contexts(a, b, one, other) >= CONTEXT):
            yield _conflict(a, b, one, other)


def _elsewhere(asked: Slot, a: Told, b: Told) -> bool:
    """Whether two sentences tell of other places, days or ordinals than each other, where these are not asked for."""
    for kind in {v.kind for v in a.values if v.kind in (DATE, PLACE) or v.kind.startswith("第")} - (
        {DATE} if asked.date else set()
    ):
        mine, yours = ([v for v in said.values if v.kind == kind] for said in (a, b))
        if yours and all(differ(one, other) for one in mine for other in yours):
            return True
    return False


def _years(said: Told) -> set[str]:
    """Of yearly documents each tells of its own year."""
    hit = said.evidence.hit
    return set(re.findall(r"(?:19|20)\d\d", f"{hit.document} {hit.section} {hit.header}"))


def _candidates(asked: Slot, said: Told) -> list[Value]:
    """The value of each kind that is asked for which stands best among the question's words; names by its head word."""
    held = (
        [v for v in said.values if v.kind != NAME and asked.fits(v, said)] if asked.typed else list(_named(asked, said))
    )
    best: dict[str, tuple[float, Value]] = {}
    for v in held:
        near = pairs_of(said.flat[max(0, v.start - NEAR) : v.start]) | pairs_of(said.flat[v.end : v.end + NEAR])
        fit = share_of(asked.frame, near)
        if fit >= (FITS_NAME if v.kind == NAME else FITS) and fit > best.get(v.kind, (0.0, v))[0]:
            best[v.kind] = (fit, v)
    return [v for _, v in best.values()]


def _named(asked: Slot, said: Told) -> Iterator[Value]:
    """Names beside the word that the question ends in: 导演是郭帆, 由郭帆导演."""
    if not asked.head:
        return
    head = re.escape(asked.head)
    behind = re.finditer(
        rf"{head}(?:{_LINK}({_NAME})|\s*({_FOREIGN}))(?=[,，。;；、)）(（《“\"\s与和及在将说曾又]|$)", said.flat
    )
    before = re.finditer(rf"(?:^|[,，。;；、:：由\s])({_FOREIGN})()(?:担任|出任|获得?|夺得?)?{head}", said.flat)
    for found in itertools.chain(behind, before):
        start, end = found.span(1 if found[1] else 2)
        if not _FUNCTION.search(said.flat[start:end]):
            yield Value(NAME, bare(said.flat[start:end]), start, end, said.evidence.text[start:end])


def _contexts(a: Told, b: Told, one: Value, other: Value) -> int:
    """Letters right around the two values that are the same."""
    before = zip(reversed(bare(a.flat[: one.start])), reversed(bare(b.flat[: other.start])), strict=False)
    behind = zip(bare(a.flat[one.end :]), bare(b.flat[other.end :]), strict=False)
    return sum(sum(1 for _ in itertools.takewhile(lambda two: two[0] == two[1], side)) for side in (before, behind))


def _conflict(a: Told, b: Told, one: Value, other: Value) -> Conflict:
    return Conflict(
        Side(one.text, a.evidence, (one.start, one.end)), Side(other.text, b.evidence, (other.start, other.end))
    )
