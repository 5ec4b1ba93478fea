"""Stretches of evidence -> an answer's text, its claims and its citations: each claim with its mark. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.cleaning import CLOSERS, SENTENCE_END
from index.reading import within
from rag.answer import Citation, Claim, Place
from rag.evidence import Evidence
from rag.labels import label

_FOOTNOTE = re.compile(r"\[\d{1,3}\]")
_SIGNS = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile(r"(?<=[\u4e00-\u9fff”》）)])([,;:?!])|([,;:?!])(?=[\u4e00-\u9fff“《（])")
_STOPPED = re.compile(rf"[{SENTENCE_END}…]+[{re.escape(CLOSERS)}]*$")
_SECTION = re.compile(r"(?:在)?第[一二三四五六七八九十\d]{1,3}[篇章讲编节]")

Places = Callable[[Evidence], Sequence[Place]]


@dataclass(frozen=True, slots=True)
class Composition:
    """What is shown: `text` is the claims with their marks, such as 「……[1][2]。」."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part `span` of a sentence's text."""

    evidence: Evidence
    span: tuple[int, int]

    @property
    def text(self) -> str:
        """The words as they are read."""
        return self.evidence.text[slice(*self.span)]


@dataclass(slots=True)
class Builder:
    """Takes one claim after the other.

    `placed` says whether each opens with the section it stands in, `documents` how many the evidence comes from,
    `titled` whether each opens with its document.
    """

    places: Places
    question: str = ""
    placed: bool = False
    titled: bool = False
    documents: int = 1
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    removed: int = 0  # sentences of a draft that nothing carries
    labelled: str = ""  # the name that opened the claim before: it is not said twice in a row

    def add(self, text: str, evidence: Evidence, span: tuple[int, int]) -> None:
        """One claim resting on the part `span` of an evidence sentence; one that was said before is left out."""
        self.write(text, [Stretch(evidence, span)])

    def write(self, text: str, pieces: Sequence[Stretch]) -> None:
        """One claim resting on these stretches together, behind the name of its place where it needs one."""
        without = _FOOTNOTE.sub("", text)  # a mark of the source is none of ours; the quote keeps it
        text = self._opened(without, pieces[0].evidence)
        if all(text != c.text for c in self.claims):
            self.state(text, pieces)

    def state(self, text: str, pieces: Sequence[Stretch]) -> None:
        """One claim about several things, resting on all of these stretches."""
        cited = tuple(dict.fromkeys(self._number(piece.evidence, piece.span) for piece in pieces))
        self.claims.append(Claim(text, cited, "supported"))
        self.pieces.append(marked(text, *cited))

    def done(self, opening: str = "", closing: str = "") -> Composition:
        """The answer; `opening` stands in front of its first claim, `closing` behind the last."""
        text = "".join((opening, *self.pieces, closing))
        return Composition(text, tuple(self.claims), tuple(self.citations))

    def _opened(self, text: str, e: Evidence) -> str:
        """The claim behind the name of its section or document, where it needs one."""
        if self.placed and e.hit.section:
            return text if _SECTION.match(text) else f"{self._sections(e)}：{text}"
        stem = Path(e.hit.document).stem
        if self.titled:
            return text if stem in text else f"{stem}：{text}"
        name = label(e, text, self.documents, self.question)
        before, self.labelled = self.labelled, name or (self.labelled if stem in text else "")
        return f"{name}：{text}" if name and name != before else text

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
