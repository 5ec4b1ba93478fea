"""Question + evidence -> what the question states and the sources write otherwise: “三月”, and it was “五月”. Pure.

A wrong correction is worse than none: the sentence must say nearly all that the question says, hold another value of
the same sort in the same place, and the question's own value must stand in nothing that was found on the matter.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.folding import bare
from index.hits import Hit
from rag.evidence import NAMED, Evidence
from rag.values import QUOTED, TITLE, YEAR, Value, flattened, same, stands, values

LEAST = 0.62  # of the question's other words stand in the sentence
ON_IT = 0.5  # of as many: a sentence that speaks of the same matter, and so may hold the question's value
CONTEXT = 3  # letters next to the value that are the same on its two sides together
FULL = 0.8  # words from which one letter will do
ALONE = 0.72  # words from which none will do, where question and sentence each hold one such value
SIDE = 0.4  # of the words on each side of the question's value stand there
CLOSE = 0.1  # of the best: what another value fits as well that stands so near
WINDOW = 45  # letters on each side of a value that say what it is
LISTED = 2  # letters between two values that are told of together: 河南、山西
FEWEST = 4  # pairs of letters of a question that says anything

_ASKS = re.compile(
    r"是?(?:什么|哪[一些几里个位家座年月天种条项处边]*|谁|多少|几[个家人次项条年月号日]?|怎么样?|如何|怎样|为什么|为何|何时|何处|吗|呢|吧)"
    r"|请问|请|一下|说的?是|说|的|了|是|在|把|那[场个次]?|这[场个次]?|当[年月]|具体|分别|第[^，。？]{1,3}[篇章节讲](?:里|中)?"
)
_EITHER = re.compile("^(?:还是|或者|或是|或|[至~—-]|到底?(?=[\\d一二三四五六七八九十]))")
_EITHER_BEFORE = re.compile("(?:还是|或者|或是|或|[\\d年月日]到|[至~—-])$")
_SECTION = re.compile("第[一二三四五六七八九十\\d]{1,3}[篇章讲编节]")
_COMPARED = ("比", "较", "比起", "于")
_NEVER = (TITLE, "第篇", "第章", "第节", "第条")  # names of places in a document, not what it says
_NOT = re.compile(r"而?(?:不是|并非|非|不只是|而非)[^，,。；;]{0,12}$")


@dataclass(frozen=True, slots=True)
class Correction:
    """`asked` as the question writes it, `written` as the evidence does: evidence.text[span[0]:span[1]]."""

    asked: str
    written: str
    evidence: Evidence
    span: tuple[int, int]

    @property
    def text(self) -> str:
        """What is shown of it."""
        return f"文中写的是“{self.written}”，而非“{self.asked}”。"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and one of its values; `front` and `behind` weigh what it says besides, `beside` are its other values of the kind."""

    flat: str
    value: Value
    front: Mapping[str, float]
    behind: Mapping[str, float]
    beside: tuple[Value, ...]

    @classmethod
    def of(cls, flat: str, value: Value, stated: Sequence[Value], weight: Callable[[str], float]) -> _Asked:
        """One of the values that the question has, with what the words around it weigh."""
        beside = tuple(v for v in stated if v.kind == value.kind and v is not value)
        before, after = (re.split("[,，;；。]", part) for part in (flat[: value.start], flat[value.end :]))
        front, behind = _frame(before, weight, len(before) - 1), _frame(after, weight, 0)
        return cls(flat, value, front, behind, beside)

    def cover(self, pairs: frozenset[str]) -> float:
        """The share, 0..1, of what the question says besides that stands there."""
        return _share({**self.front, **self.behind}, pairs)

    def fit(self, near: frozenset[str], whole: frozenset[str]) -> tuple[float, float]:
        """What cover() is of the words near a value, and the lesser share of the two sides, if there are two.

        What stands behind the value must stand near it; its subject, in front, may stand anywhere in the sentence.
        """
        front = whole if len(self.behind) >= 2 else near
        sides = [_share(side, held) for side, held in ((self.front, front), (self.behind, near)) if len(side) >= 2]
        held = (self.front.keys() & front) | (self.behind.keys() & near)
        return self.cover(frozenset(held)), min(sides, default=0.0)


def _share(weights: Mapping[str, float], pairs: frozenset[str]) -> float:
    whole = sum(weights.values())
    return sum(weight for pair, weight in weights.items() if pair in pairs) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence, what it is compared by, and the evidence it is."""

    evidence: Evidence
    flat: str
    pairs: frozenset[str]
    names: frozenset[str]  # of its document and section
    values: tuple[Value, ...]


def corrections(question: str, evidence: Sequence[Evidence], hits: Sequence[Hit] = ()) -> list[Correction]:
    """At most one for each value of the question, in its order. `hits` may hold the question's value after all."""
    flat, stated = flattened(question), values(question)
    wanted = [v for v in stated if v.kind not in _NEVER and _is_stated(flat, v)]
    if not wanted:
        return []
    said = [_read(e) for e in _in_section(question, evidence)]
    around = [_read(Evidence(hit, s.sentence, 0.0)) for hit in hits for s in hit.sentences]
    weight = _weights([*said, *around])
    asked = [_Asked.of(flat, value, stated, weight) for value in wanted]
    return [found for one in asked if (found := _denied(one, said) or _corrected(one, said, around))]


