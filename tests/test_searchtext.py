"""What stands in front of a passage when it is indexed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from samples import texts

from index.folding import fold
from index.searchtext import MAX_TITLE, header, search_text


def test_indexed_text_carries_document_and_section_in_front() -> None:
    assert header("政府工作报告2013.txt", "一、回顾") == "政府工作报告2013 一、回顾："
    assert header("a.txt", "") == "a："
    assert search_text("ＧＤＰ.txt", "第一篇", "國務院") == "gdp 第一篇:国务院"


def test_a_title_stands_there_only_where_it_says_more_than_the_name() -> None:
    assert header("粮食工作.txt", "一", "粮食 工作") == "粮食工作 一："
    assert header("附件3.pdf", "一", "粮食工作要点") == "附件3 粮食工作要点 一："
    assert header("附件3.pdf", "", "粮食\n 工作要点") == "附件3 粮食 工作要点："


def test_a_year_stands_there_only_where_no_year_is_named() -> None:
    assert header("工作报告.pdf", "一", "", "2013-03-05") == "工作报告 2013 一："
    assert header("报告2012.pdf", "一", "", "2013-03-05") == "报告2012 一："
    assert header("报告.pdf", "一", "２０１２年报告", "2013") == "报告 ２０１２年报告 一："
    assert header("报告.pdf", "一", "", "去年") == "报告 一："


def test_an_endless_title_is_cut() -> None:
    assert header("a.pdf", "", "题" * 100_000) == f"a {'题' * MAX_TITLE}："


@given(st.sampled_from(["甲.txt", "甲.乙.pdf", "甲"]), st.text(max_size=5), texts)
def test_search_text_is_folded_header_and_text(name: str, section: str, text: str) -> None:
    assert search_text(name, section, text) == fold(header(name, section)) + fold(text)
