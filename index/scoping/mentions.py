"""Question -> the stems that it mentions, whole or in part, by the n-grams they share: rare ones count. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.scoping.letters import Asked, code_points, weight, whole_words

CHECKED = 16  # stems looked at character by character
POSTINGS = 20_000  # looked at to find them, those of rare pairs first
LEAST = 0.15  # of a share worth telling
COMMON = 0.2  # what a pair counts that is found in names of every kind
_LENGTHS = {3: 0.5, 4: 0.8}  # how surely a stem that stands in the question whole is meant; a shorter one is a word
_ADDRESS = 1 << 22  # stems; a pair of characters and a stem together fit into 64 bits

_EVERYWHERE = (  # words in names of every kind
    "有限责任公司 股份有限公司 集团 控股 报告书 通知 工作报告 关于印发 意见 办法 方案 规定 文件 资料 总结 计划 年度报告 情况 "
    "实施方案 管理办法 中心 科技 发展 建设 推进 进一步 加强 加快 建立 做好 开展 会议纪要 讲话 发言 说明 材料 附件 研究 分析 规划 "
    "条例 制度 若干问题 中国 中华人民共和国 国家 全国 我国 政策 技术 介绍 手册 指南 的通知 的意见 的报告 的决定 的说明 的规定"
)
_LEGAL = re.compile(r"(?:股份)?有限(?:责任)?公司$|集团(?:股份)?有限公司$|(?:控股|股份|集团)?公司$|(?:控股)?集团$")
_MARKED = re.compile(
    r"[》\"”」』】]|\.[a-z]{2,4}|这?(?:份|个|篇|本)?(?:文件|文档|报告|一文|这篇|这份|一书|文中|里的?说)"
)
_OPENING = '《"“「『【'


@dataclass(frozen=True, slots=True)
class Mention:
    """A stem and how surely, 0..1, the question means it; `whole` where all of it stands at `start` to `end`."""

    stem: int
    share: float
    start: int
    end: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which stems hold which pairs of characters; `postings` is sorted, by the pair and then by the stem."""

    stems: Sequence[str]
    postings: NDArray[np.uint64]
    pairs: NDArray[np.uint64]  # each once
    rarity: NDArray[np.float64]  # of each pair
    totals: NDArray[np.float64]  # for each stem: the rarity of all its pairs

    @classmethod
    def build(cls, stems: Sequence[str]) -> Mentions:
        """The index of these stems, of which no two are the same."""
        keys, owners = _pairs(stems)
        postings = np.sort(keys * np.uint64(_ADDRESS) + owners)
        ordered = postings // np.uint64(_ADDRESS)
        changes = np.flatnonzero(np.diff(ordered, prepend=np.uint64(0)))
        pairs, counts = ordered[changes], np.diff(changes, append=len(ordered))
        rarity = np.log((len(stems) + 1) / np.minimum(counts, len(stems)))
        rarity[np.isin(pairs, _pairs(_EVERYWHERE.split())[0])] *= COMMON
        each = np.repeat(rarity, counts)
        owner = (postings % np.uint64(_ADDRESS)).astype(np.int64)
        totals = np.bincount(owner, each, len(stems)).astype(np.float64)
        return cls(stems, postings, pairs, rarity, totals)

    def of(self, asked: Asked) -> list[Mention]:
        """What the question mentions, surest first; what is said only as part of a longer name is left out."""
        found = [m for stem in self._likely(asked.letters) if (m := self._mention(asked, stem)).share >= LEAST]
        found.sort(key=lambda m: (-m.share, m.start - m.end, m.stem))
        kept: list[Mention] = []
        for mention in found:
            if not any(_inside(mention, other) for other in kept):
                kept.append(mention)
        return kept

    def _likely(self, letters: str) -> list[int]:
        """The stems that share the most with the question, by the share of their rarity."""
        keys = np.unique(_pairs([letters])[0])
        address = np.uint64(_ADDRESS)
        first, last = (
            np.searchsorted(self.postings, keys * address),
            np.searchsorted(self.postings, (keys + 1) * address),
        )
        counts = last - first
        order = [place for place in np.argsort(counts, kind="stable") if counts[place]]
        taken: list[NDArray[np.uint64]] = []
        values: list[NDArray[np.float64]] = []
        room = POSTINGS
        for place in order:
            room -= int(counts[place])
            if room < 0:
                break
            taken.append(self.postings[first[place] : last[place]] % address)
            values.append(np.full(int(counts[place]), self.rarity[np.searchsorted(self.pairs, keys[place])]))
        if not taken:
            return []
        stems, places = np.unique(np.concatenate(taken), return_inverse=True)
        shares = np.bincount(places, np.concatenate(values)) / np.maximum(self.totals[stems.astype(np.int64)], 1e-9)
        best = np.argpartition(-shares, min(CHECKED, len(shares)) - 1)[:CHECKED]
        return [int(stem) for stem in stems[np.sort(best)]]

    def _mention(self, asked: Asked, stem: int) -> Mention:
        core = self.stems[stem]
        legal = _LEGAL.sub("", core)
        for name, sure in ((core, 1.0), (legal, 0.8)):
            if weight(name) >= 2 and (start := _place(asked.letters, name)) >= 0:
                length = max(weight(name), 4) if name == core != legal else weight(name)
                share = sure * _LENGTHS.get(length, 1.0 if length > 4 else 0.0)
                share = max(share, 0.9) if _marked(asked, start, start + len(name)) else share
                return Mention(stem, share, start, start + len(name), name == core)
        return self._partly(asked, stem)

    def _partly(self, asked: Asked, stem: int) -> Mention:
        """By the share of the name's rarity that stands in the question in runs, and by the longest of them."""
        core = self.stems[stem]
        runs = _runs(core, asked.letters)
        if not runs:
            return Mention(stem, 0.0, 0, 0, False)
        longest = max(runs, key=len)
        start = asked.letters.find(longest)
        marked = _marked(asked, start, start + len(longest))
        length = weight(longest) + marked
        if length < 4 or not self.totals[stem]:
            return Mention(stem, 0.0, 0, 0, False)
        held = sum(self._rarity(run) for run in runs) / float(self.totals[stem])
        share = 0.9 * min(1.0, max(0.0, (held - 0.3) / 0.5)) * _LENGTHS.get(length, 1.0)
        return Mention(stem, share, start, start + len(longest), False)

    def _rarity(self, run: str) -> float:
        keys = _pairs([run])[0]
        return math.fsum(self.rarity[np.searchsorted(self.pairs, keys)].tolist())


