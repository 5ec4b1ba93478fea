"""Answers to questions over the whole collection: who says it, how often, what each says; every claim is proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from fake_reader import FakeReader
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE, filled

from index.search import Searcher
from rag.answer import Answer
from rag.answerer import EXTRACTIVE, Answerer, Stage
from rag.gathering import SHOWN, listed, shares
from rag.sweep import as_written


@pytest.fixture(scope="module")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    encoder = HashEncoder()
    store = filled(tmp_path_factory.mktemp("库"), {"七篇.txt": SAMPLE}, encoder)
    return Answerer(Searcher(store, encoder), FakeGenerator("不该被读到。"))


REPORTS = {
    "报告2009.txt": "推广家电下乡，促进农村消费。家电下乡补贴到户，方便群众购买。",
    "报告2010.txt": "推广家电下乡，促进农村消费。今年要办好世界博览会。",
    "报告2013.txt": "大力治理雾霾天气，改善空气质量。建设美丽家园和生态文明。",
    "报告2014.txt": "出重拳强化雾霾防治，坚决向污染宣战。加强生态保护工作。",
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    encoder = HashEncoder()
    return Answerer(Searcher(filled(tmp_path_factory.mktemp("库"), REPORTS, encoder), encoder), None)


def check(answer: Answer, answerer: Answerer) -> None:
    """Every claim cites, every mark has its citation, every quote is its slice of the source."""
    assert all(claim.citations and claim.verdict == "supported" for claim in answer.claims)
    numbers = {c.n for c in answer.citations}
    assert {n for claim in answer.claims for n in claim.citations} == numbers
    assert all(f"[{n}]" in answer.text for n in numbers)
    for c in answer.citations:
        slice_ = answerer.searcher.store.text(c.document)[c.start : c.end]
        assert [x for x in c.quote if x.isalnum()] == [x for x in slice_ if x.isalnum()] or "\n" in slice_


def test_the_articles_that_use_a_word_are_listed_and_each_is_proved(speeches: Answerer) -> None:
    answer = speeches.answer("“新质生产力”这个词出现在哪几篇发言中？")
    assert answer.claims[0].text == "第一篇、第三篇、第六篇提到“新质生产力”。"
    assert answer.claims[0].citations == (1, 2, 3)
    assert [c.section for c in answer.citations] == ["第一篇", "第三篇", "第六篇"]
    assert all("新质生产力" in c.quote for c in answer.citations)
    assert [claim.text[:4] for claim in answer.claims[1:]] == ["第一篇：", "第三篇：", "第六篇："]
    assert (answer.model, answer.refused) == (EXTRACTIVE, False)
    check(answer, speeches)


def test_the_one_that_says_it_is_told_in_one_sentence(speeches: Answerer) -> None:
    answer = speeches.answer("“枫桥经验”是在哪一篇里提到的？")
    assert len(answer.claims) == 1
    assert answer.text.startswith("第一篇提到“枫桥经验”：")
    check(answer, speeches)


def test_mentions_are_counted_in_all_and_in_each(reports: Answerer) -> None:
    answer = reports.answer("“家电下乡”一共出现了几次？")
    assert answer.text == "“家电下乡”共出现 3 次：报告2009（2 次）、2010（1 次）[1][2]。"
    check(answer, reports)


def test_reports_are_counted_and_those_that_say_the_same_told_together(reports: Answerer) -> None:
    answer = reports.answer("有几份报告提到“家电下乡”？")
    assert answer.claims[0].text.startswith("共 2 份提到“家电下乡”：报告2009、2010")
    check(answer, reports)


def test_the_first_and_the_last_are_by_the_year_of_the_document(reports: Answerer) -> None:
    first = reports.answer("“雾霾”最早出现在哪一年的报告里？")
    last = reports.answer("最后一次提到“雾霾”是哪一年的报告？")
    assert first.text == "最早提到“雾霾”的是报告2013：大力治理雾霾天气，改善空气质量[1]。"
    assert last.text == "最后提到“雾霾”的是报告2014：出重拳强化雾霾防治，坚决向污染宣战[1]。"


def test_years_in_the_question_bound_the_sweep(reports: Answerer) -> None:
    answer = reports.answer("2010到2013年的报告里哪几年提到“家电下乡”？")
    assert {c.document for c in answer.citations} == {"报告2010.txt"}


def test_each_article_named_says_what_it_says_in_its_turn(speeches: Answerer) -> None:
    answer = speeches.answer("第五篇和第六篇都用了“脊梁”一词，各指什么？")
    assert [claim.text[:4] for claim in answer.claims] == ["第五篇：", "第六篇："]
    assert all("脊梁" in claim.text for claim in answer.claims)
    check(answer, speeches)


def test_what_nobody_says_is_declined_with_the_number_looked_through(speeches: Answerer) -> None:
    answer = speeches.answer("哪几篇提到“火星殖民地”？")
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    assert answer.text == "已逐篇查遍 7 篇，没有一篇提到“火星殖民地”。问题是：“哪几篇提到“火星殖民地”？”。"
    assert answer.hits


def test_the_stages_tell_how_many_were_looked_through_and_no_model_is_asked(speeches: Answerer) -> None:
    events = list(speeches.stream("哪几篇提到“长江经济带”？"))
    assert [(e.name, e.swept) for e in events if isinstance(e, Stage)] == [("检索", 0), ("检索", 7)]
    assert isinstance(speeches.generator, FakeGenerator)
    assert speeches.generator.read == []


def test_years_are_not_asked_of_documents_that_have_none(speeches: Answerer) -> None:
    answer = speeches.answer("“脊梁”一词在哪一年的报告里最早出现？")
    assert answer.model == "fake"


def test_of_many_documents_the_best_are_named_and_the_others_counted(tmp_path: Path) -> None:
    encoder = HashEncoder()
    files = {f"材料{n:02}.txt": f"第{n}号材料谈到雾霾治理的经验，编号{n}。" for n in range(SHOWN + 8)}
    answerer = Answerer(Searcher(filled(tmp_path, files, encoder), encoder), None)
    answer = answerer.answer("哪些材料提到“雾霾”？")
    assert answer.claims[0].text.endswith(f"等 {SHOWN + 8} 份提到“雾霾”。")
    assert len(answer.citations) == SHOWN
    each = answerer.answer("各份材料怎么说“雾霾”？")
    assert len(each.claims) <= SHOWN
    assert each.text.endswith("（另有 8 份，略。）")


def test_things_set_side_by_side_have_a_sentence_each(reports: Answerer) -> None:
    answer = Answerer(reports.searcher, None, reader=FakeReader()).answer("家电下乡和雾霾防治分别怎么样？")
    assert any("家电下乡" in claim.text for claim in answer.claims)
    assert any("雾霾" in claim.text for claim in answer.claims)
    assert {c.document for c in answer.citations} >= {"报告2014.txt"}


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["第一篇", "第三篇"], "第一篇、第三篇"),
        (["政府工作报告2014", "政府工作报告2015"], "政府工作报告2014、2015"),
        (["2014年报告", "2015年报告"], "2014年报告、2015年报告"),
        (["甲", "乙2"], "甲、乙2"),
        (["报告3"], "报告3"),
    ],
)
def test_the_common_part_of_numbered_names_stands_once(names: list[str], text: str) -> None:
    assert listed(names) == text


@given(st.integers(0, 500), st.lists(st.integers(0, 200), max_size=8))
def test_room_is_shared_without_waste(room: int, wanted: list[int]) -> None:
    given_ = shares(room, wanted)
    assert all(0 <= own <= most for own, most in zip(given_, wanted, strict=True))
    assert sum(given_) <= room
    if sum(wanted) <= room:
        assert given_ == wanted


def test_the_topic_is_shown_as_it_was_written() -> None:
    assert as_written("哪几年提到GDP增长？", "gdp增长") == "GDP增长"
    assert as_written("甲", "乙") == "乙"


@pytest.mark.parametrize(
    "question",
    [
        "哪几份报告提到家电下乡和雾霾？",
        "哪几份报告既提到世界博览会又提到雾霾？",
        "哪份报告提到雾霾最多？",
        "哪几份报告提到“雾霾”和“家电下乡”？",
    ],
)
def test_of_several_things_in_one_nothing_is_said_in_sum(reports: Answerer, question: str) -> None:
    answer = reports.answer(question)
    assert not any("提到" in claim.text or "说到" in claim.text for claim in answer.claims)
    assert "没有一" not in answer.text
