"""Question + hits + evidence -> the probability that the documents answer it; refusal is decided here, not by the writer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from index.folding import fold
from index.hits import Hit
from rag import prompt
from rag.evidence import Evidence, reading_order
from rag.generate import Generator

THRESHOLD = 0.45  # a question below it is declined

# Logistic regressions fitted on the tune half and 50 questions on company reports (docs/experiments.md): `judge` is the log odds the language model gives
# to “the evidence holds an answer”, `missing` is 1 when the question states a number that stands in no hit.
_WITH_JUDGE = {"bias": -1.37, "judge": 1.36, "missing": -1.55}
_WITHOUT = {"bias": 1.0, "missing": -1.72}

_NUMBER = re.compile(
    r"[一二三四五六七八九十]+分之[一二三四五六七八九十]+|\d{2,}(?:[.,]\d+)*%?|\d+(?:[.,]\d+)?%|\d\.\d+"
)


def confidence(question: str, hits: Sequence[Hit], evidence: Sequence[Evidence], generator: Generator | None) -> float:
    """0..1; 0 when nothing was found at all."""
    if not hits or not evidence:
        return 0.0
    features = {"missing": float(bool(missing_numbers(question, hits)))}
    if generator is None:
        return _logistic(_WITHOUT, features)
    return _logistic(_WITH_JUDGE, {**features, "judge": judgement(question, evidence, generator)})


def judgement(question: str, evidence: Sequence[Evidence], generator: Generator) -> float:
    """The log odds that the language model gives to the evidence holding an answer."""
    messages = prompt.judge_messages(question, reading_order(evidence))
    yes, no = generator.choose(messages, prompt.JUDGE_OPTIONS)
    return math.log(max(yes, 1e-6) / max(no, 1e-6))


def missing_numbers(question: str, hits: Sequence[Hit]) -> list[str]:
    """Numbers of two digits or more, percentages and fractions in the question that stand in no hit, in order."""
    found = fold("".join(h.text + h.section + h.document for h in hits))
    stated = (n.rstrip(".,") for n in _NUMBER.findall(fold(question)))
    return [n for n in stated if n not in found]


def _logistic(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-weights["bias"] - sum(weights[name] * value for name, value in features.items())))
