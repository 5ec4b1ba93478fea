"""Messages -> text, in pieces as they are written: the generator protocol and how writing can fail or be stopped.

The engines are in rag.generators: a model in this process (transformers, llama.cpp) or on a server. Without one,
answers are extracts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from index.errors import JudianError
from rag.answer import Message


class GeneratorError(JudianError):
    """The language model could not write, or not to the end; what it wrote before stands."""


class Stopped(Exception):  # noqa: N818  no error: the user wanted it
    """Someone set `stop` before there was a result."""


class Generator(Protocol):
    """Writes text from messages, greedily. Every engine promises:

    *Stop.* Within 300 ms of `stop` being set, the caller has his thread back, whatever the engine was doing: waiting
    for others, reading the prompt, or writing. Work under way is given up then, or as soon as the engine can.
    *Threads.* Any number may call at a time, and a text begun in one thread may be continued in another. Several texts
    are written by turns: none waits for the whole of another.
    *Errors.* A GeneratorError says in Chinese what mends it; the engine can be used again afterwards. A text that is
    not asked for to its end costs nothing more once the iterator is closed.
    """

    name: str

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Pieces of text in order, none empty, at most `limit` tokens in all; just ends when `stop` is set."""
        ...

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """The probability of each option as the beginning of the reply, made to sum to 1. Raises Stopped."""
        ...
