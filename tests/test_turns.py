"""Turns: one at a time, in the order they came, a short while each; who stops leaves at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from rag.generate import Stopped
from rag.generators.turns import Turns

QUICK = 0.3  # seconds in which a stop works


def begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for(turns: Turns, count: int) -> None:
    """Until so many have the turn or wait for it."""
    end = time.monotonic() + 10
    while len(turns._queue) < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_turns_are_had_one_at_a_time_and_in_order() -> None:
    turns, order, inside = Turns(), list[int](), list[int]()

    def work(number: int) -> None:
        with turns.turn():
            inside.append(number)
            assert inside == [number]
            order.append(number)
            inside.clear()

    with turns.turn():
        threads = []
        for number in range(6):
            threads.append(begun(lambda n=number: work(n)))  # type: ignore[misc]
            wait_for(turns, number + 2)
    for thread in threads:
        thread.join(10)
    assert order == list(range(6))


def test_long_work_lets_the_others_go_on_at_its_checkpoints() -> None:
    turns, done = Turns(quantum=0), threading.Event()

    def short() -> None:
        with turns.turn():
            done.set()

    with turns.turn():
        turns.checkpoint()
        thread = begun(short)
        wait_for(turns, 2)
        assert not done.is_set()
        turns.checkpoint()
        assert done.is_set()
    thread.join(10)


def test_work_keeps_its_turn_until_it_was_long_enough() -> None:
    turns = Turns(quantum=60)
    done = threading.Event()

    def short() -> None:
        with turns.turn():
            done.set()

    with turns.turn():
        thread = begun(short)
        wait_for(turns, 2)
        turns.checkpoint()
        assert not done.is_set()
    thread.join(10)
    assert done.is_set()


def test_who_stops_while_waiting_leaves_at_once_and_the_next_is_served() -> None:
    turns, stop, left, served = Turns(), threading.Event(), list[float](), threading.Event()

    def stopped() -> None:
        with pytest.raises(Stopped), turns.turn(stop):
            raise AssertionError("it never has the turn")
        left.append(time.monotonic())

    def patient() -> None:
        with turns.turn():
            served.set()

    with turns.turn():
        first = begun(stopped)
        wait_for(turns, 2)
        last = begun(patient)
        wait_for(turns, 3)
        stop.set()
        asked = time.monotonic()
        first.join(10)
        assert left[0] - asked < QUICK
    last.join(10)
    assert served.is_set()


def test_a_stop_ends_the_work_at_its_next_checkpoint() -> None:
    turns, stop = Turns(), threading.Event()
    with turns.turn(stop):
        turns.checkpoint()
        stop.set()
        with pytest.raises(Stopped):
            turns.checkpoint()
    with turns.turn():
        turns.checkpoint()


def test_who_stops_while_he_has_lent_his_turn_is_out_of_the_queue() -> None:
    turns, stop, go = Turns(quantum=0), threading.Event(), threading.Event()

    def other() -> None:
        with turns.turn():
            stop.set()
            go.wait(10)

    with turns.turn(stop):
        thread = begun(other)
        wait_for(turns, 2)
        with pytest.raises(Stopped):
            turns.checkpoint()
    assert len(turns._queue) == 1
    go.set()
    thread.join(10)
    assert not turns._queue


def test_an_error_inside_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.turn():
        raise KeyError
    with turns.turn():
        pass


def test_a_turn_inside_a_turn_is_a_mistake_that_is_told() -> None:
    turns = Turns()
    with turns.turn(), pytest.raises(RuntimeError, match="already"), turns.turn():
        pass
    turns.checkpoint()
