"""Years that a question names -> the documents that state what it asks of them. Pure.

A report says what is planned for its own year and what became of the year before, so that the result of a year stands
in the next year's report. Yearbooks and annual reports, which look back only, are called by the year they tell of.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.scoping.stems import Mask, Numbers, Stems
from index.scoping.years import Ask, Years

MANY = 1000  # documents of one year: so many are no scope
LONE = 0.8  # of a share: a document with the year in its name, beside which there is none of another year
CROWD = 0.4  # of a share, at least: it is shared by the documents of one year
PLAIN = 0.4  # of a share: what has the year in its name is no report or the like, and only the year is named
DATED = 0.6  # of a share: the year is that of the document's date only

_REPORT = re.compile(r"报告|讲话|要点|计划|纲要|汇报|发言|致辞|一号文件")
_KIND = re.compile(
    r"报告|讲话|要点|计划|纲要|汇报|发言|致辞|文件|通知|意见|方案|规划|预算|决算|总结|年报|公报|纪要|办法|规定|制度|手册|年鉴|说明|公告|条例|白皮书"
)
_BACKWARD = re.compile(
    r"年报|年度报|季报|季度报|半年|公报|统计|决算|总结|审计|责任报告|可持续发展报告|年鉴|执行情况|述职|披露|评估报告|调查报告"
)

_FORWARD: Mapping[Ask, Mapping[int, float]] = {
    "document": {0: 1.0},
    "plan": {0: 1.0},
    "result": {1: 1.0, 0: 0.6},
    "open": {1: 0.8, 0: 0.8},
}
_LOOKING_BACK: Mapping[Ask, Mapping[int, float]] = {
    "document": {0: 1.0},
    "plan": {0: 0.8, -1: 0.6},
    "result": {0: 1.0, 1: 0.3},
    "open": {0: 1.0},
}
_OTHER: Mapping[Ask, Mapping[int, float]] = {
    "document": {0: 1.0},
    "plan": {0: 1.0},
    "result": {0: 1.0, 1: 0.4},
    "open": {0: 1.0},
}
_NEWEST = re.compile(r"最新|最近(?:的|一[期份次年篇版])|最晚|今年|本年")
_NEXT_TO_NEWEST = re.compile(r"去年|上一?年(?!级)|上一[期份篇]")
_OLDEST = re.compile(r"最早的|最初的|最老的|首份|最先的?")
_DOCUMENT = re.compile(r"^.{0,8}?(?:报告|文件|讲话|发言|年报|公报|版|资料|文档|那份|那篇|通知)")


@dataclass(frozen=True, slots=True)
class Series:
    """Documents whose names differ only in the year: `yearly` for each stem, whether it is that of several years."""

    stems: Stems
    yearly: Mask
    member: Mask  # for each document: whether it is of a series
    ordered: Numbers  # documents by their years

    @classmethod
    def build(cls, stems: Stems) -> Series:
        """The series among these documents."""
        stem_of = np.repeat(np.arange(len(stems.stems)), np.diff(stems.first))
        years = stems.years[stems.document_of]
        pairs = np.unique(stem_of[years > 0] * 10_000 + years[years > 0])
        yearly = np.bincount(pairs // 10_000, minlength=len(stems.stems) + 1) >= 2  # the last, False, is for -1
        ordered = np.argsort(stems.years, kind="stable")
        return cls(stems, yearly[:-1], yearly[stems.own[:, 0]] | yearly[stems.own[:, 1]], ordered)

    def of_years(self, years: Years, among: Numbers | None = None) -> dict[int, float]:
        """Documents -> 0..1 how surely they state what is asked of these years; only those of `among`, if given."""
        shares: dict[int, float] = {}
        for year, ask, sure in _asked(years):
            for document, share in self._of_year(year, ask, among).items():
                shares[document] = max(shares.get(document, 0.0), share * sure * years.sure)
        return shares

    def relative(self, text: str, among: Numbers | None = None) -> dict[int, float]:
        """Documents of the series that the question names by their place in it: 最新的报告, 去年的报告, 最早的那份."""
        stems = np.flatnonzero(self.yearly) if among is None else self.stems.stems_of(among)
        if len(stems) > MANY // 10:
            return {}
        wanted = _places(text)
        shares: dict[int, float] = {}
        for stem in stems[self.yearly[stems]].tolist() if wanted else []:
            if among is None and not _KIND.search(self.stems.stems[stem]):
                continue
            documents = self.stems.documents(stem)
            years = np.unique(self.stems.years[documents])
            years = years[years > 0]
            for place, share in wanted.items():
                if -len(years) <= place < len(years):
                    chosen = documents[self.stems.years[documents] == years[place]].tolist()
                    shares.update((d, max(share, shares.get(d, 0.0))) for d in chosen)
        return shares

    def _of_year(self, year: int, ask: Ask, among: Numbers | None) -> dict[int, float]:
        if among is None:
            first, last = np.searchsorted(self.stems.years, [year - 1, year + 2], sorter=self.ordered)
            near = self.ordered[first:last]
        else:
            near = among[np.abs(self.stems.years[among] - year) <= 1]
        if len(near) > MANY:
            return {}
        shares = {document: self._share(document, year, ask, named=among is not None) for document in near.tolist()}
        counts = Counter(self.stems.years[near].tolist())
        return {
            document: share * max(CROWD, 1 / math.sqrt(counts[int(self.stems.years[document])]))
            for document, share in shares.items()
            if share
        }

    def _share(self, document: int, year: int, ask: Ask, *, named: bool) -> float:
        stems = self.stems
        name, dated = stems.called(document), bool(stems.dated[document])
        offset = int(stems.years[document]) - year
        factor = (DATED if dated else 1.0) * (1.0 if named or ask == "document" or _KIND.search(name) else PLAIN)
        if not self.member[document]:
            return LONE * factor if not offset else 0.0
        back = int(stems.published[document]) == int(stems.years[document]) + 1
        return _rule(name, back)[ask].get(offset, 0.0) * factor


@lru_cache(maxsize=4096)
def _rule(name: str, back: bool) -> Mapping[Ask, Mapping[int, float]]:
    """How documents of this name tell of years; `back`: they appear in the year after that of their name."""
    if back or _BACKWARD.search(name):
        return _LOOKING_BACK
    return _FORWARD if _REPORT.search(name) else _OTHER


def _asked(years: Years) -> list[tuple[int, Ask, float]]:
    """Each year, what is asked of it, and how surely; of a period what it came to after its end, what it aims at first."""
    first, last, ask = years.first, years.last, years.ask
    if first == last:
        return [(first, ask, 1.0)]
    span = range(first, last + 1)
    every: list[tuple[int, Ask, float]] = [(year, ask, 0.6) for year in span]
    ends: dict[Ask, list[tuple[int, Ask, float]]] = {
        "document": [(year, "document", 1.0) for year in span],
        "plan": [(first, "plan", 1.0)],
        "result": [(last, "result", 1.0)],
        "open": [(last, "result", 0.9), (first, "plan", 0.8)],
    }
    return [*every, *ends[ask]]


def _places(text: str) -> dict[int, float]:
    """Places in the run of a series' years, from its end when negative, with how surely they are meant."""
    if found := _NEWEST.search(text):
        return {-1: 1.0 if _DOCUMENT.match(text[found.end() :]) else 0.6}
    if found := _NEXT_TO_NEWEST.search(text):
        return {-2: 0.8, -1: 0.4} if _DOCUMENT.match(text[found.end() :]) else {-1: 0.6, -2: 0.4}
    if (found := _OLDEST.search(text)) and _DOCUMENT.match(text[found.end() :]):
        return {0: 1.0}
    return {}