def _pairs(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """A number for every two characters side by side, and the text they are of."""
    codes = code_points("\n".join(texts)).astype(np.uint64)
    ends = codes == ord("\n")
    owners = np.cumsum(ends).astype(np.uint64)
    inside = ~(ends[:-1] | ends[1:])
    return (codes[:-1] * np.uint64(1 << 21) + codes[1:])[inside], owners[:-1][inside]


def _place(letters: str, name: str) -> int:
    """Where the name stands in whole words; -1 where it does not."""
    start = letters.find(name)
    while start >= 0 and whole_words(letters, start, start + len(name)) != (start, start + len(name)):
        start = letters.find(name, start + 1)
    return start


def _runs(core: str, letters: str) -> list[str]:
    """What the two have in common, each run as long as can be, from left to right; two characters or more."""
    runs, start = [], 0
    while start < len(core) - 1:
        end = start + 1
        while end <= len(core) and core[start:end] in letters:
            end += 1
        end -= 1
        first, last = whole_words(core, start, end)
        if last - first >= 2 and _place(letters, core[first:last]) >= 0:
            runs.append(core[first:last])
        start = max(end, start + 1)
    return runs


def _marked(asked: Asked, start: int, end: int) -> bool:
    """Whether signs or words around say that this is a name: 《…》, “…”, ….txt, …这份文件."""
    before, after = asked.around(start, end)
    return (before != "" and before in _OPENING) or bool(_MARKED.match(after))


def _inside(mention: Mention, other: Mention) -> bool:
    """Whether it stands within the place of the other, which says more."""
    within = other.start <= mention.start and mention.end <= other.end
    return within and (mention.end - mention.start < other.end - other.start or mention.share < 0.8 * other.share)
