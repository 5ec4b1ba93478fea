"""A text -> its clauses in the form in which claim and source are compared: numerals as digits, glue words gone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cn2an import cn2an

from index.folding import bare, fold

NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")

_DIGITS = "零〇一二两三四五六七八九"
_AS_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_NUMERAL = re.compile(rf"(百分之)?([{_DIGITS}十][{_DIGITS}十百千]*(?:点[{_DIGITS}]+)?)")
_MEASURE = frozenset("个项条名人家年月日时天周岁次倍成元亿万千百章篇届位件种类省市县区国地只台辆座所户吨亩米")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")

_CLAUSE_END = re.compile(r"[,;:!?。…\n]+|--+|——+")
_SEGMENT_END = re.compile(r"[;!?。\n]")
_SAME = (
    (re.compile("大约|约为"), "约"),
    (re.compile("超过|逾"), "超"),
    (re.compile("达到"), "达"),
    (re.compile("不到"), "不足"),
    (re.compile("坐落于|坐落在|位于|地处"), "位于"),
    (re.compile("以及|[和与及暨跟]|并(?=[^非不无未列排且])"), "、"),
    (re.compile("是"), "为"),
)
_GLUE = re.compile("[的了在于也还等]|此外|另外|并且")  # which a paraphrase may add or drop
DROPPABLE = re.compile(
    "进一步|深入|大力|积极|扎实|切实|着力|不断|持续|努力|坚决|有序|稳步|更加|充分|大幅度?|显著|明显|已经|已|又|再次|同时"
    "|近年来|目前|日前|近日|全面|共同|人民币|认真|广泛|加以|(?<![主重需只首必摘纲紧])要(?![求素点闻员塞])|[将应须](?![用届军对急])|共(?=有)|还是"
)  # which it may drop, not add


@dataclass(frozen=True, slots=True)
class Clause:
    """`raw` is folded and has numerals as digits; `text` is its letters and list signs without glue words.

    `segment` counts the parts of the text that stand alone, between full stops and semicolons.
    """

    raw: str
    text: str
    segment: int


def pairs(text: str) -> set[str]:
    """Neighbouring pairs of letters and digits; a lone letter counts as itself."""
    letters = bare(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)} or set(letters)


def numbers(text: str) -> set[str]:
    """Numbers written in digits, widths folded: 27.3%, 2024."""
    return {n.rstrip(".,") for n in NUMBER.findall(fold(text))}


def overlap(claim: str, source: str) -> float:
    """The share, 0..1, of the claim's character pairs that stand in the source, in whatever order."""
    wanted = pairs(claim)
    return len(wanted & pairs(source)) / len(wanted) if wanted else 0.0


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """`text` folded, its Chinese numerals as digits: 百分之七点七 -> 7.7%, 二〇一二年 -> 2012年, 三个 -> 3个, 1,200 -> 1200.

    A numeral that may be part of a word stays: 一带一路, 万一, 十分.
    """
    return _THOUSANDS.sub("", _NUMERAL.sub(_in_digits, fold(text)))


def _in_digits(found: re.Match[str]) -> str:
    numeral, after = found[2], found.string[found.end() : found.end() + 1]
    if (
        len(numeral) == 1
        and not found[1]
        and (after not in _MEASURE or (numeral == "一" and after not in "年月日倍成"))
    ):
        return found[0]
    if not set(numeral) & set("十百千点"):
        if 1 < len(numeral) < 3 and not set(numeral) & set("零〇"):
            return found[0]  # 三四个
        value = numeral.replace("两", "二").translate(_AS_DIGITS)
    else:
        try:
            number = cn2an(numeral.replace("〇", "零").replace("两", "二"), "smart")
        except (ValueError, KeyError):
            return found[0]
        value = str(int(number)) if number == int(number) else str(number)
    return f"{value}%" if found[1] else value


@lru_cache(maxsize=1024)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` in order; those without a letter are left out."""
    whole = canonical(text)
    made: list[Clause] = []
    start = segment = 0
    for end in [*_CLAUSE_END.finditer(whole), None]:
        raw = whole[start : end.start() if end else len(whole)]
        plain = _plain(raw)
        if plain:
            made.append(Clause(raw, plain, segment))
        if end:
            segment += bool(_SEGMENT_END.search(end[0]))
            start = end.end()
    return tuple(made)


def _plain(raw: str) -> str:
    """Letters, list signs and the signs inside numbers, without glue words."""
    text = "".join(c for n, c in enumerate(raw) if c.isalnum() or c in "、%" or _inside_a_number(raw, n))
    text = DROPPABLE.sub("", text)
    for pattern, form in _SAME:
        text = pattern.sub(form, text)
    return re.sub("、+", "、", _GLUE.sub("", text)).strip("、")


def _inside_a_number(raw: str, n: int) -> bool:
    return raw[n] in ".-:/" and raw[n - 1 : n].isdigit() and raw[n + 1 : n + 2].isdigit()
