"""Cleaning: source text -> display text that knows where each of its characters stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import LETTERS, REPORTS, SAMPLE, chinese, plain_sentences, texts

from index.cleaning import clean

PIECE = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源，增强对西部地区的辐射带动作用，提升开放水平"


@given(texts)
@example("")
@example("\0\n\0")
@example("\n\n \n")
def test_every_clean_character_knows_its_source(text: str) -> None:
    cleaned = clean(text)
    assert [text[o] for o in cleaned.offsets] == list(cleaned.text)
    assert list(cleaned.offsets) == sorted(set(cleaned.offsets))


@given(texts)
def test_a_display_span_is_the_source_span_without_what_was_dropped(text: str) -> None:
    cleaned = clean(text)
    kept = set(cleaned.offsets)
    for start in range(0, len(cleaned.text), 7):
        end = min(len(cleaned.text), start + 11)
        first, after = cleaned.source_span(start, end)
        assert "".join(text[i] for i in range(first, after) if i in kept) == cleaned.text[start:end]


@given(st.lists(plain_sentences, max_size=8))
def test_plain_sentences_are_left_as_they_are(sentences: list[str]) -> None:
    text = "".join(sentences)
    assert clean(text).text == text


@given(st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=12), min_size=1, max_size=8))
def test_short_lines_stay_lines(lines: list[str]) -> None:
    assert clean("\n".join(lines)).text == "\n".join(lines)


def test_the_sample_loses_its_boilerplate_and_its_44_markers_and_nothing_else() -> None:
    first, *segments = SAMPLE.split("\n")
    assert first.startswith("《7篇关于")
    assert first.endswith("搜索。")
    assert [s.split("、", 1)[0] for s in segments] == [str(n) for n in range(1, 45)]
    joined = "".join(s.split("、", 1)[1] for s in segments)
    assert clean(SAMPLE).text == re.sub("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", joined)


def test_cleaning_the_clean_sample_again_changes_nothing() -> None:
    once = clean(SAMPLE).text
    assert clean(once).text == once


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_reports_without_markers_lose_only_spaces_between_characters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    once = clean(text).text
    assert re.sub(r"[\s\u200b-\u200f\ufeff]", "", text) == re.sub(r"\s", "", once)
    assert clean(once).text == once


@pytest.mark.parametrize("stop", "。；;")
def test_the_numbers_of_a_genuine_list_stay(stop: str) -> None:
    short = f"主要任务：\n1、加强领导{stop}\n2、落实责任{stop}\n3、严格督查{stop}\n4、总结经验。"
    assert clean(short).text == short
    long = "主要任务：\n" + "\n".join(f"{n}、{PIECE}{PIECE}{stop}" for n in range(1, 7))
    assert clean(long).text == long


def cut_text(pieces: int) -> tuple[str, str]:
    """A text, and the same cut into pieces that end in mid-sentence."""
    parts = [f"{PIECE[:40]}{n:03}{PIECE}" for n in range(pieces)]
    return "".join(parts), "\n".join(f"{n}、{part}" for n, part in enumerate(parts, 1))


def test_pieces_that_begin_in_mid_sentence_are_joined() -> None:
    whole, cut = cut_text(12)
    assert clean(cut).text == whole


def test_a_list_inside_a_piece_keeps_its_numbers_and_the_pieces_after_it_lose_theirs() -> None:
    whole, cut = cut_text(12)
    inner = "\n1、加强领导。\n2、落实责任。\n"
    at = cut.index("\n6、")
    where = whole.index("005" + PIECE) - 40
    assert clean(cut[:at] + inner.rstrip("\n") + cut[at:]).text == whole[:where] + inner.rstrip("\n") + whole[where:]


@pytest.mark.parametrize(
    "mark", ["第3页", "第 3 页 共 17 页", "第3页，共17页", "- 3 -", "— 3 —", "3/17", "Page 3 of 17"]
)
def test_a_page_mark_is_dropped_and_the_sentence_around_it_joined(mark: str) -> None:
    assert clean(f"推动中部地区\n{mark}\n高质量发展。\n").text == "推动中部地区高质量发展。\n"


@pytest.mark.parametrize("line", ["第3页的图说明了趋势。", "2024", "-3度", "共17页"])
def test_a_line_that_only_looks_like_a_page_mark_stays(line: str) -> None:
    assert clean(f"前文到此。\n{line}\n后文开始。").text == f"前文到此。\n{line}\n后文开始。"


def test_lines_broken_at_a_fixed_width_are_joined_and_paragraphs_kept() -> None:
    paragraph = PIECE * 3 + "。"
    broken = "\n".join(paragraph[i : i + 30] for i in range(0, len(paragraph), 30))
    assert clean(f"{broken}\n\n{broken}").text == f"{paragraph}\n\n{paragraph}"


def test_a_new_item_is_never_joined_to_the_line_before() -> None:
    line = "推动中部地区高质量发展和绿色低碳转型加快形成新格局"
    for item in ("一、", "（二）", "第三章", "•", "　　", "4."):
        text = f"{line}\n{line}\n{item}{line}\n{line}"
        assert clean(text).text == f"{line}{line}\n{item}{line}{line}"


@given(chinese)
def test_one_set_phrase_of_a_sharing_site_is_no_boilerplate(text: str) -> None:
    line = "这份材料可在线阅读。"
    assert line in clean(f"{line}\n{text}").text


def test_boilerplate_is_dropped_at_either_end_and_not_in_the_middle() -> None:
    boilerplate = "《甲.docx》由会员分享,可在线阅读,更多相关《甲.docx(3页珍藏版)》请在文库上搜索。\n"
    lines = [f"第{c}句话说完了。\n" for c in "甲乙丙丁戊己庚辛"]
    text = "".join([boilerplate, *lines[:4], boilerplate, *lines[4:], boilerplate])
    assert clean(text).text == "".join([*lines[:4], boilerplate, *lines[4:]])


def test_spaces_between_chinese_characters_and_unseen_characters_are_dropped() -> None:
    assert clean("中 部\u200b地\u00a0区 GDP 增长 5%。\ufeff").text == "中部地区 GDP 增长 5%。"


def test_an_unseen_character_at_the_start_of_a_line_joins_nothing() -> None:
    assert clean("工作总结\n\u200b各位代表，现在开始报告。").text == "工作总结\n各位代表，现在开始报告。"
