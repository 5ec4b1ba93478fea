"""Article marks: found by the run of their ordinals, damaged ones included; a mention in passing is none."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import LETTERS, REPORTS, SAMPLE, texts

from eval.robustness.perturbations import damage
from index.cleaning import clean
from index.structure.articles import chinese_number, find_marks, parse_number, starts_sentence

FILLER = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源。提升对外开放水平，加强内部合作。" * 6


def placed(text: str) -> list[tuple[str, str]]:
    return [(m.label, text[m.start : m.end]) for m in find_marks(text)]


def test_the_sample_has_seven_articles_two_of_them_with_damaged_marks() -> None:
    text = clean(SAMPLE).text
    assert placed(text) == [
        ("第一篇", "第一篇,共七篇"),
        ("第二篇", "弟Jm"),
        ("第三篇", "弟二扁"),
        ("第四篇", "第四篇"),
        ("第五篇", "第五篇"),
        ("第六篇", "第六篇"),
        ("第七篇", "第七篇"),
    ]
    behind = [text[m.end :][:4] for m in find_marks(text)]
    assert behind == ["2024", "近日,习", "中部地区", "3月20", "20年前", "3月20", "困徒“九"]


@pytest.mark.parametrize("unit", "篇编章讲")
@pytest.mark.parametrize("damaged", ["弟二草", "笫=窜", "第二苹"])
def test_a_damaged_mark_is_found_where_the_count_has_a_gap(unit: str, damaged: str) -> None:
    text = f"第一{unit}{FILLER}{damaged}{FILLER}第三{unit}{FILLER}"
    assert placed(text) == [(f"第一{unit}", f"第一{unit}"), (f"第二{unit}", damaged), (f"第三{unit}", f"第三{unit}")]


def test_two_damaged_marks_in_one_gap_are_both_found_in_order() -> None:
    text = f"第一章{FILLER}弟二草{FILLER}笫三苹{FILLER}第四章{FILLER}"
    assert [label for label, _ in placed(text)] == ["第一章", "第二章", "第三章", "第四章"]
    assert placed(text)[1:3] == [("第二章", "弟二草"), ("第三章", "笫三苹")]


@pytest.mark.parametrize("unit", "篇编章讲")
def test_marks_at_either_end_are_found_by_the_count_that_the_file_states(unit: str) -> None:
    text = f"弟一{unit}，共四{unit}{FILLER}第二{unit}{FILLER}第三{unit}{FILLER}弟四J{FILLER}"
    assert placed(text) == [
        (f"第一{unit}", f"弟一{unit}，共四{unit}"),
        (f"第二{unit}", f"第二{unit}"),
        (f"第三{unit}", f"第三{unit}"),
        (f"第四{unit}", "弟四J"),
    ]
    title = f"4{unit}关于学习的发言稿\n第一{unit}\n{FILLER}\n第二{unit}\n{FILLER}\n弟三扁\n{FILLER}\n策四草\n{FILLER}"
    assert [label for label, _ in placed(title)] == [f"第{c}{unit}" for c in "一二三四"]


def test_the_first_mark_may_be_lost_altogether_when_those_behind_it_are_there() -> None:
    text = f"发言稿{FILLER}第二篇{FILLER}第三篇{FILLER}第四篇{FILLER}"
    assert placed(text) == [("第一篇", ""), ("第二篇", "第二篇"), ("第三篇", "第三篇"), ("第四篇", "第四篇")]


def test_a_damaged_mark_behind_the_last_sound_one_needs_no_stated_count() -> None:
    assert placed(f"第一篇{FILLER}第二篇{FILLER}弟三篇{FILLER}")[2] == ("第三篇", "弟三篇")
    assert placed(f"第一篇{FILLER}弟二篇{FILLER}第三扁{FILLER}") == [
        ("第一篇", "第一篇"),
        ("第二篇", "弟二篇"),
        ("第三篇", "第三扁"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "第三产业增加值增长。",
        "第三方机构参与评估。",
        "第三季度好转。",
        "这三篇文章很好。",
        "第三，要抓落实。",
        "前三章写得好。",
    ],
)
def test_what_else_an_ordinal_counts_is_no_damaged_mark(sentence: str) -> None:
    others = FILLER + sentence + FILLER
    assert [label for label, _ in placed(f"第一篇{FILLER}第二篇{others}")] == ["第一篇", "第二篇"]
    assert [label for label, _ in placed(f"第一篇{FILLER}第二篇{others}第四篇{FILLER}")] == [
        "第一篇",
        "第二篇",
        "第四篇",
    ]


@pytest.mark.parametrize("share", [0.02, 0.05, 0.10])
def test_marks_of_the_damaged_sample_are_found_in_nearly_every_draw(share: float) -> None:
    true = {(m.number, clean(SAMPLE).offsets[m.start]) for m in find_marks(clean(SAMPLE).text)}
    lost = false = 0
    for draw in range(8):
        cleaned = clean(damage(SAMPLE, share, f"articles {draw}"))
        found = {(m.number, cleaned.offsets[m.start]) for m in find_marks(cleaned.text)}
        lost += len(true - found)
        false += len(found - true)
    assert (lost, false) <= (2, 2)


def test_no_marks_are_made_by_damage() -> None:
    for path in REPORTS:
        assert find_marks(clean(damage(path.read_text(encoding="utf-8"), 0.1, path.name)).text) == []


def test_a_gap_without_anything_strange_stays_a_gap() -> None:
    text = f"第一章{FILLER}{FILLER}第三章{FILLER}"
    assert [label for label, _ in placed(text)] == ["第一章", "第三章"]


def test_marks_may_be_digits_and_stand_on_their_own_lines() -> None:
    text = f"第1讲 总论\n{FILLER}\n第2讲 分论\n{FILLER}\n第3讲 结论\n{FILLER}"
    assert placed(text) == [("第一讲", "第1讲"), ("第二讲", "第2讲"), ("第三讲", "第3讲")]


def test_a_run_may_pass_a_hundred() -> None:
    text = "".join(f"第{n}章{FILLER}" for n in range(1, 113))
    assert [m.label for m in find_marks(text)][98:] == [f"第{chinese_number(n)}章" for n in range(99, 113)]


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_a_report_of_one_piece_has_no_articles(path: Path) -> None:
    assert find_marks(clean(path.read_text(encoding="utf-8")).text) == []


@pytest.mark.parametrize(
    "mention",
    ["正如第一篇所说，第二篇也说过，第三篇又说。", "他写了第一章。第二章没有写完。第三章也没有。", "见第二篇。"],
)
def test_a_mention_in_passing_is_no_mark(mention: str) -> None:
    assert find_marks(FILLER + mention + FILLER) == []
    assert [label for label, _ in placed(f"第一篇{FILLER}{mention}{FILLER}第二篇{FILLER}")] == ["第一篇", "第二篇"]


def test_words_that_begin_like_a_mark_are_none() -> None:
    text = "".join(f"第{n}篇章写的是家乡。{FILLER}第{n}章节是歌舞。{FILLER}" for n in "一二三")
    assert find_marks(text) == []


def test_a_single_mark_counts_nothing() -> None:
    assert find_marks(f"第一篇{FILLER}") == []


@given(texts)
def test_marks_stand_in_order_apart_and_count_upwards(text: str) -> None:
    marks = find_marks(clean(text * 4).text)
    assert all(a.end < b.start and a.number < b.number for a, b in itertools.pairwise(marks))


@given(st.integers(0, 2000))
def test_a_number_written_in_chinese_is_read_as_itself(value: int) -> None:
    assert parse_number(chinese_number(value)) == value


def test_numbers_are_written_as_in_headings() -> None:
    written = {
        0: "零",
        7: "七",
        10: "十",
        12: "十二",
        20: "二十",
        40: "四十",
        99: "九十九",
        100: "一百",
        105: "一百零五",
    }
    assert {value: chinese_number(value) for value in written} == written
    assert chinese_number(110) == "一百一十"
    assert chinese_number(999) == "九百九十九"
    assert parse_number("一百〇五") == 105
    assert parse_number("12") == 12
    assert parse_number("百二十") == 120


@given(st.text(alphabet=LETTERS, max_size=9), st.sampled_from("。！？!?\n"), st.text(alphabet=" 　", max_size=30))
def test_a_sentence_starts_after_a_stop_and_spaces_but_not_after_a_letter(before: str, stop: str, gap: str) -> None:
    text = before + stop + gap
    assert starts_sentence(text + "章", len(text))
    assert starts_sentence(f"{before}。”{gap}", len(before) + 2 + len(gap))
    assert not starts_sentence(text + "中" + gap, len(text) + 1 + len(gap))


def test_a_long_document_takes_time_in_proportion_to_its_length() -> None:
    def seconds(times: int) -> float:
        text = f"第一篇{FILLER * times}第三篇{FILLER}"
        start = time.process_time()
        find_marks(text)
        return time.process_time() - start

    seconds(20)
    assert seconds(1600) < 40 * max(seconds(200), 0.005)


def test_hostile_marks_take_time_in_proportion_too() -> None:
    start = time.process_time()
    for text in (
        "第一篇甲。" * 20_000,
        "第" * 100_000,
        "第三篇。" + "。" * 100_000,
        "".join(f"第{n % 300}章甲乙丙。" for n in range(20_000)),
    ):
        find_marks(text)
    assert time.process_time() - start < 10
