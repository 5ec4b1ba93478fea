"""Who does not mention it, how often it stands there, which of two stands there more: every claim is proved."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE, filled

from index.search import Searcher
from rag.answer import Answer
from rag.answerer import EXTRACTIVE, Answerer
from rag.asking import asked

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


@pytest.fixture(scope="module")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    encoder = HashEncoder()
    return Answerer(Searcher(filled(tmp_path_factory.mktemp("库"), {"七篇.txt": SAMPLE}, encoder), encoder), None)


def check(answer: Answer, answerer: Answerer) -> None:
    assert (answer.model, answer.refused) == (EXTRACTIVE, False)
    assert all(claim.citations for claim in answer.claims)
    assert {n for claim in answer.claims for n in claim.citations} == {c.n for c in answer.citations}
    assert all(Path(c.document).suffix for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪几年的报告没提家电下乡？", "报告2013、2014没有提到“家电下乡”；报告2009、2010提到[1][2]。"),
        ("哪些报告没有提到“雾霾”？", "报告2009、2010没有提到“雾霾”；报告2013、2014提到[1][2]。"),
        ("没有提到世界博览会的是哪几份报告？", "报告2009、2013、2014没有提到“世界博览会”；报告2010提到[1]。"),
        ("有几份报告没有提到家电下乡？", "共 2 份没有提到“家电下乡”：报告2013、2014；报告2009、2010提到[1][2]。"),
        ("家电下乡出现几次？", "“家电下乡”共出现 3 次：报告2009（2 次）、2010（1 次）[1][2]。"),
        ("家电下乡一共提了几回？", "“家电下乡”共出现 3 次：报告2009（2 次）、2010（1 次）[1][2]。"),
        ("家电下乡和雾霾哪个提得多？", "“家电下乡”共出现 3 次，“雾霾”共出现 2 次，“家电下乡”提得更多[1][2]。"),
        ("雾霾和生态哪个提到得更多？", "“雾霾”共出现 2 次，“生态”共出现 2 次，两者一样多[1][2]。"),
    ],
)
def test_documents_are_counted_against_each_other(reports: Answerer, question: str, expected: str) -> None:
    answer = reports.answer(question)
    assert answer.text == expected
    check(answer, reports)


def test_what_none_mentions_all_leave_out(reports: Answerer) -> None:
    answer = reports.answer("哪几年的报告没提区块链？")
    assert answer.text == "已逐份查遍 4 份文档，全都没有提到“区块链”。"
    assert (answer.refused, answer.citations) == (False, ())


def test_the_articles_that_do_not_use_a_word_are_exactly_the_others(speeches: Answerer) -> None:
    answer = speeches.answer("哪几篇没有提到“新质生产力”？")
    assert answer.text.startswith("第二篇、第四篇、第五篇、第七篇没有提到“新质生产力”；第一篇、第三篇、第六篇提到")
    check(answer, speeches)


def test_what_every_article_mentions_none_leaves_out(speeches: Answerer) -> None:
    answer = speeches.answer("哪几篇没有提到“高质量发展”？")
    assert answer.text.startswith("没有一篇不提到“高质量发展”：")


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("哪几篇没有提到粮食安全？", "粮食安全"),
        ("没有提到长江经济带的是哪几篇？", "长江经济带"),
        ("哪一篇只字未提生态？", "生态"),
        ("哪几份报告未提及碳达峰？", "碳达峰"),
        ("有几篇没有讲到人才？", "人才"),
        ("哪些年份的报告没有出现“雾霾”？", "雾霾"),
    ],
)
def test_a_question_for_those_without_is_known(question: str, term: str) -> None:
    found = asked(question)
    assert found is not None
    assert (found.kind, found.term, found.without) == ("which", term, True)


@pytest.mark.parametrize(
    "question",
    [
        "为什么没有提到人才？",
        "哪几个城市没有机场？",
        "出现了几次故障？",
        "公司召开了几次股东大会？",
        "机器故障出现了几次？",
        "他讲了几次课？",
        "第三篇和第五篇，哪个提到人才更多？",
        "讲话里没提的省份有哪些？",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert asked(question) is None


@pytest.mark.parametrize(
    ("question", "rivals"),
    [
        ("生态和科技哪个提得多？", ("生态", "科技")),
        ("“改革”和“开放”哪个词出现得更多？", ("改革", "开放")),
        ("创新与开放，谁被提到的次数多？", ("创新", "开放")),
    ],
)
def test_two_terms_are_set_against_each_other(question: str, rivals: tuple[str, ...]) -> None:
    found = asked(question)
    assert found is not None
    assert (found.kind, found.rivals) == ("more", rivals)
