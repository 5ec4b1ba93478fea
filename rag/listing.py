"""A sentence of the evidence -> the enumeration that it announces or belongs to: its items, complete and in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.passages import Sentence
from index.structure.numerals import NUMERAL, parse_number
from rag.evidence import Evidence

MAX_ITEMS = 12
MAX_BODY = 4  # sentences of one item; behind a last one it cannot be told where it ends

_N = f"{NUMERAL}{{1,3}}"
_MARKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[（(]({_N})[）)]",
        r"[（(](\d{1,2})[）)]",
        r"(\d{1,2})[）)]",
        r"(\d{1,2})(?:[、．]|[.](?!\d))",
        rf"({_N})、",
        rf"({_N})(?:个?是|要|来)",
        rf"第({_N})(?:[，,、：:]|个?是|要|步|项|条|款)",
        rf"其({_N})[，,、：:是]?",
    )
)
_WORDS = re.compile(r"(首先|其次|再次|再者|然后|接着|最后)[，,是要]?")
_ORDER = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3, "接着": 3, "最后": 9}
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BULLET = re.compile(r"[-–•●■◆▪◦*](?![-\d])")
_ANNOUNCED = re.compile(
    rf"(?<!第)({_N}|两|\d{{1,2}})(?:个|项|条|种|类|大|点|方面|件|层|步)(?:[^，。；,;]{{0,12}}[：:]|[^，。；,;了]{{0,4}}[。]?)$"
)
_INNER = re.compile(
    rf"(?:(?<=[：:；;，,。])|^)[“‘]?(?:(?:{_N})(?:是|要)|第{_N}[，,、：:是要]|[（(](?:{_N}|\d{{1,2}})[）)]|(?:\d{{1,2}})[、.](?!\d)|[{_CIRCLES}]|其{_N}[，,是])"
)


class Mark(NamedTuple):
    """How an item is numbered, and its number; 0 where the marks do not count."""

    kind: str
    value: int


def mark(text: str) -> Mark | None:
    """The mark that a sentence opens with: 一是, （二）, 3., 第四， ⑤, 首先, •."""
    opening = text.lstrip(' \t　“‘"')
    if not opening:
        return None
    if opening[0] in _CIRCLES:
        return Mark("①", _CIRCLES.index(opening[0]) + 1)
    if found := _WORDS.match(opening):
        return Mark("首先", _ORDER[found[1]])
    if found := _BULLET.match(opening):
        return Mark(found[0], 0)
    numbered = ((pattern, pattern.match(opening)) for pattern in _MARKS)
    return next((Mark(pattern.pattern, parse_number(m[1])) for pattern, m in numbered if m), None)


def announced(text: str) -> int:
    """How many items a sentence announces at its end: 5 of “要做好以下五个方面：”; 0 where it does not."""
    found = _ANNOUNCED.search(text.rstrip('”’"') if text else "")
    if not found or found.end() < len(text.rstrip()):
        return 0
    number = 2 if found[1] == "两" else parse_number(found[1])
    return number if 2 <= number <= MAX_ITEMS else 0


def enumeration(evidence: Evidence) -> list[Evidence]:
    """The items of the enumeration, each by its first sentence, behind the sentence that leads to them where there is
    one; empty where the sentence neither leads to an enumeration nor is one of its items."""
    sentences = [s.sentence for s in evidence.hit.sentences]
    place = next((n for n, s in enumerate(sentences) if s.start == evidence.sentence.start), -1)
    if place < 0:
        return []
    items = _marked(sentences, place) or _parallel(sentences, place)
    return [Evidence(evidence.hit, sentences[n], evidence.score) for n in items]


def leads(evidence: Evidence) -> bool:
    """Whether the sentence leads to an enumeration and is none of its items."""
    found = enumeration(evidence)
    return bool(found) and found[0].sentence.start == evidence.sentence.start and mark(evidence.text) is None


def inner(text: str) -> list[tuple[int, int]]:
    """The items of an enumeration inside one sentence (一是……；二是……), each to the next; empty below two."""
    places = [m.start() for m in _INNER.finditer(text)]
    if len(places) < 2:
        return []
    return list(zip(places, [*places[1:], len(text)], strict=True))


def _marked(sentences: Sequence[Sentence], place: int) -> list[int]:
    """Numbered items around or behind `place`, with what leads to the first."""
    marks = [mark(s.reading) for s in sentences]
    first = place if marks[place] else place + 1
    if first >= len(marks) or not (start := marks[first]) or (first != place and not _opens(start)):
        return []
    back = _backwards(marks, first)
    items = _forwards(marks, back)
    if len(items) < 2:
        return []
    lead = back - 1
    return [lead, *items] if lead >= 0 and _leading(sentences[lead].reading) else items


def _opens(found: Mark) -> bool:
    return found.value <= 1


def _leading(text: str) -> bool:
    return text.rstrip()[-1:] in ("：", ":") or announced(text) > 0


def _backwards(marks: Sequence[Mark | None], place: int) -> int:
    """The place of the first item of the run that `place` belongs to."""
    first, own = place, marks[place]
    for n in range(place - 1, -1, -1):
        found = marks[n]
        if first - n > MAX_BODY or own is None or (_opens(own) and own.value):
            break
        if found and found.kind == own.kind and (not own.value or found.value < own.value):
            first, own = n, found
    return first


def _forwards(marks: Sequence[Mark | None], first: int) -> list[int]:
    items, own = [first], marks[first]
    for n in range(first + 1, len(marks)):
        found = marks[n]
        if n - items[-1] > MAX_BODY or len(items) == MAX_ITEMS or own is None:
            break
        if not found or found.kind != own.kind:
            continue
        if found.value and found.value <= own.value:
            break
        items.append(n)
        own = found
    return items


def _parallel(sentences: Sequence[Sentence], place: int) -> list[int]:
    """As many sentences behind one that announces them as it says, where they open alike."""
    number = announced(sentences[place].reading)
    items = range(place + 1, place + 1 + number)
    if not number or items.stop > len(sentences):
        return []
    openings = {sentences[n].reading.lstrip()[:1] for n in items}
    return [place, *items] if len(openings) == 1 else []
