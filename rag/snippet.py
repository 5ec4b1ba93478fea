"""A long sentence + what is asked -> the stretch of its clauses that answers, word for word. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.folding import bare

MAX_LENGTH = 130  # characters shown of one sentence; a shorter sentence is shown whole

_CLAUSE_END = re.compile(r"[，,；;：:、][”’」』）)]?|[。！？!?]")


def snip(text: str, weights: Mapping[str, float], longest: int = MAX_LENGTH) -> tuple[int, int]:
    """The half-open span of whole clauses, at most `longest` characters, whose character pairs weigh most.

    `weights` says what each pair of the question or draft is worth. Ties go to the longer, then the earlier span.
    A sentence that fits is returned whole.
    """
    if len(text) <= longest:
        return 0, len(text)
    starts = [0] + [m.end() for m in _CLAUSE_END.finditer(text) if m.end() < len(text)]
    ends = [*starts[1:], len(text)]
    worth = [_worth(text[s:e], weights) for s, e in zip(starts, ends, strict=True)]
    best, best_span = (-1.0, 0), (0, ends[0])
    for i, start in enumerate(starts):
        for j in range(i, len(ends)):
            length = ends[j] - start
            if length > longest and j > i:
                break
            score = (sum(worth[i : j + 1]), min(length, longest))
            if score > best:
                best, best_span = score, (start, ends[j])
    return best_span


def _worth(clause: str, weights: Mapping[str, float]) -> float:
    letters = bare(clause)
    return sum(weights.get(letters[i : i + 2], 0.0) for i in range(len(letters) - 1))
