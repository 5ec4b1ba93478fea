"""Refusal is decided from what was found and read, and never by the writer; the figure shown is a probability."""

from __future__ import annotations

import math

import pytest
from evidences import evidence
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.absence import Absent
from rag.confidence import ABSENT, confidence
from rag.material import Material

QUESTION = "甲厂去年的产量是多少？"

YIELD = evidence("甲厂去年的产量为三百吨。", document="甲厂.txt", score=0.9)
ELSE = evidence("推进农业节水，加强水资源管理。", document="水.txt", score=0.3)


def material(*sentences: object, head: float | None = None) -> Material:
    found = tuple(e for e in sentences if isinstance(e, type(YIELD)))
    return Material(tuple(e.hit for e in found), found, found, (), head)


@pytest.mark.parametrize("found", [material(), Material((YIELD.hit,), ()), material(head=9.0)])
def test_nothing_to_read_is_declined_and_certain(found: Material) -> None:
    sure = confidence(QUESTION, found)
    assert (sure.probability, sure.declined) == (0.0, True)


def test_what_stands_there_is_answered_and_what_is_about_something_else_declined() -> None:
    there, elsewhere = confidence(QUESTION, material(YIELD)), confidence(QUESTION, material(ELSE))
    assert not there.declined
    assert elsewhere.declined
    assert elsewhere.probability < there.probability


@pytest.mark.parametrize(("head", "declined"), [(-9.0, True), (9.0, False)])
def test_with_a_reader_its_judgement_decides(head: float, declined: bool) -> None:
    assert confidence(QUESTION, material(YIELD, head=head)).declined is declined


def test_a_question_for_something_that_stands_nowhere_is_declined_however_sure_the_reader_is() -> None:
    sure = confidence("乙厂去年的产量是多少？", material(YIELD, head=9.0), [Absent("person", "乙厂")])
    assert sure.declined
    assert sure.probability == ABSENT


def test_a_name_that_may_be_there_under_another_name_decides_nothing() -> None:
    found = material(YIELD, head=9.0)
    assert confidence(QUESTION, found, [Absent("year", "2019")]) == confidence(QUESTION, found)


@given(st.lists(st.one_of(st.floats(-50, 50), st.sampled_from([math.inf, -math.inf])), min_size=2, max_size=6))
@settings(max_examples=60)
def test_the_surer_the_reader_the_higher_the_figure_and_it_is_a_probability(heads: list[float]) -> None:
    figures = [confidence(QUESTION, material(YIELD, head=head)) for head in sorted(heads)]
    assert all(0 <= f.probability <= 1 for f in figures)
    assert [f.probability for f in figures] == sorted(f.probability for f in figures)
    assert [f.declined for f in figures] == sorted((f.declined for f in figures), reverse=True)


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_any_question_has_a_figure(question: str) -> None:
    assert 0 <= confidence(question, material(YIELD, ELSE)).probability <= 1
