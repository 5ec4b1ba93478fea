"""numbering.xml of a Word file and the numbered paragraphs in order -> the number that people see before each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.readers.wordxml import W, value
from index.structure.numerals import chinese_number

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_FORMAL = str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
MAX_COUNT = 30_000  # a larger start is damage


def counted(value: int, form: str) -> str:
    """`value` in the number format `form` of Word, such as chineseCounting; in digits when that is not known."""
    if form in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCountingThousand",
        "taiwaneseCounting",
        "ideographDigital",
        "japaneseDigitalTenThousand",
        "koreanDigital",
    ):
        return chinese_number(value)
    if form in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese_number(value).translate(_FORMAL)
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if form in ("decimalEnclosedParen", "decimalEnclosedFullstop"):
        return f"({value})" if form.endswith("Paren") else f"{value}."
    if form in ("upperRoman", "lowerRoman"):
        return _roman(value).upper() if form == "upperRoman" else _roman(value)
    if form in ("upperLetter", "lowerLetter") and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 % 10 + 1)
        return letter.upper() if form == "upperLetter" else letter
    cycle = {"ideographTraditional": _STEMS, "ideographZodiac": _BRANCHES}.get(form)
    if cycle and value > 0:
        return cycle[(value - 1) % len(cycle)]
    if form == "decimalFullWidth":
        return "".join(chr(ord(c) + 0xFEE0) for c in str(value))
    return f"{value:02}" if form == "decimalZero" else f"{value}"


def _roman(value: int) -> str:
    text = ""
    for amount, letters in _ROMAN:
        text += letters * (value // amount)
        value %= amount
    return text


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    gap: str  # what stands between the number and the words: tab, space or nothing
    restarts: bool
    digits: bool  # numbers of higher levels are shown in digits
    style: str


@dataclass(frozen=True, slots=True)
class _List:
    """One w:num: its levels, the counters it shares, and where it starts anew."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """Counts the lists of one document; `number` must be called once for each numbered paragraph, in order."""

    lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of(self, list_id: str, style: str) -> int:
        """The level of the list that belongs to a style; 0 when none does."""
        levels = self.lists[list_id].levels if list_id in self.lists else {}
        return next((n for n, level in levels.items() if level.style == style), 0)

    def number(self, list_id: str, level: int) -> str:
        """The next number of the list at `level`, with the blank behind it; a point for bullets; empty if none."""
        numbered = self.lists.get(list_id)
        if numbered is None or level not in numbered.levels:
            return ""
        self._count(list_id, numbered, level)
        form = numbered.levels[level]
        if form.form == "bullet":
            return "• "
        text = form.text
        counts = self._counts[numbered.abstract]
        for above in range(level + 1):
            style = numbered.levels.get(above, form)
            shown = "decimal" if form.digits else style.form
            text = text.replace(
                f"%{above + 1}", counted(counts.get(above, style.start), shown) if shown != "none" else ""
            )
        return _spaced(text, form.gap)

    def _count(self, list_id: str, numbered: _List, level: int) -> None:
        counts = self._counts.setdefault(numbered.abstract, {})
        first = (list_id, level) not in self._begun
        self._begun.add((list_id, level))
        if first and level in numbered.starts:
            counts[level] = numbered.starts[level]
        else:
            counts[level] = counts.get(level, numbered.levels[level].start - 1) + 1
        for below in [n for n in counts if n > level]:
            if below not in numbered.levels or numbered.levels[below].restarts:
                del counts[below]


def _spaced(text: str, gap: str) -> str:
    """The number and what parts it from the words: a wide space after 第一章, nothing after a sign of punctuation."""
    if not text.strip() or gap == "nothing" or text[-1] in "、．。）：】〉》":
        return text
    return f"{text} " if text[-1].isascii() else f"{text}\u3000"


def numbering_of(root: Element | None) -> Numbering:
    """The lists of a document. Unknown or broken ones are left out."""
    if root is None:
        return Numbering()
    abstracts = {e.get(f"{W}abstractNumId", ""): e for e in root.iterfind(f"{W}abstractNum")}
    by_style = {value(e, "styleLink"): e for e in abstracts.values() if value(e, "styleLink")}
    lists = {}
    for num in root.iterfind(f"{W}num"):
        abstract = abstracts.get(value(num, "abstractNumId"))
        if abstract is None:
            continue
        defined = by_style.get(value(abstract, "numStyleLink"), abstract)
        levels = {
            n: level
            for e in defined.iterfind(f"{W}lvl")
            if (n := _integer(e.get(f"{W}ilvl"), -1)) >= 0 and (level := _level(e))
        }
        starts = {}
        for override in num.iterfind(f"{W}lvlOverride"):
            n = _integer(override.get(f"{W}ilvl"), 0)
            if (e := override.find(f"{W}lvl")) is not None:
                levels[n] = _level(e)
            if start := value(override, "startOverride"):
                starts[n] = _integer(start, 1)
        lists[num.get(f"{W}numId", "")] = _List(defined.get(f"{W}abstractNumId", ""), levels, starts)
    return Numbering(lists)


def _level(e: Element) -> _Level:
    restart = e.find(f"{W}lvlRestart")
    legal = e.find(f"{W}isLgl")
    return _Level(
        start=_integer(value(e, "start"), 0 if e.find(f"{W}start") is None else 1),
        form=value(e, "numFmt") or "decimal",
        text=value(e, "lvlText"),
        gap=value(e, "suff") or "tab",
        restarts=restart is None or restart.get(f"{W}val") != "0",
        digits=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        style=value(e, "pStyle"),
    )


def _integer(text: str | None, otherwise: int) -> int:
    """The number in `text`, if it is one that lists use."""
    return int(text) if text and text.isascii() and text.isdigit() and int(text[:9]) < MAX_COUNT else otherwise
