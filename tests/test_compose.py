"""Composing: only what is proved is shown, every mark leads to a citation and every citation has a mark."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from evidences import evidence, hit
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE

from index.cleaning import clean
from index.passages import split
from index.reading import Repair
from rag.answer import Claim, Place
from rag.compose import compose, compose_draft, readable
from rag.evidence import Evidence

SHARE = evidence("国家先进制造业集群占全国比重达17.8%,具有坚实的基础。", section="第六篇", score=0.6)
PILOTS = evidence("支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。", section="第七篇", start=100, score=0.9)
NO_STOP = evidence("营造有利于中部地区高质量崛起的沃土O", section="第七篇", start=200, score=0.1)
QUESTION = "无废城市试点在哪些城市"
SENTENCES = [s.text for p in split(clean(SAMPLE)) for s in p.sentences]


def nowhere(_: Evidence) -> list[Place]:
    return []


def marks(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\[(\d+)\]", text)]


def test_a_supported_claim_is_shown_with_its_mark_in_front_of_the_stop() -> None:
    made = compose(QUESTION, PILOTS.sentence.text, [PILOTS], nowhere)
    assert made.text == "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点[1]。"
    assert made.claims == (Claim(PILOTS.sentence.text, (1,), "supported"),)
    [citation] = made.citations
    assert (citation.n, citation.document, citation.section, citation.page) == (1, "讲话.txt", "第七篇", None)
    assert (citation.start, citation.end, citation.quote) == (100, 100 + len(citation.quote), PILOTS.sentence.text)


def test_a_claim_that_is_not_proved_gives_way_to_words_of_the_source() -> None:
    made = compose(QUESTION, "试点放在北京、上海和火星等十五个城市。", [PILOTS, SHARE], nowhere)
    assert "北京" not in made.text
    assert made.claims[0] == Claim(PILOTS.sentence.text, (1,), "supported")


def test_without_a_draft_the_answer_is_an_extract_of_the_best_evidence() -> None:
    made = compose(QUESTION, "", [PILOTS, SHARE, NO_STOP], nowhere)
    assert made.claims[0].text == PILOTS.sentence.text
    assert made.citations[0].quote == PILOTS.sentence.text


def test_without_evidence_there_is_nothing() -> None:
    made = compose(QUESTION, "支持许昌。", [], nowhere)
    assert (made.text, made.claims, made.citations) == ("", (), ())


def test_a_sentence_without_a_stop_gets_one_behind_its_mark() -> None:
    assert compose("沃土", "", [NO_STOP], nowhere).text == "营造有利于中部地区高质量崛起的沃土O[1]。"


def test_what_was_said_before_is_not_said_again() -> None:
    draft = PILOTS.sentence.text * 3
    made = compose(QUESTION, draft, [PILOTS], nowhere)
    assert made.claims == (Claim(PILOTS.sentence.text, (1,), "supported"),)


def test_citations_are_numbered_in_the_order_of_their_marks() -> None:
    made = compose(QUESTION, SHARE.sentence.text + PILOTS.sentence.text, [PILOTS, SHARE], nowhere)
    assert [c.section for c in made.citations] == ["第六篇", "第七篇"]
    assert marks(made.text) == [c.n for c in made.citations] == [1, 2]


def test_other_places_of_the_same_words_are_handed_on() -> None:
    place = Place("别的.txt", "第二篇", 5, 9)
    made = compose(QUESTION, "", [PILOTS], lambda e: [place] if e is PILOTS else [])
    assert made.citations[0].also_in == (place,)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("要坚持城乡融合发展,推进乡村振兴;补齐短板", "要坚持城乡融合发展，推进乡村振兴；补齐短板。"),
        ("比重为27.3%和1,200个,约3:1", "比重为27.3%和1,200个，约3:1。"),
        ("形成新的增长点，", "形成新的增长点。"),
        ("靠什么?", "靠什么？"),
        ("他说“好。”", "他说“好。”"),
    ],
)
def test_signs_are_made_full_width_between_chinese_and_numbers_left_alone(text: str, shown: str) -> None:
    assert readable(text) == shown


@given(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True),
    st.lists(st.one_of(st.sampled_from(SENTENCES), st.text(max_size=30)), max_size=4).map("".join),
    st.sampled_from(["人才政策", "第几篇讲到粮食", "2025年目标", "？"]),
)
def test_every_mark_has_its_citation_and_every_citation_its_mark(
    sentences: list[str], draft: str, question: str
) -> None:
    known = [evidence(s, start=10_000 * n, score=0.9 - n / 10) for n, s in enumerate(sentences)]
    made = compose(question, draft, known, nowhere)
    assert made.claims
    numbers = [c.n for c in made.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(marks(made.text)) == set(numbers) == {n for c in made.claims for n in c.citations}
    assert all(c.citations for c in made.claims if c.verdict == "supported")
    by_start = {e.sentence.start: e.sentence for e in known}
    for citation in made.citations:
        sentence = by_start[citation.start // 10_000 * 10_000]
        at = citation.start - sentence.start
        assert sentence.text[at : at + len(citation.quote)] == citation.quote
        assert citation.end - citation.start == len(citation.quote)


def test_a_footnote_of_the_source_is_no_mark() -> None:
    made = compose("人口", "", [evidence("中部地区人口约占全国四分之一[3]，经济总量稳定。")], nowhere)
    assert marks(made.text) == [1]


def test_a_mark_stands_behind_closing_signs_without_a_stop() -> None:
    assert compose("开放", "", [evidence("全面提升高水平“引进来”")], nowhere).text == "全面提升高水平“引进来”[1]。"


def test_a_question_for_the_place_is_answered_with_it() -> None:
    made = compose("枫桥经验在哪一篇提到？", "", [evidence("坚持和发展新时代“枫桥经验”。", section="第一篇")], nowhere)
    assert made.text == "第一篇：坚持和发展新时代“枫桥经验”[1]。"


DAMAGED = "紧紧闱绕这个目标，中部地区加快崛起。"


def damaged() -> Evidence:
    e = evidence(DAMAGED, start=100)
    repairs = (Repair(2, 4, "围绕", 0.97, "字形相近"), Repair(4, 5, "那", 0.3, ""))
    return replace(e, sentence=replace(e.sentence, repairs=repairs, page=7))


@pytest.mark.parametrize("draft", ["", "紧紧围绕这个目标，中部地区加快崛起。"], ids=["extract", "draft"])
def test_a_damaged_word_is_read_rightly_and_cited_as_it_stands(draft: str) -> None:
    made = compose("围绕什么目标？", draft, [damaged()], nowhere)
    assert made.text == "紧紧围绕这个目标，中部地区加快崛起[1]。"
    [citation] = made.citations
    assert (citation.start, citation.end, citation.quote) == (100, 100 + len(DAMAGED), DAMAGED)
    assert citation.page == 7
    assert citation.repairs == (Repair(2, 4, "围绕", 0.97, "字形相近"), Repair(4, 5, "那", 0.3, ""))


def items(*texts: str, score: float = 0.9) -> list[Evidence]:
    """One hit of these sentences; the first is the evidence that was chosen."""
    found = hit(*texts)
    return [Evidence(found, found.sentences[0].sentence, score)]


def test_an_enumeration_comes_complete_and_in_order_each_item_cited() -> None:
    texts = ("要做好以下三点：", "一是把牢方向。", "二是加大投入。", "三是优化环境。", "会议还听取了汇报。")
    made = compose("要做好哪三点？", "", items(*texts), nowhere)
    assert made.text == "要做好以下三点[1]。一是把牢方向[2]。二是加大投入[3]。三是优化环境[4]。"
    assert [c.quote for c in made.citations] == list(texts[:4])


def test_sentences_that_open_alike_are_the_list_that_is_asked_for() -> None:
    texts = ("紧扣改革这一点，答好改革卷。", "紧扣开放这一点，答好开放卷。", "紧扣民生这一点，答好民生卷。")
    other = evidence("必须顺势而为，答出一份高分卷。", start=900, score=0.9)
    found = [evidence(text, start=100 * n, score=0.8 - n / 20) for n, text in enumerate(texts)]
    made = compose("要答好哪三张卷？", "", [other, found[2], found[0], found[1]], nowhere)
    assert [c.text for c in made.claims] == list(texts)


def test_one_fact_is_told_in_the_clauses_that_hold_it() -> None:
    long = "会议听取了各方汇报，充分肯定了过去五年的成绩，总部位于武汉市江岸区，下设十二个部门，员工两千余人，业务遍及全国各地，前景十分广阔，信誉也一直良好。"
    made = compose("总部在哪里？", "", [evidence(long)], nowhere)
    assert made.text == "……总部位于武汉市江岸区[1]。"
    assert made.citations[0].quote == "总部位于武汉市江岸区，"


def test_a_sentence_that_points_back_brings_what_it_points_to() -> None:
    found = hit("公司于三月完成了对甲厂的收购。", "这一举措扩大了业务范围，提升了市场竞争力。")
    chosen = [Evidence(found, found.sentences[1].sentence, 0.9)]
    made = compose("公司如何提升市场竞争力？", "", chosen, nowhere)
    assert [c.text for c in made.claims] == [
        "公司于三月完成了对甲厂的收购。",
        "这一举措扩大了业务范围，提升了市场竞争力。",
    ]


def test_a_heading_is_no_answer() -> None:
    heading = evidence("二、主要任务", score=0.9)
    body = evidence("要推进改革、扩大开放。", start=50, score=0.5)
    assert compose("主要任务有哪些？", "", [heading, body], nowhere).text == "要推进改革、扩大开放[1]。"


def test_this_year_is_said_of_which_report() -> None:
    only = evidence("今年安排赤字1.2万亿元。", document="政府工作报告2013.pdf", section="二、今年工作")
    assert compose("安排赤字多少？", "", [only], nowhere).text == "政府工作报告2013：今年安排赤字1.2万亿元[1]。"


def test_a_word_that_no_source_has_gives_way_to_the_sentence() -> None:
    draft = "支持许昌、铜陵、瑞金等地深入推进“清洁城市”建设试点。"
    made = compose(QUESTION, draft, [PILOTS], nowhere)
    assert made.claims == (Claim(PILOTS.sentence.text, (1,), "supported"),)


EACH = ("甲公司的净利润是多少", "乙公司的净利润是多少")


def test_which_is_more_is_said_where_both_sides_prove_it() -> None:
    a = evidence("净利润为800万元。", document="甲公司.txt", section="", score=1.0)
    b = evidence("净利润达到5亿元。", document="乙公司.txt", section="", start=90, score=1.0)
    made = compose("比较甲公司和乙公司的净利润，哪家公司的净利润更高？", "", [a, b], nowhere, EACH)
    assert made.text == "乙公司的净利润更高[1][2]。甲公司：净利润为800万元[1]。乙公司：净利润达到5亿元[2]。"
    assert made.claims[0] == Claim("乙公司的净利润更高。", (1, 2), "supported")


def test_of_each_side_the_sentence_with_the_amount_is_taken() -> None:
    vague = hit("甲公司的净利润表现稳健。", "净利润为800万元。", document="甲公司.txt", section="")
    other = evidence("净利润达到5亿元。", document="乙公司.txt", section="", score=1.0)
    chosen = [Evidence(vague, vague.sentences[0].sentence, 1.0), other]
    made = compose("甲公司和乙公司的净利润分别是多少？", "", chosen, nowhere, EACH)
    assert made.text == "甲公司：净利润为800万元[1]。乙公司：净利润达到5亿元[2]。"


def test_yes_is_said_where_the_words_prove_it() -> None:
    only = evidence("守住绿色底线是一道必答题。", section="")
    made = compose("守住绿色底线是一道必答题吗？", "", [only], nowhere)
    assert made.text == "是。守住绿色底线是一道必答题[1]。"
    assert made.claims == (Claim("守住绿色底线是一道必答题。", (1,), "supported"),)


def test_the_words_of_a_sentence_that_are_not_shown_take_no_room() -> None:
    tail = "".join(f"第{n}类园区还承接了来自沿海各省的制造业项目，" for n in "甲乙丙丁戊己")
    long = evidence(f"中部地区承东启西、连南接北，{tail}带动就业。", section="", score=0.4)
    share = evidence("两类产业集群占全国比重分别达27.3%和17.8%。", section="", start=400, score=0.9)
    draft = "中部地区承东启西、连南接北。两类产业集群占全国比重分别达27.3%和17.8%。"
    made = compose("两类产业集群占全国的比重是多少？", draft, [share, long], nowhere)
    assert made.text == "中部地区承东启西、连南接北[1]。两类产业集群占全国比重分别达27.3%和17.8%[2]。"


def test_half_a_sentence_of_a_writer_who_was_stopped_is_left_out() -> None:
    said = "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。"
    longer = evidence("各地要以最大力度推进人才政策，更好回应和满足发展需求。", section="", start=90)
    made = compose_draft(QUESTION, f"{said}要大力发展县", [PILOTS, longer], nowhere)
    assert [c.text for c in made.claims] == [said]
