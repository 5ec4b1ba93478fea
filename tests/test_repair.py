"""Readings for damaged characters: hand-worked cases, and what holds for every text."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.reading import APPLIED, Repair, read_as
from index.repair import counts, judge, shapes
from index.repair.candidates import find, knowledge
from index.repair.evidence import evidence
from index.repair.propose import LONE, in_company, propose
from index.repair.sheet import prepare
from index.repair.words import Words

SOUND = (
    "国务院总理在会上作政府工作报告，全面总结过去一年的工作。会议指出，要加快建设现代化产业体系，"
    "推动科技创新和产业创新深度融合。参加会议的有来自各省、自治区、直辖市的代表。\n"
    "欧阳震华、司徒玥、尉迟恭和张晗昱四人于7月10日抵达鄂尔多斯，下榻鄯善宾馆。"
)
DAMAGED = (
    "要加快建设现代化产业体系，推动高质量发屣。完善基本公共眠务，支掾中部地区高质量发展。"
    "闱绕重点任务，建立健全公共服务体系，加快农村公共整础设施建设，优化营商坏境，"
    "深化与京津翼、长三角等地区合作，提高区域政策的精准性和仃效性。不断完善基本公共服务。"
)
texts = st.text(
    st.sampled_from("要加快建设现代化产业体系支掾闱绕眠务高质量发屣展基本公共服。，\n 　aB1語說們體").filter(bool),
    max_size=120,
)


def places(text: str) -> dict[int, tuple[str, float]]:
    """Place -> what is offered for it."""
    repairs = propose(text, Words([text]))
    return {r.start + n: (c, r.confidence) for r in repairs for n, c in enumerate(r.reading)}


def test_damage_among_well_known_words_is_found_and_read() -> None:
    found = places(DAMAGED)
    wanted = {"屣": "展", "眠": "服", "闱": "围", "坏": "环"}
    right = [wrong for wrong, right in wanted.items() if found.get(DAMAGED.index(wrong), ("", 0))[0] == right]
    assert len(right) >= 3


def test_sound_text_with_rare_names_is_left_alone() -> None:
    assert propose(SOUND, Words([SOUND])) == []


@pytest.mark.parametrize("text", ["", "\n", "abc 123", "的", "。。。", "\U00020000\U00020001", "\ud800", "　　"])
def test_texts_without_anything_to_judge_have_no_repairs(text: str) -> None:
    assert propose(text, Words([text])) == []


@settings(max_examples=60, deadline=None)
@given(texts)
def test_repairs_are_disjoint_rising_inside_and_as_long_as_what_they_stand_for(text: str) -> None:
    repairs = propose(text, Words([text]))
    assert all(0 <= r.start < r.end <= len(text) and len(r.reading) == r.end - r.start for r in repairs)
    assert all(a.end <= b.start for a, b in itertools.pairwise(repairs))
    assert all(0.6 <= r.confidence <= 1 and r.evidence for r in repairs)
    assert all(r.reading != text[r.start : r.end] for r in repairs)
    assert len(read_as(text, repairs)) == len(text)
    assert propose(text, Words([text])) == repairs


def test_spaces_between_characters_do_not_hide_damage_nor_move_it() -> None:
    spaced = " ".join(DAMAGED)
    assert {p // 2: c for p, (c, _) in places(spaced).items()} == {p: c for p, (c, _) in places(DAMAGED).items()}


def test_a_numeral_is_never_surely_read_as_another() -> None:
    text = DAMAGED + "全国人民代表大会第七次会议通过了第十二个五年规划，第三产业增长百分之八。" * 2
    found = places(text)
    assert all(
        c not in "一二三四五六七八九十" or p < APPLIED
        for n, (c, p) in found.items()
        if text[n] in "一二三四五六七八九十"
    )


def test_evidence_names_likeness_and_the_corpus_s_own_words() -> None:
    words = Words(["推动高质量发展。推动高质量发展。"])
    assert evidence("推动高质量发展", 6, 0.62, words) == "字形相近 .62，本文“动高质量发展”出现 2 次"
    assert evidence("天地", 1, 0.1, words) == "按常用字串更通顺"


def test_words_are_counted_over_texts_but_not_over_their_ends() -> None:
    words = Words(["高质量发展", "发 展高质量"])
    assert [words.count(run) for run in ("高质量", "发展", "展发", "质量发展")] == [2, 2, 0, 1]
    assert Words().count("高质") == 0


def test_the_counts_know_common_runs_and_find_sound_text_likelier() -> None:
    table = counts.load()
    rows = [np.pad(table.encode(text), (4, 0), constant_values=table.newline) for text in ("公共服务", "公共眠务")]
    assert table.runs(table.encode("公共服务")[None], 2)[0, 2] > 100
    assert table.bits(rows[0]).sum() > table.bits(rows[1]).sum() + 10
    assert table.encode("語")[0] == table.encode("语")[0]


def test_characters_drawn_alike_are_near() -> None:
    table = shapes.load()
    likeness = table.likeness("闱")
    assert likeness[table.places["围"]] > 0.7 > 0.4 > likeness[table.places["一"]]
    assert likeness[table.places["闱"]] == pytest.approx(1, abs=1e-4)
    assert not table.likeness("a").any()


def test_candidates_keep_to_the_script_of_the_line() -> None:
    known = knowledge()
    sheet = prepare("基本公共眠务的保障\n這說明們體會到了眠務", known.counts, known.shapes)
    chosen, _ = find(sheet, np.array([4, sheet.text.rindex("眠")]), known)
    simplified, traditional = ({known.shapes.characters[c] for c in row} for row in chosen)
    assert "服" in simplified
    assert not any(known.shapes.scripts[known.shapes.places[c]] == shapes.TRADITIONAL for c in simplified)
    assert not any(known.shapes.scripts[known.shapes.places[c]] == shapes.SIMPLIFIED for c in traditional)


def test_one_doubtful_place_does_not_make_a_text_damaged() -> None:
    judged = judge.load()
    worth = np.full((1, 3), 6.0, np.float32)
    many = judged.shares(np.repeat(worth, 20, axis=0), np.arange(0, 700, 35), 700)
    assert judged.shares(worth, np.array([5]), 700)[0] < 0.001 < 0.01 < many[0]
    assert (judged.probabilities(worth, np.array([0.02])) > judged.probabilities(worth, np.array([0.0001]))).all()


def test_readings_side_by_side_are_one_repair() -> None:
    repairs = propose(DAMAGED, Words([DAMAGED]))
    assert repairs == sorted(repairs, key=lambda r: r.start)
    assert all(isinstance(r, Repair) for r in repairs)


def test_a_reading_that_stands_alone_is_never_sure_and_one_in_company_stays_so() -> None:
    alone, crowd = {50: ("质", 0.99, 0.7)}, {p: ("质", 0.99, 0.7) for p in range(5000, 5600, 100)}
    kept = in_company(alone | crowd)
    assert kept == {50: ("质", LONE, 0.7)} | crowd
    assert LONE < APPLIED
    assert in_company({p: crowd[p] for p in list(crowd)[:-1]}) == {p: ("质", LONE, 0.7) for p in list(crowd)[:-1]}
