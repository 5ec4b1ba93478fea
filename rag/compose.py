"""Attributed claims -> the answer's text, its claims and its citations: nothing unproved is let through. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.cleaning import CLOSERS, SENTENCE_END
from rag.answer import Citation, Claim, Place, Verdict
from rag.attribute import Attribution
from rag.evidence import Evidence

EXTRACT_SHARE = 0.8  # of the best sentence's score: what a further sentence of an extract must have
EXTRACT_LENGTH = 240  # characters of an extract of more than one sentence

_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile(r"(?<=[\u4e00-\u9fff”》）)])([,;:?!])|([,;:?!])(?=[\u4e00-\u9fff“《（])")
_END = re.compile(rf"[{SENTENCE_END}…；;，,、：:]*[{re.escape(CLOSERS)}]*$")

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
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)

    def add(self, text: str, evidence: Sequence[Evidence], verdict: Verdict) -> None:
        """One claim with its citations; one that was said before is left out."""
        if any(text == c.text for c in self.claims):
            return
        numbers = tuple(self._number(e) for e in evidence)
        self.claims.append(Claim(text, numbers, verdict))
        self.pieces.append(_marked(text, numbers))

    def _number(self, e: Evidence) -> int:
        key = (e.hit.document, e.sentence.start)
        if key not in self.numbers:
            self.numbers[key] = n = len(self.citations) + 1
            self.citations.append(
                Citation(
                    n, e.hit.document, e.hit.section, e.hit.page,
                    e.sentence.start, e.sentence.end, e.sentence.text, tuple(self.places(e)),
                )
            )  # fmt: skip
        return self.numbers[key]

    def done(self) -> Composition:
        return Composition("".join(self.pieces), tuple(self.claims), tuple(self.citations))


def compose(attributions: Sequence[Attribution], evidence: Sequence[Evidence], places: Places) -> Composition:
    """Supported claims as they were written; others in the words of their source; without any, an extract."""
    builder = _Builder(places)
    for a in attributions:
        if a.verdict == "supported":
            builder.add(readable(a.text), a.evidence, "supported")
        elif a.evidence:
            builder.add(readable(a.evidence[0].sentence.text), a.evidence[:1], "supported")
    return builder.done() if builder.claims else extract(evidence, places)


def extract(evidence: Sequence[Evidence], places: Places) -> Composition:
    """The best sentences of the evidence, word for word, each citing itself."""
    builder = _Builder(places)
    left = EXTRACT_LENGTH
    for e in evidence:
        first = not builder.claims
        if first or (e.score >= EXTRACT_SHARE * evidence[0].score and len(e.sentence.text) <= left):
            builder.add(readable(e.sentence.text), (e,), "supported")
            left -= len(e.sentence.text)
    return builder.done()


def readable(text: str) -> str:
    """`text` with full-width signs between Chinese characters and a stop at its end."""
    wide = _HALF.sub(lambda m: _SIGNS[m.group(1) or m.group(2)], text.strip())
    return wide if wide[-1:] in SENTENCE_END + CLOSERS else wide.rstrip("，；、：,;:") + "。"


def _marked(text: str, numbers: Sequence[int]) -> str:
    """The citation marks in front of the final stop: 「……21%以上[1]。」."""
    marks = "".join(f"[{n}]" for n in numbers)
    end = _END.search(text)
    at = end.start() if end else len(text)
    return text[:at] + marks + text[at:]
