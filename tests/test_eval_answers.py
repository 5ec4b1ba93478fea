"""Answers: right by facts, length and refusal, as docs say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import MISSING, PREMISE, gold

from eval.measures.answers import (
    is_right,
    is_too_long,
    longest_answer,
    missing_facts,
)

LIST = gold(must=(("粮食生产基地", "粮仓"), ("能源原材料基地",), ("3项",)), answer="三个基地")


def test_every_fact_in_one_of_its_wordings_is_right() -> None:
    assert is_right(LIST, "是“粮食 生产基地”[1]、能源原材料基地[2]；共３项。", refused=False)
    assert is_right(LIST, "粮仓、能源原材料基地、3项", refused=False)


def test_a_missing_fact_is_wrong_and_named() -> None:
    text = "粮仓，13项"
    assert not is_right(LIST, text, refused=False)
    assert missing_facts(LIST, text) == (("能源原材料基地",), ("3项",))


def test_a_citation_mark_is_no_fact() -> None:
    assert not is_right(gold(must=(("1",),)), "第一[1]", refused=False)
    assert is_right(gold(must=(("29.5%",),)), "2[1]9.5%", refused=False)


def test_a_wrong_number_is_wrong() -> None:
    assert [
        is_right(gold(), f"占全国的{n}。", refused=False) for n in ("29.5%", "28.5%", "129.5%", "29.5", "295%")
    ] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_the_length_is_120_and_four_times_the_reference_without_marks() -> None:
    assert longest_answer(gold()) == 120 + 4 * 5
    fitting = "29.5%" + "啊" * 135
    assert is_right(gold(), fitting + "[1][2]\n", refused=False)
    assert not is_right(gold(), fitting + "啊", refused=False)
    assert is_too_long(gold(), fitting + "啊")


def test_an_unanswerable_question_wants_a_refusal() -> None:
    assert is_right(MISSING, "资料中没有。", refused=True)
    assert not is_right(MISSING, "预算是一亿元。", refused=False)
    assert not is_right(MISSING, "", refused=False)


def test_an_answerable_question_wants_an_answer() -> None:
    assert not is_right(gold(), "29.5%", refused=True)
    assert not is_right(gold(), "", refused=False)


def test_a_false_premise_may_be_refused_or_put_right() -> None:
    assert is_right(PREMISE, "资料中没有。", refused=True)
    assert is_right(PREMISE, "不是一半，是29.5%。", refused=False)
    assert not is_right(PREMISE, "因为土地肥沃。", refused=False)
    assert not is_right(PREMISE, "29.5%" + "啊" * 300, refused=False)


@given(st.text(), st.booleans())
def test_a_refusal_is_right_exactly_when_nothing_can_be_answered(text: str, answerable: bool) -> None:
    assert is_right(gold(answerable=answerable), text, refused=True) is not answerable


@given(st.text(alphabet="粮食产量占全国的,。"), st.text(alphabet="粮食产量占全国的,。"))
def test_words_around_the_fact_change_nothing(before: str, after: str) -> None:
    assert is_right(gold(), f"{before}29.5%{after}", refused=False)
