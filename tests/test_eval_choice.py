"""Choices: halves, limits and samples that are the same every time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import gold

from eval.choice import Choice, choose, sample
from eval.questions import half
from index.errors import JudianError

TWENTY = [gold(id=f"x{n}", type="factoid" if n % 4 else "list") for n in range(20)]


def test_a_half_and_a_limit_choose_questions() -> None:
    tuned = [q for q in TWENTY if half(q.id) == "tune"]
    assert choose(TWENTY, Choice(half="tune", limit=3)) == tuned[:3]
    assert choose(TWENTY, Choice()) == TWENTY
    assert len(choose(TWENTY, Choice(half="report"))) == 20 - len(tuned)


def test_a_choice_of_nothing_is_an_error() -> None:
    with pytest.raises(JudianError, match="选不出题目：评测集 tune 这一半里没有可用的题。请去掉 --half"):
        choose([gold(id="q1")], Choice(half="tune"))


def test_a_sample_holds_every_type_by_its_share() -> None:
    assert Counter(q.type for q in sample(TWENTY, 8)) == {"factoid": 6, "list": 2}


def test_a_sample_is_drawn_and_not_the_first_ones() -> None:
    drawn = sample(TWENTY, 8)
    assert drawn != TWENTY[:8]
    assert drawn == sample(list(reversed(TWENTY)), 8)[::-1] == choose(TWENTY, Choice(sample=8))
    assert drawn != sample(TWENTY, 8, seed=1)


@given(st.integers(1, 30), st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=25))
def test_a_sample_has_the_wanted_size_and_order(count: int, kinds: list[str]) -> None:
    questions = [gold(id=str(n), type=kind) for n, kind in enumerate(kinds)]
    drawn = sample(questions, count)
    assert len(drawn) == min(count, len(questions))
    assert drawn == [q for q in questions if q in drawn]
    for kind in set(kinds):
        exact = count * kinds.count(kind) / len(kinds)
        assert count >= len(kinds) or abs(sum(q.type == kind for q in drawn) - exact) < 1
