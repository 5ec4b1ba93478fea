"""Question + material -> the probability that the documents answer it; refusal is decided here, not by the writer. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.absence import Absent
from rag.answerability import THRESHOLD_WITH_HEAD, THRESHOLD_WITHOUT_HEAD, answerability, features
from rag.expectation import asks_figure, holds_figure
from rag.kinds import kind
from rag.material import Material

ABSENT = 0.05  # of a question about a named thing that stands nowhere
NEAR = 0.3  # of the best sentence's score, from which on a sentence may answer


@dataclass(frozen=True, slots=True)
class Confidence:
    """`probability`, 0..1, that the documents answer, and whether it is too low to answer."""

    probability: float
    declined: bool


def confidence(question: str, material: Material, missing: Sequence[Absent] = ()) -> Confidence:
    """Nothing found: 0, declined; so is what names a thing that is not there."""
    if not material.hits or not material.evidence:
        return Confidence(0.0, True)
    found = features(question, material.hits, material.evidence)
    head = None if material.head is None else _logistic(material.head)
    sure = answerability(found, head)
    if any(thing.sure for thing in missing) or _lacks_figure(question, material):
        return Confidence(min(sure, ABSENT), True)
    least = THRESHOLD_WITHOUT_HEAD if head is None else THRESHOLD_WITH_HEAD
    return Confidence(sure, sure < least)


def _lacks_figure(question: str, material: Material) -> bool:
    """Whether one figure is asked for and no sentence that may answer holds any."""
    if kind(question) != "fact" or not asks_figure(question):
        return False
    least = NEAR * material.evidence[0].score
    return not any(holds_figure(e.text) for e in material.evidence if e.score >= least)


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(log_odds, 30.0), -30.0)))
