"""Question -> the sections that it names, by number (第六篇, 第三章第二节, 最后一篇) or by title. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.scoping.letters import Asked, code_points, folded_lines, letters, weight
from index.structure.numerals import NUMERAL, chinese_number, parse_number

JOINT = "·"  # between a section and what it is part of
LONGEST = 40  # letters of a title that is looked for
MANY = 12  # sections that “第一到第…篇” names at most
CROWD = 5000  # sections: a number or year that so many go by names none
_ALIKE = "篇编章讲"  # units that are said for one another
_PLAIN = ("部分", "方面", "点", "节", "章", "项", "份", "封", "位")  # said of “三、” too

_UNITS = r"(?:部分|方面|单元|[篇编章讲节条款项卷回集课期点份封位])"
_WORDS = (
    r"(?!章程|节[约能日目水省]|条[件例约]|集[团中成合]|卷[烟入]|款[项式]|期[间货限望]|点[钟半])"  # 第一集团 is none
)
_N = rf"(?:{NUMERAL}{{1,5}}|\d{{1,3}})"
_NAMED = re.compile(
    rf"第\s*(?P<a>{_N})\s*{_UNITS}?\s*(?:[-—–~]|到|至)\s*第?\s*(?P<b>{_N})\s*{_WORDS}(?P<range>{_UNITS})"
    rf"|第\s*(?P<some>{_N}(?:\s*[、,和与及]\s*第?\s*{_N})*)\s*{_WORDS}(?P<unit>{_UNITS})"
    rf"|(?P<end>最前|最后|倒数第|前|后|头|末)(?P<count>{NUMERAL}|两|\d)(?P<of>[篇编章讲节条卷回集课]|部分)"
)
_ENUMERATOR = re.compile(rf"^[^\w\n]*(?:第{_N}{_UNITS}|{_N}(?=[ 、.)])|[\d.]+(?![\d年]))[^\w\n]*", re.MULTILINE)
_MARK = re.compile(rf"第(?P<n>{_N})(?P<unit>{_UNITS})|(?<=[\n·、.)])(?P<year>(?:19|20)\d\d)年(?!\d)")
_AND = re.compile(r"[的里中\s,、/·]*")
_PART = re.compile(r"[》\"”」]|(?:这)?(?:一)?(?:部分|章节|一节|一章|板块|一栏|小节|条款)")


@dataclass(frozen=True, slots=True)
class Parts:
    """The sections of a store: their paths folded, a line each, and by the letters of each title in them."""

    lines: str
    codes: NDArray[np.uint32]  # of the lines
    starts: NDArray[np.int64]  # of each line
    numbered: dict[str, dict[int, list[int]]]  # 篇 -> 6 -> the sections with 第六篇 in their path
    yearly: dict[int, list[int]]  # year -> the sections with a title that begins with it
    titles: dict[str, list[int]]

    @classmethod
    def build(cls, sections: Sequence[str]) -> Parts:
        """From the paths of sections, such as “第六篇 · 二、产业”."""
        lines = folded_lines(sections)
        flat = "\n" + lines.replace(" ", "") + "\n"
        codes = code_points(flat)
        starts = np.flatnonzero(codes == ord("\n")) + 1
        owners = np.repeat(
            np.arange(len(sections)), [line.count(JOINT) + 1 for line in lines.split("\n")][: len(sections)]
        )
        titles: dict[str, list[int]] = {}
        spelt = letters(_ENUMERATOR.sub("", lines.replace(JOINT, "\n"))).split("\n")
        for title, place in zip(spelt, owners.tolist(), strict=False):
            if 4 <= len(title) <= LONGEST:
                titles.setdefault(title, []).append(place)
        return cls(flat, codes, starts, *_numbered(flat, starts), titles)

    def named(self, asked: Asked) -> list[dict[int, float]]:
        """For each part of the store that the question names, in its order: sections -> 0..1 how surely it is meant."""
        found = [self._chain(chain) for chain in _chains(asked.text)]
        return [group for groups in found for group in groups if group]

    def titled(self, asked: Asked, taken: Sequence[tuple[int, int]]) -> dict[int, float]:
        """Sections whose title stands in the question, outside the letters `taken` by names of documents."""
        shares: dict[int, float] = {}
        text = asked.letters
        for start in range(len(text) - 3):
            for end in range(start + 4, min(len(text), start + LONGEST) + 1):
                if text[start:end] not in self.titles or any(a < end and start < b for a, b in taken):
                    continue
                share = _sure(asked, start, end)
                for place in self.titles[text[start:end]]:
                    shares[place] = max(share, shares.get(place, 0.0))
        return shares

    def of_year(self, year: int) -> list[int]:
        """Sections with a title that begins with this year; none where too many have it."""
        sections = self.yearly.get(year, [])
        return sections if len(sections) <= CROWD else []

    def _chain(self, chain: Sequence[tuple[tuple[int, ...], str]]) -> list[dict[int, float]]:
        """The parts of one naming; of 第三章第二节 the second within the first."""
        (numbers, unit), *inner = chain
        groups = [self._numbered(number, unit) for number in numbers]
        for numbers, unit in inner:
            within = self._numbered(numbers[0], unit)
            groups = [
                {
                    place: share * (0.7 + 0.3 * within[place] if place in within else 0.4)
                    for place, share in group.items()
                }
                for group in groups
            ]
        return groups

    def _numbered(self, number: int, unit: str) -> dict[int, float]:
        """Sections that go by this number: with this unit, else with one like it, else “三、” where that may be meant."""
        if number < 0:
            number = self._last(unit) + 1 + number
        if exact := self._marked(number, unit):
            return dict.fromkeys(exact, 1.0) if len(exact) <= CROWD else {}
        if unit in _ALIKE or unit in ("份", "封", "位"):
            for other in _ALIKE:
                if alike := self._marked(number, other):
                    return dict.fromkeys(alike, 0.5)
        if unit not in _PLAIN:
            return {}
        spelt = chinese_number(number)
        top = self._with(*(f"\n{mark}" for mark in (f"{spelt}、", f"{number}.", f"{number}、")))
        nested = self._with(*(f"{JOINT}{mark}" for mark in (f"{spelt}、", f"({spelt})", f"{number}.", f"{number}、")))
        return {**dict.fromkeys(nested, 0.3), **dict.fromkeys(top, 0.6)}

    def _marked(self, number: int, unit: str) -> list[int]:
        return self.numbered.get(unit, {}).get(number, [])

    def _last(self, unit: str) -> int:
        """The highest number that a section of this unit has; 0 when there is none."""
        return max(self.numbered.get(unit, {}), default=0)

    def _with(self, *wanted: str) -> set[int]:
        """The lines in which one of these stands; none where there are too many of them to tell anything."""
        lines = [np.searchsorted(self.starts, self._places(text) + text.count("\n"), "right") - 1 for text in wanted]
        found = np.unique(np.concatenate(lines))
        return set(found.tolist()) if len(found) <= CROWD else set()

    def _places(self, text: str) -> NDArray[np.int64]:
        """Where the text stands in the lines."""
        places = self.starts - 1 if text[0] == "\n" else np.flatnonzero(self.codes == ord(text[0]))
        places = places[places < len(self.codes) - len(text)]
        for distance, c in enumerate(text[1:], 1):
            places = places[self.codes[places + distance] == ord(c)]
        return places


def _numbered(lines: str, starts: NDArray[np.int64]) -> tuple[dict[str, dict[int, list[int]]], dict[int, list[int]]]:
    """Lines by the numbers and by the years in them."""
    numbered: dict[str, dict[int, list[int]]] = {}
    yearly: dict[int, list[int]] = {}
    found = [(m.start(), m["n"], m["unit"], m["year"]) for m in _MARK.finditer(lines)]
    owners = np.searchsorted(starts, [place for place, *_ in found], "right") - 1
    for (_, number, unit, year), owner in zip(found, owners.tolist(), strict=True):
        of = yearly.setdefault(int(year), []) if year else numbered.setdefault(unit, {}).setdefault(_value(number), [])
        if not of or of[-1] != owner:
            of.append(owner)
    return numbered, yearly


@lru_cache(maxsize=1024)
def _value(number: str) -> int:
    return parse_number(number)


def _chains(text: str) -> Iterator[list[tuple[tuple[int, ...], str]]]:
    """What is named by number, in order: of 第三章第二节 both, elsewhere each alone; negative numbers from the end."""
    chain: list[tuple[tuple[int, ...], str]] = []
    end = -1
    for found in _NAMED.finditer(text):
        numbers, unit = _numbers(found)
        if chain and not (found["unit"] and unit != chain[-1][1] and _AND.fullmatch(text, end, found.start())):
            yield chain
            chain = []
        if numbers:
            chain.append((numbers, unit))
        end = found.end()
    if chain:
        yield chain


def _numbers(found: re.Match[str]) -> tuple[tuple[int, ...], str]:
    if found["range"]:
        first, last = parse_number(found["a"]), parse_number(found["b"])
        return tuple(range(first, min(last, first + MANY - 1) + 1)), found["range"]
    if found["unit"]:
        return tuple(parse_number(n) for n in re.findall(_N, found["some"]))[:MANY], found["unit"]
    count = parse_number(found["count"].replace("两", "二"))
    if found["end"] == "倒数第":
        return (-count,), found["of"]
    forward = found["end"] in ("最前", "前", "头")
    return tuple(range(1, count + 1) if forward else range(-count, 0)), found["of"]


def _sure(asked: Asked, start: int, end: int) -> float:
    _, after = asked.around(start, end)
    if _PART.match(after):
        return 0.9
    return min(0.7, 0.1 * weight(asked.letters[start:end]) - 0.1)
