"""The sweep: every document or article is a group, nothing that holds the words is missed, order and counts are true."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLE, filled

from index.errors import JudianError
from index.folding import bare
from index.occurrences import occurrences
from index.search import Searcher
from index.store import EmptyStoreError, Store
from index.sweep import READ, Topic, article

REPORTS = {
    "报告2012.txt": "二〇一二年工作。继续推进家电下乡，扩大消费需求。加强环境保护工作。",
    "报告2009.txt": "推广家电下乡，促进农村消费。家电下乡补贴到户，方便群众。",
    "报告2013.txt": "大力治理雾霾天气，改善空气质量。建设美丽家园和生态文明。",
    "说明.txt": "这份材料解释统计口径的变化，供读者参考使用。",
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder()
    return Searcher(filled(tmp_path_factory.mktemp("库"), REPORTS, encoder), encoder)


@pytest.fixture(scope="module")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder()
    return Searcher(filled(tmp_path_factory.mktemp("库"), {"七篇.txt": SAMPLE}, encoder), encoder)


def test_every_document_is_a_group_in_order_of_its_year(reports: Searcher) -> None:
    sweep = reports.sweep(Topic("家电下乡", ("家电下乡",)))
    assert (sweep.swept, sweep.holding) == (4, 2)
    assert [(g.name, g.year, g.times) for g in sweep.groups] == [
        ("说明", "", 0),
        ("报告2009", "2009", 2),
        ("报告2012", "2012", 1),
        ("报告2013", "2013", 0),
    ]


def test_articles_of_one_document_are_groups_and_what_stands_outside_them_is_none(speeches: Searcher) -> None:
    sweep = speeches.sweep(Topic("新质生产力", ("新质生产力",)))
    assert [g.name for g in sweep.groups] == [f"第{n}篇" for n in "一二三四五六七"]
    assert [g.name for g in sweep.groups if g.times] == ["第一篇", "第三篇", "第六篇"]
    assert {g.section == article(hit.section) for g in sweep.groups for hit in g.hits} == {True}


def test_a_passage_with_the_words_is_read_before_others(speeches: Searcher) -> None:
    sweep = speeches.sweep(Topic("枫桥经验", ("枫桥经验",)))
    [holding] = [g for g in sweep.groups if g.times]
    assert "枫桥经验" in holding.hits[0].text


def test_only_what_is_named_is_swept(speeches: Searcher, reports: Searcher) -> None:
    topic = Topic("人才", ("人才",))
    assert [g.name for g in speeches.sweep(topic, names=["第六篇", "第五篇"]).groups] == ["第五篇", "第六篇"]
    assert [g.name for g in reports.sweep(topic, names=["2012"]).groups] == ["报告2012"]


def test_a_name_that_nothing_has_leaves_nothing(speeches: Searcher) -> None:
    sweep = speeches.sweep(Topic("人才"), names=["第五篇", "第九篇"])
    assert (sweep.groups, sweep.swept) == ((), 0)


def test_only_the_collections_asked_for_are_swept(reports: Searcher) -> None:
    with pytest.raises(JudianError, match="没有名为 年报 的文档集"):
        reports.sweep(Topic("消费"), ["年报"])
    assert reports.sweep(Topic("消费"), ["默认"]).swept == 4


def test_an_empty_store_is_refused(tmp_path: Path) -> None:
    encoder = HashEncoder()
    with pytest.raises(EmptyStoreError):
        Searcher(Store.create(tmp_path, encoder.name, encoder.dim), encoder).sweep(Topic("消费"))


def test_of_many_documents_all_that_hold_the_words_are_counted_and_the_best_are_read(tmp_path: Path) -> None:
    encoder = HashEncoder()
    number = READ + 40
    files = {f"文{n}.txt": f"第{n}号材料谈到雾霾治理，编号{n}。" for n in range(number)}
    files |= {f"其他{n}.txt": f"这份材料另有内容，编号{n}。" for n in range(20)}
    sweep = Searcher(filled(tmp_path, files, encoder), encoder).sweep(Topic("雾霾", ("雾霾",)))
    assert (sweep.swept, sweep.holding, len(sweep.groups)) == (number + 20, number, READ)
    assert all(g.times == 1 for g in sweep.groups)


@pytest.mark.parametrize(
    ("term", "text", "times"),
    [
        ("互联网+", "“互联网＋”行动，移动互联网，互联网+政务", 2),
        ("7.5%", "增长7.5%，17.5%，7.55%，增速7.5％左右", 2),
        ("AI", "AI技术与RAIL，ai 应用", 2),
        ("machine learning", "use machine learning here", 1),
        ("一带一路", "共建“一带一路”，一带、一路", 2),
        ("新质生产力", "發展新質生產力", 1),
        ("，。", "，。", 0),
    ],
)
def test_a_term_is_counted_as_it_stands(term: str, text: str, times: int) -> None:
    assert occurrences(term, text) == times


@settings(max_examples=100)
@given(st.text("中部地区崛起", min_size=1, max_size=4), st.text("中部地区崛起，。“”", max_size=40))
def test_a_term_of_chinese_letters_is_counted_like_a_substring(term: str, text: str) -> None:
    assert occurrences(term, text) == bare(text).count(term)
