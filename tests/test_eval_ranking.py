"""Ranking: where the evidence stands, against hand-worked cases and a plain count."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.ranking import (
    CUTOFFS,
    all_at,
    document_ranks,
    evidence_ranks,
    hit_at,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)

RANKS = st.lists(st.none() | st.integers(1, 20), min_size=1, max_size=6)
NAMES = st.lists(st.sampled_from("abcdefghij"), max_size=15)
GRADES = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 3), min_size=1)


def test_a_quote_is_found_in_the_first_hit_that_holds_it_folded() -> None:
    hits = ["无关", "要推动 中部地区，崛起！", "推动中部地区崛起"]
    assert evidence_ranks(["推动中部地区崛起。", "无关", "别的"], hits) == (2, 1, None)


def test_a_quote_across_two_hits_is_not_found() -> None:
    assert evidence_ranks(["前半句后半句"], ["前半句", "后半句"]) == (None,)


def test_a_quote_with_another_number_is_not_found() -> None:
    assert evidence_ranks(["占29.5%"], ["占28.5%", "占295%"]) == (None,)


def test_hand_worked_ranks_give_hand_worked_metrics() -> None:
    ranks = (2, None, 4)
    assert {k: (recall_at(ranks, k), hit_at(ranks, k), all_at(ranks, k)) for k in CUTOFFS} == {
        1: (0.0, 0.0, 0.0),
        3: (1 / 3, 1.0, 0.0),
        5: (2 / 3, 1.0, 0.0),
        10: (2 / 3, 1.0, 0.0),
    }
    assert (reciprocal_rank(ranks), reciprocal_rank(ranks, 1), all_at((2, 4), 5)) == (0.5, 0.0, 1.0)


def test_a_rank_beyond_ten_gives_no_reciprocal() -> None:
    assert (reciprocal_rank([10]), reciprocal_rank([11]), reciprocal_rank([None])) == (0.1, 0.0, 0.0)


def test_documents_are_ranked_once_each() -> None:
    assert document_ranks(["b", "c", "z"], ["a", "a", "b", "a", "c"]) == (2, 3, None)


def test_ndcg_is_worked_by_hand() -> None:
    gained = 1 / math.log2(3) + 2 / math.log2(4)
    assert ndcg_at(["x", "a", "b"], {"a": 1, "b": 2}) == pytest.approx(gained / (2 + 1 / math.log2(3)))
    assert ndcg_at(["b", "a"], {"a": 1, "b": 2}) == 1.0
    assert ndcg_at(["x"], {"a": 1}) == 0.0


@given(RANKS)
def test_metrics_are_shares_that_rise_with_k(ranks: list[int | None]) -> None:
    for metric in (recall_at, hit_at, all_at, reciprocal_rank):
        values = [metric(ranks, k) for k in range(1, 22)]
        assert values == sorted(values)
        assert all(0 <= value <= 1 for value in values)


@given(RANKS, st.integers(1, 21))
def test_all_is_at_most_recall_is_at_most_hit(ranks: list[int | None], k: int) -> None:
    assert all_at(ranks, k) <= recall_at(ranks, k) <= hit_at(ranks, k)


@given(st.data(), RANKS, st.integers(1, 21))
def test_the_order_of_the_evidence_does_not_matter(data: st.DataObject, ranks: list[int | None], k: int) -> None:
    shuffled = data.draw(st.permutations(ranks))
    assert recall_at(shuffled, k) == recall_at(ranks, k)
    assert reciprocal_rank(shuffled, k) == reciprocal_rank(ranks, k)


@given(NAMES, GRADES)
def test_recall_by_documents_equals_a_plain_count(ranked: list[str], grades: dict[str, int]) -> None:
    distinct = list(dict.fromkeys(ranked))
    ranks = document_ranks(list(grades), ranked)
    for k in CUTOFFS:
        assert recall_at(ranks, k) == len(set(distinct[:k]) & set(grades)) / len(grades)


@given(NAMES, GRADES)
def test_the_best_order_has_the_best_ndcg(ranked: list[str], grades: dict[str, int]) -> None:
    best = sorted(grades, key=lambda name: -grades[name])
    assert 0 <= ndcg_at(ranked, grades) <= ndcg_at(best, grades) == pytest.approx(1)
