"""What suits the kind of a question comes first; what says nothing is left out."""

from __future__ import annotations

import pytest
from evidences import evidence

from rag.kinds import kind
from rag.preference import defines, gives_reason, is_mute, suited


@pytest.mark.parametrize(
    ("text", "section", "mute"),
    [
        ("二、2008年主要任务", "", True),
        ("（三）着力建设绿色发展的美丽中部。", "", True),
        ("着力扩大就业创业。", "着力扩大就业创业", True),
        ("关于经济增长目标。", "", True),
        ("第三章 违约责任 ........ 12", "", True),
        ("为什么要推动绿色发展？", "", True),
        ("让我们携手奋进！", "", True),
        ("三是大力深化改革开放，发展活力进一步增强。", "", False),
        ("关于经济增长目标，今年定为8%左右。", "", False),
        ("支持许昌、铜陵、瑞金等地推进试点。", "第七篇", False),
        ("第三条 当事人应当遵循公平原则，确定各方的权利和义务。", "", False),
    ],
)
def test_headings_contents_questions_and_slogans_say_nothing(text: str, section: str, mute: bool) -> None:
    assert is_mute(evidence(text, section=section)) is mute


def first(question: str, *texts: str) -> str:
    found = [evidence(text, start=100 * n, score=0.8 - n / 50) for n, text in enumerate(texts)]
    return suited(question, kind(question), found)[0].text


@pytest.mark.parametrize(
    ("question", "near", "right"),
    [
        ("2014年粮食产量是多少？", "粮食产量再获丰收。", "粮食产量达到1.21万亿斤。"),
        ("协议是什么时候签订的？", "协议在武汉签订。", "协议于2019年5月签订。"),
        ("去年国内生产总值增长了多少？", "国内生产总值预期增长7.5%左右。", "国内生产总值达到63.6万亿元，比上年增长7.4%。"),
        ("2014年国内生产总值增长的目标是多少？", "国内生产总值达到63.6万亿元，比上年增长7.4%。", "国内生产总值预期增长7.5%左右。"),
        ("什么是善意取得？", "善意取得的适用范围较广。", "善意取得是指受让人善意地取得所有权。"),
        ("航班为什么取消？", "航班在当天上午取消。", "由于台风来袭，航班取消。"),
        ("按照哪三条思路发展？", "按照既定的思路发展。", "按照集中化、集约化、集群化的思路发展。"),
        ("主要任务有哪些？", "二、主要任务", "要推进改革、扩大开放。"),
    ],
)  # fmt: skip
def test_the_sentence_of_the_kind_asked_for_is_preferred_to_a_nearer_one(question: str, near: str, right: str) -> None:
    assert first(question, near, right) == right


def test_a_much_better_sentence_stays_first() -> None:
    found = [evidence("协议于2019年5月签订。", score=0.2), evidence("协议在武汉签订。", start=50, score=0.9)]
    assert suited("协议是什么时候签订的？", "fact", found)[0].text == "协议在武汉签订。"


def test_where_nothing_else_is_there_a_heading_is_kept() -> None:
    only = evidence("二、主要任务")
    assert suited("主要任务有哪些？", "list", [only]) == [only]


@pytest.mark.parametrize(
    ("question", "text", "does"),
    [
        ("什么是不可抗力？", "不可抗力是不能预见、不能避免且不能克服的客观情况。", True),
        ("何谓双碳？", "所谓双碳，即碳达峰与碳中和。", True),
        ("光合作用的定义是什么？", "光合作用，指绿色植物利用光能制造有机物的过程。", True),
        ("什么是不可抗力？", "因不可抗力不能履行合同的，可以免责。", False),
    ],
)
def test_a_definition_says_what_the_thing_is(question: str, text: str, does: bool) -> None:
    assert defines(question, text) is does


def test_a_reason_is_given_in_so_many_words() -> None:
    assert gives_reason("由于天气原因，航班取消。")
    assert not gives_reason("航班取消。")
