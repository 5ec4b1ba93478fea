"""Question -> the documents and sections that it names, and how surely: a help to ranking, never a filter. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.derived.state import Filed
from index.scoping.letters import Asked, weight, whole_words
from index.scoping.mentions import LEAST, Mention, Mentions
from index.scoping.parts import Parts
from index.scoping.series import Series
from index.scoping.stems import Numbers, Stems
from index.scoping.years import Years, years_in

LONGEST = 1000  # characters of a question that are read for names
MANY = 500  # documents that go by one name: so many are told apart only by their years
NAME = 24  # letters of a name before or behind a number in the question
FEW = 50  # documents of one name: each is looked for by its own
OTHERS = 0.3  # of a share: documents of the name, but not of the year that is asked for
ELSEWHERE = 0.3  # of a share: the section is right and the document is another
UNNAMED = 0.5  # of a share: the document is right and the section is another
SURE = 0.4  # share from which names and years set side by side are groups
YEAR_TITLE = 0.4  # share of a section with the year in its title

_THIS = re.compile(r"这份|这篇|这个文件|该文|该文件|该报告|本文|本文件|本报告|上文|文中|这本|本文档|该文档|此文")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question names: places in documents and in sections -> 0..1 how surely; both empty when it names nothing.

    `groups` holds one scope for each of the things that it sets side by side (第五篇和第七篇, 2012年和2013年): two or more.
    """

    documents: Mapping[int, float]
    sections: Mapping[int, float]
    groups: tuple[Scope, ...] = ()
    _document: float = field(init=False, repr=False, compare=False)  # the highest share of one
    _section: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_document", max(self.documents.values(), default=0.0))
        object.__setattr__(self, "_section", max(self.sections.values(), default=0.0))

    def share(self, document: int, section: int) -> float:
        """How surely the question means this section of this document; 0 when it names neither."""
        named, part = self.documents.get(document, 0.0), self.sections.get(section, 0.0)
        beside = named * (1 - (1 - UNNAMED) * (self._section - part))
        elsewhere = part * (1 - (1 - ELSEWHERE) * self._document)
        return max(beside, elsewhere)

    def shares(self, documents: Numbers, sections: Numbers) -> NDArray[np.float32]:
        """share() of many passages at once, given the place of each one's document and section."""
        named, part = _looked_up(self.documents, documents), _looked_up(self.sections, sections)
        beside = named * (1 - (1 - UNNAMED) * (self._section - part))
        best: NDArray[np.float32] = np.maximum(beside, part * (1 - (1 - ELSEWHERE) * self._document))
        return best

    def among(self, document: int, section: int) -> frozenset[int]:
        """The groups, by number, that name this section of this document."""
        return frozenset(n for n, group in enumerate(self.groups) if group.share(document, section) >= SURE / 2)


NOTHING = Scope({}, {})


_Named = tuple[Mention, Numbers]


