"""Ranking: two rankings fused, then all signals weighed, by hand and on any scores."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import DENSE_SHARE, SCOPE_BOOST, WEIGHTS, Found, columns, fuse, longest_run, signals

scores = st.dictionaries(st.integers(0, 20), st.floats(-1, 30, allow_nan=False, width=32), max_size=12)
words = st.text("甲乙丙丁一二三 。", max_size=12)


def test_fusion_worked_by_hand() -> None:
    fused = fuse({1: 0.9, 2: 0.5, 3: 0.4}, {2: 8.0, 4: 4.0, 3: 6.0})
    dense, lexical = DENSE_SHARE, 1 - DENSE_SHARE
    assert fused == pytest.approx({1: dense, 2: 0.2 * dense + lexical, 3: 0.5 * lexical, 4: 0.0})


@given(scores, scores)
def test_a_fused_score_is_between_0_and_1_and_every_row_has_one(
    dense: dict[int, float], lexical: dict[int, float]
) -> None:
    fused = fuse(dense, lexical)
    assert set(fused) == set(dense) | set(lexical)
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())


@given(scores.filter(bool))
def test_fusion_keeps_an_order_both_agree_on(one: dict[int, float]) -> None:
    fused = fuse(one, {row: 2 * score + 1 for row, score in one.items()})
    assert all(fused[a] <= fused[b] + 1e-6 for a in one for b in one if one[a] <= one[b])


def test_one_ranking_alone_is_enough() -> None:
    assert fuse({}, {}) == {}
    assert fuse({}, {7: 3.0}) == {7: 1 - DENSE_SHARE}
    assert fuse({7: -0.2}, {}) == {7: DENSE_SHARE}


def test_the_shortlist_prefers_what_the_question_means() -> None:
    dense = {1: 0.9, 2: 0.9 - 0.3 * SCOPE_BOOST, 3: 0.5, 4: 0.1}
    assert Found(dense, {}, {}).shortlist(2) == [1, 2]
    assert Found(dense, {}, {2: 1.0}).shortlist(2) == [2, 1]
    assert Found(dense, {}, {4: 1.0}).shortlist(3) == [1, 2, 3]  # named, but nothing else speaks for it


def test_signals_worked_by_hand() -> None:
    found = Found({1: 0.8, 2: 0.4}, {2: 6.0, 3: 2.0}, {2: 0.5})
    texts = ["粮食产量是六亿吨。", "粮食" * 100, "哪里"]
    table = columns("粮食产量是多少？", found, [1, 2, 3], texts, [0.7, 0.2, 0.0])
    assert table[0].tolist() == pytest.approx([1, 0, 0.7, 5 / 7, 0.46 / 1.35, 9 / 300, 0])
    assert table[1].tolist() == pytest.approx([0, 1, 0.2, 2 / 7, 0, 200 / 300, 0.5])
    assert table[2].tolist() == pytest.approx([0, 0, 0, 0, 0, 2 / 300, 0])
    [first, second, _] = signals("粮食产量是多少？", found, [1, 2, 3], texts, [0.7, 0.2, 0.0])
    weights = astuple(WEIGHTS)
    expected = sum(w * v for w, v in zip(weights, table[0], strict=True)) / sum(weights)
    assert (first.dense, first.lexical, first.scope, first.coverage) == (0.8, 0.0, 0.0, 0.7)
    assert (first.phrase, first.fused) == pytest.approx((5 / 7, expected))
    assert (second.dense, second.lexical, second.scope) == (0.4, 6.0, 0.5)


@given(words, st.lists(words, max_size=4))
def test_every_signal_is_between_0_and_1(question: str, texts: list[str]) -> None:
    rows = list(range(len(texts)))
    found = Found({row: -0.1 * row for row in rows}, {row: 2.0 * row for row in rows}, {})
    table = columns(question, found, rows, texts, [0.5] * len(rows))
    assert ((table >= 0) & (table <= 1)).all()
    assert all(0 <= s.fused <= 1 for s in signals(question, found, rows, texts, [0.5] * len(rows)))


@given(words, words)
def test_the_longest_run_is_the_longest_common_stretch(wanted: str, text: str) -> None:
    stretches = [wanted[a:b] for a in range(len(wanted)) for b in range(a + 1, len(wanted) + 1)]
    assert longest_run(wanted, text) == max([0, *(len(s) for s in stretches if s in text)])
