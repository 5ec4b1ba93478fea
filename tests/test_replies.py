"""What a server tells of the reply's first token -> the options' probabilities."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generators.replies import UNSEEN, by_text, by_tokens

tokens = st.lists(st.tuples(st.sampled_from(["有", "无", "没有", " 有", "", "是", "A"]), st.floats(-30, 0)), max_size=8)


def test_tokens_speak_for_the_option_that_they_begin() -> None:
    told = [("有", log(0.5)), (" 有", log(0.1)), ("无", log(0.2)), ("没", log(0.1))]
    assert by_tokens(told, ("有", "无")) == pytest.approx([0.75, 0.25])
    assert by_tokens([("Yes,", log(0.3)), ("N", log(0.1))], ("Yes", "No")) == pytest.approx([0.75, 0.25])


def test_a_token_that_begins_two_options_speaks_for_none() -> None:
    assert by_tokens([("第", 0.0)], ("第一", "第二")) is None
    assert by_tokens([("第", log(0.5)), ("第一", log(0.4))], ("第一", "第二")) == pytest.approx([1.0, 0.0], abs=1e-5)


def test_an_option_that_is_not_told_is_hardly_probable_but_possible() -> None:
    chosen = by_tokens([("有", 0.0)], ("有", "无"))
    assert chosen is not None
    assert 0 < chosen[1] <= UNSEEN


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("有", [0.9, 0.1]),
        (" 无。", [0.1, 0.9]),
        ("没有", [0.5, 0.5]),
        ("", [0.5, 0.5]),
    ],
)
def test_without_probabilities_the_words_of_the_reply_decide(reply: str, expected: list[float]) -> None:
    assert by_text(reply, ("有", "无")) == pytest.approx(expected)


@settings(max_examples=60)
@given(tokens, st.sampled_from([("有",), ("有", "无"), ("有", "无", "不知道")]))
def test_probabilities_sum_to_one(told: list[tuple[str, float]], options: tuple[str, ...]) -> None:
    for chosen in (by_tokens(told, options), by_text("".join(t for t, _ in told), options)):
        if chosen is not None:
            assert len(chosen) == len(options)
            assert sum(chosen) == pytest.approx(1)
            assert all(p >= 0 for p in chosen)
