"""Estimates: sums before ratios, resampling in pairs, and intervals that cover the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.estimates import estimates, intervals, point
from eval.measures.intervals import (
    RESAMPLES,
    interval_of,
    mean_interval,
    p_value,
    ratio,
    resamples,
    share_interval,
    wilson_interval,
)
from eval.measures.outcomes import Outcome, read_outcome

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=15)


def asked(right: bool = True, confidence: float | None = None, **values: tuple[float, float]) -> Outcome:
    return Outcome("q", "factoid", right, confidence, {"accuracy": (float(right), 1.0), **values})


def test_a_metric_is_the_sum_of_its_parts_over_the_sum_of_its_wholes() -> None:
    found = point([asked(citation_recall=(1.0, 1.0)), asked(False, citation_recall=(1.0, 3.0)), asked()])
    assert found == {"accuracy": pytest.approx(2 / 3), "citation_recall": pytest.approx(2 / 4)}


def test_a_metric_that_no_question_measures_is_absent() -> None:
    assert point([asked()]) == {"accuracy": 1.0}
    assert (point([]), intervals([])) == ({}, {})


def test_confidences_are_measured_where_there_are_any() -> None:
    found = point([asked(True, 0.9), asked(False, 0.6), asked(False)])
    assert found == {"accuracy": pytest.approx(1 / 3), "aurc": pytest.approx(0.25), "ece": pytest.approx(0.35)}


def test_a_resample_draws_as_many_questions_as_there_are() -> None:
    weights = resamples(7)
    assert weights.shape == (RESAMPLES, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert weights.std() == pytest.approx(math.sqrt(6 / 7), rel=0.05)  # binomial with 7 draws of 1/7
    assert (weights == resamples(7)).all()


@given(PAIRS)
def test_a_ratio_on_a_resample_is_that_of_the_drawn_questions(pairs: list[tuple[int, int]]) -> None:
    above, below = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    values = ratio(above, below, resamples(len(pairs)))
    for row in (0, 1, 999):
        drawn = [pair for pair, times in zip(pairs, resamples(len(pairs))[row], strict=True) for _ in range(int(times))]
        wanted = sum(a for a, _ in drawn) / sum(b for _, b in drawn) if sum(b for _, b in drawn) else math.nan
        assert values[row] == pytest.approx(wanted, nan_ok=True)


def test_what_most_resamples_cannot_measure_has_no_interval() -> None:
    assert interval_of(np.full(10, np.nan)) is None
    assert interval_of(np.array([np.nan] * 4 + [1.0] * 6)) == (1.0, 1.0)
    rare = [asked(), asked(), asked(), asked(refusal_precision=(1.0, 1.0))]
    assert "refusal_precision" in intervals(rare)  # three of four draws hold it


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        drawn = [asked(bool(right)) for right in random.random(60) < 0.7]
        low, high = intervals(drawn)["accuracy"]
        covered += low <= 0.7 <= high
    assert 0.89 <= covered / 200 <= 0.99


def test_a_p_value_tells_chance_from_change() -> None:
    assert p_value(np.linspace(-1, 1, 2001)) == pytest.approx(1.0, abs=1e-3)
    assert p_value(np.linspace(0.1, 1, 1999)) == pytest.approx(2 / 2000)
    assert p_value(np.zeros(100)) == 1.0
    assert p_value(np.full(3, np.nan)) == 1.0


def test_pairs_are_surer_than_two_separate_runs() -> None:
    random = np.random.default_rng(3)
    before = [asked(bool(right)) for right in random.random(100) < 0.5]
    after = [asked(o.right or n < 8) for n, o in enumerate(before)]
    weights = resamples(100)
    paired = estimates(after, weights)["accuracy"] - estimates(before, weights)["accuracy"]
    separate = estimates(after, weights)["accuracy"] - estimates(before, weights[::-1])["accuracy"]
    assert paired.std() < separate.std() / 2


def test_an_outcome_is_read_back_from_a_report() -> None:
    row = {
        "id": "a",
        "type": "list",
        "right": True,
        "refused": False,
        "confidence": 0.5,
        "values": {"accuracy": [1, 1]},
    }
    assert read_outcome(row) == Outcome("a", "list", True, 0.5, {"accuracy": (1.0, 1.0)})
    assert read_outcome({**row, "refused": True}).confidence is None


def test_questions_that_all_came_out_alike_prove_little() -> None:
    assert intervals([asked()] * 4)["accuracy"] == pytest.approx((0.5101, 1.0), abs=1e-4)
    assert intervals([asked(False)] * 4)["accuracy"] == pytest.approx((0.0, 0.4899), abs=1e-4)
    assert share_interval([1.0, 1.0]) == pytest.approx((0.3424, 1.0), abs=1e-4)
    assert share_interval([0.0, 1.0]) == mean_interval([0.0, 1.0])
    assert share_interval([]) is None


@given(st.integers(1, 400), st.sampled_from([0.0, 1.0]))
def test_more_alike_questions_prove_more(count: int, share: float) -> None:
    low, high = wilson_interval(share, count)
    fewer = wilson_interval(share, count + 1)
    assert 0 <= low <= share <= high <= 1
    assert fewer[1] - fewer[0] < high - low


def test_first_ranks_in_every_question_prove_as_little_as_hits_do() -> None:
    found = intervals([Outcome("q", "list", True, None, {"mrr@10": (1.0, 1.0), "hit@1": (1.0, 1.0)})] * 3)
    assert found["mrr@10"] == found["hit@1"] == wilson_interval(1.0, 3)


def test_one_question_gives_no_interval_unless_it_is_a_share_in_full_or_not_at_all() -> None:
    one = [asked(True, 0.9, char_f1=(0.25, 1.0), mrr_like=(1.0, 1.0)), asked(), asked()]
    assert set(intervals(one)) == {"accuracy"}
    assert set(intervals([*one, asked(False, 0.2, char_f1=(0.75, 1.0))])) == {"accuracy", "char_f1", "aurc", "ece"}
