"""A tab's question while it is answered: stop gives it back at once in every stage, whatever the engine does; drafts do not pile up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from samples import filled

from index.errors import JudianError
from rag.answer import Answer, Claim, Timings
from rag.answerer import Draft, Event, Stage
from rag.screen.session import Loading, Session, Window

STOPPED = 0.3  # seconds
TRIES = 3  # of which the best counts: other tests may hold the processors
STUCK = 5.0  # seconds that an engine here is busy with


def made(text: str) -> Answer:
    return Answer(
        question="问？", standalone_question="问？", text=text, refused=False, confidence=0.9, model="某模型",
        claims=(Claim(text, (), "supported"),), citations=(), hits=(), timings=Timings(0.1, 0.2, 0.3),
    )  # fmt: skip


class Deaf:
    """An answerer that hears of no stop: it says what it says, then is busy until `freed`."""

    def __init__(self, events: Iterator[Event], freed: threading.Event) -> None:
        self._events = events
        self._freed = freed

    def stream(self, *_: object) -> Iterator[Event]:
        """The events, then nothing for long."""
        yield from self._events
        self._freed.wait(STUCK)


class Again:
    """A deaf answerer that says the same to every question."""

    def __init__(self, events: Sequence[Event], freed: threading.Event) -> None:
        self._events = events
        self._freed = freed

    def stream(self, *_: object) -> Iterator[Event]:
        """As a Deaf one does."""
        return Deaf(iter(self._events), self._freed).stream()


@pytest.fixture
def freed() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def window(tmp_path: Path) -> Callable[[Any], Window]:
    def build(answerer: Any) -> Window:  # noqa: ANN401  an Answerer by its stream alone
        store = filled(tmp_path, {"甲.txt": "第一句话在这里说了一些事情。"})
        loading = Loading(lambda: answerer)
        loading.start()
        loading.done.wait()
        return Window(store, loading)

    return build


@pytest.mark.parametrize(
    ("events", "before"),
    [
        ([], "正在检索"),
        ([Stage("检索"), Stage("作答")], "正在作答"),
        ([Stage("作答"), Draft("写了一半")], "写了一半"),
        ([Stage("作答"), Draft("写了一半"), Stage("核对")], "正在核对"),
    ],
    ids=["searching", "waiting for the model", "writing", "checking"],
)
def test_a_stop_gives_the_tab_back_within_300_ms_in_every_stage(
    window: Callable[[Any], Window], freed: threading.Event, events: list[Event], before: str
) -> None:
    shared = window(Again(events, freed))
    assert min(stopped(shared, before) for _ in range(TRIES)) < STOPPED


def stopped(window: Window, before: str) -> float:
    """Seconds from a stop, once `before` is shown, to the end of the question."""
    own = Session()
    states = window.ask("问？", own)
    assert any(before in messages[-1]["content"] for messages in states)
    assert own.stop
    started = time.monotonic()
    own.stop.set()
    last = list(states)[-1]
    assert "已停止" in last[-1]["content"]
    assert own.stop is None
    return time.monotonic() - started


def test_a_stop_while_the_models_load_gives_the_tab_back(tmp_path: Path) -> None:
    gate = threading.Event()

    def load() -> Any:  # noqa: ANN401
        gate.wait(2 * TRIES * STUCK)
        raise JudianError("没有模型。")

    loading = Loading(load)
    loading.start()
    shared = Window(filled(tmp_path, {"甲.txt": "第一句话在这里说了一些事情。"}), loading)
    assert min(stopped(shared, "载入") for _ in range(TRIES)) < STOPPED
    gate.set()


class Fast:
    """A deaf answerer that writes about a thousand drafts a second."""

    def __init__(self, freed: threading.Event) -> None:
        self._freed = freed

    def stream(self, *_: object) -> Iterator[Event]:
        """No end of drafts."""
        yield Stage("作答")
        for n in count():
            if self._freed.wait(0.001):
                return
            yield Draft("字" * (n % 50 + 1))


def test_drafts_that_come_faster_than_they_are_shown_do_not_keep_a_stop_waiting(
    window: Callable[[Any], Window], freed: threading.Event
) -> None:
    shared = window(Fast(freed))
    tries = [drafts_and_stop(shared) for _ in range(TRIES)]
    assert max(drafts for drafts, _ in tries) <= 8  # the first two, and one each FRAME
    assert min(seconds for _, seconds in tries) < 2 * STOPPED


def drafts_and_stop(window: Window) -> tuple[int, float]:
    """How many states are shown in half a second, and how long a stop takes then."""
    own = Session()
    states = window.ask("问？", own)
    started, drafts = time.monotonic(), 0
    while time.monotonic() - started < 0.5:
        next(states)
        drafts += 1
    assert own.stop
    own.stop.set()
    started = time.monotonic()
    list(states)
    return drafts, time.monotonic() - started


def test_the_answer_follows_its_last_draft_at_once(window: Callable[[Any], Window], freed: threading.Event) -> None:
    freed.set()
    events: list[Event] = [Stage("作答"), Draft("甲"), Draft("甲乙"), made("甲乙。")]
    states = list(window(Deaf(iter(events), freed)).ask("问？", Session()))
    assert "甲乙。" in states[-1][-1]["content"]
    assert "已停止" not in states[-1][-1]["content"]


def test_a_slow_tab_keeps_no_other_waiting(window: Callable[[Any], Window], freed: threading.Event) -> None:
    class Both:
        def stream(self, question: str, *_: object) -> Iterator[Event]:
            yield Stage("作答")
            if question == "慢？":
                freed.wait(STUCK)
            yield made("答。")

    shared = window(Both())
    slow = shared.ask("慢？", Session())
    next(slow)
    started = time.monotonic()
    assert "答。" in list(shared.ask("快？", Session()))[-1][-1]["content"]
    assert time.monotonic() - started < 1.0
    freed.set()
    assert "答。" in list(slow)[-1][-1]["content"]
