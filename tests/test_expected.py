"""What an answer should hold: dates, amounts, places, reasons, lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.expected import Expected


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("座谈会是什么时候召开的", "2024年3月20日下午召开。", "会议在长沙召开。"),
        ("哪年建成", "一九九二年三月动工。", "早已建成。"),
        ("粮食产量是多少", "达到六亿五千万吨。", "再获丰收。"),
        ("占比有多大", "比重达17.8%。", "比重不小。"),
        ("会议在哪里开的", "在湖南长沙举行。", "圆满举行。"),
        ("为什么要先立后破", "关键是稳。", "要先立后破。"),
        ("包括什么", "煤、油、气、电、水、路、网、房。", "内容丰富。"),
    ],
)
def test_a_text_with_what_is_asked_for_has_more(question: str, holds: str, lacks: str) -> None:
    expected = Expected.of(question)
    assert expected.share(holds) > expected.share(lacks)


def test_nothing_is_expected_of_a_plain_question() -> None:
    assert Expected.of("怎样推进乡村振兴") == Expected(())
    assert Expected(()).share("2024年3月20日") == 0


@given(st.text(), st.text())
def test_a_share_is_between_0_and_1_whatever_is_asked(question: str, text: str) -> None:
    assert 0 <= Expected.of(question).share(text) <= 1
