"""Samples (and the head's probabilities) -> a fitted table with its threshold, and what it does on each half."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.calibrating.figures import Row, auc, rows, threshold
from eval.calibrating.fitting import fit
from eval.calibrating.samples import Sample
from index.errors import JudianError
from rag.answerability import SIGNS, features, log_odds, score

HEAD = "head"


@dataclass(frozen=True, slots=True)
class Measured:
    """A sample with its features; `values` holds the head's log odds where it was asked."""

    sample: Sample
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """`table` and `threshold` come from the tune halves; `tune` and `report` tell of each half, a row for each set;
    `left_out`: set -> area under the curve of its tune half by a table that was fitted without the set."""

    table: Mapping[str, float]
    threshold: float
    tune: tuple[Row, ...]
    report: tuple[Row, ...]
    left_out: Mapping[str, float]


def measured(samples: Sequence[Sample], head: Mapping[str, float]) -> list[Measured]:
    """All samples; with `head` (id -> probability) only those that it names, and at least one."""
    kept = [s for s in samples if not head or s.id in head]
    if not kept:
        raise JudianError("--scores 里没有一条样本的编号。请用同一份样本算出分数：id 与 samples.jsonl 相同。")
    return [
        Measured(s, features(s.question, s.hits, s.evidence) | ({HEAD: log_odds(head[s.id])} if head else {}))
        for s in kept
    ]


def fitted(found: Sequence[Measured]) -> Fitted:
    """The table of the tune halves. What is no question at all (`idle`) is left to the rule."""
    signs = {**SIGNS, **({HEAD: 1} if HEAD in found[0].values else {})}
    tune = [one for one in found if one.sample.half == "tune"]
    report = [one for one in found if one.sample.half != "tune"]
    table = _table(tune, signs)
    least = threshold(_probabilities(tune, table), _good(tune), _sets(tune))
    left_out = {}
    for name in dict.fromkeys(_sets(tune)):
        own = [one for one in tune if one.sample.set == name]
        others = [one for one in tune if one.sample.set != name]
        if others and len({*_good(own)}) == 2:
            left_out[name] = auc(_probabilities(own, _table(others, signs)), _good(own))
    return Fitted(table, least, _rows(tune, table, least), _rows(report, table, least), left_out)


def show(made: Fitted) -> str:
    """The table as it stands in rag.answerability, then the figures as Markdown."""
    weights = "\n".join(f'    "{name}": {weight:.3f},' for name, weight in made.table.items())
    parts = [f"{{\n{weights}\n}}", f"threshold {made.threshold:.3f}"]
    for title, found in (("调参半", made.tune), ("报告半", made.report)):
        lines = [f"| {title} | 题 | 可答 | AUC | ECE | 无答案的被拒 | 可答的被拒 |", "|---|--:|--:|--:|--:|--:|--:|"]
        parts.append("\n".join([*lines, *map(_line, found)]))
    parts.append("留一集 AUC：" + "，".join(f"{name} {value:.3f}" for name, value in made.left_out.items()))
    return "\n\n".join(parts)


def _line(row: Row) -> str:
    figures = (row.auc, row.ece, row.declined, row.refused)
    told = " | ".join("—" if math.isnan(value) else f"{value:.3f}" for value in figures)
    return f"| {row.name} | {row.n} | {row.answerable} | {told} |"


def _table(found: Sequence[Measured], signs: Mapping[str, int]) -> dict[str, float]:
    asked = [one for one in found if not one.values["idle"]]
    return fit([one.values for one in asked], _good(asked), _sets(asked), signs)


def _rows(found: Sequence[Measured], table: Mapping[str, float], least: float) -> tuple[Row, ...]:
    return tuple(rows(_probabilities(found, table), _good(found), _sets(found), least)) if found else ()


def _probabilities(found: Sequence[Measured], table: Mapping[str, float]) -> list[float]:
    return [1 / (1 + math.exp(-score(table, one.values))) for one in found]


def _good(found: Sequence[Measured]) -> list[bool]:
    return [one.sample.answerable for one in found]


def _sets(found: Sequence[Measured]) -> list[str]:
    return [one.sample.set for one in found]
