"""What a question names and nothing found holds; never what stands there in another spelling or damaged."""

from __future__ import annotations

import pytest
from evidences import hit
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import chinese

from rag.absence import absent

HITS = [
    hit(
        "李强总理出席了林业大会，《森林法》和“枫桥经验”被多次提到。",
        "青林木业有限公司用F-35型采伐机，全年产值增长27.3%。",
        "云南大学与臺灣的学者讨论了闱绕高质星发展的问题。",
        section="第一篇",
    ),
    hit("2012年的工作完成得好。", document="报告2012.txt", section="第二篇"),
    hit("2013年继续植树。", document="报告2013.txt", section="第七篇"),
]


@pytest.mark.parametrize(
    ("question", "kind", "name"),
    [
        ("第八篇怎么说？", "article", "第八篇"),
        ("2020年的报告提到了什么？", "report", "2020年的报告"),
        ("《海洋法》规定了什么？", "title", "海洋法"),
        ("“三北精神”是什么意思？", "quoted", "三北精神"),
        ("张伟总理讲了什么？", "person", "张伟"),
        ("白水纸业有限公司产值多少？", "organisation", "白水纸业有限公司"),
        ("B-52型采伐机用在哪里？", "latin", "B-52"),
        ("产值增长31.6%说明了什么？", "number", "31.6%"),
        ("1998年发生了什么？", "year", "1998年"),
    ],
)
def test_a_named_thing_that_stands_nowhere_is_absent(question: str, kind: str, name: str) -> None:
    found = absent(question, HITS)
    assert (kind, name) in [(thing.kind, thing.name) for thing in found]


@pytest.mark.parametrize(
    "question",
    [
        "第二篇怎么说？",
        "第2篇怎么说？",
        "2013年的报告提到了什么？",
        "《森林法》规定了什么？",
        "“楓橋經驗”是什么？",
        "“枫桥经脸”是什么？",
        "李强总理讲了什么？",
        "青林木业有限公司产值多少？",
        "F35型采伐机用在哪里？",
        "f-35 是什么？",
        "产值增长百分之二十七点三说明了什么？",
        "“围绕高质量发展”怎么说？",
        "发言要求朝哪“三化”发展？",
        "环境保护方面有什么举措？",
        "第三条讲了什么？",
        "",
    ],
)
def test_what_stands_there_in_any_spelling_is_not_absent(question: str) -> None:
    assert absent(question, HITS) == []


def test_names_of_sections_that_were_not_found_count() -> None:
    assert absent("第五篇怎么说？", HITS, names=["第五篇"]) == []


def test_what_the_store_holds_elsewhere_is_not_absent() -> None:
    assert absent("《海洋法》规定了什么？", HITS, holds=lambda name: name == "海洋法") == []


def test_without_hits_nothing_is_known_to_be_absent() -> None:
    assert absent("第八篇怎么说？", []) == []


def test_a_year_or_a_number_alone_is_not_sure() -> None:
    assert [(thing.kind, thing.sure) for thing in absent("1998年“三北精神”是什么？", HITS)] == [
        ("year", False),
        ("quoted", True),
    ]


@settings(max_examples=60, deadline=None)
@given(st.one_of(chinese, st.text()), st.lists(st.one_of(chinese, st.text()), min_size=1, max_size=3))
def test_whatever_is_absent_stands_in_the_question(question: str, texts: list[str]) -> None:
    assert all(thing.name in question for thing in absent(question, [hit(text) for text in texts]))


@settings(max_examples=40, deadline=None)
@given(chinese)
def test_words_quoted_from_the_text_are_never_absent(text: str) -> None:
    missing = absent(f"“{text[:20]}”是什么意思？", [hit(text)])  # a number cut short is another number
    assert [thing for thing in missing if thing.kind == "quoted"] == []
