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

from eval.citations import CitationCounts
from eval.questions import GoldQuestion
from eval.scores import Score, score
from eval.summary import percentile, summarize, summarize_halves

Fault = Callable[[dict[str, Any]], dict[str, Any]]
QUESTIONS = [gold(id=f"a{n}") for n in range(4)]


def scored(question: GoldQuestion, value: Mapping[str, Any]) -> Score:
    return score(question, record(value), display)


def metrics(fault: Fault | None = None) -> dict[str, Any]:
    """Of six answers, the first of which has the fault."""
    values = [answered(q) for q in QUESTIONS] + [refusal(MISSING), refusal(PREMISE)]
    values[0] = fault(values[0]) if fault else values[0]
    return dict(summarize([scored(q, v) for q, v in zip([*QUESTIONS, MISSING, PREMISE], values, strict=True)]))


def test_a_right_answer_has_a_full_score() -> None:
    found = scored(gold(), answered())
    assert found == Score(
        question=gold(),
        record=record(answered()),
        right=True,
        why=None,
        missing=(),
        ranks=(2,),
        citations=CitationCounts(1, 1, 1, 1, 1, 1),
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
    low, high = found.pop("accuracy_interval")
    assert (low, high) == (1, 1)
    assert found == {
        "n": 6,
        "accuracy": 1.0,
        "recall@1": 0.0,
        "hit@1": 0.0,
        "all@1": 0.0,
        "mrr@10": 0.5,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "quotes_valid": 1.0,
        "evidence_cited": 1.0,
        "refusal_precision": 1.0,
        "refusal_recall": 1.0,
        "over_refusal": 0.0,
        "by_type": {
            "factoid": {"n": 4, "accuracy": 1.0},
            "false_premise": {"n": 1, "accuracy": 1.0},
            "unanswerable": {"n": 1, "accuracy": 1.0},
        },
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
    return {**value, "hits": hits(GREEN)}


@pytest.mark.parametrize(
    ("fault", "fallen"),
    [
        (_wrong_number, {"accuracy", "citation_precision", "citation_recall"}),
        (_dropped_citation, {"citation_recall", "evidence_cited"}),
        (_dumped_passages, {"accuracy"}),
        (_refused, {"accuracy", "refusal_precision"}),
        (_shifted_quote, {"quotes_valid"}),
        (_other_quote, {"citation_precision", "citation_recall", "evidence_cited"}),
        (_lost_evidence, {"mrr@10"}),
    ],
)
def test_a_planted_fault_lowers_exactly_its_metrics(fault: Fault, fallen: set[str]) -> None:
    sound, faulty = metrics(), metrics(fault)
    plain = [name for name, value in sound.items() if isinstance(value, float) and name != "over_refusal"]
    assert {name for name in plain if faulty[name] < sound[name]} == fallen
    assert {name for name in plain if faulty[name] > sound[name]} == set()
    assert (faulty["over_refusal"] > 0) is (fault is _refused)


def test_an_answer_to_the_unanswerable_lowers_refusal_recall() -> None:
    pairs = [(MISSING, answered(MISSING)), (PREMISE, refusal(PREMISE))]
    assert summarize([scored(q, v) for q, v in pairs])["refusal_recall"] == 0.5


def test_what_was_not_measured_is_absent() -> None:
    nothing = {"n": 0, "by_type": {}, "times": {}}
    assert summarize([]) == nothing
    unchecked = summarize([score(MISSING, record(refusal(MISSING, timings={}, hits=[])), None)])
    assert unchecked == {
        "n": 1,
        "accuracy": 1.0,
        "accuracy_interval": (1.0, 1.0),
        "refusal_precision": 1.0,
        "refusal_recall": 1.0,
        "by_type": {"unanswerable": {"n": 1, "accuracy": 1.0}},
        "times": {},
    }


def test_a_cutoff_deeper_than_any_list_of_hits_is_not_measured() -> None:
    five = summarize([scored(gold(), answered(hits=hits(*[GREEN] * 4, SOURCE)))])
    assert {name: value for name, value in five.items() if "@" in name} == {
        **{f"{metric}@{k}": float(k == 5) for metric in ("recall", "hit", "all") for k in (1, 3, 5)},
        "mrr@10": 0.2,
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
    shares = [value for name, value in found.items() if isinstance(value, float)]
    assert shares
    assert all(0 <= value <= 1 for value in shares)
