"""Work on another thread -> its results in the caller's, who can leave at any moment: within POLL of `stop`."""

from __future__ import annotations

import asyncio
import queue
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from rag.generate import Stopped

POLL = 0.05  # seconds between looks at `stop`

Item = TypeVar("Item")
Come = queue.SimpleQueue[tuple[Item] | BaseException | None]


def aside(work: Callable[[threading.Event], Iterable[Item]], stop: threading.Event) -> Iterator[Item]:
    """The items that the work gives, done on a thread of its own; what it raises is raised here, but for Stopped.

    Begins with the first item that is asked for. Ends once `stop` is set. The work is given an event that says when
    nobody wants the rest: it should look at it from time to time, but the caller does not wait for that.
    """
    if stop.is_set():
        return
    come: Come[Item] = queue.SimpleQueue()
    unwanted = threading.Event()
    threading.Thread(target=_fill, args=(work, unwanted, come), name="generator").start()
    try:
        yield from _taken(come, stop)
    finally:
        unwanted.set()


class Background:
    """One thread with an event loop, on which any number of waits run side by side; it ends with this object."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()
        self._end = weakref.finalize(self, _end, self._loop, self._thread)

    def iterate(self, work: Callable[[], AsyncIterator[Item]], stop: threading.Event) -> Iterator[Item]:
        """The items that the work gives, as they come; what it raises is raised here.

        Begins with the first item that is asked for. Ends once `stop` is set; left early, the work is cancelled.
        """
        if stop.is_set():
            return
        come: Come[Item] = queue.SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(_carry(work, come), self._loop)
        try:
            yield from _taken(come, stop)
        finally:
            task.cancel()

    def wait(self, work: Coroutine[object, object, Item]) -> Item:
        """The result of work that is quick."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End the thread. Nothing can be asked of it afterwards."""
        self._end()


def _taken(come: Come[Item], stop: threading.Event) -> Iterator[Item]:
    while not stop.is_set():
        try:
            item = come.get(timeout=POLL)
        except queue.Empty:
            continue
        if isinstance(item, BaseException):
            raise item
        if item is None:
            return
        yield item[0]


def _fill(work: Callable[[threading.Event], Iterable[Item]], unwanted: threading.Event, come: Come[Item]) -> None:
    try:
        for item in work(unwanted):
            come.put((item,))
        come.put(None)
    except Stopped:
        come.put(None)
    except BaseException as error:
        come.put(error)


async def _carry(work: Callable[[], AsyncIterator[Item]], come: Come[Item]) -> None:
    try:
        async for item in work():
            come.put((item,))
        come.put(None)
    except Exception as error:
        come.put(error)


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if threading.current_thread() is thread:  # collected there: it cannot wait for itself
        loop.call_soon(loop.stop)
        return
    with suppress(TimeoutError):
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(1)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(1)
    if not loop.is_running():
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
