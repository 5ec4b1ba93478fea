"""Enumerations: complete and in order, from the sentence that announces them or from one of their items."""

from __future__ import annotations

import pytest
from evidences import hit

from rag.evidence import Evidence
from rag.listing import Mark, announced, enumeration, inner, leads, mark

ITEMS = ("一是把牢方向。", "二是加大投入。", "投入要有回报。", "三是优化环境。")
LEAD = "做好这项工作，要抓住以下三点："


def nth(place: int, *sentences: str) -> Evidence:
    found = hit(*sentences)
    return Evidence(found, found.sentences[place].sentence, 0.8)


def texts(evidence: Evidence) -> list[str]:
    return [e.text for e in enumeration(evidence)]


@pytest.mark.parametrize("place", [0, 1, 2, 4])
def test_an_enumeration_is_found_from_its_lead_and_from_each_item(place: int) -> None:
    assert texts(nth(place, LEAD, *ITEMS)) == [LEAD, ITEMS[0], ITEMS[1], ITEMS[3]]


def test_a_sentence_between_two_items_is_none() -> None:
    assert texts(nth(3, LEAD, *ITEMS)) == []


def test_what_comes_before_is_no_lead_unless_it_announces() -> None:
    assert texts(nth(1, "会议已经结束。", *ITEMS)) == [ITEMS[0], ITEMS[1], ITEMS[3]]
    assert texts(nth(0, "会议已经结束。", *ITEMS)) == [ITEMS[0], ITEMS[1], ITEMS[3]]


def test_a_new_count_is_another_enumeration() -> None:
    assert texts(nth(0, "一是甲。", "二是乙。", "一是丙。", "二是丁。")) == ["一是甲。", "二是乙。"]
    assert texts(nth(3, "一是甲。", "二是乙。", "一是丙。", "二是丁。")) == ["一是丙。", "二是丁。"]


def test_unnumbered_sentences_count_where_they_are_announced_and_open_alike() -> None:
    alike = ("要坚持改革。", "要坚持开放。", "要坚持创新。")
    assert texts(nth(0, "必须做到以下三条。", *alike, "会议结束。")) == ["必须做到以下三条。", *alike]
    assert texts(nth(0, "必须做到以下三条。", "要改革。", "会开放。", "能创新。")) == []


def test_only_the_lead_leads() -> None:
    assert leads(nth(0, LEAD, *ITEMS))
    assert not leads(nth(1, LEAD, *ITEMS))
    assert not leads(nth(0, "会议已经结束。", "大家回去了。"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（二）加强管理。", 2), ("(3) 其他。", 3), ("4、验收。", 4), ("第五，落实责任。", 5), ("⑥完成。", 6), ("十二是监督。", 12),
        ("首先，检查电源。", 1), ("其次检查线路。", 2), ("最后，重启。", 9), ("• 电源线", 0),
    ],
)  # fmt: skip
def test_items_are_known_by_their_marks(text: str, found: int) -> None:
    assert (own := mark(text)) is not None
    assert own.value == found


@pytest.mark.parametrize("text", ["", "2.5万人受益。", "一个国家。", "-3度。", "第二篇讲改革。", "一二三产业融合。"])
def test_other_sentences_have_none(text: str) -> None:
    assert mark(text) is None


def test_marks_of_one_kind_belong_together() -> None:
    assert mark("一是甲。") == Mark(mark("二是乙。").kind, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "number"),
    [("主要有五个方面：", 5), ("应当具备下列两个条件。", 2), ("三大任务已经完成了。", 0), ("第三条规定。", 0), ("", 0)],
)
def test_a_lead_may_say_how_many(text: str, number: int) -> None:
    assert announced(text) == number


def test_items_inside_one_sentence_are_told_apart() -> None:
    text = "会议强调：一是加快改革；二是扩大开放，稳住外贸；三是守住底线。"
    assert [text[a:b] for a, b in inner(text)] == ["一是加快改革；", "二是扩大开放，稳住外贸；", "三是守住底线。"]
    assert inner("一是加快改革。") == []
