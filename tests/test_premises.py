"""What a question takes for granted and the sources write otherwise is put right, in their words; nothing else is."""

from __future__ import annotations

import pytest
from evidences import evidence, hit
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import chinese

from rag.premises import corrections

SENTENCES = (
    "2024年3月20日下午，全省林业现场会在湖南省长沙市召开，会议部署了秋季造林工作。",
    "今年是合作社成立75周年，也是三年规划的收官之年。",
    "林区人口约占全县四分之一，木材产量稳定在全县21%以上。",
    "守住防火红线是一道“必答题”，而不是一道可有可无的“附加题”。",
    "到2035年，林区现代化经济体系基本建成，产业整体迈向中高端。",
    "支持河南、山西深度参与黄河流域生态保护，共同抓好大保护。",
    "项目总投资1.2亿元，由县财政和合作社共同承担。",
)
EVIDENCE = [evidence(text, start=100 * n) for n, text in enumerate(SENTENCES)]


@pytest.mark.parametrize(
    ("question", "asked", "written"),
    [
        ("全省林业现场会2024年5月在长沙召开，部署了什么工作？", "5月", "3月"),
        ("2023年3月召开的全省林业现场会部署了什么？", "2023年", "2024年"),
        ("在武汉召开的全省林业现场会部署了什么工作？", "武汉", "湖南省长沙市"),
        ("今年是合作社成立70周年，又是什么规划的收官之年？", "70周年", "75周年"),
        ("林区人口约占全县三分之一，木材产量占多少？", "三分之一", "四分之一"),
        ("为什么说守住防火红线是“附加题”？", "附加题", "必答题"),
        ("到2030年林区现代化经济体系基本建成，产业迈向什么水平？", "2030年", "2035年"),
        ("支持湖北、山西深度参与黄河流域生态保护，要共同抓好什么？", "湖北", "河南"),
        ("项目总投资2亿元，由谁共同承担？", "2亿元", "1.2亿元"),
    ],
)
def test_a_false_value_is_corrected_with_the_words_of_the_source(question: str, asked: str, written: str) -> None:
    [found] = corrections(question, EVIDENCE)
    assert (found.asked, found.written) == (asked, written)
    assert found.text == f"文中写的是“{written}”，而非“{asked}”。"
    assert found.evidence.text[slice(*found.span)] == written


@pytest.mark.parametrize(
    "question",
    [
        "2024年3月召开的全省林业现场会部署了什么？",
        "二〇二四年三月召开的全省林业现场会部署了什么？",
        "林区人口约占全县25%，木材产量占多少？",
        "林区人口约占全县百分之二十五，木材产量占多少？",
        "全省林业现场会是三月还是五月召开的？",
        "项目总投资12000万元，由谁承担？",
        "在长沙召开的全省林业现场会部署了什么？",
        "河南、山西参与黄河流域生态保护，要抓好什么？",
        "2019年粮食产量是多少？",
        "第八篇讲了什么？",
        "湖北的省会在哪里？",
        "现场会什么时候召开？",
        "",
    ],
)
def test_what_is_right_or_not_spoken_of_is_left_alone(question: str) -> None:
    assert corrections(question, EVIDENCE) == []


def test_a_value_that_another_sentence_on_the_matter_holds_is_no_mistake() -> None:
    two = [*EVIDENCE, evidence("2024年5月，全省林业现场会又在长沙召开，部署了冬季工作。", start=900)]
    assert corrections("全省林业现场会2024年5月在长沙召开，部署了什么工作？", two) == []


def test_a_value_that_only_a_hit_holds_is_no_mistake() -> None:
    hits = [hit("全省林业现场会2024年5月在长沙召开，部署了什么工作，当地作了报道。", document="新闻.txt")]
    assert corrections("全省林业现场会2024年5月在长沙召开，部署了什么工作？", EVIDENCE, hits) == []


def test_a_year_that_names_the_document_is_no_mistake() -> None:
    own = [evidence("2024年3月召开的全省林业现场会部署了秋季造林。", document="林业报告2023.txt")]
    assert corrections("2023年3月召开的全省林业现场会部署了什么？", own) == []


def test_where_the_sources_write_two_other_values_none_is_chosen() -> None:
    two = [
        evidence("今年是合作社成立75周年，也是三年规划的收官之年。"),
        evidence("今年是合作社成立80周年，也是三年规划的收官之年。", start=300),
    ]
    assert corrections("今年是合作社成立70周年，又是什么规划的收官之年？", two) == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(chinese, st.text()), st.lists(st.one_of(chinese, st.sampled_from(SENTENCES)), max_size=4))
def test_a_correction_stands_in_its_evidence_and_not_in_the_question(question: str, texts: list[str]) -> None:
    for found in corrections(question, [evidence(text, start=n) for n, text in enumerate(texts)]):
        assert found.evidence.text[slice(*found.span)] == found.written
        assert found.written not in question
        assert found.asked in question


@pytest.mark.parametrize("month", [m for m in range(1, 13) if m != 3])
def test_every_other_month_is_corrected(month: int) -> None:
    [found] = corrections(f"全省林业现场会2024年{month}月在长沙召开，部署了什么工作？", EVIDENCE)
    assert (found.asked, found.written) == (f"{month}月", "3月")
