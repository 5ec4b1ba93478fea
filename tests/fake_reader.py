"""A reader without a language model: it judges as it was told, and stops when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from rag.evidence import Evidence
from rag.generate import Stopped
from rag.reader import Judged

Odds = Callable[[str, Evidence], float]
Answered = Callable[[str, Sequence[Evidence]], float]


class FakeReader:
    """Log odds `answered` that a question is answered, and `odds` that each sentence answers it; 0 where nothing is said.

    Both may be functions of the question and what is judged; `odds` may also name words of a sentence. A judgement takes
    `slow` seconds, and ends with Stopped as soon as `stop` is set. `read` keeps each question with the texts it was put to.
    """

    name = "fake-reader"

    def __init__(
        self, answered: float | Answered = 4.0, odds: Odds | Mapping[str, float] | None = None, slow: float = 0.0
    ) -> None:
        self.read: list[tuple[str, list[str]]] = []
        self._answered = answered
        self._odds = odds or {}
        self._slow = slow

    def judge(self, question: str, evidence: Sequence[Evidence], stop: threading.Event | None = None) -> Judged:
        """As it was told. Raises Stopped."""
        self.read.append((question, [e.text for e in evidence]))
        if (stop or threading.Event()).wait(self._slow):
            raise Stopped
        answered = self._answered if isinstance(self._answered, float) else self._answered(question, evidence)
        return Judged(tuple(self._odd(question, e) for e in evidence), answered)

    def _odd(self, question: str, evidence: Evidence) -> float:
        if isinstance(self._odds, Mapping):
            return next((odd for words, odd in self._odds.items() if words in evidence.text), 0.0)
        return self._odds(question, evidence)
