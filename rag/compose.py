"""Draft + evidence -> the answer's text, its claims and its citations: nothing unproved is let through. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.cleaning import CLOSERS, SENTENCE_END
from index.reading import within
from rag.answer import Citation, Claim, Place
from rag.attribute import Attribution, attribute, numbers, overlap, pairs
from rag.evidence import Evidence
from rag.snippet import MAX_LENGTH as SNIPPET
from rag.snippet import snip

MAX_CLAIMS = 3  # written or extracted; these four numbers were fitted on the tune half (docs/experiments.md)
MAX_LENGTH = 220  # characters of an answer of more than one claim
SIDES = 280  # the same where things are set side by side, shared among them; the least for one of many
SIDE = 45
NEAR = 0.65  # of the best sentence's score: what a further extracted sentence must have
NEAR_AFTER = 0.7  # the same, when the draft has already answered
SAME = 0.5  # of a sentence's character pairs stand in a claim already shown: it would say it again
MAX_WRITTEN = 160  # characters of a draft's sentence; a longer one runs on and on, and is shown as an extract
DRAFT_WEIGHT = 0.5  # how much the draft's words add to a sentence's own score

_FOOTNOTE = re.compile(r"\[\d{1,3}\]")
_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile(r"(?<=[\u4e00-\u9fff”》）)])([,;:?!])|([,;:?!])(?=[\u4e00-\u9fff“《（])")
_STOPPED = re.compile(rf"[{SENTENCE_END}…]+[{re.escape(CLOSERS)}]*$")

_ASKS_PLACES = re.compile(
    r"哪[一几]?[篇章讲编节份]|[各几两][篇章讲编节份]|第[^，。？]{1,3}篇.*第[^，。？]{1,3}篇|(?:哪里|何处|出处)"
)

Places = Callable[[Evidence], Sequence[Place]]


@dataclass(frozen=True, slots=True)
class Composition:
    """What is shown: `text` is the claims with their marks, such as 「……[1][2]。」."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


