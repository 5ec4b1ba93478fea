from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from samples import LETTERS, SAMPLE, SIGNS

from index.cleaning import clean
from index.passages import split
from rag.examples import example_questions

PASSAGES = [("七篇发言稿.txt", p.section, p.text) for p in split(clean(SAMPLE))]


def test_the_sample_yields_four_questions_of_four_kinds() -> None:
    assert example_questions(PASSAGES) == (
        "新时代推动中部地区崛起座谈会是什么时候召开的？",
        "国家级战略性新兴产业集群和国家先进制造业集群占全国比重分别是多少？",
        "“着力提升基本公共服务保障水平”包括哪些内容？",
        "到2025年要实现什么目标？",
    )


def test_damaged_headings_are_not_asked_about() -> None:
    asked = example_questions(PASSAGES, 100)
    assert len(asked) > 8
    assert not [q for q in asked if "掾" in q or "若力" in q]


def test_another_collection_gets_questions_of_its_own() -> None:
    passages = [
        (
            "制度.md",
            "第一章 总则 · 一、请假与销假流程",
            "职工请假应当提前申请。全年病假天数不超过30万天,加班时长增长了12.5%。",
        ),
        ("制度.md", "", "到2030年,公司要建成三个中心。5月6日下午在北京召开全体职工安全生产工作会议,部署工作。"),
    ]
    assert set(example_questions(passages)) == {
        "全体职工安全生产工作会议是什么时候召开的？",
        "加班时长增长了多少？",
        "“请假与销假流程”包括哪些内容？",
        "到2030年要实现什么目标？",
    }


def test_articles_are_told_apart_by_document_where_there_are_several() -> None:
    passages = [("甲.txt", "第一篇", "内容。"), ("乙.txt", "第一篇", "内容。")]
    assert set(example_questions(passages)) == {"《甲》第一篇主要讲了什么？", "《乙》第一篇主要讲了什么？"}


def test_a_plain_document_is_asked_about_by_name_and_an_empty_store_not_at_all() -> None:
    assert example_questions([("说明/安装.txt", "", "没有标题也没有数字。")]) == ("《安装》主要讲了什么？",)
    assert example_questions([]) == ()


@given(
    st.lists(
        st.tuples(st.just("甲.txt"), st.text(LETTERS), st.text(LETTERS + SIGNS + "0123456789%年月日到占达为")),
        max_size=8,
    )
)
def test_there_are_never_more_than_asked_for_nor_two_alike(passages: list[tuple[str, str, str]]) -> None:
    asked = example_questions(passages, 3)
    assert len(asked) == len(set(asked)) <= 3
    assert all(q.endswith("？") for q in asked)