def _denied(asked: _Asked, said: Sequence[_Said]) -> Correction | None:
    """What a sentence puts in the place of words that it denies: “必答题”，而不是“附加题”."""
    if asked.value.kind != QUOTED:
        return None
    for s in said:
        quoted = [v for v in s.values if v.kind == QUOTED]
        for first, second in itertools.pairwise(quoted):
            between = s.flat[first.end : second.start]
            if same(second, asked.value) and _NOT.search(between) and asked.cover(s.pairs) >= ON_IT:
                return Correction(asked.value.text, first.text, s.evidence, (first.start, first.end))
    return None


def _read(e: Evidence) -> _Said:
    names = frozenset(_pairs(f"{e.hit.document} {e.hit.section} {e.hit.header}"))
    return _Said(e, flattened(e.text), frozenset(_pairs(e.text)), names, tuple(values(e.text)))


def _in_section(question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """Those of the document and section that the question names, all of them where it names none that is there."""
    named = [bare(name) for name in _SECTION.findall(flattened(question))]
    inside = [e for e in evidence if e.hit.signals.scope >= NAMED] or evidence
    return [e for e in inside if any(name in bare(e.hit.section) for name in named)] or inside


def _is_stated(flat: str, value: Value) -> bool:
    """Whether the question takes it for granted: not one of two to choose from, nor a bound of a range."""
    before, behind = flat[max(0, value.start - 3) : value.start], flat[value.end : value.end + 3]
    return not _EITHER_BEFORE.search(before) and not _EITHER.search(behind)


def _corrected(asked: _Asked, said: Sequence[_Said], around: Sequence[_Said]) -> Correction | None:
    """What the best sentence writes, unless another on the matter writes as the question does, or a third value."""
    everything = [*said, *around]
    if len(asked.front) + len(asked.behind) < FEWEST or any(_holds(asked, s) for s in everything):
        return None
    found = [(score, s, v) for s in said for score, v in _others(asked, s)]
    if not found:
        return None
    best, chosen, other = max(found, key=lambda item: item[0])
    rivals = [*found, *((score, s, v) for s in around for score, v in _others(asked, s))]
    if any(score >= best - CLOSE and not same(v, other) for score, _, v in rivals):
        return None
    return Correction(asked.value.text, other.text, chosen.evidence, (other.start, other.end))


def _others(asked: _Asked, said: _Said) -> Iterator[tuple[float, Value]]:
    """The values of a sentence that stand where the question has its own, and how well the rest of it fits."""
    value = asked.value
    own = [v for v in said.values if v.kind == value.kind]
    if not own or asked.cover(said.pairs | said.names) < LEAST or stands(value, said.flat, said.values):
        return
    for place, other in enumerate(own):
        if any(same(other, beside) for beside in asked.beside) or said.flat[: other.start].endswith(_COMPARED):
            continue
        first, last = _window(said.flat, own, place)
        near = said.names | frozenset(_pairs(said.flat[first:last]))
        cover, least = asked.fit(near, said.names | said.pairs)
        context = _context(asked.flat, value, said.flat, other)
        alone = not asked.beside and len(own) == 1 and cover >= ALONE and value.kind != QUOTED
        fits = alone or context >= (CONTEXT if cover < FULL else 1)
        if cover >= LEAST and least >= SIDE and fits:
            yield cover + context / 10, other


def _window(flat: str, own: Sequence[Value], place: int) -> tuple[int, int]:
    """The words around a value that tell what it is of: up to the next one, but for those that it is listed with."""
    value = own[place]
    before = [v.end for v in own[:place] if len(bare(flat[v.end : value.start])) > LISTED]
    behind = [v.start for v in own[place + 1 :] if len(bare(flat[value.end : v.start])) > LISTED]
    return max([value.start - WINDOW, 0, *before]), min([value.end + WINDOW, *behind])


def _holds(asked: _Asked, said: _Said) -> bool:
    """Whether a sentence on the matter holds the question's value, or its document is the one of that year."""
    hit, value = said.evidence.hit, asked.value
    if value.kind == YEAR and value.key in f"{hit.document} {hit.section} {hit.header}":
        return True
    return asked.cover(said.pairs | said.names) >= ON_IT and stands(value, said.flat, said.values)


def _weights(said: Sequence[_Said]) -> Callable[[str], float]:
    """How much a pair of letters says: less the more of the sentences found hold it, such as a company's name."""
    held = Counter(pair for pairs in {s.evidence.text: s.pairs for s in said}.values() for pair in pairs)
    most = max(1, len({s.evidence.text for s in said}))
    return lambda pair: 1.0 + math.log(1 + most / (1 + held[pair]))


def _frame(clauses: Sequence[str], weight: Callable[[str], float], own: int) -> dict[str, float]:
    """Neighbouring pairs of letters, but for the words that only ask; those of another clause than `own` count half."""
    frame: dict[str, float] = {}
    for place, clause in enumerate(clauses):
        share = 1.0 if place == own else 0.5
        for part in re.split(r"\W+", _ASKS.sub(" ", clause)):
            frame |= {pair: share * weight(pair) for pair in _pairs(part)}
    return frame


def _pairs(text: str) -> Iterator[str]:
    letters = bare(text)
    return (letters[i : i + 2] for i in range(len(letters) - 1))


def _context(flat: str, value: Value, other_flat: str, other: Value) -> int:
    """How many letters next to the two values are the same, on both sides together, at most four on each."""
    before = zip(reversed(bare(flat[: value.start])), reversed(bare(other_flat[: other.start])), strict=False)
    behind = zip(bare(flat[value.end :]), bare(other_flat[other.end :]), strict=False)
    return sum(min(4, _run(side)) for side in (before, behind))


def _run(letters: Iterator[tuple[str, str]]) -> int:
    return sum(1 for _ in itertools.takewhile(lambda two: two[0] == two[1], letters))
