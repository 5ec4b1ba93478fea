"""Cleaning: source text -> display text that knows where each of its characters stands."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import LETTERS, OTHERS, REPORTS, SAMPLE, SIGNS, chinese, plain_sentences, texts

from index.cleaning import clean

PIECE = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源，增强对西部地区的辐射带动作用，提升开放水平"


marks = st.sampled_from(
    ["\f", "\n— 3 —\n", "\n12\n", "\n机密\n", "首页 > 甲 > 正文\n", "\n某某年报\n", "版权所有 © 某网\n", "\t", "\u3000"]
)
messy = st.lists(
    st.one_of(texts, marks, st.text(alphabet=LETTERS + SIGNS + OTHERS + "\n\f", max_size=40)), max_size=12
).map("".join)


@st.composite
def extracts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], list[int]]:
    """A text with layout spans, rising and disjoint, and the places where its pages begin."""
    text = draw(messy)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pages = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=6)))
    return text, list(zip(cuts[::2], cuts[1::2], strict=False)), [0, *pages]


@given(messy)
@example("")
@example("\0\n\0")
@example("\n\n \n")
@example("\f\f\n\f")
def test_every_clean_character_knows_its_source(text: str) -> None:
    cleaned = clean(text)
    assert [text[o] for o in cleaned.offsets] == list(cleaned.text)
    assert list(cleaned.offsets) == sorted(set(cleaned.offsets))


@given(extracts())
def test_with_layout_and_pages_every_character_knows_its_source_and_none_is_of_the_layout(
    extract: tuple[str, list[tuple[int, int]], list[int]],
) -> None:
    text, layout, pages = extract
    cleaned = clean(text, layout, pages)
    assert [text[o] for o in cleaned.offsets] == list(cleaned.text)
    assert list(cleaned.offsets) == sorted(set(cleaned.offsets))
    assert not any(start <= o < end for o in cleaned.offsets for start, end in layout)


@given(st.text(alphabet=LETTERS + SIGNS + "AB12 \u3000\u00a0\t", max_size=80), st.integers(0, 3))
def test_cleaning_a_line_again_drops_only_blanks_if_anything(line: str, wide: int) -> None:
    once = clean(line.replace(" ", " " * wide)).text
    twice = clean(once).text
    assert "".join(once.split()) == "".join(twice.split())


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
    "mark",
    [
        *(
            "第3页",
            "第 3 页 共 17 页",
            "第3页，共17页",
            "- 3 -",
            "— 3 —",
            "3/17",
            "Page 3 of 17",
            "·12·",
            "P12/30",
            "页码：12",
        ),
        *("第十二页", "— 十二 —", "１２／３０", "－１２－", "第12頁 共30頁", "共30页 第12页", "第12页（共30页）"),
    ],
)
def test_a_page_mark_is_dropped_and_the_sentence_around_it_joined(mark: str) -> None:
    assert clean(f"推动中部地区\n{mark}\n高质量发展。\n").text == "推动中部地区高质量发展。\n"


@pytest.mark.parametrize(
    "line", ["第3页的图说明了趋势。", "2024", "-3度", "共17页", "30/12", "P12", "[12]", "第三页写得好"]
)
def test_a_line_that_only_looks_like_a_page_mark_stays(line: str) -> None:
    assert clean(f"前文到此。\n{line}\n后文开始。").text == f"前文到此。\n{line}\n后文开始。"


def test_lines_broken_at_a_fixed_width_are_joined_and_paragraphs_kept() -> None:
    paragraph = PIECE * 3 + "。"
    broken = "\n".join(paragraph[i : i + 30] for i in range(0, len(paragraph), 30))
    assert clean(f"{broken}\n\n{broken}").text == f"{paragraph}\n\n{paragraph}"


def test_a_new_item_is_never_joined_to_the_line_before() -> None:
    line = "推动中部地区高质量发展，绿色低碳转型加快形成新格局"
    for item in ("一、", "（二）", "第三章", "•", "　　", "4.", "①", "——", "第四条　"):
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


def test_unseen_characters_are_dropped() -> None:
    assert clean("中部\u200b地\u00ad区 GDP\x07 增长 5%。\ufeff").text == "中部地区 GDP 增长 5%。"
    assert clean("一家\U0001f468\u200d\U0001f469人").text == "一家\U0001f468\u200d\U0001f469人"


@pytest.mark.parametrize(
    ("spaced", "plain"),
    [
        ("中 部 地 区 ， 推 动 发 展 。", "中部地区，推动发展。"),
        ("人　民　银　行 公告", "人民银行 公告"),
        ("人 民 银 行  行 长 讲话", "人民银行 行长 讲话"),
        ("推动高质量发展，高质 量发展", "推动高质量发展，高质量发展"),
        ("《 人民日报 》（ 海外版 ）", "《人民日报》（海外版）"),
        ("查看更多      责任编辑", "查看更多 责任编辑"),
    ],
)
def test_blanks_that_separate_nothing_are_dropped(spaced: str, plain: str) -> None:
    assert clean(spaced).text == plain


@pytest.mark.parametrize(
    "line",
    [
        "出席：张三 李四 王五 赵六七",
        "国务院总理　温家宝",
        "第一章　总则",
        "（记者 李欣然 通讯员 王小明）",
        "　　段落的缩进留着。",
        "中部地区 GDP 增长 5%，2013 年 3 月 5 日。",
        "地区\t产量\t增长",
        "一段说完了。　　下一段又开始。",
    ],
)
def test_blanks_that_part_words_stay(line: str) -> None:
    assert clean(line).text == line


def test_an_unseen_character_at_the_start_of_a_line_joins_nothing() -> None:
    assert clean("工作总结\n\u200b各位代表，现在开始报告。").text == "工作总结\n各位代表，现在开始报告。"


def paged(count: int, head: str, foot: str, last: str = "\n\f") -> str:
    """Pages with a head and a foot, each of them ending in the middle of a sentence."""
    return "".join(
        f"{head.format(n)}{PIECE}。这一页说的是第{'甲乙丙丁戊己庚辛'[n]}件事，它到这里还没有\n{foot.format(n + 1)}{last}"
        for n in range(count)
    )


WITHOUT = "".join(f"{PIECE}。这一页说的是第{c}件事，它到这里还没有" for c in "甲乙丙丁戊")


@pytest.mark.parametrize(
    ("foot", "last"),
    [
        ("{}", "\n\f"),
        ("— {} —", "\n"),
        ("内部资料\n第{}页", "\n\f"),
        ("仅供内部使用\n· {} ·", "\n"),
        ("第{}页 共5页", "\n"),
    ],
)
def test_running_heads_and_feet_are_dropped_and_the_sentences_across_pages_joined(foot: str, last: str) -> None:
    text = paged(5, "某某公司2013年年度报告\n", foot, last)
    assert clean(text).text == f"某某公司2013年年度报告\n{WITHOUT}\n"


def test_heads_are_known_by_the_pages_of_the_format_too_and_numbers_in_them_may_differ() -> None:
    text = paged(5, "年度报告 第{}页\n", "内部资料", "\n")
    pages = [m.start() for m in re.finditer("年度报告", text)]
    assert clean(text, (), pages).text == f"年度报告 第0页\n{WITHOUT}\n"


def test_a_line_at_the_edge_of_two_pages_only_and_lines_that_differ_stay() -> None:
    pages = [f"第{c}题\n说的是{c}。\n\f" for c in "甲乙丙丁"]
    assert clean("".join(pages)).text == "".join(pages).replace("\f", "")
    twice = f"小结\n{PIECE}。\n\f小结\n{PIECE}。\n"
    assert clean(twice).text == twice.replace("\f", "")


def test_a_sentence_at_the_foot_of_every_page_is_kept_once() -> None:
    foot = "本资料由综合处编印，未经同意不得外传。"
    text = paged(5, "", f"{foot}", "\n\f")
    assert clean(text).text.replace("\n", "") == f"{WITHOUT}{foot}"


def test_short_lines_at_the_ends_of_slides_are_not_joined() -> None:
    text = "".join(f"工作汇报\n第{c}项工作\n加强领导{c}\n\f" for c in "甲乙丙丁")
    assert clean(text).text == "工作汇报\n" + "".join(f"第{c}项工作\n加强领导{c}\n" for c in "甲乙丙丁")


def test_a_line_that_comes_again_and_cuts_sentences_is_a_watermark() -> None:
    lines = [f"第{c}件事情，我们要认真研究\n{{}}，把它一项一项做好。\n" for c in "甲乙丙丁戊"]
    plain = "".join(line.format("").replace("\n，", "，") for line in lines)
    for words in ("青山集团", "仅供内部使用", "样 本"):
        assert clean("".join(line.format(f"{words}\n") for line in lines)).text == plain


@pytest.mark.parametrize("words", ["（掌声）", "机密", "同意"])
def test_a_line_that_comes_again_between_whole_sentences_stays(words: str) -> None:
    text = "".join(f"第{c}件事情，我们已经研究过了。\n{words}\n" for c in "甲乙丙丁戊")
    assert clean(text).text == text


def test_numbers_alone_that_count_through_cut_sentences_are_page_numbers() -> None:
    page = PIECE * 4
    text = "".join(f"{page}，说到第{c}件\n{n}\n" for n, c in enumerate("甲乙丙丁", 7)) + "完。"
    assert clean(text).text == "".join(f"{page}，说到第{c}件" for c in "甲乙丙丁") + "完。"


def test_numbers_alone_that_head_whole_chapters_stay() -> None:
    text = "".join(f"{n}\n{PIECE * 4}。\n" for n in range(1, 6))
    assert clean(text).text == text


@pytest.mark.parametrize("form", ["{}、", "{}.", "（{}）", "[{}]", "【{}】", "({})", "第{}段 ", "{} "])
def test_markers_of_other_forms_that_cut_a_text_are_dropped(form: str) -> None:
    parts = [f"{PIECE[:40]}甲{PIECE}" for _ in range(8)]
    cut = "\n".join(form.format(n) + part for n, part in enumerate(parts, 1))
    assert clean(cut).text.replace(" ", "") == "".join(parts)


def test_a_website_is_known_by_its_form_at_either_end() -> None:
    body = f"关于做好工作的通知\n{PIECE}。\n{PIECE}。\n{PIECE}。\n{PIECE}。\n来源：某某日报\n责任编辑：张三\n"
    head = "首页 > 新闻中心 > 正文\n当前位置：首页 > 通知\n"
    foot = "分享到：微信 微博 QQ空间\n【打印本页】【关闭窗口】\n版权所有 © 2013 某某网 京ICP备12345678号\n"
    assert clean(head + body + foot).text == body


@pytest.mark.parametrize(
    "line", ["版权所有者享有下列权利", "他在微博上分享了收藏的照片", "首页需要重新设计", "大", "版权声明的写法"]
)
def test_words_of_a_website_in_the_author_s_own_line_stay(line: str) -> None:
    text = f"{line}\n{PIECE}。\n"
    assert clean(text).text == text


def wrapped(width: int, gap: str = "\n", paragraphs: int = 2) -> tuple[str, str]:
    paragraph = f"　　{PIECE}，推动《中部规划》落实。{PIECE * 2}。"
    lines = [paragraph[i : i + width] for i in range(0, len(paragraph), width)]
    return gap.join(gap.join(lines) for _ in range(paragraphs)), gap.join([paragraph] * paragraphs)


@pytest.mark.parametrize("width", [20, 25, 33, 40])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_hard_breaks_are_mended_with_and_without_a_blank_line_between_all_lines(width: int, gap: str) -> None:
    broken, whole = wrapped(width, gap)
    shown = clean(broken).text
    assert re.sub(r"(?<=[。；])\n+(?![\n　])", "", shown) == whole


def test_verses_and_lists_keep_their_lines() -> None:
    verse = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n" * 3
    titles = "".join(
        f"关于加强中部地区{c}生态环境保护和治理工作的通知\n" for c in ("长江", "黄河", "淮河", "汉江", "湘江")
    )
    names = "张三李四王五\n赵六钱七孙八\n" * 4
    assert [clean(t).text for t in (verse, titles, names)] == [verse, titles, names]


def test_a_line_that_begins_with_a_decimal_goes_on() -> None:
    lines = [f"{PIECE[:27]}，增长", "2.5%，比上年" + PIECE[:22], PIECE[:29], PIECE[:20] + "。"]
    assert clean("\n".join(lines)).text == "".join(lines)


def test_latin_words_keep_a_blank_or_their_line_end() -> None:
    lines = [
        f"{PIECE[:23]}，采用multi head ",
        f"attention机制，{PIECE[:22]}",
        f"{PIECE[:24]}，deep",
        f"learning，{PIECE[:20]}。",
    ]
    shown = clean("\n".join(lines)).text
    assert shown == f"{lines[0]}{lines[1]}{lines[2]}\n{lines[3]}"


def test_a_line_end_that_the_format_calls_layout_joins_and_a_page_of_the_format_alone_does_not() -> None:
    text = "推动中部地区\n高质量发展。\n第二段。"
    assert clean(text, [(6, 7)]).text == "推动中部地区高质量发展。\n第二段。"
    assert clean(text, (), [0, 7]).text == text
    head = "推动中部地区\n年度报告 7\n高质量发展。"
    start = head.index("年度")
    assert clean(head, [(start, start + 7)]).text == "推动中部地区\n高质量发展。"
    assert clean(head, [(start - 1, start + 7)]).text == "推动中部地区高质量发展。"


@pytest.mark.parametrize(
    "text",
    [
        *(c * 200_000 for c in (" ", "1", "（", "\n", "。", "\f", "\t", "—")),
        *(
            "（一）" * 50_000,
            "中 " * 100_000,
            "中\n" * 50_000,
            "中\f" * 50_000,
            "- 1 -\n" * 40_000,
            "中" + " " * 200_000 + "中中",
        ),
        *("机密\n" * 50_000, "首页" + " > 甲" * 50_000, "".join(f"{n}、甲\n" for n in range(30_000))),
    ],
    ids=lambda text: repr(text[:4]),
)
def test_hostile_text_takes_time_in_proportion_to_its_length(text: str) -> None:
    start = time.process_time()
    cleaned = clean(text)
    assert time.process_time() - start < 10  # seconds; what is quadratic takes minutes
    assert len(cleaned.text) == len(cleaned.offsets)


def test_a_place_of_the_source_is_found_in_the_display_text() -> None:
    cleaned = clean("中部\u200b地区。\n— 3 —\n")
    assert cleaned.text == "中部地区。\n"
    assert bisect_left(cleaned.offsets, 3) == 2
    assert list(cleaned.offsets[1:3]) == [1, 3]
