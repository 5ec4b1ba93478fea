"""Questions for one fact of two things, taken apart by hand; and those that must be left whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.coordinated import coordinated

APART = [
    (
        "故宫博物院2021年和2022年的游客数分别是多少？",
        "故宫博物院2021年的游客数是多少",
        "故宫博物院2022年的游客数是多少",
    ),
    ("2020年和2021年全国粮食产量", "2020年全国粮食产量", "2021年全国粮食产量"),
    ("女子和男子百米纪录分别是多少", "女子百米纪录是多少", "男子百米纪录是多少"),
    ("甲级联赛红星队和蓝星队在哪个组", "甲级联赛红星队在哪个组", "甲级联赛蓝星队在哪个组"),
    ("论坛开幕式的时间和地点？", "论坛开幕式的时间", "论坛开幕式的地点"),
    ("《渡口》的导演和主演是谁？", "《渡口》的导演是谁", "《渡口》的主演是谁"),
    ("今年春天，河南和安徽种了多少亩小麦", "今年春天,河南种了多少亩小麦", "今年春天,安徽种了多少亩小麦"),
    ("全省运动会男女单打冠军是谁", "全省运动会男单打冠军是谁", "全省运动会女单打冠军是谁"),
    ("Alpha和Beta2的发布时间", "alpha的发布时间", "beta2的发布时间"),
]
WHOLE = [
    "和平路有多少户人家？",
    "国家发展和改革委员会主任是谁？",
    "原告和被告是什么关系？",
    "甲公司与哪所大学签了协议？",
    "《食品与生物》由哪家出版社出版？",
    "怎样推动第一产业和第二产业融合？",
    "为什么要坚持稳中求进和高质量发展？",
    "红旗渠有多长？",
    "和",
    "",
]


@pytest.mark.parametrize(("question", "first", "second"), APART)
def test_each_thing_has_its_own_question(question: str, first: str, second: str) -> None:
    found = coordinated(question)
    assert found is not None
    assert found.parts == (first, second)


@pytest.mark.parametrize("question", WHOLE)
def test_what_is_no_fact_of_two_things_is_left_whole(question: str) -> None:
    assert coordinated(question) is None


@given(st.text("年和与2021《》，的是谁多少男女队?", max_size=14))
def test_any_text_is_taken(question: str) -> None:
    found = coordinated(question)
    assert found is None or all(part.strip() for part in found.parts)
