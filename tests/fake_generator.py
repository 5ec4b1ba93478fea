"""A language model without weights: it writes the drafts it was given and judges as it was told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from rag.answer import Message


class FakeGenerator:
    """Writes `draft` in pieces of `size` characters; `sure` is the probability it gives to the first option.

    `between` is called with the number of pieces written so far, before the next one.
    """

    name = "fake"

    def __init__(
        self, draft: str = "", sure: float = 0.999, size: int = 4, between: Callable[[int], None] = lambda _: None
    ) -> None:
        self.draft = draft
        self.sure = sure
        self.read: list[list[Message]] = []
        self.written = 0
        self._size = size
        self._between = between

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """The draft in pieces, at most `limit` of them, until `stop` is set."""
        self.read.append(list(messages))
        for n, start in enumerate(range(0, len(self.draft), self._size)[:limit]):
            self._between(n)
            if stop.is_set():
                return
            self.written = n + 1
            yield self.draft[start : start + self._size]

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """`sure` for the first option, the rest shared by the others."""
        self.read.append(list(messages))
        others = len(options) - 1
        return [self.sure] + [(1 - self.sure) / others] * others
