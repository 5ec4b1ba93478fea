"""Cutting a long sentence: whole clauses, word for word, with what is asked for."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.snippet import clauses, snip
from rag.wording import pairs

LONG = (
    "所以各地要立足自身优势，摸清人才需求，在城市政务大厅设立服务总窗口和服务专员，"
    "建设三级绿色通道，开展政策宣传，优化住房、医疗、教育、交通等方面的补助。"
)


def cut(text: str, question: str, longest: int, *, whole: bool = True) -> str:
    return text[slice(*snip(text, Counter(pairs(question)), longest, whole=whole))]


def test_a_sentence_that_fits_is_shown_whole() -> None:
    assert cut(LONG, "总窗口设在什么地方", 200) == LONG


def test_the_shortest_stretch_with_what_is_asked_is_taken_where_one_fact_is_asked() -> None:
    assert cut(LONG, "服务总窗口设在什么地方", 90, whole=False) == "在城市政务大厅设立服务总窗口和服务专员，"


def test_a_clause_that_only_leads_on_brings_the_next() -> None:
    text = "会议指出，自上一次座谈会召开5年来，各项工作总体平稳，产业基础明显改善，各方面都迈出了新步伐。"
    shown = cut(text, "上一次座谈会召开多少年了", 40, whole=False)
    assert shown == "自上一次座谈会召开5年来，各项工作总体平稳，"


def test_a_stretch_is_filled_up_with_the_clauses_that_follow() -> None:
    assert (
        cut(LONG, "服务总窗口设在什么地方", 40)
        == "在城市政务大厅设立服务总窗口和服务专员，建设三级绿色通道，开展政策宣传，"
    )


def test_an_enumeration_is_not_cut() -> None:
    text = "前言很长很长很长，支持许昌、铜陵、瑞金、包头、盘锦、三亚等地深入推进试点，后面还有别的事情。"
    assert cut(text, "哪些地方推进试点", 20) == "支持许昌、铜陵、瑞金、包头、盘锦、三亚等地深入推进试点，"


def test_an_enumeration_that_is_far_too_long_is_cut_between_its_items() -> None:
    text = "试点城市为" + "、".join(f"{n}号城市" for n in range(60)) + "。"
    assert [text[a:b] for a, b in clauses(text, 20)][:2] == ["试点城市为0号城市、", "1号城市、"]


def test_what_the_answer_should_hold_decides_between_stretches() -> None:
    text = "产量再获丰收，受到各方好评，产量稳步提高，达到1.3万亿斤，比上年增加。"
    held = snip(text, Counter(pairs("产量是多少")), 16, lambda s: float(bool(re.search(r"\d", s))), whole=False)
    assert text[slice(*held)] == "产量稳步提高，达到1.3万亿斤，"


def test_a_thousands_separator_ends_no_clause() -> None:
    text = "投资金额为1,000万元,其中自筹500万元。"
    assert [text[a:b] for a, b in clauses(text)] == ["投资金额为1,000万元,", "其中自筹500万元。"]


@given(
    st.text("中国发展，；、。1,", min_size=1, max_size=80),
    st.text("中国发展", max_size=10),
    st.integers(5, 40),
    st.booleans(),
)
def test_a_stretch_is_made_of_whole_clauses(text: str, question: str, longest: int, whole: bool) -> None:
    start, end = snip(text, Counter(pairs(question)), longest, whole=whole)
    edges = {0, len(text)} | {edge for span in clauses(text, longest) for edge in span}
    assert 0 <= start < end <= len(text)
    assert {start, end} <= edges
    assert end - start <= longest or not any(start < edge < end for edge in edges)


@pytest.mark.parametrize("text", ["一句话", "第一，第二，第三。", "没有标点的很长很长的一句话" * 9])
def test_clauses_cover_the_text(text: str) -> None:
    assert "".join(text[a:b] for a, b in clauses(text, 20)) == text


@pytest.mark.parametrize(
    "text", ["座谈会前，与会人员参观了社区工作现场，了解了做法。", "会上，与会人员参观了社区工作现场，了解了做法。"]
)
def test_words_that_say_nothing_by_themselves_are_not_left_alone(text: str) -> None:
    lone = text.index("，") + 1
    start, end = snip(text, {text[:2]: 1.0}, 40, whole=False)
    assert (start, text[lone:end]) == (0, "与会人员参观了社区工作现场，")