@dataclass(slots=True)
class _Builder:
    places: Places
    placed: bool  # whether each claim opens with the section it stands in
    sides: int = 0  # sentences that answer for things set side by side; each has its place
    titled: bool = False  # whether each claim opens with the document it stands in
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    def add(self, text: str, evidence: Evidence, span: tuple[int, int]) -> None:
        """One claim resting on the part `span` of an evidence sentence; one that was said before is left out."""
        text = _FOOTNOTE.sub("", text)  # a mark of the source is none of ours; the quote keeps it
        if self.placed and evidence.hit.section and not _names_a_section(text):
            text = f"{self._sections(evidence)}：{text}"
        elif self.titled and Path(evidence.hit.document).stem not in text:
            text = f"{Path(evidence.hit.document).stem}：{text}"
        if any(text == c.text for c in self.claims):
            return
        n = self._number(evidence, span)
        self.claims.append(Claim(text, (n,), "supported"))
        self.pieces.append(marked(text, n))

    @property
    def length(self) -> int:
        return sum(len(c.text) for c in self.claims)

    @property
    def snippet(self) -> int:
        """Characters shown of one sentence."""
        return SNIPPET if not self.sides else max(SIDE, SIDES // self.sides)

    def fits(self, text: str) -> bool:
        """Whether a further claim has a place; the first always has."""
        most, room = (MAX_CLAIMS, MAX_LENGTH) if not self.sides else (self.sides, self.snippet * self.sides)
        return not self.claims or (len(self.claims) < most and self.length + len(text) <= room)

    def _sections(self, e: Evidence) -> str:
        """第二篇、第三篇: the articles in which these words stand."""
        sections = sorted({(e.sentence.start, e.hit.section), *((p.start, p.section) for p in self.places(e))})
        return "、".join(dict.fromkeys(section.split(" · ")[0] for _, section in sections if section))

    def _number(self, e: Evidence, span: tuple[int, int]) -> int:
        start, end = e.sentence.source_span(*span)
        key = (e.hit.document, start, end)
        if key not in self.numbers:
            self.numbers[key] = n = len(self.citations) + 1
            quote = e.sentence.text[span[0] : span[1]]
            places = tuple(self.places(e))
            repairs = within(e.sentence.repairs, *span)
            self.citations.append(
                Citation(n, e.hit.document, e.hit.section, e.sentence.page, start, end, quote, places, repairs)
            )
        return self.numbers[key]

    def done(self) -> Composition:
        return Composition("".join(self.pieces), tuple(self.claims), tuple(self.citations))


def compose(question: str, draft: str, evidence: Sequence[Evidence], places: Places, sides: int = 0) -> Composition:
    """The draft's supported sentences, then what the best evidence adds to them, in its own words.

    A draft sentence that is not proved never shows; its words still help to choose the evidence. Without a draft
    the answer is an extract. Where things are set side by side the first `sides` sentences of the evidence have their
    place. Empty only when there is no evidence.
    """
    documents = {e.hit.document for e in evidence[:sides]}
    builder = _Builder(places, asks_places(question), sides, len(documents) > 1)
    used = _write(builder, draft, evidence)
    _extract(builder, question, draft, evidence, used)
    return builder.done()


def compose_draft(question: str, draft: str, evidence: Sequence[Evidence], places: Places) -> Composition:
    """The draft's supported sentences alone: what a writer who was stopped had proved so far."""
    builder = _Builder(places, asks_places(question))
    _write(builder, draft, evidence)
    return builder.done()


def asks_places(question: str) -> bool:
    """Whether the question asks where something stands, or sets several sections side by side."""
    return bool(_ASKS_PLACES.search(question))


def _write(builder: _Builder, draft: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Add what the draft says and the evidence carries; returns the evidence it rests on."""
    used: list[Evidence] = []
    for a in attribute(draft, evidence):
        if a.verdict == "supported" and len(a.text) <= MAX_WRITTEN and builder.fits(a.text):
            builder.add(readable(a.text), a.evidence, _resting_place(a))
            used.append(a.evidence)
    return used


def _extract(
    builder: _Builder, question: str, draft: str, evidence: Sequence[Evidence], used: Sequence[Evidence]
) -> None:
    """Add the best sentences that the draft did not use, by their own score and the words of the draft."""
    weights = Counter({pair: 2 for pair in pairs(question)}) + Counter(pairs(draft) if draft else ())
    scores = [(e.score + DRAFT_WEIGHT * (overlap(draft, e.text) if draft else 0.0), e) for e in evidence]
    scores.sort(key=lambda item: -item[0])
    least = (NEAR_AFTER if used else NEAR) * (scores[0][0] if scores else 0.0)
    for score, e in scores:
        if e in used or (builder.claims and score < least):
            continue
        span = snip(e.text, weights, builder.snippet)
        part = e.text[span[0] : span[1]]
        if builder.fits(part) and not _said(builder, part):
            builder.add(excerpt(e.text, span), e, span)


def _said(builder: _Builder, text: str) -> bool:
    """Whether a claim says nearly the same: in speeches that repeat each other the best sentences are copies."""
    return not builder.placed and not builder.sides and any(overlap(text, c.text) >= SAME for c in builder.claims)


def _names_a_section(text: str) -> bool:
    return bool(re.match(r"(?:在)?第[一二三四五六七八九十\d]{1,3}[篇章讲编节]", text))


def _resting_place(a: Attribution) -> tuple[int, int]:
    """The clauses of the source sentence that carry the claim; all of it when no part does so as well."""
    text = a.evidence.text
    start, end = snip(text, Counter(pairs(a.text)), max(len(a.text) + 40, SNIPPET))
    part = text[start:end]
    as_well = overlap(a.text, part) >= 0.98 * overlap(a.text, text) and numbers(a.text) & numbers(text) <= numbers(part)
    return (start, end) if as_well else (0, len(text))


def excerpt(text: str, span: tuple[int, int]) -> str:
    """The words of `span`, with 「……」 where the sentence began earlier."""
    return ("……" if span[0] else "") + readable(text[span[0] : span[1]])


def readable(text: str) -> str:
    """`text` with full-width signs between Chinese characters and a stop at its end."""
    wide = _HALF.sub(lambda m: _SIGNS[m.group(1) or m.group(2)], text.strip())
    return wide if _STOPPED.search(wide) else wide.rstrip("，；、：,;:") + "。"


def marked(text: str, *numbers: int) -> str:
    """The citation marks in front of the final stop: 「……21%以上[1]。」."""
    end = _STOPPED.search(text)
    at = end.start() if end else len(text)
    return f"{text[:at]}{''.join(f'[{n}]' for n in numbers)}{text[at:]}"
