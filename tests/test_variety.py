"""Copies among the passages found are folded into the best that says the same; no fact goes with them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLE, plain_sentences

from index.duplicates import same
from index.hits import Twin
from index.variety import BEHIND, Candidate, Kept, collapse

GRAIN = "中部地区粮食产量占全国的三成左右，要坚决扛稳粮食安全责任。"
ROADS = "高速铁路把各省会城市连在一起，货运枢纽建设正在加快推进。"
RIVER = "长江流域的生态环境保护取得明显成效，江豚重新出现在城市江段。"
PEOPLE = "就业形势总体稳定，居民收入与经济增长基本同步。"


def found(
    *sentences: str,
    document: str = "讲话.txt",
    section: str = "第一篇",
    start: int = 0,
    focus: int = 0,
    scope: float = 0.0,
    groups: tuple[int, ...] = (),
) -> Candidate:
    end = start + sum(map(len, sentences))
    place = Twin(document, section, None, start, end)
    return Candidate(place, sentences, focus, scope, frozenset(groups))


def numbers(kept: list[Kept]) -> list[int]:
    return [k.number for k in kept]


def test_a_copy_is_named_by_the_better_passage_and_left_out() -> None:
    own = found(GRAIN, ROADS)
    copy = found("（二）" + ROADS, "他强调，" + GRAIN, document="通稿.docx", section="三、农业", start=90)
    other = found(RIVER)
    assert collapse([own, other, copy]) == [Kept(0, (copy.place,)), Kept(1, ())]


def test_three_copies_are_all_named_in_their_order() -> None:
    copies = [found(GRAIN, RIVER, section=f"第{n}篇") for n in "一二三四"]
    assert collapse(copies) == [Kept(0, tuple(c.place for c in copies[1:]))]


def test_a_part_of_a_better_passage_is_folded_and_what_says_more_is_not() -> None:
    assert numbers(collapse([found(GRAIN, ROADS, RIVER), found(ROADS, start=500)])) == [0]
    assert numbers(collapse([found(ROADS), found(GRAIN, ROADS, RIVER, start=500)])) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "2012年全省生产总值比上年增长7.7%，经济运行总体平稳。",
            "2013年全省生产总值比上年增长7.7%，经济运行总体平稳。",
        ),
        ("全省生产总值比上年增长7.7%，经济运行总体平稳。", "全省生产总值比上年增长7.8%，经济运行总体平稳。"),
        ("董事会同意将该项目的全部股权对外转让。", "董事会不同意将该项目的全部股权对外转让。"),
        ("全省货物进口增长继续加快，质量稳步提升。", "全省货物出口增长继续加快，质量稳步提升。"),
    ],
)
def test_a_passage_that_adds_a_number_a_year_or_a_denial_is_no_copy(one: str, other: str) -> None:
    assert numbers(collapse([found(one, RIVER), found(other, RIVER, section="第二篇")])) == [0, 1]
    assert numbers(collapse([found(GRAIN, one), found(GRAIN, other, section="第二篇")]))[:2] == [0, 1]


def test_a_short_sentence_that_only_the_copy_has_keeps_it() -> None:
    assert numbers(collapse([found(GRAIN, ROADS, RIVER), found(GRAIN, ROADS, RIVER, "组长是王明。")])) == [0, 1]


def test_words_that_stand_in_the_better_passage_under_a_denial_or_in_a_longer_number_are_not_said() -> None:
    assert numbers(collapse([found("经研究，董事会不同意转让。"), found("同意转让。", section="二")])) == [0, 1]
    assert numbers(collapse([found("共计12台，均已验收。"), found("2台。", section="二")])) == [0, 1]
    assert numbers(collapse([found("经研究，董事会同意转让。"), found("同意转让。", section="二")])) == [0]


def test_copies_of_different_years_documents_stay_side_by_side() -> None:
    words = "今年国内生产总值预期增长8%左右，城镇新增就业900万人以上。"
    assert numbers(collapse([found(words, document=f"政府工作报告{year}.txt") for year in (2009, 2010)])) == [0, 1]
    assert numbers(collapse([found(words, document=f"政府工作报告2009{ending}") for ending in (".txt", ".pdf")])) == [0]
    assert numbers(collapse([found(words, section=f"{year}年工作安排") for year in (2009, 2010)])) == [0, 1]
    assert numbers(collapse([found(words, document="政府工作报告2009.txt"), found(words)])) == [0]


def test_a_copy_in_what_the_question_names_is_not_folded_into_one_that_it_does_not_name() -> None:
    outside, inside = found(GRAIN), found(GRAIN, section="第五篇", scope=1.0, groups=(0,))
    assert numbers(collapse([outside, inside])) == [0, 1]
    assert collapse([inside, outside]) == [Kept(0, (outside.place,))]


def test_named_side_by_side_both_stay_and_a_third_is_folded() -> None:
    fifth = found(GRAIN, section="第五篇", scope=1.0, groups=(0,))
    seventh = found(GRAIN, section="第七篇", scope=1.0, groups=(1,))
    third = found(GRAIN, section="第三篇")
    assert collapse([fifth, seventh, third]) == [Kept(0, (third.place,)), Kept(1, ())]
    assert numbers(collapse([fifth, found(GRAIN, section="第五篇", start=9, scope=1.0, groups=(0,))])) == [0]


def test_a_passage_whose_point_was_made_already_moves_behind_others() -> None:
    others = [found(f"第{n}项工作由{n}号小组负责，进展顺利。", start=1000 * n) for n in range(1, BEHIND + 3)]
    half = found(PEOPLE, GRAIN, section="第三篇", focus=1)
    kept = numbers(collapse([found(GRAIN, ROADS), half, *others]))
    assert kept == [0, *range(2, 2 + BEHIND), 1, *range(2 + BEHIND, 2 + len(others))]
    elsewhere = found(PEOPLE, GRAIN, section="第三篇", focus=0)
    assert numbers(collapse([found(GRAIN, ROADS), elsewhere, *others]))[1] == 1


def test_damaged_traditional_and_wide_wordings_are_the_same_words() -> None:
    assert numbers(collapse([found("粮食产量占全国30%，居首位。"), found("糧食產量佔全國３０％，居首位。")])) == [0]


def test_nothing_and_passages_without_words_are_taken() -> None:
    assert collapse([]) == []
    assert numbers(collapse([found(), found("。"), found("", start=4)])) == [0, 1, 2]


def test_a_passage_that_only_has_signs_does_not_hide_one_with_words() -> None:
    assert numbers(collapse([found("。"), found(GRAIN)])) == [0, 1]


candidates = st.lists(
    st.builds(
        lambda sentences, section, scope: found(*sentences, section=section, scope=scope),
        st.lists(st.sampled_from([GRAIN, ROADS, RIVER, PEOPLE]) | plain_sentences, min_size=1, max_size=4),
        st.sampled_from("一二三"),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(candidates)
def test_every_passage_is_kept_or_named_once_and_every_sentence_is_still_said(given: list[Candidate]) -> None:
    kept = collapse(given)
    assert len(set(numbers(kept))) == len(kept)
    assert len(kept) + sum(len(k.also) for k in kept) == len(given)
    said = ["".join(given[n].sentences) for n in numbers(kept)]
    sentences = {s for n in numbers(kept) for s in given[n].sentences}
    for candidate in given:
        for sentence in candidate.sentences:
            assert any(sentence in whole for whole in said) or any(same(sentence, other) for other in sentences)
    assert not given or kept[0].number == 0


@settings(max_examples=50, deadline=None)
@given(candidates)
def test_collapsing_what_was_kept_folds_no_more(given: list[Candidate]) -> None:
    ranked = sorted(collapse(given), key=lambda k: k.number)
    again = collapse([given[k.number] for k in ranked])
    assert all(not k.also for k in again)


def test_thirty_passages_take_a_few_milliseconds() -> None:
    sentences = [s + "。" for s in SAMPLE.split("。") if 10 < len(s) < 90]
    passages = [found(*sentences[5 * n : 5 * n + 5], section=str(n)) for n in range(30)]
    spent = []
    for _ in range(9):
        begun = time.perf_counter()
        assert len(collapse(passages)) > 10
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 0.01  # 0.001 s on a core of its own
