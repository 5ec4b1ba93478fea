"""Composing: only what is proved is shown, every mark leads to a citation and every citation has a mark."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from evidences import evidence
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE

from index.cleaning import clean
from index.passages import split
from index.reading import Repair
from rag.answer import Claim, Place
from rag.compose import compose, readable
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
