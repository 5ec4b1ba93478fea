"""Sections: articles and numbered headings -> an unbroken run of labelled spans."""

from __future__ import annotations

from hypothesis import given
from samples import REPORTS, SAMPLE, texts

from index.articles import find_marks
from index.cleaning import clean
from index.sections import find_sections

FILLER = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源。提升对外开放水平，加强内部合作。" * 6


def labels(text: str) -> list[str]:
    return [s.label for s in find_sections(text)]


@given(texts)
def test_sections_follow_each_other_and_leave_out_only_marks_and_blanks(text: str) -> None:
    shown = clean(text).text
    sections = find_sections(shown)
    place, marks = 0, {(m.start, m.end) for m in find_marks(shown)}
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


def test_a_long_numbered_sentence_is_text() -> None:
    sentence = "一、" + "坚持以经济建设为中心不动摇" * 5 + "。"
    assert labels(sentence) == [""]


def test_a_text_without_headings_is_one_section_and_a_blank_one_none() -> None:
    assert [(s.label, s.start, s.end) for s in find_sections(FILLER)] == [("", 0, len(FILLER))]
    assert find_sections("") == []
    assert find_sections(" \n　\n") == []
