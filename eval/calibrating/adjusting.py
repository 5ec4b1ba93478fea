"""Answers that were judged -> the line that turns a stated confidence into the chance that the answer is right.

Whether the documents answer is not yet whether the answer is right: what is shown to a reader is brought to the share
of right answers by Platt's scaling (1999) on the log odds, on tune halves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.calibrating.fitting import fit
from eval.measures.calibration import calibration_error
from eval.questions import half
from index.errors import JudianError
from rag.answerability import log_odds


@dataclass(frozen=True, slots=True)
class Judged:
    """One answered question: the confidence that was stated, and whether the answer was right."""

    run: str
    half: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`slope`, `offset` of the log odds; calibration errors (ECE) of the report halves as stated and as adjusted."""

    slope: float
    offset: float
    stated: float
    adjusted: float


def read_answers(folders: Sequence[Path]) -> list[Judged]:
    """The answered questions of each folder's report.json. Raises JudianError for one that cannot be read."""
    found = []
    for folder in folders:
        try:
            report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
            answered = [row for row in report["questions"] if not row["refused"] and row["confidence"] is not None]
            found += [Judged(folder.name, half(r["id"]), r["confidence"], bool(r["right"])) for r in answered]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JudianError(
                f"{folder} 里没有可用的 report.json（{error!r}）。请先运行：python -m eval run"
            ) from error
    return found


def adjusted(answers: Sequence[Judged]) -> Adjusted:
    """The line fitted on the tune halves. Raises JudianError when they hold no right or no wrong answer."""
    tune = [one for one in answers if one.half == "tune"]
    if len({one.right for one in tune}) < 2:
        raise JudianError("调参半里要既有答对的题、也有答错的题，才能校准。请给更多的评测结果。")
    rows = [{"odds": log_odds(one.confidence)} for one in tune]
    table = fit(rows, [one.right for one in tune], [one.run for one in tune], {"odds": 1})
    slope, offset = table.get("odds", 0.0), table["bias"]
    rest = [one for one in answers if one.half != "tune"] or tune
    rights = [one.right for one in rest]
    shown = [1 / (1 + math.exp(-(slope * log_odds(one.confidence) + offset))) for one in rest]
    errors = [
        float(calibration_error(values, rights, np.ones((1, len(rest))))[0])
        for values in ([one.confidence for one in rest], shown)
    ]
    return Adjusted(slope, offset, errors[0], errors[1])


def show(made: Adjusted) -> str:
    """The line and what it brings, for the terminal."""
    return (
        f"置信度的对数几率 × {made.slope:.3f} {made.offset:+.3f}；"
        f"报告半的校准误差 {made.stated:.3f} → {made.adjusted:.3f}"
    )
