"""Condensing: a follow-up becomes a question that stands alone; one that does stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Message
from rag.conversation import condense

FIRST = "到2025年中部地区要实现什么？"


def asked(*questions: str) -> list[Message]:
    turns: list[Message] = []
    for question in questions:
        turns += [{"role": "user", "content": question}, {"role": "assistant", "content": "回答[1]。"}]
    return turns


@given(st.text(min_size=1))
def test_a_first_question_stands_alone(question: str) -> None:
    assert condense(question, []) == question.strip()


@pytest.mark.parametrize(
    "question",
    [
        "无废城市试点在哪些城市？",
        "中部地区人口约占全国多少？",
        "第六篇提出的人才政策有哪些？",
        "我们应当怎样认识高质量发展与安全的关系？",
    ],
)
def test_a_question_that_stands_alone_is_not_changed(question: str) -> None:
    assert condense(question, asked(FIRST)) == question


@pytest.mark.parametrize(
    ("before", "follow_up", "alone"),
    [
        (FIRST, "那2035年呢？", "到2035年中部地区要实现什么？"),
        ("第五篇讲了什么？", "第六篇呢？", "第六篇讲了什么？"),
        ("3月20日召开了什么会？", "那5月8日呢", "5月8日召开了什么会？"),
    ],
)
def test_what_is_asked_anew_takes_the_place_of_what_was_asked(before: str, follow_up: str, alone: str) -> None:
    assert condense(follow_up, asked(before)) == alone


@pytest.mark.parametrize("follow_up", ["它的依据是什么？", "展开说说", "其中哪些在河南？", "为什么呢？"])
def test_what_points_back_brings_the_last_question_with_it(follow_up: str) -> None:
    alone = condense(follow_up, asked("别的问题？", "无废城市试点在哪些城市？"))
    assert alone == f"无废城市试点在哪些城市，{follow_up}"


def test_a_chain_of_follow_ups_goes_back_to_its_beginning() -> None:
    assert condense("那2050年呢？", asked(FIRST, "那2035年呢？")) == "到2050年中部地区要实现什么？"


def test_answers_and_odd_turns_ask_nothing() -> None:
    history: list[Message] = [
        {"role": "assistant", "content": "你好"},
        {"role": "user", "content": "  "},
        {"role": "user"},
    ]
    assert condense("那2035年呢？", history) == "那2035年呢？"


@pytest.mark.parametrize("question", ["应该怎样推动中部地区崛起？", "其他国家的经验对我们推动绿色发展有什么启示？"])
def test_words_that_only_look_like_pointing_change_nothing(question: str) -> None:
    assert condense(question, asked("无废城市试点在哪些城市？")) == question
