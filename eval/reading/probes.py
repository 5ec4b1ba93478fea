"""States + labels -> the two probes: logistic regressions, and their log odds for samples they were not fitted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.reading.states import Floats, States

if TYPE_CHECKING:
    from rag.reading.head import Head

FOLDS = 5
SENTENCE, ANSWERED = 1e-3, 5e-3  # inverse strength of the penalties (docs/experiments.md)


@dataclass(frozen=True, slots=True)
class Probe:
    """weights (width,) and bias: log odds = states @ weights + bias."""

    weights: Floats
    bias: float

    def __call__(self, states: Floats) -> Floats:
        """(n, width) -> (n,) log odds."""
        found: Floats = states @ self.weights + self.bias
        return found


def fit(states: Floats, labels: Any, strength: float) -> Probe:  # noqa: ANN401  anything that is an array of truths
    """Logistic regression on columns of equal spread, its scaling folded into the weights."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = states.mean(0), states.std(0) + 1e-6
    fitted = LogisticRegression(C=strength, max_iter=500).fit((states - mean) / spread, labels)
    weights = (fitted.coef_[0] / spread).astype(np.float32)
    return Probe(weights, float(fitted.intercept_[0] - mean @ weights))


@dataclass(frozen=True, slots=True)
class Probes:
    """For sentences and for the question."""

    sentence: Probe
    answered: Probe


def fit_both(states: Sequence[States], answerable: Sequence[bool]) -> Probes:
    """Both on the same samples; every sentence and every question counts alike."""
    sentences = np.concatenate([s.sentences for s in states])
    labels = np.concatenate([s.labels for s in states])
    sentence = fit(sentences, labels, SENTENCE)
    return Probes(sentence, fit(np.stack([whole(s, sentence) for s in states]), np.array(answerable), ANSWERED))


def whole(states: States, sentence: Probe) -> Floats:
    """(3 × width,): the end of the prompt, and the sentence that answers most surely."""
    return np.concatenate([states.last, states.sentences[int(sentence(states.sentences).argmax())]])


def crossed(states: Sequence[States], answerable: Sequence[bool], groups: Sequence[str]) -> dict[str, Probes]:
    """Sample id -> probes fitted without its group: a question and what was made of it are of one group."""
    names = sorted(set(groups))
    np.random.default_rng(6).shuffle(names)
    fold = {name: n % FOLDS for n, name in enumerate(names)}
    made: dict[str, Probes] = {}
    for own in range(FOLDS):
        train = [n for n, group in enumerate(groups) if fold[group] != own]
        probes = fit_both([states[n] for n in train], [answerable[n] for n in train])
        made.update({states[n].id: probes for n, group in enumerate(groups) if fold[group] == own})
    return made


def to_head(probes: Probes, name: str, model: str, layer: int) -> Head:
    """The form in which the product keeps them."""
    import torch

    from rag.reading.head import Head

    return Head(
        name,
        model,
        layer,
        torch.from_numpy(probes.sentence.weights),
        torch.from_numpy(probes.answered.weights),
        probes.sentence.bias,
        probes.answered.bias,
    )


def log_odds(probes: Mapping[str, Probes], states: Sequence[States]) -> dict[str, tuple[list[float], float]]:
    """Sample id -> log odds of each sentence in the order read, and that the question is answered."""
    return {
        s.id: (
            probes[s.id].sentence(s.sentences).tolist(),
            float(probes[s.id].answered(whole(s, probes[s.id].sentence)[None])[0]),
        )
        for s in states
    }


def fit_weights(sentences: Sequence[Sequence[float]], states: Sequence[States]) -> dict[str, float]:
    """How the log odds of the sentences and the scores of the search are put together: rag.evidence.JUDGED."""
    from sklearn.linear_model import LogisticRegression

    columns = np.stack(
        [np.concatenate([np.array(s) for s in sentences]), np.concatenate([s.scores for s in states])], 1
    )
    fitted = LogisticRegression().fit(columns, np.concatenate([s.labels for s in states]))
    reader, search = (round(float(weight), 2) for weight in fitted.coef_[0])
    return {"bias": round(float(fitted.intercept_[0]), 2), "reader": reader, "search": search}
