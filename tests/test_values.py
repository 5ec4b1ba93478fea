"""Which values a text states, and which of them are the same in another spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import chinese

from rag.values import flattened, same, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年3月20日下午", [("年份", "2024"), ("月份", "3"), ("日子", "20")]),
        ("二〇一二年增长百分之七点七", [("年份", "2012"), ("比例", "0.07700")]),
        ("人口约占全国四分之一", [("比例", "0.25000")]),
        ("投入１．２亿元", [("元", "120000000")]),
        ("２万人和20000人", [("人", "20000"), ("人", "20000")]),
        ("新中国成立75周年", [("周年", "75")]),
        ("20年前的3月", [("年前", "20"), ("月份", "3")]),
        ("第八篇讲了六个方面", [("第篇", "8"), ("个", "6")]),
        ("提高5.2个百分点", [("百分点", "5.2")]),
        ("《论语》里的“仁”", [("书名", "论语"), ("引语", "仁")]),
        ("在湖南省长沙市召开", [("地名", "湖南 长沙")]),
        ("美团2022年前两季度营收", [("年份", "2022")]),
        ("一个地方的一项工作", []),
        ("十分重要，万一不行", []),
    ],
)
def test_the_values_of_a_text_are_found_with_their_kind(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(v.kind, v.key) for v in values(text)] == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("百分之二十", "20%"),
        ("四分之一", "25%"),
        ("2万人", "20000人"),
        ("1.5亿元", "15000万元"),
        ("二〇一二年", "2012年"),
        ("三月", "3月"),
        ("长沙", "湖南省长沙市"),
        ("第十二届", "第12届"),
    ],
)
def test_equal_values_in_another_spelling_are_the_same(first: str, second: str) -> None:
    [one], [other] = values(first), values(second)
    assert one.kind == other.kind
    assert same(one, other)


@settings(max_examples=100)
@given(st.one_of(chinese, st.text(), st.text(alphabet="0123456789.,%年月日第一二十百千万亿点〇分之/个元“”《》-")))
def test_every_value_is_its_slice_of_any_text(text: str) -> None:
    assert len(flattened(text)) == len(text)
    assert all(text[v.start : v.end] == v.text and v.text for v in values(text))
