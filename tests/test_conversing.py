"""The parts of a standalone question: turns, lists, terms, subjects, and whether a question points back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversing.items import Ordinal, find_ordinal, lists, pair, pick, sentences
from rag.conversing.parallels import replaced
from rag.conversing.pointing import Kind, pointing
from rag.conversing.subject import Subject, entity, named, subject
from rag.conversing.terms import kind_of, terms
from rag.conversing.turns import Turn, turns


def test_a_turn_is_a_question_and_its_first_answer_without_marks() -> None:
    messages = [
        {"role": "assistant", "content": "你好"},
        {"role": "user", "content": " 甲？ "},
        {"role": "assistant", "content": "甲是乙[1][2]。"},
        {"role": "assistant", "content": "再说一句。"},
        {"role": "user", "content": "丙？"},
        {"role": "assistant", "content": "文档里没有找到这个问题的答案。已检索：“丙”。"},
        {"role": "user", "content": "丁？"},
    ]
    assert turns(messages) == [Turn("甲？", "甲是乙。"), Turn("丙？", "", True), Turn("丁？")]


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ("要做到三点：一是政策引才，二是产业聚才，三是环境引才。", ["政策引才", "产业聚才", "环境引才"]),
        ("第一，病假须证明；第二，事假提前申请。别的再议。", ["病假须证明", "事假提前申请"]),
        ("1. 发票\n2. 审批单\n3. 行程单", ["发票", "审批单", "行程单"]),
        ("- 甲方\n- 乙方", ["甲方", "乙方"]),
        ("（一）总则（二）分则。", ["总则", "分则"]),
        ("首先要立项，其次要评审，最后要验收。", ["要立项", "要评审", "要验收"]),
        ("要加快建设武汉、郑州等国家中心城市。", ["武汉", "郑州"]),
        ("分别是长江、黄河和黑龙江。", ["长江", "黄河", "黑龙江"]),
        ("提到的有2篇：第二篇、第五篇。", ["第二篇", "第五篇"]),
        ("总体平稳，公平正义。", []),
    ],
)
def test_the_things_that_an_answer_lists(answer: str, items: list[str]) -> None:
    assert next(iter(lists(answer)), []) == items


def test_sentences_are_a_list_of_last_resort() -> None:
    assert sentences("粮食增产。工业回升。") == [["粮食增产", "工业回升"]]
    assert sentences("只有一句。") == []


@pytest.mark.parametrize(
    ("words", "ordinal"),
    [
        ("第二条展开说说", Ordinal(2, 0, 3, False)),
        ("那最后一个呢", Ordinal(-1, 1, 5, False)),
        ("后者呢", Ordinal(-1, 0, 2, True)),
        ("前一项", Ordinal(1, 0, 3, True)),
        ("另一个呢", Ordinal(0, 0, 3, True)),
        ("下一条", Ordinal(0, 0, 3, False, 1)),
        ("the last one", Ordinal(-1, 0, 12, False)),
        ("第三篇", None),
        ("以前一直", None),
    ],
)
def test_ordinals(words: str, ordinal: Ordinal | None) -> None:
    assert find_ordinal(words) == ordinal


def test_an_ordinal_beyond_the_list_means_nothing() -> None:
    assert pick(Ordinal(4, 0, 3, False), [["甲", "乙", "丙"]]) == ""
    assert pick(Ordinal(4, 0, 3, False), [["甲", "乙"], ["一", "二", "三", "四"]]) == "四"
    assert pick(Ordinal(0, 0, 3, True), [["甲", "乙"]], "甲的人口") == "乙"
    assert pick(Ordinal(0, 0, 3, False, 1), [["甲", "乙", "丙"]], "乙") == "丙"
    assert pick(Ordinal(0, 0, 3, False, 1), [["甲", "乙", "丙"]], "丙") == ""


def test_two_things_side_by_side() -> None:
    assert pair("苹果和梨有什么区别？") == ["苹果", "梨"]
    assert pair("总体平稳吗？") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2035年", "year"), ("1998", "year"), ("3月20日", "date"), ("下半年", "quarter"), ("第六篇", "article"), ("《家》", "title"),
        ("湖北省", "place"), ("河南和山西", "place"), ("喜乐娱乐集团", "organisation"), ("Japan", "english"), ("绿色发展", ""), ("", ""),
    ],
)  # fmt: skip
def test_kinds_of_terms(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@given(
    st.text(st.sampled_from("2035年湖北和第六篇《家》公司的A b"), max_size=30),
    st.sampled_from(["year", "place", "article", "title"]),
)
def test_a_term_stands_where_it_says(text: str, kind: str) -> None:
    assert all(text[term.start : term.end] == term.text for term in terms(text, kind))


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("“两个比照”是什么？", Subject("“两个比照”", "")),
        ("什么是碳达峰？", Subject("碳达峰", "")),
        ("《红楼梦》的作者是谁？", Subject("《红楼梦》", "作者")),
        ("华夏娱乐有限公司2017年的营业收入是多少？", Subject("华夏娱乐有限公司2017年", "营业收入")),
        ("到2025年中部地区要实现什么？", Subject("中部地区", "")),
        ("大熊貓吃什麼？", Subject("大熊貓", "")),
        ("到2025年要实现什么？", None),
        ("Who wrote Hamlet?", None),
    ],
)
def test_what_a_question_is_about(question: str, about: Subject | None) -> None:
    assert subject(question) == about


@pytest.mark.parametrize(
    ("question", "answer", "name"),
    [
        ("《红楼梦》的作者是谁？", "曹雪芹。", "曹雪芹"),
        ("谁提出了日心说？", "哥白尼提出了日心说。", "哥白尼"),
        ("日本的首都是哪座城市？", "日本的首都是东京。", "东京"),
        ("苹果公司的CEO是谁？", "据年报，公司由多人共同管理，并设轮值制度。", ""),
        ("河南的人口是多少？", "九千万。", ""),
    ],
)
def test_the_name_that_an_answer_gives(question: str, answer: str, name: str) -> None:
    assert entity(question, answer) == name


def test_the_one_thing_of_a_kind() -> None:
    assert named("公司", "华夏娱乐有限公司的收入？") == "华夏娱乐有限公司"
    assert named("公司", "甲公司和乙公司谁大？") == ""
    assert named("公司", "谁大？", "丙公司。") == "丙公司"


def test_a_term_takes_the_place_of_its_like_and_of_nothing_else() -> None:
    assert replaced("2018年比2017年增长多少？", "2019年") == ""
    assert replaced("第五篇讲了什么？", "第三章") == ""
    assert replaced("河南的目标是什么？", "湖北") == "湖北的目标是什么？"
    assert replaced("第七篇把绿色发展当作什么？", "共享发展") == "第七篇把共享发展当作什么？"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("换个话题，谁负责采购？", "new"), ("第二条展开说说", "ordinal"), ("那湖北呢？", "parallel"), ("净利润是多少？", "attribute"),
        ("它的依据是什么？", "pronoun"), ("为什么？", "bare"), ("那么粮食安全的底线是什么？", "alone"), ("呢", "bare"), ("？", "alone"),
        ("还有呢？", "bare"), ("why?", "bare"), ("第三篇讲了什么？", "alone"), ("应该怎样做？", "alone"),
    ],
)  # fmt: skip
def test_how_a_question_points_back(question: str, kind: Kind) -> None:
    assert pointing(question).kind == kind
