"""Question + hits + evidence -> the probability that the documents answer it; refusal is decided here, not by the writer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.search import Hit
from rag import prompt
from rag.evidence import Evidence, reading_order
from rag.generate import Generator

THRESHOLD = 0.5

# Logistic regression on the tune halves (docs/experiments.md): cosine, coverage, and the model's own judgement.
_WEIGHTS = {"bias": -9.0, "dense": 8.0, "coverage": 4.0, "judge": 1.0}


def confidence(question: str, hits: Sequence[Hit], evidence: Sequence[Evidence], generator: Generator | None) -> float:
    """0..1; 0 when nothing was found at all."""
    if not hits or not evidence:
        return 0.0
    features = {"bias": 1.0, **signals(question, hits, evidence, generator)}
    return 1 / (1 + math.exp(-sum(_WEIGHTS[name] * value for name, value in features.items())))


def signals(
    question: str, hits: Sequence[Hit], evidence: Sequence[Evidence], generator: Generator | None
) -> dict[str, float]:
    """What the confidence is made of: best cosine, best coverage, and the log odds of the model's judgement."""
    judge = 0.0
    if generator is not None:
        messages = prompt.judge_messages(question, reading_order(evidence))
        yes, no = generator.choose(messages, prompt.JUDGE_OPTIONS)
        judge = math.log(max(yes, 1e-6) / max(no, 1e-6))
    return {
        "dense": max(h.dense for h in hits),
        "coverage": max(h.coverage for h in hits),
        "judge": judge,
    }
