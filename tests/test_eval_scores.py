"""Scores: a planted fault is found, named, and lowers the metric that should fall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import (
    GRAIN,
    GREEN,
    MISSING,
    PREMISE,
    SOURCE,
    answered,
    citation,
    display,
    gold,
    hits,
    record,
    refusal,
)

from eval.measures.citations import CitationCounts
from eval.measures.metrics import METRICS
from eval.measures.scores import Score, score
from eval.measures.summary import percentile, summarize, summarize_halves
from eval.questions import GoldQuestion

Fault = Callable[[dict[str, Any]], dict[str, Any]]
ONE_OF_ONE = (pytest.approx(0.2065, abs=1e-4), 1.0)  # Wilson
TOLD = "中部地区粮食产量占全国的29.5%"
QUESTIONS = [gold(id=f"a{n}", answer=TOLD) for n in range(4)]


def scored(question: GoldQuestion, value: Mapping[str, Any]) -> Score:
    return score(question, record(value), display)


def metrics(fault: Fault | None = None) -> dict[str, Any]:
    """Of six answers, the first of which has the fault."""
    found = hits(SOURCE, *[GREEN] * 9)
    values = [answered(q, hits=found) for q in QUESTIONS] + [refusal(MISSING), refusal(PREMISE, hits=found)]
    values[0] = fault(values[0]) if fault else values[0]
    return dict(summarize([scored(q, v) for q, v in zip([*QUESTIONS, MISSING, PREMISE], values, strict=True)]))


def test_a_right_answer_has_a_full_score() -> None:
    found = scored(gold(), answered())
    assert found == Score(
        question=gold(),
        record=record(answered()),
        right=True,
        why=None,
        faults=(),
        missing=(),
        ranks=(2,),
        citations=CitationCounts((True,), 1, 1, 1, 1, 1, 0),
        cites_evidence=True,
    )


@pytest.mark.parametrize(
    ("question", "value", "why"),
    [
        (gold(), answered(answer="占30%", hits=hits(GREEN)), "not_retrieved"),
        (gold(), refusal(hits=hits(GREEN)), "not_retrieved"),
        (gold(), refusal(), "refused_wrongly"),
        (gold(), answered(answer="绿色发展[1]", citations=[citation(1, GREEN)]), "not_used"),
        (gold(), answered(answer="占全国的28.5%[1]"), "wrong_fact"),
        (gold(), answered(answer="29.5%" + SOURCE * 3), "too_long"),
        (gold(), answered(answer="29.5%" + SOURCE * 3, hits=[]), "too_long"),
        (gold(evidence=()), answered(answer="占30%"), "wrong_fact"),
        (MISSING, answered(MISSING), "not_refused"),
        (PREMISE, answered(PREMISE, answer="因为土地肥沃"), "not_refused"),
        (MISSING, refusal(MISSING), None),
        (PREMISE, answered(PREMISE), None),
    ],
)
def test_a_wrong_answer_has_its_first_cause(question: GoldQuestion, value: Mapping[str, Any], why: str | None) -> None:
    found = scored(question, value)
    assert (found.right, found.why) == (why is None, why)


def test_sound_answers_have_these_metrics() -> None:
    found = metrics()
    intervals = found.pop("intervals")
    assert list(intervals) == [name for name in found if isinstance(found[name], float)]
    assert all(low <= found[name] <= high for name, (low, high) in intervals.items())
    assert found == {
        "n": 6,
        "accuracy": 1.0,
        **dict.fromkeys(("exact_match", "char_f1", "rouge_l"), 1.0),
        **{f"{name}@{k}": 1.0 for name in ("recall", "hit", "all") for k in (1, 3, 5, 10)},
        "mrr@10": 1.0,
        "ndcg@10": 1.0,
        "citation_recall": 1.0,
        "citation_precision": 1.0,
        "sentence_support": 1.0,
        "quotes_valid": 1.0,
        "unsupported_shown": 0.0,
        "evidence_cited": 1.0,
        "declined_or_corrected": 1.0,
        "refusal_precision": 1.0,
        "refusal_recall": 1.0,
        "over_refusal": 0.0,
        "aurc": 0.0,
        "ece": pytest.approx(0.1),
        "retrieve_s": pytest.approx(0.1),
        "first_token_s": 0.5,
        "total_s": 1.0,
        "by_type": {
            "factoid": {"n": 4, "accuracy": 1.0, "interval": (pytest.approx(0.5101, abs=1e-4), 1.0)},
            "unanswerable": {"n": 1, "accuracy": 1.0, "interval": ONE_OF_ONE},
            "false_premise": {"n": 1, "accuracy": 1.0, "interval": ONE_OF_ONE},
        },
        "risk_coverage": [(4 / 6, 0.0)],
        "reliability": [{"low": 0.9, "high": 1.0, "n": 4, "confidence": 0.9, "right": 1.0}],
        "times": {
            "retrieve_s": {"median": 0.1, "p95": 0.1},
            "first_token_s": {"median": 0.5, "p95": 0.5},
            "total_s": {"median": 1.0, "p95": 1.0},
        },
    }


def _wrong_number(value: dict[str, Any]) -> dict[str, Any]:
    told = "中部地区粮食产量占全国的28.5%"
    return {**value, "answer": told, "claims": [{"text": told, "citations": [1], "verdict": "supported"}]}


def _dropped_citation(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "claims": [{**value["claims"][0], "citations": []}], "citations": []}


def _dumped_passages(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "answer": SOURCE * 3}


def _refused(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "refused": True, "claims": [], "citations": []}


def _shifted_quote(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "citations": [citation(1, GRAIN, start=1)]}


def _other_quote(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "citations": [citation(1, GREEN)]}


def _lost_evidence(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "hits": hits(*[GREEN] * 10)}


def _unsure(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "confidence": 0.5}


def _sure_when_wrong(value: dict[str, Any]) -> dict[str, Any]:
    return {**_wrong_number(value), "confidence": 1.0}


def _slow(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "timings": {name: 10 * spent for name, spent in value["timings"].items()}}


def _evidence_second(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "hits": hits(GREEN, SOURCE, *[GREEN] * 8)}


ANSWERS = {"accuracy", "exact_match", "char_f1", "rouge_l"}
CONFIDENCE = {"aurc", "ece"}
UNCARRIED = {"sentence_support", "unsupported_shown"}
RANKING = {name for name, metric in METRICS.items() if metric.group == "ranking"}
PLANTED: list[tuple[Fault, set[str]]] = [
    (_wrong_number, {*ANSWERS, "citation_precision", "citation_recall", *UNCARRIED, *CONFIDENCE}),
    (_dropped_citation, {"citation_recall", "evidence_cited"}),
    (_dumped_passages, {*ANSWERS, *CONFIDENCE}),
    (_refused, {*ANSWERS, "refusal_precision", "over_refusal"}),
    (_evidence_second, {"recall@1", "hit@1", "all@1", "mrr@10", "ndcg@10"}),
    (_shifted_quote, {"quotes_valid"}),
    (_other_quote, {"citation_precision", "citation_recall", "evidence_cited"}),
    (_lost_evidence, {*RANKING, "sentence_support"}),
    (_unsure, {"ece"}),
    (_sure_when_wrong, {*ANSWERS, "citation_precision", "citation_recall", *UNCARRIED, *CONFIDENCE}),
    (_slow, {"retrieve_s", "first_token_s", "total_s"}),
]


@pytest.mark.parametrize(("fault", "fallen"), PLANTED)
def test_a_planted_fault_lowers_exactly_its_metrics(fault: Fault, fallen: set[str]) -> None:
    sound, faulty = metrics(), metrics(fault)
    better = {name: 1 if METRICS[name].better == "higher" else -1 for name in sound if name in METRICS}
    assert {name for name, sign in better.items() if sign * (faulty[name] - sound[name]) < -1e-9} == fallen
    assert {name for name, sign in better.items() if sign * (faulty[name] - sound[name]) > 1e-9} == set()


def test_every_metric_has_a_fault_that_lowers_it() -> None:
    apart = {"refusal_recall", "declined_or_corrected"}  # their fault is in another question: the test below
    assert {name for _, fallen in PLANTED for name in fallen} | apart == {
        name for name, metric in METRICS.items() if metric.group != "sets"
    }


def test_an_answer_to_the_unanswerable_lowers_refusal_recall() -> None:
    pairs = [(MISSING, answered(MISSING)), (PREMISE, refusal(PREMISE))]
    found = summarize([scored(q, v) for q, v in pairs])
    assert (found["refusal_recall"], found["declined_or_corrected"]) == (0.5, 0.5)


def test_what_was_not_measured_is_absent() -> None:
    nothing = {"n": 0, "intervals": {}, "by_type": {}, "times": {}}
    assert summarize([]) == nothing
    unchecked = summarize([score(MISSING, record(refusal(MISSING, timings={}, hits=[])), None)])
    assert unchecked == {
        "n": 1,
        "accuracy": 1.0,
        "declined_or_corrected": 1.0,
        "refusal_precision": 1.0,
        "refusal_recall": 1.0,
        "intervals": dict.fromkeys(
            ("accuracy", "declined_or_corrected", "refusal_precision", "refusal_recall"), ONE_OF_ONE
        ),
        "by_type": {"unanswerable": {"n": 1, "accuracy": 1.0, "interval": ONE_OF_ONE}},
        "times": {},
    }


def test_a_cutoff_deeper_than_any_list_of_hits_is_not_measured() -> None:
    five = summarize([scored(gold(), answered(hits=hits(*[GREEN] * 4, SOURCE)))])
    assert {name: value for name, value in five.items() if "@" in name} == {
        **{f"{metric}@{k}": float(k == 5) for metric in ("recall", "hit", "all") for k in (1, 3, 5)},
        "mrr@10": 0.2,
        "ndcg@10": pytest.approx(0.3868528),  # 1 / log2(6)
    }


def test_the_halves_make_the_whole() -> None:
    parts = summarize_halves([scored(gold(id=f"x{n}"), answered(gold(id=f"x{n}"))) for n in range(20)])
    assert parts["all"]["n"] == 20 == parts["tune"]["n"] + parts["report"]["n"]
    assert parts["tune"]["n"] not in (0, 20)


@pytest.mark.parametrize(("share", "value"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.01, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile(list(range(20, 0, -1)), share) == value


FAULTS = [None, _wrong_number, _dropped_citation, _dumped_passages, _refused, _shifted_quote, _other_quote]


@given(
    st.lists(st.tuples(st.sampled_from([gold(), MISSING, PREMISE]), st.sampled_from(FAULTS)), min_size=1, max_size=8)
)
def test_every_metric_is_a_share(rows: list[tuple[GoldQuestion, Fault | None]]) -> None:
    found = summarize([scored(q, fault(answered(q)) if fault else answered(q)) for q, fault in rows])
    shares = [value for name, value in found.items() if name in METRICS and METRICS[name].group != "time"]
    assert shares
    assert all(0 <= value <= 1 for value in shares)


@pytest.mark.parametrize(
    ("claims", "faults"),
    [
        ([("中部地区粮食产量占全国的29.5%", [1])], ()),
        ([("中部地区粮食产量占全国的29.5%", [])], ("citation_missing",)),
        ([("中部地区粮食产量占全国的29.5%", [1]), ("要加快发展", [])], ("citation_missing",)),
    ],
)
def test_a_right_answer_may_lack_a_citation(claims: list[tuple[str, list[int]]], faults: tuple[str, ...]) -> None:
    made = [{"text": text, "citations": numbers, "verdict": "supported"} for text, numbers in claims]
    found = scored(gold(), answered(claims=made))
    assert (found.right, found.why, found.faults) == (True, None, faults)


def test_a_wrong_answer_names_its_cause_before_the_missing_citation() -> None:
    found = scored(gold(), answered(answer="占30%", claims=[{"text": "占30%", "citations": [], "verdict": "partial"}]))
    assert found.faults == ("wrong_fact", "citation_missing")
