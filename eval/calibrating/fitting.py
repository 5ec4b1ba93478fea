"""Features and whether each question is answerable -> the weights of a logistic regression. Pure numpy.

Every set counts alike however many questions it has, and the sign of each weight is held to what its feature means:
a sign that only one set's way of making questions explains would not carry over to documents never seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE = 0.01  # of the squared standardised weights
STEPS = 4000


def balanced(sets: Sequence[str]) -> Floats:
    """A weight for each question, together 1, and the same for each set."""
    names, places, counts = np.unique(np.asarray(sets), return_inverse=True, return_counts=True)
    return np.asarray(1 / (len(names) * counts[places]), np.float64)


def fit(
    rows: Sequence[Mapping[str, float]], answerable: Sequence[bool], sets: Sequence[str], signs: Mapping[str, int]
) -> dict[str, float]:
    """Feature -> weight, and the bias. Features are those of `signs`: 1, -1, or 0 where either sign will do."""
    table = np.array([[row[name] for name in signs] for row in rows], np.float64)
    weights, target = balanced(sets), np.asarray(answerable, np.float64)
    mean = weights @ table
    spread = np.sqrt(weights @ (table - mean) ** 2)
    spread[spread < 1e-6] = np.inf  # of a feature that never differs: no weight
    slopes, bias = _descend((table - mean) / spread, target, weights, np.array([*signs.values()], np.float64))
    own = slopes / spread
    return {"bias": float(bias - own @ mean), **{n: float(w) for n, w in zip(signs, own, strict=True) if abs(w) > 1e-4}}


def _descend(table: Floats, target: Floats, weights: Floats, signs: Floats) -> tuple[Floats, float]:
    """Accelerated projected gradient descent (Beck & Teboulle 2009, FISTA) on the penalised logistic loss."""
    columns = np.hstack([table, np.ones((len(table), 1))])
    signs = np.append(signs, 0.0)
    ridge = np.append(np.full(table.shape[1], RIDGE), 0.0)
    steepest = 0.25 * float(np.linalg.eigvalsh((columns * weights[:, None]).T @ columns)[-1]) + RIDGE
    now = ahead = np.zeros(columns.shape[1])
    speed = 1.0
    for _ in range(STEPS):
        error = weights * (1 / (1 + np.exp(-columns @ ahead)) - target)
        then = ahead - (columns.T @ error + ridge * ahead) / steepest
        then = np.where(signs * then < 0, 0.0, then)
        faster = (1 + np.sqrt(1 + 4 * speed * speed)) / 2
        ahead = then + (speed - 1) / faster * (then - now)
        now, speed = then, faster
    return now[:-1], float(now[-1])
