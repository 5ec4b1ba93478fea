"""A folder of a public set -> cases: questions with the passages they are asked of, in one shape for all sets."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import DatasetPassage
from eval.lines import DatasetError, read_lines, text_field
from eval.measures.citations import Display
from eval.measures.intervals import SEED
from eval.measures.outcomes import Values
from eval.questions import GoldQuestion
from eval.records import Record


@dataclass(frozen=True, slots=True)
class Case:
    """One question of a public set.

    `passages` are what it is asked of; None: the whole collection is searched. `points` are the key points of a
    full answer, `wrong` the answer that made-up documents suggest; both empty where the set has none.
    """

    question: GoldQuestion
    passages: tuple[DatasetPassage, ...] | None
    points: tuple[str, ...] = ()
    wrong: str = ""


Measure = Callable[[Case, Record, Display | None], Values]
"""A case and its answer -> metric: (numerator, denominator), summed over cases before dividing."""


@dataclass(frozen=True, slots=True)
class Part:
    """Cases answered under one condition, such as a share of noise; `name` is a folder's name."""

    name: str
    title: str
    cases: tuple[Case, ...]
    measure: Measure


@dataclass(frozen=True, slots=True)
class Line:
    """One object of queries.jsonl and where it stands."""

    value: Mapping[str, Any]
    where: str

    def text(self, field: str) -> str:
        """A field that must be a string with something in it."""
        return text_field(self.value, field, self.where)

    def flag(self, field: str) -> bool:
        """A field that must be true or false."""
        found = self.value.get(field)
        if not isinstance(found, bool):
            raise DatasetError(f"{self.where}：字段 {field} 应是 true 或 false，现在是 {found!r}。请改正。")
        return found

    def strings(self, field: str) -> tuple[str, ...]:
        """A field that must be a list of strings, maybe an empty one."""
        found = self.value.get(field)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise DatasetError(
                f'{self.where}：字段 {field} 应是字符串的列表，如 ["…", "…"]。请改正，或重新取得这份数据。'
            )
        return tuple(found)

    def groups(self, field: str) -> tuple[tuple[str, ...], ...]:
        """A field that must be a list of strings or of lists of them; a string is a group of one."""
        found = self.value.get(field)
        listed = [[item] if isinstance(item, str) else item for item in found] if isinstance(found, list) else [None]
        if not all(isinstance(group, list) and all(isinstance(item, str) for item in group) for group in listed):
            raise DatasetError(
                f'{self.where}：字段 {field} 应是列表，各项是字符串或字符串的列表，如 ["…", ["…", "…"]]。请改正。'
            )
        return tuple(tuple(group) for group in listed if group is not None)


def read_queries(folder: Path) -> list[Line]:
    """The lines of queries.jsonl. Raises DatasetError when there is none."""
    path = folder / "queries.jsonl"
    lines = [Line(value, f"{path} 第 {number} 行") for number, value in read_lines(path)]
    if not lines:
        raise DatasetError(f"{path} 里没有题目。请重新取得这份数据。")
    return lines


def read_passages(folder: Path) -> dict[str, DatasetPassage]:
    """Passage id -> passage of corpus.jsonl."""
    path = folder / "corpus.jsonl"
    found: dict[str, DatasetPassage] = {}
    for number, value in read_lines(path):
        where = f"{path} 第 {number} 行"
        passage = DatasetPassage(
            text_field(value, "_id", where), str(value.get("title") or ""), text_field(value, "text", where)
        )
        found[passage.id] = passage
    return found


def pick(passages: Mapping[str, DatasetPassage], ids: Sequence[str], where: str) -> tuple[DatasetPassage, ...]:
    """The passages with these ids, in order. Raises DatasetError for one that is not there."""
    missing = [i for i in ids if i not in passages]
    if missing:
        raise DatasetError(f"{where}：段落「{missing[0]}」不在 corpus.jsonl 中。请核对两个文件是否来自同一份数据。")
    return tuple(passages[i] for i in ids)


def sample_cases(cases: Sequence[Case], count: int | None) -> tuple[Case, ...]:
    """`count` cases drawn with a fixed seed, in their order (None: all); a smaller sample is part of a larger one."""
    if count is None or count >= len(cases):
        return tuple(cases)
    drawn = set(random.Random(SEED).sample(range(len(cases)), len(cases))[:count])
    return tuple(case for n, case in enumerate(cases) if n in drawn)


def digest(cases: Sequence[Case], collection: Sequence[DatasetPassage]) -> str:
    """A fingerprint of what is asked and of which passages, in which order; `collection` is that of cases without any."""
    asked = [[c.question.id, c.question.question, *_texts(c.passages or ())] for c in cases]
    searched = [] if all(c.passages is not None for c in cases) else [*_texts(collection)]
    told = json.dumps([*asked, *([searched] if searched else [])], ensure_ascii=False)
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:16]


def _texts(passages: Sequence[DatasetPassage]) -> Iterator[str]:
    for passage in passages:
        yield f"{passage.id}\t{passage.title}\t{passage.text}"
