"""A sample -> the same sample as it may come in life: spoken frames, damaged passages, other years as traps. Seeded."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from eval.robustness.perturbations import damage
from rag.reranking.samples import Sample

TRAPS = 2  # passages with another year that are added in front of the negatives
DAMAGED = 0.06  # share of the characters of a damaged passage
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=\D|$)")
_NUMBERED = re.compile(r"第([一二三四五六七八九十])(?=[篇章节届次季批期])")
_NUMERALS = "一二三四五六七八九十"
_FRONTS = (
    "请问",
    "我想知道",
    "帮我查一下",
    "想问下，",
    "麻烦告诉我",
    "文件里说",
    "资料中提到的",
    "关于这个，",
    "你好，",
    "咱们看看",
)
_ENDS = ("呢？", "啊？", "，是怎么说的？", "？谢谢", "", "？具体是什么情况？")


def varied(sample: Sample, chance: random.Random) -> Sample:
    """At most one change to the wording, at most one to the passages, and a trap wherever a year allows one."""
    if chance.random() < 0.15:
        sample = replace(sample, query=spoken(sample.query, chance))
    if chance.random() < 0.12:
        sample = misread(sample)
    if trapped := trap(sample, chance):
        return trapped
    return dated(sample, chance) if chance.random() < 0.10 else sample


def spoken(query: str, chance: random.Random) -> str:
    """The question with the words that people put round one."""
    front = chance.choice(_FRONTS) if chance.random() < 0.7 else ""
    end = chance.choice(_ENDS) if not front or chance.random() < 0.4 else query[-1:] if query[-1:] in "?？" else ""
    return front + query.rstrip("?？。") + end


def misread(sample: Sample) -> Sample:
    """All passages as a bad scan gives them: damage must not tell the right one from the others."""
    texts = [damage(text, DAMAGED, f"{sample.id}|{n}") for n, text in enumerate((sample.positive, *sample.negatives))]
    return replace(sample, positive=texts[0], negatives=tuple(texts[1:]))


def trap(sample: Sample, chance: random.Random) -> Sample | None:
    """With copies of the right passage that speak of another year or number than the question; None where none is named."""
    for pattern, other in ((_YEAR, _other_year), (_NUMBERED, _other_place)):
        named = [m.group() for m in pattern.finditer(sample.query) if m.group() in sample.positive]
        if named:
            copies = {sample.positive.replace(named[0], other(named[0], chance)) for _ in range(TRAPS)}
            return replace(sample, negatives=(*sorted(copies), *sample.negatives))
    return None


def dated(sample: Sample, chance: random.Random) -> Sample:
    """Question and header given a year, and copies of the right passage under the headers of other years."""
    if _YEAR.search(sample.query) or ":" not in sample.positive:
        return sample
    year = str(chance.randint(2004, 2024))
    others = [_other_year(year, chance) for _ in range(TRAPS)]
    positive, *copies = (_headed(sample.positive, y) for y in (year, *others))
    query = chance.choice(
        (f"{year}年{sample.query}", f"{year}年的报告里，{sample.query}", f"据{year}年的材料，{sample.query}")
    )
    negatives = tuple(_headed(text, chance.choice((year, *others))) for text in sample.negatives)
    return replace(sample, query=query, positive=positive, negatives=(*dict.fromkeys(copies), *negatives))


def _headed(text: str, year: str) -> str:
    header, _, body = text.partition(":")  # folded: the header ends with the narrow sign
    return f"{header} {year}:{body}"


def _other_year(year: str, chance: random.Random) -> str:
    return str(int(year) + chance.choice((-3, -2, -1, 1, 2, 3)))


def _other_place(place: str, chance: random.Random) -> str:
    return "第" + chance.choice([n for n in _NUMERALS if n not in place])
