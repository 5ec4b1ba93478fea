"""Lines as damaged and as they should be, and the repairs proposed -> precision and recall by character. Pure but for reading.

A file of pairs has one line a pair, its fields parted by tabs: the number of damaged characters, damaged, correct. The
pairs are parted into two halves by their correct line, so that thresholds are tuned on one and reported on the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.measures.intervals import interval_of, ratio, resamples
from index.errors import JudianError
from index.reading import APPLIED, Repair

STEPS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)  # confidences at which the figures are shown
Propose = Callable[[str], Sequence[Repair]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines of the same length."""

    damaged: str
    correct: str


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of the file. Raises JudianError with the line that does not hold one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了 {path}：{error}。请检查 --pairs。") from error
    pairs = []
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        if len(fields) != 3 or len(fields[1]) != len(fields[2]):
            raise JudianError(
                f"{path} 第 {number} 行不是“个数、误、正”三栏，或误、正不等长：{line[:40]}。请改正这一行。"
            )
        pairs.append(Pair(fields[1], fields[2]))
    if not pairs:
        raise JudianError(f"{path} 里没有句对。请给出有内容的文件。")
    return pairs


def halves(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """The half to tune on and the half to report; lines with the same correct line stay together."""
    parts: tuple[list[Pair], list[Pair]] = ([], [])
    for pair in pairs:
        parts[int(hashlib.sha256(pair.correct.encode()).hexdigest(), 16) % 2].append(pair)
    return parts


def judge(pairs: Sequence[Pair], propose: Propose) -> dict[str, Any]:
    """The figures of one half, read as one document of as many lines, at every step of confidence."""
    repairs = propose("\n".join(pair.damaged for pair in pairs))
    damaged = [sum(a != b for a, b in zip(p.damaged, p.correct, strict=True)) for p in pairs]
    return {
        "lines": len(pairs),
        "characters": sum(len(p.damaged) for p in pairs),
        "damaged": sum(damaged),
        "applied_from": APPLIED,
        **_at(pairs, repairs, damaged, APPLIED),
        "steps": {str(step): _at(pairs, repairs, damaged, step) for step in STEPS},
    }


def _at(pairs: Sequence[Pair], repairs: Sequence[Repair], damaged: Sequence[int], least: float) -> dict[str, Any]:
    changed, right = [0] * len(pairs), [0] * len(pairs)
    readings = {r.start + n: c for r in repairs if r.confidence >= least for n, c in enumerate(r.reading)}
    start = 0
    for number, pair in enumerate(pairs):
        for n, correct in enumerate(pair.correct):
            if (start + n) in readings:
                changed[number] += 1
                right[number] += readings[start + n] == correct
        start += len(pair.damaged) + 1
    weights = resamples(len(pairs))
    return {
        "applied": sum(changed),
        "right": sum(right),
        "precision": _share(sum(right), sum(changed)),
        "precision_interval": interval_of(ratio(right, changed, weights)),
        "recall": _share(sum(right), sum(damaged)),
        "recall_interval": interval_of(ratio(right, damaged, weights)),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def show(half: str, figures: Mapping[str, Any]) -> str:
    """The figures as lines."""
    lines = [f"{half}：{figures['lines']} 行，{figures['characters']} 字，误 {figures['damaged']} 字"]
    for step, at in [(f"采用（≥ {figures['applied_from']}）", figures), *figures["steps"].items()]:
        said = "  ".join(
            f"{name} {_told(at[key], at[key + '_interval'])}"
            for name, key in (("准确", "precision"), ("召回", "recall"))
        )
        lines.append(f"  {step}：改 {at['applied']}，对 {at['right']}  {said}")
    return "\n".join(lines)


def _told(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return "—"
    return f"{value:.3f}" + (f"［{interval[0]:.3f}, {interval[1]:.3f}］" if interval else "")
