"""Sections: articles and numbered headings -> an unbroken run of labelled spans."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import REPORTS, SAMPLE, texts

from index.cleaning import clean
from index.cleanup.lines import lines_of
from index.extract import FormatHeading
from index.structure.articles import find_marks
from index.structure.sections import find_sections
from index.structure.tableofcontents import find_contents

FILLER = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源。提升对外开放水平，加强内部合作。" * 6


def labels(text: str) -> list[str]:
    return [s.label for s in find_sections(text)]


@given(texts)
def test_sections_follow_each_other_and_leave_out_only_marks_and_blanks(text: str) -> None:
    shown = clean(text).text
    sections = find_sections(shown)
    marks = {(m.start, m.end) for m in find_marks(shown)} | set(find_contents(shown, lines_of(shown)))
    place = 0
    for section in sections:
        between = shown[place : section.start]
        assert place <= section.start < section.end <= len(shown)
        skipped = between
        for start, end in marks:
            if place <= start and end <= section.start:
                skipped = skipped.replace(shown[start:end], "", 1)
        assert not skipped.strip()
        place = section.end
    assert not shown[place:].strip() or any(start >= place for start, _ in marks)


def test_the_sample_has_its_seven_speeches_and_the_six_parts_of_the_last() -> None:
    found = labels(clean(SAMPLE).text)
    assert found[:8] == ["", "第一篇", "第二篇", "第三篇", "第四篇", "第五篇", "第六篇", "第七篇"]
    assert [s.removeprefix("第七篇 · ")[:3] for s in found[8:]] == [f"({c})" for c in "一二三四五六"]
    assert found[10] == "第七篇 · (三)着力建设绿色发展的美丽中部"


def test_a_report_has_its_parts_and_their_parts() -> None:
    text = clean(next(p for p in REPORTS if "2008" in p.name).read_text(encoding="utf-8")).text
    assert labels(text)[:3] == [
        "",
        "一、过去五年工作回顾",
        "一、过去五年工作回顾 · （一）加强和改善宏观调控，促进经济平稳快速发展",
    ]


def test_chapters_hold_sections_that_hold_points() -> None:
    text = f"总则\n第一章 总则\n{FILLER}\n第一节 目的\n{FILLER}\n一、范围\n{FILLER}\n（一）对象\n{FILLER}\n第二章 附则\n{FILLER}"
    assert labels(text) == [
        "",
        "第一章 总则",
        "第一章 总则 · 第一节 目的",
        "第一章 总则 · 第一节 目的 · 一、范围",
        "第一章 总则 · 第一节 目的 · 一、范围 · （一）对象",
        "第二章 附则",
    ]


def test_markdown_headings_nest_by_their_signs() -> None:
    assert labels("# 甲\n正文。\n## 乙\n正文。\n### 丙\n正文。\n## 丁\n正文。\n") == [
        "甲",
        "甲 · 乙",
        "甲 · 乙 · 丙",
        "甲 · 丁",
    ]


@given(texts, st.lists(st.tuples(st.integers(1, 6), st.integers(0, 400), st.integers(1, 30)), max_size=6))
def test_headings_of_the_format_wherever_they_are_leave_no_word_out(
    text: str, places: list[tuple[int, int, int]]
) -> None:
    shown = clean(text).text
    stated = [FormatHeading(level, start, min(start + length, len(shown))) for level, start, length in places]
    sections = find_sections(shown, sorted(stated, key=lambda h: h.start))
    assert all(a.end <= b.start for a, b in itertools.pairwise(sections))
    covered = "".join(shown[s.start : s.end] for s in sections)
    left_out = [shown[m.start : m.end] for m in find_marks(shown)] + [
        shown[start:end] for start, end in find_contents(shown, lines_of(shown))
    ]
    assert len("".join(shown.split())) - len("".join(covered.split())) <= sum(len(words) for words in left_out)


def test_headings_of_the_format_take_their_place_in_the_path_before_numbered_ones() -> None:
    text = f"总论\n{FILLER}\n背景\n{FILLER}\n一、国内\n{FILLER}\n二、国外\n{FILLER}\n分论\n{FILLER}"
    stated = [
        FormatHeading(level, text.index(f"{w}\n"), text.index(f"{w}\n") + 2)
        for level, w in ((1, "总论"), (2, "背景"), (1, "分论"))
    ]
    found = find_sections(text, stated)
    assert [s.label for s in found] == [
        "总论",
        "总论 · 背景",
        "总论 · 背景 · 一、国内",
        "总论 · 背景 · 二、国外",
        "分论",
    ]


def test_a_paragraph_in_the_dress_of_a_heading_is_none() -> None:
    text = f"{FILLER}\n正文。"
    assert labels(text) == [s.label for s in find_sections(text, [FormatHeading(1, 0, len(FILLER))])] == [""]


LAW = """第一章　总则
第一条　为了规范行为，制定本法。
第二条　本法所称行为，是指下列情形：
（一）甲的行为；
（二）乙的行为；
（三）法律规定的其他情形。
第二章　权利
第三条　公民有权利。依照
本法第一条的规定办理。
第三条之一　国家保护权利。
附件1：清单
"""


def test_the_articles_of_a_law_are_sections_with_their_text_in_full() -> None:
    assert [(s.label, LAW[s.start : s.end].split("\n")[0]) for s in find_sections(LAW)] == [
        ("第一章　总则 · 第一条", "第一章　总则"),
        ("第一章　总则 · 第二条", "第二条　本法所称行为，是指下列情形："),
        ("第二章　权利 · 第三条", "第二章　权利"),
        ("第二章　权利 · 第三条之一", "第三条之一　国家保护权利。"),
        ("附件1：清单", "附件1：清单"),
    ]


def test_articles_of_chapters_too_short_for_a_run_are_on_one_level_with_the_others() -> None:
    text = f"第一章 甲\n{FILLER}\n第二章 乙\n短。\n第三章 丙\n{FILLER}\n"
    assert labels(text) == ["第一章 甲", "第二章 乙", "第三章 丙"]


def test_books_hold_chapters() -> None:
    text = f"第一编 总则\n第一章 甲\n{FILLER}\n第二章 乙\n{FILLER}\n第二编 分则\n第三章 丙\n{FILLER}\n"
    assert labels(text) == ["第一编 总则 · 第一章 甲", "第一编 总则 · 第二章 乙", "第二编 分则 · 第三章 丙"]


def test_numbers_of_a_standard_nest_by_their_points() -> None:
    text = f"1 范围\n{FILLER}\n2 术语\n2.1 定义\n{FILLER}\n2.1.1 甲\n{FILLER}\n3 要求\n{FILLER}"
    assert labels(text) == ["1 范围", "2 术语 · 2.1 定义", "2 术语 · 2.1 定义 · 2.1.1 甲", "3 要求"]


@pytest.mark.parametrize(
    "items",
    [
        "1、加强领导\n2、落实责任\n3、严格督查",
        "一、听取报告\n二、审议草案\n三、表决",
        "（一）有害的；\n（二）违法的；\n（三）法律规定的其他情形。",
        "2.5万元\n3.1万元",
        "3 月 5 日上午\n4 月 6 日下午",
    ],
)
def test_the_items_of_a_list_are_no_headings(items: str) -> None:
    assert labels(f"会议要点：\n{items}\n{FILLER}") == [""]


def test_a_heading_without_text_of_its_own_is_joined_to_what_follows() -> None:
    text = f"前言。\n一、总体要求\n（一）目标\n{FILLER}\n（二）原则\n{FILLER}\n二、结语"
    found = [(s.label, text[s.start : s.end].split("\n")[0]) for s in find_sections(text)]
    assert found == [
        ("", "前言。"),
        ("一、总体要求 · （一）目标", "一、总体要求"),
        ("一、总体要求 · （二）原则", "（二）原则"),
        ("二、结语", "二、结语"),
    ]


@pytest.mark.parametrize("entry", ["{}........{}", "{}……………{}", "{}\t{}", "{} ·········· {}", "{}．．．．（{}）"])
@pytest.mark.parametrize("name", ["目录\n", "目　录\n", ""])
def test_a_table_of_contents_is_no_section_and_in_none(entry: str, name: str) -> None:
    titles = ["一、总则", "二、分则", "三、附则"]
    contents = name + "".join(entry.format(t, n) + "\n" for n, t in enumerate(titles, 1))
    body = "".join(f"{t}\n{FILLER}\n" for t in titles)
    text = clean(f"某某办法\n{contents}\n{body}").text
    assert labels(text) == ["", *titles]
    assert "".join(text[s.start : s.end] for s in find_sections(text)).count("一、总则") == 1


def test_a_price_list_is_no_table_of_contents() -> None:
    text = "菜单\n红烧肉……38\n清蒸鱼……12\n白米饭……2\n"
    assert [text[s.start : s.end] for s in find_sections(text)] == [text]


def test_hostile_lines_take_time_in_proportion() -> None:
    start = time.process_time()
    for line in ("一、甲\n", "# 甲\n", "第三条\n", "目录\n", "附件1\n", "（一）", "1.\n"):
        find_sections(line * 20_000)
    find_sections("".join(f"目录\n题{n}\n" for n in range(10_000)))
    find_sections("".join(f"题{n}....{n % 99}\n" for n in range(10_000)))
    assert time.process_time() - start < 15


def test_a_long_numbered_sentence_is_text() -> None:
    sentence = "一、" + "坚持以经济建设为中心不动摇" * 5 + "。"
    assert labels(sentence) == [""]


def test_a_text_without_headings_is_one_section_and_a_blank_one_none() -> None:
    assert [(s.label, s.start, s.end) for s in find_sections(FILLER)] == [("", 0, len(FILLER))]
    assert find_sections("") == []
    assert find_sections(" \n　\n") == []


def stated(text: str, *words: tuple[str, int]) -> list[str]:
    """The labels where the format sets these words as headings of these levels."""
    headings = [FormatHeading(level, start := text.index(w), start + len(w)) for w, level in words]
    return [s.label for s in find_sections(text, headings)]


def test_a_heading_that_the_format_does_not_set_stands_beside_those_of_its_form_that_it_does() -> None:
    text = f"一、回顾\n{FILLER}\n二、要求\n{FILLER}\n（一）增收\n{FILLER}\n三、任务\n{FILLER}"
    assert stated(text, ("一、回顾", 1), ("三、任务", 1)) == [
        "一、回顾",
        "二、要求",
        "二、要求 · （一）增收",
        "三、任务",
    ]


def test_a_heading_that_the_format_does_not_set_stands_above_those_of_a_lower_form_that_it_does() -> None:
    text = f"一、回顾\n{FILLER}\n（一）增收\n{FILLER}\n二、要求\n{FILLER}\n（一）节流\n{FILLER}"
    assert stated(text, ("（一）增收", 1), ("（一）节流", 1)) == [
        "一、回顾",
        "一、回顾 · （一）增收",
        "二、要求",
        "二、要求 · （一）节流",
    ]
