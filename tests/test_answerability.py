"""What retrieval says of whether the documents answer: features of hand-made hits, tables, what is no question."""

from __future__ import annotations

import math

import pytest
from evidences import hit
from hypothesis import given
from hypothesis import strategies as st
from samples import chinese

from index.hits import Hit
from rag.answerability import IDLE, SIGNS, WITH_HEAD, WITHOUT_HEAD, answerability, features, log_odds, score
from rag.evidence import Evidence, choose

FOUND = hit(
    "2021年3月，甲公司修订了采购政策。", "员工有1,200人。", document="甲公司.txt", section="治理", dense=[0.9, 0.6]
)


def of(question: str, *hits: Hit) -> dict[str, float]:
    found = hits or (FOUND,)
    return features(question, found, [Evidence(h, s.sentence, 0.5) for h in found for s in h.sentences])


def test_a_question_whose_words_all_stand_in_one_sentence_is_covered() -> None:
    found = of("甲公司2021年3月修订了什么政策？")
    assert found["words_sentence"] > 0.8
    assert (found["idle"], found["months_missing"], found["numbers_missing"], found["dense"]) == (0.0, 0.0, 0.0, 0.9)


def test_the_name_of_the_document_counts_as_said_but_not_as_the_thing_asked() -> None:
    found = of("甲公司的满意度是多少？")
    assert found["words_first"] > found["own_sentence"]
    assert found["own_sentence"] < 0.1


@pytest.mark.parametrize(
    ("question", "feature", "value"),
    [
        ("甲公司2021年4月修订了什么政策？", "months_missing", 1.0),
        ("甲公司2019年的采购政策是什么？", "numbers_missing", 1.0),
        ("“绿色采购”的政策是什么？", "quoted_missing", 1.0),
        ("甲公司的采购用ERP吗？", "latin_missing", 1.0),
        ("员工有多少人？", "near", 1.0),
        ("员工有多少人？", "asks", 1.0),
        ("采购政策是什么？", "asks", 0.0),
        ("采购政策是什么？", "near", 0.0),
    ],
)
def test_what_is_missing_or_expected_is_seen(question: str, feature: str, value: float) -> None:
    assert of(question)[feature] == pytest.approx(value)


def test_a_report_knows_its_own_year_and_the_one_before() -> None:
    report = hit("居民消费价格上涨4.8%。", document="工作报告2008.txt", section="")
    missing = {year: of(f"{year}年居民消费价格上涨了多少？", report)["numbers_missing"] for year in (2006, 2007, 2008)}
    assert missing == {2006: 1.0, 2007: 0.0, 2008: 0.0}


def test_a_number_of_the_question_is_no_answer_to_it() -> None:
    assert of("2021年3月的员工有多少年？", hit("2021年3月的员工。"))["near"] == 0.0


def test_a_question_about_something_else_is_declined_whatever_stands_near() -> None:
    assert of("怎么烤蛋糕？")["idle"] == 1.0
    assert answerability(of("怎么烤蛋糕？")) < 0.01


def test_nothing_found_is_nothing_known() -> None:
    found = features("采购政策是什么？", [], [])
    assert {name: found[name] for name, sign in SIGNS.items() if sign > 0 and name != "beside"} == dict.fromkeys(
        (name for name, sign in SIGNS.items() if sign > 0 and name != "beside"), 0.0
    )
    assert answerability(found) < 0.01


def test_the_tables_weigh_only_features_and_keep_their_signs() -> None:
    for table in (WITHOUT_HEAD, WITH_HEAD):
        assert set(table) - {"bias", "head"} <= set(SIGNS)
        assert all(weight * SIGNS.get(name, 1) >= 0 for name, weight in table.items() if name != "bias")


def test_the_score_is_the_weighted_sum_and_idle_questions_have_their_own() -> None:
    table = {"bias": -1.0, "dense": 2.0}
    assert score(table, {"idle": 0.0, "dense": 0.75}) == 0.5
    assert score(table, {"idle": 1.0, "dense": 0.75}) == IDLE


def test_a_surer_head_makes_an_answer_likelier() -> None:
    found = of("甲公司2021年3月修订了什么政策？")
    low, middle, high = (answerability(found, p) for p in (0.0, 0.5, 1.0))
    assert low < middle < high


def test_log_odds_are_bounded() -> None:
    assert [log_odds(p) for p in (0.0, 0.5, 1.0)] == pytest.approx([-math.log(999), 0.0, math.log(999)])


@given(chinese, st.lists(chinese.filter(str.strip), min_size=1, max_size=4))
def test_features_are_shares_for_any_text(question: str, sentences: list[str]) -> None:
    hits = [hit(*sentences)]
    found = features(question, hits, choose(hits))
    assert set(found) == {"idle", *SIGNS}
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in found.values())
    assert 0 <= answerability(found) <= 1