@dataclass(frozen=True, slots=True)
class Names:
    """By what names questions call the documents and sections of one state of the indexes."""

    stems: Stems
    mentions: Mentions
    series: Series
    parts: Parts
    only: int  # the place of the one document there is, else -1

    @classmethod
    def build(cls, documents: Sequence[Filed], sections: Sequence[str]) -> Names:
        """The names of these documents and the paths of these sections; a document with an empty name is not there."""
        stems = Stems.build(documents)
        present = [place for place, document in enumerate(documents) if document.name]
        only = present[0] if len(present) == 1 else -1
        return cls(stems, Mentions.build(stems.stems), Series.build(stems), Parts.build(sections), only)

    def scope(self, question: str) -> Scope:
        """What the question names; NOTHING where it names nothing. Never raises."""
        asked = Asked.of(question[:LONGEST])
        named = [(m, self.stems.documents(m.stem)) for m in self.mentions.of(asked)]
        years = _telling(years_in(asked.text))
        parts = self.parts.named(asked)
        documents = self._documents(asked, named, years)
        sections = self._sections(asked, named, years, parts)
        if not documents and not sections:
            return NOTHING
        whole = Scope(documents, sections)
        return Scope(documents, sections, self._groups(asked, named, years, parts, whole))

    def _documents(self, asked: Asked, named: Sequence[_Named], years: Sequence[Years]) -> dict[int, float]:
        """By name and year together: of those of one name the ones of the year, of the others less than without."""
        spelt = self._spelt(asked, named)
        surest = 1.0 if spelt else max((mention.share for mention, _ in named), default=0.0)
        shares = {d: share * (1 - surest) for d, share in self._by_year(asked, years, None).items() if surest < 1}
        for mention, documents in named:
            own = {place: 1.0 for place in documents.tolist() if place in spelt} if spelt else {}
            chosen = own or self._by_year(asked, years, documents)
            share = mention.share / math.sqrt(len(documents)) * (OTHERS if chosen else 1.0)
            if len(documents) <= MANY and share >= LEAST / 3:
                _raise(shares, dict.fromkeys(documents.tolist(), share))
            _raise(shares, chosen)
        _raise(shares, spelt)
        if not shares and self.only >= 0 and _THIS.search(asked.text):
            return {self.only: 1.0}
        return shares

    def _by_year(self, asked: Asked, years: Sequence[Years], among: Numbers | None) -> dict[int, float]:
        if not years:
            return self.series.relative(asked.text, among)
        shares: dict[int, float] = {}
        for year in years:
            _raise(shares, self.series.of_years(year, among))
        return shares

    def _spelt(self, asked: Asked, named: Sequence[_Named]) -> dict[int, float]:
        """The documents whose own name, with its number or year, is in the question: 资料12, 03纪要."""
        text, spans = asked.letters, set[tuple[int, int]]()
        for number in re.finditer(r"\d+", text):
            spans |= {(start, number.end()) for start in range(max(0, number.start() - NAME), number.start())}
            spans |= {(number.start(), end) for end in range(number.end() + 1, number.end() + NAME)}
        found: set[int] = set()
        for a, b in spans:
            if (own := self.stems.whole.get(text[a:b])) and whole_words(text, a, b) == (a, b) and weight(text[a:b]) > 2:
                found |= set(own)
        for mention, documents in named:
            stem = self.stems.stems[mention.stem]
            names = ((place, self.stems.spelt[place]) for place in documents[:FEW].tolist())
            found |= {place for place, name in names if name != stem and weight(name) > 4 and name in text}
        return dict.fromkeys(found, 1.0)

    def _sections(
        self, asked: Asked, named: Sequence[_Named], years: Sequence[Years], parts: Sequence[Mapping[int, float]]
    ) -> dict[int, float]:
        shares = self.parts.titled(asked, [(m.start, m.end) for m, _ in named if m.share >= SURE])
        for year in years:
            if year.ask != "document" and year.first == year.last:
                _raise(shares, dict.fromkeys(self.parts.of_year(year.first), YEAR_TITLE))
        for part in parts:
            _raise(shares, part)
        return shares

    def _groups(
        self,
        asked: Asked,
        named: Sequence[_Named],
        years: Sequence[Years],
        parts: Sequence[Mapping[int, float]],
        whole: Scope,
    ) -> tuple[Scope, ...]:
        """A scope for each section, else for each name, else for each year that is set beside another."""
        if len(parts) > 1:
            return tuple(Scope(whole.documents, part) for part in parts)
        apart = _apart(named)
        pairs: list[tuple[Sequence[_Named], Sequence[Years]]]
        if len(apart) > 1:
            own = [[year] for year in years] if len(years) == len(apart) else [list(years)] * len(apart)
            pairs = [([name], of) for name, of in zip(apart, own, strict=True)]
        else:
            pairs = [(named, [year]) for year in years if year.sure >= SURE]
        found = [self._documents(asked, *pair) for pair in pairs]
        groups = [g for n, g in enumerate(found) if g and g not in found[:n]]
        return tuple(Scope(group, whole.sections) for group in groups) if len(groups) > 1 else ()


def _looked_up(shares: Mapping[int, float], places: Numbers) -> NDArray[np.float32]:
    table = np.zeros(1 + max([*shares, int(places.max(initial=0))]), np.float32)
    table[list(shares)] = list(shares.values())
    return table[places]


def _raise(shares: dict[int, float], others: Mapping[int, float]) -> None:
    shares.update((place, share) for place, share in others.items() if share > shares.get(place, 0.0))


def _telling(years: Sequence[Years]) -> list[Years]:
    """Without those that a document which is named by its year looks back on: 2013年的报告说2012年增长了多少."""
    named = [year.first for year in years if year.ask == "document"]
    return [y for y in years if not named or y.ask in ("document", "plan") or y.first > max(named)]


def _apart(named: Sequence[_Named]) -> list[_Named]:
    """The sure mentions that stand beside each other, in the order of the question."""
    kept: list[_Named] = []
    for mention, documents in named:
        beside = all(mention.end <= other.start or other.end <= mention.start for other, _ in kept)
        if mention.share >= SURE and beside:
            kept.append((mention, documents))
    return sorted(kept, key=lambda one: one[0].start)
