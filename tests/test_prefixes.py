"""Prompts that were read are not read again, and no two texts share a cache; a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_model import tiny_model

from rag.decoding import Prefix, shared
from rag.generators.prefixes import Prefixes

MODEL = tiny_model(3)
prompts = st.lists(st.integers(2, 12), min_size=1, max_size=20)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def write(prefix: Prefix, prompt: list[int], limit: int = 12) -> list[int]:
    last = prefix.read(prompt)
    return [token for run in prefix.greedy(last, limit, frozenset()) for token in run]


def kept(pool: Prefixes, prompt: list[int]) -> int:
    """How many of its tokens need not be read."""
    prefix = Prefix(MODEL)
    pool.resume(prefix, prompt)
    return len(prefix.tokens)


def read(pool: Prefixes, prompt: list[int]) -> Prefix:
    prefix = Prefix(MODEL)
    pool.resume(prefix, prompt)
    prefix.read(prompt)
    pool.keep(prefix)
    return prefix


@settings(max_examples=50)
@given(prompts, prompts)
def test_what_is_shared_is_never_the_whole_prompt(one: list[int], two: list[int]) -> None:
    count = shared(one, two)
    assert count < len(two)
    assert one[:count] == two[:count]
    assert count == min(len(one), len(two) - 1) or one[count] != two[count]


@settings(max_examples=30)
@given(prompts, st.lists(prompts, min_size=1, max_size=4))
def test_a_pool_changes_no_word(beginning: list[int], ends: list[list[int]]) -> None:
    pool = Prefixes(kept=2)
    for end in [*ends, ends[0]]:
        prompt = beginning + end
        prefix = Prefix(MODEL)
        pool.resume(prefix, prompt)
        assert write(prefix, prompt) == write(Prefix(MODEL), prompt)
        pool.keep(prefix)


def test_two_texts_from_one_prompt_do_not_touch_each_other() -> None:
    pool, beginning = Prefixes(), [2, 3, 4, 5, 6, 7]
    read(pool, beginning)
    one, two = Prefix(MODEL), Prefix(MODEL)
    pool.resume(one, [*beginning, 8])
    pool.resume(two, [*beginning, 9])
    a, b = one.read([*beginning, 8]), two.read([*beginning, 9])
    runs = [(one.greedy(a, 10, frozenset())), (two.greedy(b, 10, frozenset()))]
    written: list[list[int]] = [[], []]
    for _ in range(10):  # step by step, in turn
        for n, run in enumerate(runs):
            written[n] += next(run, [])
    assert written == [write(Prefix(MODEL), [*beginning, last], 10) for last in (8, 9)]


def test_the_prompt_that_shares_most_is_gone_on_from() -> None:
    pool = Prefixes()
    for prompt in ([2, 3, 4], [2, 3, 4, 5, 6], [2, 3, 9]):
        read(pool, prompt)
    assert kept(pool, [2, 3, 4, 5, 7]) == 4
    assert kept(pool, [2, 3, 9, 9]) == 3
    assert kept(pool, [7, 7]) == 0


def test_a_longer_prompt_takes_the_place_of_the_one_it_went_on_from() -> None:
    pool = Prefixes()
    read(pool, [2, 3])
    read(pool, [2, 3, 4])
    read(pool, [2, 3, 4])
    assert len(pool) == 1
    assert kept(pool, [2, 3, 4, 5]) == 3


def test_the_prompts_used_last_stay() -> None:
    pool = Prefixes(kept=2)
    read(pool, [2, 2, 2])
    read(pool, [3, 3, 3])
    kept(pool, [2, 2, 2, 5])
    read(pool, [4, 4, 4])
    assert [kept(pool, [n, n, n, 5]) for n in (2, 3, 4)] == [3, 0, 3]


def test_memory_is_bounded() -> None:
    made = Prefix(MODEL)
    made.read([2] * 10)
    snapshot = made.snapshot()
    assert snapshot is not None
    pool = Prefixes(kept=100, kept_bytes=3 * snapshot.bytes)
    for n in range(2, 12):
        read(pool, [n] * 10)
    assert len(pool) == 3
    read(pool, [5] * 100)
    assert len(pool) == 0


def test_nothing_read_is_nothing_to_keep() -> None:
    pool = Prefixes()
    pool.keep(Prefix(MODEL))
    assert len(pool) == 0
