"""What questions name: sections by number and title, documents by name and year, and what they set side by side."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.derived.state import Filed
from index.scope import NOTHING, Names, Scope
from index.scoping.years import years_in

SPEECHES = ["", "第一篇", "第二篇", "第五篇", "第六篇", "第七篇", "第七篇 · (一)现代产业体系", "第七篇 · (二)美丽中部"]
REPORTS = [f"政府工作报告{year}.txt" for year in range(2008, 2018)]
LAWS = [
    "第一章 · 第一节",
    "第三章",
    "第三章 · 第一节",
    "第三章 · 第二节",
    "第三章 · 第二节 · 第十二条",
    "第四章 · 第二节",
]
PIECES = [
    "第六篇", "第３章", "前两篇", "最后一篇", "2012年", "二〇一三年", "’14年", "十二五", "2010-2012年", "最新的报告", "这份文件", "《",
    "》", "政府工作报告", "華夏娛樂", "有限公司", "资料12", "\ud83d", "\n", " ", "①", "第零篇", "倒数第", "到", "和", "GDP", "é", "9年",
]  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def filed(name: str, title: str = "", date: str = "") -> Filed:
    return Filed(name, "", title, date, "")


def names_of(names: list[str], sections: list[str] | None = None) -> Names:
    return Names.build([filed(name) for name in names], sections or [])


def years(scope: Scope) -> dict[int, float]:
    """Shares by the year of the report, those of nearly nothing left out."""
    return {2008 + place: round(share, 2) for place, share in sorted(scope.documents.items()) if share >= 0.1}


def sections(question: str, paths: list[str]) -> dict[str, float]:
    scope = names_of(["发言.txt"], paths).scope(question)
    return {paths[place]: round(share, 2) for place, share in sorted(scope.sections.items())}


GOVERNMENT = names_of(REPORTS)


@pytest.mark.parametrize("written", ["第六篇", "第6篇", "第６篇", "第 六 篇", "第 6 篇"])
def test_an_article_is_named_by_its_number_however_it_is_written(written: str) -> None:
    assert sections(f"{written}对产业怎么说", SPEECHES) == {"第六篇": 1.0}


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("第五篇和第七篇怎么说", {"第五篇", "第七篇"}),
        ("第一、二篇怎么说", {"第一篇", "第二篇"}),
        ("第五到第七篇", {"第五篇", "第六篇", "第七篇"}),
        ("第五篇至第六篇", {"第五篇", "第六篇"}),
        ("前两篇讲什么", {"第一篇", "第二篇"}),
        ("最后一篇讲什么", {"第七篇"}),
        ("后两篇讲什么", {"第六篇", "第七篇"}),
        ("倒数第二篇讲什么", {"第六篇"}),
        ("各篇怎么说", set()),
        ("第九篇讲什么", set()),
        ("第二条高铁通到哪里", set()),
    ],
)
def test_articles_are_named_together_and_from_the_end(question: str, named: set[str]) -> None:
    assert {path.split(" · ")[0] for path in sections(question, SPEECHES)} == named


def test_each_of_several_articles_is_a_group() -> None:
    scope = names_of(["发言.txt"], SPEECHES).scope("第七篇和第五篇对产业怎么说")
    assert [sorted(group.sections) for group in scope.groups] == [[5, 6, 7], [3]]
    assert [scope.among(0, section) for section in (5, 3, 1)] == [frozenset({0}), frozenset({1}), frozenset()]


def test_a_section_within_a_chapter_is_surer_than_the_rest_of_the_chapter() -> None:
    assert sections("第三章第二节有什么要求", LAWS) == {
        "第三章": 0.4,
        "第三章 · 第一节": 0.4,
        "第三章 · 第二节": 1.0,
        "第三章 · 第二节 · 第十二条": 1.0,
    }
    assert sections("第12条是什么", LAWS) == {"第三章 · 第二节 · 第十二条": 1.0}


def test_a_number_with_another_unit_is_less_sure() -> None:
    assert sections("第六位发言人", SPEECHES) == {"第六篇": 0.5}
    paths = ["一、回顾", "一、回顾 · （三）民生", "三、任务"]
    assert sections("第三部分", paths) == {"一、回顾 · （三）民生": 0.3, "三、任务": 0.6}


def test_a_section_is_named_by_its_title() -> None:
    paths = ["一、财务信息", "二、重要事件", "三、应急处置与善后恢复工作"]
    assert sections("应急处置与善后恢复工作有哪些要求", paths) == {"三、应急处置与善后恢复工作": 0.7}
    assert sections("财务信息这部分说了什么", paths) == {"一、财务信息": 0.9}
    assert sections("发生了什么事件", paths) == {}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2012年的报告怎么说", {2012: 1.0}),
        ("2012年政府工作报告怎么说", {2012: 1.0}),
        ("《政府工作报告》（2012年）怎么说", {2012: 1.0}),
        ("二〇一二年政府提出了什么", {2012: 1.0}),
        ("2012年的目标是多少", {2012: 1.0}),
        ("２０１２年预计新增就业多少", {2012: 1.0}),
        ("2012年粮食增长了多少", {2012: 0.6, 2013: 1.0}),
        ("2012年度新增就业多少人", {2012: 0.6, 2013: 1.0}),
        ("2012年GDP比2011年增长多少", {2012: 0.6, 2013: 1.0}),
        ("12年完成了多少", {2012: 0.42, 2013: 0.7}),
        ("’12年完成了多少", {2012: 0.42, 2013: 0.7}),
        ("2012年的粮食政策", {2012: 0.8, 2013: 0.8}),
        ("2013年的报告里去年的粮食产量是多少", {2013: 1.0}),
        ("2013年政府工作报告说2012年粮食产量是多少", {2013: 1.0}),
        ("2017年完成了多少", {2017: 0.6}),
        ("2007年完成了多少", {2008: 1.0}),
        ("1998年完成了多少", {}),
        ("“十一五”期间完成了多少", {2008: 0.6, 2009: 0.6, 2010: 0.6, 2011: 1.0}),
        ("十二五规划的目标是什么", {2011: 1.0, 2012: 0.6, 2013: 0.6, 2014: 0.6, 2015: 0.6}),
        ("最新的报告怎么说", {2017: 1.0}),
        ("去年的报告怎么说", {2016: 0.8, 2017: 0.4}),
        ("最早的报告怎么说", {2008: 1.0}),
        ("花了12年来建设的工程", {}),
        ("投资2012亿元的工程", {}),
    ],
)
def test_a_year_names_the_report_that_states_what_is_asked_of_it(question: str, expected: dict[int, float]) -> None:
    assert years(GOVERNMENT.scope(question)) == pytest.approx(expected)


def test_two_years_are_groups_each_by_the_same_rule() -> None:
    asked = GOVERNMENT.scope("2010年和2014年的就业目标分别是多少")
    assert [years(group) for group in asked.groups] == [{2010: 1.0}, {2014: 1.0}]
    found = GOVERNMENT.scope("比较2014年与2016年新增就业人数")
    assert [years(group) for group in found.groups] == [{2014: 0.6, 2015: 1.0}, {2016: 0.6, 2017: 1.0}]
    each = GOVERNMENT.scope("2012—2014年的目标各是多少")
    assert [years(group) for group in each.groups] == [{2012: 1.0}, {2013: 1.0}, {2014: 1.0}]


def test_an_annual_report_is_called_by_the_year_it_tells_of() -> None:
    annual = names_of([f"华夏娱乐{year}年年度报告.pdf" for year in range(2008, 2018)])
    assert years(annual.scope("2012年完成了多少")) == {2012: 1.0, 2013: 0.3}
    late = Names.build([filed(f"工作报告{year}", date=f"{year + 1}-03-01") for year in range(2008, 2018)], [])
    assert years(late.scope("2012年完成了多少")) == {2012: 1.0, 2013: 0.3}


def test_a_year_that_only_a_lone_name_holds_is_that_year() -> None:
    names = names_of(["2012年部门预算.docx", "防洪手册.docx", "2012年足球赛.docx"])
    assert names.scope("2012年完成了多少").documents == pytest.approx({0: 0.8 / 2**0.5, 2: 0.32 / 2**0.5})
    assert names.scope("2013年完成了多少") == NOTHING


def test_a_number_that_looks_like_a_year_is_a_number() -> None:
    names = names_of([f"资料.{number}" for number in range(2000, 2030)] + [f"资料.{number}" for number in range(100)])
    assert names.scope("2023年女足世界杯总奖金") == NOTHING
    assert names.scope("资料.2023怎么说").documents == {23: 1.0}


COMPANIES = [
    "华夏娱乐有限公司.0", "创新科技有限公司.4", "创新科技有限公司.24", "环保科技有限公司.23", "ABC科技有限公司.25", "信达百货.22",
    "03-关于加强安全生产工作的通知(定稿).docx", "粮食.txt", "1.txt", "资料.11", "资料.12",
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("华夏娱乐有限公司的净利润", {0: 1.0}),
        ("華夏娛樂有限公司的淨利潤", {0: 1.0}),
        ("华夏娱乐２０１７年的净利润", {0: 0.64}),
        ("创新科技有限公司成立于哪年", {1: 0.71, 2: 0.71}),
        ("ＡＢＣ科技有限公司的净利润", {4: 1.0}),
        ("信达百货的净利润", {5: 0.8}),
        ("《关于加强安全生产工作的通知》怎么说", {6: 1.0}),
        ("安全生产工作的通知怎么说", {6: 0.72}),
        ("粮食产量是多少", {}),
        ("《粮食》怎么说", {7: 0.9}),
        ("粮食.txt怎么说", {7: 0.9}),
        ("1加1等于多少", {}),
        ("资料.12怎么说", {9: 0.0, 10: 1.0}),
        ("有限公司如何注册", {}),
        ("这份文件怎么说", {}),
    ],
)
def test_a_document_is_named_in_whole_or_in_part_but_not_by_a_common_word(
    question: str, expected: dict[int, float]
) -> None:
    found = names_of(COMPANIES).scope(question).documents
    assert {place: round(found.get(place, 0.0), 2) for place in {*found, *expected}} == pytest.approx(expected)


def test_two_names_are_groups_with_the_year_beside_each() -> None:
    names = names_of([f"{who}{year}年年度报告.pdf" for who in ("华夏娱乐", "顶级购物") for year in (2016, 2017, 2018)])
    scope = names.scope("比较2017年华夏娱乐和2018年顶级购物的净利润是多少")
    assert [max(group.documents, key=lambda place: group.documents[place]) for group in scope.groups] == [1, 5]
    one = names.scope("华夏娱乐2017年的净利润是多少")
    assert max(one.documents, key=lambda place: one.documents[place]) == 1


def test_this_document_is_the_only_one_there_is() -> None:
    assert names_of(["发言.txt"]).scope("这份文件讲什么").documents == {0: 1.0}
    assert names_of(["", "发言.txt"]).scope("本报告讲什么").documents == {1: 1.0}
    assert names_of(["发言.txt", "报告.txt"]).scope("这份文件讲什么") == NOTHING


def test_a_share_takes_document_and_section_together() -> None:
    scope = Scope({0: 1.0}, {0: 1.0})
    shares = [scope.share(0, 0), scope.share(0, 1), scope.share(1, 0), scope.share(1, 1)]
    assert shares == pytest.approx([1.0, 0.5, 0.3, 0.0])
    assert Scope({0: 0.8}, {}).share(0, 3) == pytest.approx(0.8)
    assert Scope({}, {3: 0.8}).share(0, 3) == pytest.approx(0.8)


@settings(max_examples=100, deadline=None)
@given(texts, st.lists(texts, max_size=6), st.lists(texts, max_size=6))
def test_any_question_about_any_names_has_shares_between_0_and_1(
    question: str, names: list[str], paths: list[str]
) -> None:
    documents = [filed(name, name[::-1], name[:4]) for name in names]
    scope = Names.build(documents, paths).scope(question)
    assert set(scope.documents) <= set(range(len(names)))
    assert set(scope.sections) <= set(range(len(paths)))
    for own in (scope, *scope.groups):
        shares = [own.share(d, s) for d in range(len(names) + 1) for s in range(len(paths) + 1)]
        assert all(0 <= share <= 1 + 1e-9 for share in shares)
        assert all(0 < share <= 1 for share in [*own.documents.values(), *own.sections.values()])


shares_of = st.dictionaries(st.integers(0, 5), st.floats(0.01, 1), max_size=4)


@settings(max_examples=100, deadline=None)
@given(shares_of, shares_of, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=9))
def test_shares_of_many_passages_are_those_of_each(
    documents: dict[int, float], parts: dict[int, float], passages: list[tuple[int, int]]
) -> None:
    scope, places = Scope(documents, parts), np.array(passages, np.int64).reshape(-1, 2)
    each = [scope.share(document, section) for document, section in passages]
    assert scope.shares(places[:, 0], places[:, 1]).tolist() == pytest.approx(each, abs=1e-6)


def test_a_section_is_of_the_year_that_its_title_begins_with() -> None:
    paths = ["一、2008年工作回顾", "三、2009年主要任务 · （一）民生", "时间段：2008年11月", "案号：2008年刑初第1号"]
    assert sections("2008年完成了多少", paths) == {"一、2008年工作回顾": 0.4}
    assert sections("2009年的目标是什么", paths) == {"三、2009年主要任务 · （一）民生": 0.4}


@settings(max_examples=100, deadline=None)
@given(texts)
def test_reports_and_speeches_answer_any_question_with_shares(question: str) -> None:
    scope = Names.build([filed(name) for name in [*REPORTS, *COMPANIES]], [*SPEECHES, *LAWS]).scope(question)
    assert len(scope.groups) != 1
    assert all(0 < share <= 1 for share in [*scope.documents.values(), *scope.sections.values()])


@settings(max_examples=50, deadline=None)
@given(st.integers(1960, 2040))
def test_a_year_is_read_in_digits_and_numerals(year: int) -> None:
    numerals = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    assert [(y.first, y.last) for y in years_in(f"{year}年的目标")] == [(year, year)]
    assert [(y.first, y.last) for y in years_in(f"{numerals}年的目标")] == (
        [(year, year)] if str(year)[1] in "90" else []
    )


def test_a_hundred_thousand_documents_are_read_and_asked_quickly() -> None:
    chooser = random.Random(1)
    words = "安全生产农业发展教育改革科技创新生态环境城市建设医疗卫生财政预算"
    named = [f"关于{''.join(chooser.choices(words, k=9))}的通知{1990 + n % 30}年.docx" for n in range(100_000)]
    start = time.process_time()
    names = names_of([*named, "青铜器图录.pdf"], [f"第{n % 20}章 · {n}" for n in range(10_000)])
    built = time.process_time()
    found = [names.scope("2012年的青铜器图录第三章怎么说农业发展") for _ in range(10)]
    asked = time.process_time() - built
    assert built - start < 5  # 0.9 s was measured beside other work
    assert asked / 10 < 0.05  # 0.002 s was measured
    assert found[0].documents[100_000] == 1.0
