"""Agreement of a judge with the metrics: kappa by hand and by scikit-learn, and what the report says of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from eval.judging.agreement import Pair, agree, cohen_kappa, judge_figures, rank_agreement
from eval.judging.inquiries import Inquiry, Verdict

PAIRS: list[Pair] = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15

pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


def inquiry(question: str, claim: int | None, *, metric: bool) -> Inquiry:
    return Inquiry(question, "right" if claim is None else "supported", claim, (), metric)


def verdict(yes: bool | None, probability: float | None = None) -> Verdict:
    return Verdict(yes, probability, None)


def test_kappa_worked_by_hand() -> None:
    # equal 35/50 = .7; judge says yes 25/50, metric 30/50: by chance .5 · .6 + .5 · .4 = .5; (.7 - .5) / (1 - .5)
    assert cohen_kappa(PAIRS) == pytest.approx(0.4)


def test_kappa_is_one_for_the_same_verdicts_and_minus_one_for_opposite_halves() -> None:
    assert cohen_kappa([(True, True), (False, False)]) == pytest.approx(1)
    assert cohen_kappa([(True, False), (False, True)]) == pytest.approx(-1)


def test_kappa_is_zero_for_a_judge_that_tosses_a_coin() -> None:
    assert cohen_kappa([(True, True), (True, False), (False, True), (False, False)]) == pytest.approx(0)


@pytest.mark.parametrize(
    "constant", [[], [(True, True)] * 9, [(True, True), (True, False)], [(True, True), (False, True)]]
)
def test_kappa_is_not_measured_when_either_always_says_the_same(constant: list[Pair]) -> None:
    assert cohen_kappa(constant) is None


@given(pairs)
def test_kappa_is_that_of_scikit_learn(drawn: list[Pair]) -> None:
    kappa = cohen_kappa(drawn)
    if kappa is not None:
        assert math.isclose(kappa, cohen_kappa_score(*zip(*drawn, strict=True)), abs_tol=1e-9)


@given(pairs)
def test_kappa_is_the_same_from_either_side(drawn: list[Pair]) -> None:
    assert cohen_kappa(drawn) == cohen_kappa([(metric, judge) for judge, metric in drawn])


def test_rank_agreement_worked_by_hand() -> None:
    # of the 2 · 3 pairs .9 wins three, .4 wins one and ties with one: (4 + .5) / 6
    rated = [(0.9, True), (0.4, True), (0.5, False), (0.4, False), (0.1, False)]
    assert rank_agreement(rated) == pytest.approx(0.75)


@pytest.mark.parametrize("rated", [[], [(0.5, True), (0.1, True)], [(0.5, False)]])
def test_rank_agreement_is_not_measured_when_the_metric_always_says_the_same(rated: list[tuple[float, bool]]) -> None:
    assert rank_agreement(rated) is None


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]), st.booleans()), max_size=30))
def test_rank_agreement_is_that_of_scikit_learn(rated: list[tuple[float, bool]]) -> None:
    found = rank_agreement(rated)
    if found is not None:
        assert math.isclose(found, roc_auc_score([metric for _, metric in rated], [p for p, _ in rated]))


def test_agreement_counts_each_side_alone() -> None:
    found = agree([[pair] for pair in PAIRS])
    assert found is not None
    assert (found.n, found.agreement, found.judge_only, found.metric_only) == (50, 0.7, 5, 10)
    low, high = found.interval or (0.0, 0.0)
    assert 0.55 <= low < 0.7 < high <= 0.85


def test_agreement_over_nothing_is_not_measured() -> None:
    assert agree([]) is None


def test_sentences_of_one_answer_are_resampled_together() -> None:
    together = agree([[(True, True)] * 10, [(True, False)] * 10])
    apart = agree([[(True, True)]] * 10 + [[(True, False)]] * 10)
    assert together is not None
    assert apart is not None
    assert together.agreement == apart.agreement == 0.5
    assert together.interval == (0.0, 1.0)
    assert apart.interval is not None
    assert 0.2 < apart.interval[0] < apart.interval[1] < 0.8


def test_planted_disagreements_lower_agreement_and_kappa() -> None:
    damaged = [
        (not judge, metric) if n % 10 == 0 else (judge, metric)
        for n, (judge, metric) in enumerate([(True, True), (False, False)] * 20)
    ]
    found = agree([[pair] for pair in damaged])
    assert found is not None
    assert (found.agreement, found.metric_only, found.judge_only) == (0.9, 4, 0)
    assert found.kappa == pytest.approx(0.8)


def test_the_report_tells_verdicts_agreement_and_disagreements() -> None:
    figures = judge_figures(
        [
            (inquiry("a", None, metric=True), verdict(True, 0.9)),
            (inquiry("a", 1, metric=True), verdict(False, 0.25)),
            (inquiry("b", None, metric=False), verdict(False, 0.1)),
            (inquiry("b", 1, metric=True), verdict(True, 0.8)),
            (inquiry("b", 2, metric=False), verdict(None)),
        ]
    )
    assert (figures["n"], figures["not_understood"]) == (2, 1)
    assert (figures["right"]["n"], figures["right"]["value"]) == (2, 0.5)
    assert (figures["supported"]["n"], figures["supported"]["value"]) == (2, 0.5)
    right, supported = figures["agreement"]["right"], figures["agreement"]["supported"]
    assert (right["n"], right["agreement"], right["kappa"]) == (2, 1.0, 1.0)
    assert (supported["n"], supported["agreement"], supported["kappa"], supported["metric_only"]) == (2, 0.5, None, 1)
    assert (right["auc"], "auc" in supported) == (1.0, False)
    assert figures["disagreements"] == [
        {"id": "a", "aspect": "supported", "claim": 1, "probability": 0.25, "judge": False, "metric": True}
    ]


def test_what_was_not_understood_is_absent_not_zero() -> None:
    figures = judge_figures([(inquiry("a", None, metric=True), verdict(None))])
    assert figures == {"n": 0, "not_understood": 1, "agreement": {}, "disagreements": []}
