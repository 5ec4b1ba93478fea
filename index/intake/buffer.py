"""What one thread makes and another takes, in order, bounded by weight so that neither runs far ahead in memory."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):  # noqa: N818 - nothing went wrong: the taker has left
    """Nobody takes any more."""


class Buffer(Generic[T]):
    """One maker, one taker. An item heavier than the bound is let in when nothing else is there."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._items: deque[tuple[T, int]] = deque()
        self._weight = 0
        self._changed = threading.Condition()
        self._finished = self._closed = False
        self._error: BaseException | None = None

    def put(self, item: T, weight: int) -> None:
        """Wait for room, then add. Raises Closed when nobody takes any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._items or self._weight + weight <= self._bound)
            if self._closed:
                raise Closed
            self._items.append((item, weight))
            self._weight += weight
            self._changed.notify_all()

    def take(self, *, wait: bool = True) -> T | None:
        """The next item; None when there will be none, or, not waiting, when there is none yet.

        Waiting raises the error that the maker finished with, after all items.
        """
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._items or self._finished)
            if self._items:
                item, weight = self._items.popleft()
                self._weight -= weight
                self._changed.notify_all()
                return item
            if wait and self._error is not None:
                raise self._error
            return None

    def finish(self, error: BaseException | None = None) -> None:
        """Nothing more comes."""
        with self._changed:
            self._finished, self._error = True, self._error or error
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more is taken: what is there is dropped, and a maker that waits is let go."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._weight = 0
            self._changed.notify_all()
