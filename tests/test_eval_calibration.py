"""Calibration: hand-worked curves, and the definitions by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.calibration import BINS, Bin, calibration_error, reliability, risk_area, risk_coverage

ANSWERS = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1, max_size=30)


def once(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.ones((1, count))


def test_the_curve_starts_with_the_surest_and_ends_at_what_was_answered() -> None:
    curve = risk_coverage([0.9, 0.5, 0.7], [True, False, True], questions=6)
    assert curve == [(1 / 6, 0.0), (2 / 6, 0.0), (3 / 6, pytest.approx(1 / 3))]


def test_answers_of_one_confidence_are_one_point() -> None:
    assert risk_coverage([0.5, 0.5], [True, False], questions=2) == [(1.0, 0.5)]
    assert risk_coverage([], [], questions=2) == []


def test_the_area_is_the_mean_risk() -> None:
    area = risk_area([0.9, 0.8, 0.7], [True, False, True], once(3))
    assert area[0] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_a_confidence_that_says_nothing_has_the_share_of_wrong_answers() -> None:
    assert risk_area([0.5] * 4, [True, False, False, True], once(4))[0] == pytest.approx(0.5)


def test_a_better_order_has_a_smaller_area() -> None:
    rights = [True, True, False]
    assert risk_area([0.9, 0.8, 0.1], rights, once(3))[0] < risk_area([0.1, 0.8, 0.9], rights, once(3))[0]


def test_the_error_is_the_gap_of_each_bin_by_its_size() -> None:
    confidences, rights = [0.95, 0.95, 0.15, 1.0], [True, False, False, True]
    expected = 3 / 4 * abs((0.95 + 0.95 + 1.0) / 3 - 2 / 3) + 1 / 4 * 0.15
    assert calibration_error(confidences, rights, once(4))[0] == pytest.approx(expected)


def test_bins_without_an_answer_are_left_out() -> None:
    assert reliability([0.05, 1.0, 0.9], [False, True, False]) == [
        Bin(0.0, 0.1, 1, 0.05, 0.0),
        Bin(0.9, 1.0, 2, 0.95, 0.5),
    ]


@given(ANSWERS)
def test_the_area_is_that_of_the_definition(answers: list[tuple[float, bool]]) -> None:
    confidences, rights = [c for c, _ in answers], [r for _, r in answers]
    risks = []
    for own in confidences:
        as_sure = [r for c, r in answers if c >= own]
        risks.append(1 - sum(as_sure) / len(as_sure))
    assert risk_area(confidences, rights, once(len(answers)))[0] == pytest.approx(sum(risks) / len(risks))


@given(ANSWERS)
def test_the_error_is_that_of_the_definition(answers: list[tuple[float, bool]]) -> None:
    confidences, rights = [c for c, _ in answers], [r for _, r in answers]
    total = 0.0
    for low in range(BINS):
        inside = [(c, r) for c, r in answers if min(int(c * BINS), BINS - 1) == low]
        total += abs(sum(c for c, _ in inside) - sum(r for _, r in inside))
    assert calibration_error(confidences, rights, once(len(answers)))[0] == pytest.approx(total / len(answers))


@given(ANSWERS, st.data())
def test_a_weight_is_the_answer_said_again(answers: list[tuple[float, bool]], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(answers), max_size=len(answers)).filter(any))
    again = [answer for answer, weight in zip(answers, weights, strict=True) for _ in range(weight)]
    for measure in (risk_area, calibration_error):
        weighted = measure([c for c, _ in answers], [r for _, r in answers], np.array([weights], float))
        repeated = measure([c for c, _ in again], [r for _, r in again], once(len(again)))
        assert weighted[0] == pytest.approx(repeated[0])
