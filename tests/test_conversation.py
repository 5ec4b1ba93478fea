"""Condensing: a follow-up becomes a question that stands alone; one that does stays as it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from dialogues import ALONE, CHAINS, JOINED, NEW, ORDINALS, PARALLELS, PRONOUNS, Turns
from hypothesis import given
from hypothesis import strategies as st

from eval.questions import read_gold
from index.errors import JudianError
from rag.answer import Message
from rag.conversation import MAX_CARRIED, checked, condense

GOLD = Path(__file__).parents[1] / "eval" / "gold"
FIRST = "到2025年中部地区要实现什么？"
FOLLOW_UPS = (
    "那2035年呢？",
    "第二条展开说说",
    "为什么？",
    "它的依据是什么？",
    "那湖北呢？",
    "还有呢？",
    "后者呢？",
    "why?",
)
Dialogue = tuple[Turns, str, str]


def said(turns: Turns) -> list[Message]:
    messages: list[Message] = []
    for question, answer in turns:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return messages


def asked(*questions: str) -> list[Message]:
    return said(tuple((question, "回答[1]。") for question in questions))


def told(dialogue: tuple[Any, ...]) -> str:
    return f"{dialogue[0][-1][0]}-{dialogue[1]}"


def test_there_are_a_hundred_dialogues_and_more() -> None:
    assert sum(map(len, (PARALLELS, ORDINALS, PRONOUNS, JOINED, ALONE, NEW, CHAINS))) >= 160


@pytest.mark.parametrize("dialogue", PARALLELS, ids=told)
def test_what_is_asked_anew_takes_the_place_of_its_like(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", ORDINALS, ids=told)
def test_an_ordinal_means_the_words_of_what_was_listed(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", PRONOUNS, ids=told)
def test_a_pronoun_or_its_lack_stands_for_what_was_asked_or_answered(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", JOINED, ids=told)
def test_what_cannot_be_resolved_brings_the_last_question_with_it(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", NEW, ids=told)
def test_a_new_topic_that_says_so_drops_what_was_said(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", CHAINS, ids=told)
def test_a_chain_goes_back_to_its_beginning_and_no_refusal_leads_it_astray(dialogue: Dialogue) -> None:
    turns, question, alone = dialogue
    assert condense(question, said(turns)) == alone


@pytest.mark.parametrize("dialogue", ALONE, ids=told)
def test_a_question_that_stands_alone_is_not_changed(dialogue: tuple[Turns, str]) -> None:
    turns, question = dialogue
    assert condense(question, said(turns)) == question


@given(st.text(min_size=1))
def test_a_first_question_stands_alone(question: str) -> None:
    assert condense(question, []) in (question.strip(), condense(question, [{"role": "assistant", "content": "你好"}]))


@pytest.mark.parametrize("follow_up", FOLLOW_UPS)
def test_a_follow_up_to_nothing_is_left_as_it_is(follow_up: str) -> None:
    assert condense(follow_up, []) == follow_up


@pytest.mark.parametrize(
    "history",
    [
        [{"role": "assistant", "content": "你好"}, {"role": "user", "content": "  "}, {"role": "user"}],
        [
            None,
            3,
            "到2025年要实现什么？",
            ["user", "x"],
            {"role": 1, "content": 2},
            {"content": "x"},
            {"role": "user", "content": None},
        ],
        [{"role": "system", "content": FIRST}],
        None,
        "到2025年",
        {"role": "user", "content": FIRST},
    ],
)
def test_what_is_no_message_is_passed_over(history: Any) -> None:  # noqa: ANN401
    assert condense("那2035年呢？", history) == "那2035年呢？"


def test_broken_messages_between_good_ones_do_no_harm() -> None:
    history: list[Any] = [
        None,
        {"role": "user", "content": FIRST},
        {"role": "user"},
        7,
        {"role": "assistant", "content": []},
    ]
    assert condense("那2035年呢？", history) == "到2035年中部地区要实现什么？"


def test_twenty_turns_that_each_point_back_keep_working() -> None:
    history = asked(FIRST)
    for year in range(2026, 2046):
        alone = condense(f"那{year}年呢？", history)
        assert alone == f"到{year}年中部地区要实现什么？"
        history += asked(f"那{year}年呢？")


@given(st.lists(st.sampled_from([*FOLLOW_UPS, "食堂在哪里？", "换个话题，谁负责采购？"]), max_size=20))
def test_no_chain_grows_without_end(questions: list[str]) -> None:
    history = said(((FIRST, "一是构建绿色产业体系，加快改造；二是完善机制[1]。"),))
    for question in questions:
        alone = condense(question, history)
        assert alone
        assert len(alone) <= 3 * MAX_CARRIED
        history += said(((question, "一是甲公司的办法；二是乙[1]。"),))


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=6), st.text(min_size=1, max_size=40))
def test_any_words_at_all_give_a_question(turns: list[tuple[str, str]], question: str) -> None:
    alone = condense(question, said(tuple(turns)))
    assert alone or not question.strip()
    assert condense(question, said(tuple(turns))) == alone


def test_two_hundred_turns_take_milliseconds() -> None:
    answer = "一是构建绿色产业体系，加快改造；二是完善机制，健全市场[1]。" * 20
    history = said(((FIRST, answer), *((FOLLOW_UPS[n % len(FOLLOW_UPS)], answer) for n in range(200))))
    condense("那2035年呢？", history[:2])
    started = time.perf_counter()
    condense("它的依据是什么？", history)
    assert time.perf_counter() - started < 0.5  # some 20 ms on a machine at rest


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(JudianError, match="问题是空的"):
        checked(question, 10)


def test_a_question_over_the_limit_is_refused_with_its_length() -> None:
    assert checked(" 问 ", 3) == "问"
    with pytest.raises(JudianError, match="有 11 字，超过上限 10 字"):
        checked("问" * 11, 10)


def test_no_question_of_the_gold_sets_that_has_no_history_is_changed_by_one() -> None:
    gold = [question for file in sorted(GOLD.glob("*.jsonl")) for question in read_gold(file)]
    before = [said(((q.question, q.answer),)) for q in gold]
    singles = [q for q in gold if not q.history]
    changed = [
        text
        for n, q in enumerate(singles)
        for text in (q.question, *q.paraphrases)
        if condense(text, before[(37 * n + 11) % len(before)]) != text.strip()
    ]
    assert len(singles) > 200
    assert changed == []
