"""What an answer to one question should hold; what is settled by one value on each side; 是 and 不是 that are proved."""

from __future__ import annotations

import pytest

from rag.comparing import conclusion
from rag.expectation import Expectation
from rag.verdict import verdict


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("会议是什么时候召开的？", "3月20日下午召开。", "会议在长沙召开。"),
        ("新增就业多少人？", "新增就业1322万人。", "投入1973亿元。"),
        ("一共修建了多少公里？", "修建三百公里。", "修建三座大桥。"),
        ("占全国百分之多少？", "占全国17.8%。", "占全国首位。"),
        ("电影的导演是谁？", "由张某执导。", "影片获得好评。"),
        ("目标出自哪份文件？", "《发展意见》提出目标。", "目标已经确定。"),
        ("总部设在哪里？", "总部位于武汉市。", "总部员工很多。"),
        ("会议有多少家参加？", "共有300家参加。", "参加者众多。"),
    ],
)
def test_a_text_with_what_is_asked_for_has_more(question: str, holds: str, lacks: str) -> None:
    expected = Expectation.of(question)
    assert expected.share(holds) > expected.share(lacks)


def test_nothing_is_expected_where_the_words_do_not_say() -> None:
    assert Expectation.of("怎样推进改革？") == Expectation(())
    assert Expectation.of("怎样推进改革？").share("2024年") == 0.0


ASKED = "比较甲公司和乙公司的净利润，哪家公司的净利润更高？"


@pytest.mark.parametrize(
    ("question", "texts", "said"),
    [
        (ASKED, ("净利润为800万元。", "净利润达到5亿元。"), "乙公司的净利润更高。"),
        (ASKED, ("营业收入为9亿元，净利润为800万元。", "净利润为500万元，营业收入为10亿元。"), "甲公司的净利润更高。"),
        (ASKED, ("净利润为800万元。", "净利润为4000万美元。"), ""),
        (ASKED, ("净利润为800万元。", "净利润为800万元。"), ""),
        (ASKED, ("净利润为800万元。", "净利润有所增长。"), ""),
        (
            "甲公司和乙公司，哪家公司上市时间更早？",
            ("2019年4月上市。", "公司于2019年3月上市。"),
            "乙公司的上市时间更早。",
        ),
        ("甲公司和乙公司，哪家公司上市时间更早？", ("2019年4月上市。", "公司于2019年上市。"), ""),
        ("甲公司和乙公司，哪家公司上市时间更早？", ("2019年4月上市，2020年退市。", "公司于2018年5月上市。"), ""),
        ("甲公司和乙公司，哪家更早上市？", ("2019年4月上市。", "公司于2019年3月上市。"), "乙公司更早上市。"),
        ("甲公司和乙公司的净利润分别是多少？", ("净利润为800万元。", "净利润达到5亿元。"), ""),
    ],
)
def test_a_comparison_is_settled_by_one_value_on_each_side(question: str, texts: tuple[str, ...], said: str) -> None:
    assert conclusion(question, ("甲公司", "乙公司"), texts) == said


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("守住绿色底线是不是一道必答题？", "守住绿色底线是一道必答题。", "是"),
        ("守住绿色底线是一道必答题吗？", "守住绿色底线是一道必答题，大家都要答好。", "是"),
        ("守住绿色底线是一道附加题吗？", "守住绿色底线不是一道附加题。", "不是"),
        ("守住绿色底线是一道必答题吗？", "如果守住绿色底线是一道必答题，就要答好。", ""),
        ("守住绿色底线是一道必答题吗？", "有人认为守住绿色底线是一道必答题。", ""),
        ("守住绿色底线是一道必答题吗？", "守住绿色底线是一道必答题的说法并不准确。", ""),
        ("守住绿色底线是一道附加题吗？", "守住绿色底线是一道必答题。", ""),
        ("是吗？", "是的。", ""),
    ],
)
def test_yes_and_no_are_said_only_where_the_words_say_so(question: str, text: str, said: str) -> None:
    assert verdict(question, text) == said
