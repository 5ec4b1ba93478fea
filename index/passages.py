"""Clean text -> passages and their sentences: the units that are searched, cited and shown as evidence. Pure."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleaning import CleanText
from index.extract import FormatHeading, Span
from index.reading import Repair, read_as, within
from index.structure.enumerations import indivisible
from index.structure.headings import is_titular
from index.structure.sections import Section, find_sections
from index.structure.sentences import MAX_SENTENCE as MAX_SENTENCE
from index.structure.sentences import sentence_spans

MAX_PASSAGE = 300  # characters; chosen with the retrieval figures in docs/experiments.md


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `start`, `end` are characters of the source text; `text` that stretch with markers removed.

    `gaps` are the places in `text` before which source characters were dropped, and how many; rising. `page` is that
    of its first character, counted from 1. `repairs` are places in `text`.
    """

    start: int
    end: int
    text: str
    gaps: tuple[tuple[int, int], ...] = ()
    page: int | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def reading(self) -> str:
        """`text` with the confident readings of its damaged characters, place for place."""
        return read_as(self.text, self.repairs)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open source span of the non-empty part [start, end) of `text`."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, position: int) -> int:
        return self.start + position + sum(dropped for at, dropped in self.gaps if at <= position)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one document: the unit that is searched and cited.

    `start`, `end` are characters in the source text; `text` is that stretch with markers removed. `page` is that of
    its first character. `repairs` are places in `text`.
    """

    section: str
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]
    page: int | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def reading(self) -> str:
        """`text` with the confident readings of its damaged characters, place for place."""
        return read_as(self.text, self.repairs)


def split(
    clean: CleanText,
    headings: Sequence[FormatHeading] = (),
    pages: Sequence[int] = (),
    repairs: Sequence[Repair] = (),
    size: int = MAX_PASSAGE,
) -> list[Passage]:
    """Passages of whole sentences, each inside one section, at most `size` characters unless one sentence is longer.

    `headings` and `pages` are those of the Extract, `repairs` places in the display text. Neither an enumeration nor one
    of its items is cut where it fits, and a heading stays with what follows it.
    """
    text, cut = clean.text, _Cut(clean, pages, repairs)
    return [
        cut.passage(section, group)
        for section in find_sections(text, shown_headings(clean, headings))
        for group in _pack(_units(text, section, size), size)
    ]


def shown_headings(clean: CleanText, headings: Sequence[FormatHeading]) -> list[FormatHeading]:
    """The headings at their places in the display text; one whose words were all dropped is left out."""
    places = [(h.level, *(bisect_left(clean.offsets, at) for at in (h.start, h.end))) for h in headings]
    return [FormatHeading(level, start, end) for level, start, end in places if start < end]


def _units(text: str, section: Section, size: int) -> list[list[Span]]:
    """The sentences of a section in groups that stay together; its heading is in the group of what follows."""
    units = indivisible(text, sentence_spans(text, section.start, section.end), size)
    last = 0
    while last + 1 < len(units) and is_titular(text[slice(*units[last][-1])]):
        if units[last + 1][-1][1] - units[0][0][0] > size:
            break
        last += 1
    return [[span for unit in units[: last + 1] for span in unit], *units[last + 1 :]] if last else units


class _Cut:
    """Makes passages and sentences of spans of one text, with the pages and repairs that they have part in."""

    def __init__(self, clean: CleanText, pages: Sequence[int], repairs: Sequence[Repair]) -> None:
        self._clean = clean
        self._pages = pages
        self._repairs = sorted(repairs, key=lambda r: r.start)
        self._starts = [r.start for r in self._repairs]

    def passage(self, section: Section, spans: Sequence[Span]) -> Passage:
        """The passage of neighbouring sentences."""
        start, end = spans[0][0], spans[-1][1]
        place, after = self._clean.source_span(start, end)
        return Passage(
            section.label,
            place,
            after,
            self._clean.text[start:end],
            tuple(self._sentence(s, e) for s, e in spans),
            self._page(place),
            self._within(start, end),
        )

    def _sentence(self, start: int, end: int) -> Sentence:
        place, after = self._clean.source_span(start, end)
        text, gaps = self._clean.text[start:end], self._gaps(start, end, after - place)
        return Sentence(place, after, text, gaps, self._page(place), self._within(start, end))

    def _gaps(self, start: int, end: int, length: int) -> tuple[tuple[int, int], ...]:
        if length == end - start:
            return ()
        places = self._clean.offsets[start:end]
        return tuple((i, b - a - 1) for i, (a, b) in enumerate(itertools.pairwise(places), 1) if b - a > 1)

    def _page(self, place: int) -> int | None:
        return max(1, bisect_right(self._pages, place)) if self._pages else None

    def _within(self, start: int, end: int) -> tuple[Repair, ...]:
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return within(self._repairs[first:last], start, end) if first < last else ()


def _pack(units: Sequence[list[Span]], size: int) -> Iterator[list[Span]]:
    """Neighbouring units in groups of even length, none over `size` characters if it has more than one sentence."""
    if not units:
        return iter(())
    total = units[-1][-1][1] - units[0][0][0]
    target = total / max(1, -(-total // size))
    single = all(len(unit) == 1 for unit in units[1:])  # the first may have a heading
    return _in_turn(units, size, target) if single else _evenly(units, size, target)


def _in_turn(units: Sequence[list[Span]], size: int, target: float) -> Iterator[list[Span]]:
    """Each group filled to `target` before the next: good enough for sentences, which are short."""
    group: list[Span] = []
    for unit in units:
        length = unit[-1][1] - group[0][0] if group else 0
        if group and (length > size or length - (unit[-1][1] - unit[0][0]) / 2 > target):
            yield group
            group = []
        group += unit
    yield group


def _evenly(units: Sequence[list[Span]], size: int, target: float) -> Iterator[list[Span]]:
    """The groups whose lengths differ least from `target`: long units filled in turn leave a sliver at the end."""
    best = [(0.0, 0)]  # behind each unit: the least sum of squares, and where its group begins
    for after in range(1, len(units) + 1):
        choices: list[tuple[float, int]] = []
        for first in range(after - 1, -1, -1):
            length = units[after - 1][-1][1] - units[first][0][0]
            if length > size and choices:
                break
            choices.append((best[first][0] + (length - target) ** 2, first))
        best.append(min(choices))
    cuts = [len(units)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    for first, after in itertools.pairwise(reversed(cuts)):
        yield [span for unit in units[first:after] for span in unit]
