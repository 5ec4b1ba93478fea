"""Several threads, one processor -> who may use it now: in the order they came, a short while at a time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from rag.generate import Stopped

QUANTUM = 0.1  # seconds after which a turn is given up to those who wait; a step of writing takes about as long
POLL = 0.05  # seconds between looks at `stop` while waiting


class _Turn:
    """One thread's place in the queue, and since when it has had the turn."""

    def __init__(self, stop: threading.Event | None) -> None:
        self.stop = stop
        self.since = 0.0

    def check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise Stopped


class Turns:
    """A fair lock that its holder lends on in the middle of long work.

    The work calls checkpoint() where it can pause, such as between the layers of a model: there it ends with Stopped
    if that is wanted, and lets the others go on once it has had `quantum` seconds.
    """

    def __init__(self, quantum: float = QUANTUM) -> None:
        self._quantum = quantum
        self._queue: deque[_Turn] = deque()  # the first one has the turn
        self._changed = threading.Condition()
        self._here = threading.local()

    @contextmanager
    def turn(self, stop: threading.Event | None = None) -> Iterator[None]:
        """Have the processor inside the `with`, for one piece of work. Raises Stopped; turns do not nest."""
        if self._held() is not None:
            raise RuntimeError("this thread has the turn already")
        turn = _Turn(stop)
        self._wait(turn)
        self._here.turn = turn
        try:
            yield
        finally:
            self._here.turn = None
            self._leave(turn)

    def checkpoint(self) -> None:
        """Let the others go on if they wait and this turn was long enough. Raises Stopped. Nothing outside a turn."""
        turn = self._held()
        if turn is None:
            return
        turn.check()
        if len(self._queue) > 1 and time.monotonic() - turn.since >= self._quantum:
            self._leave(turn)
            self._wait(turn)

    def _held(self) -> _Turn | None:
        return getattr(self._here, "turn", None)

    def _wait(self, turn: _Turn) -> None:
        with self._changed:
            self._queue.append(turn)
            try:
                turn.check()
                while self._queue[0] is not turn:
                    self._changed.wait(POLL)
                    turn.check()
            except BaseException:
                self._queue.remove(turn)
                self._changed.notify_all()
                raise
        turn.since = time.monotonic()

    def _leave(self, turn: _Turn) -> None:
        """Give the turn up; one that was stopped while it waited has none."""
        with self._changed:
            if turn in self._queue:
                self._queue.remove(turn)
                self._changed.notify_all()
