"""Passages: whole sentences packed evenly, each inside one section, every one tied to its place in the source."""

from __future__ import annotations

import time
from bisect import bisect_right

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import LETTERS, REPORTS, SAMPLE, SIGNS, plain_sentences, texts

from index.cleaning import CleanText, clean
from index.extract import FormatHeading
from index.passages import MAX_PASSAGE, MAX_SENTENCE, Passage, Sentence, split
from index.reading import Repair
from index.structure.articles import find_marks
from index.structure.sections import find_sections

unpunctuated = st.text(alphabet=LETTERS, min_size=1, max_size=1500)
only_signs = st.text(alphabet=SIGNS + " \n", max_size=300)
any_text = st.one_of(texts, texts.map(lambda t: t * 8), unpunctuated, only_signs)


def display(cleaned: CleanText, start: int, end: int) -> str:
    """The source slice with markers removed."""
    return "".join(c for c, o in zip(cleaned.text, cleaned.offsets, strict=True) if start <= o < end)


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@given(any_text)
@example(SAMPLE)
@example("甲" * 10_000)
@example("甲乙，" * 3_333)
def test_a_passage_is_its_source_slice_without_markers(text: str) -> None:
    cleaned = clean(text)
    for passage in split(cleaned):
        assert display(cleaned, passage.start, passage.end) == passage.text
        for sentence in passage.sentences:
            assert display(cleaned, sentence.start, sentence.end) == sentence.text


@given(any_text)
@example(SAMPLE)
def test_a_part_of_a_sentence_knows_its_source(text: str) -> None:
    for passage in split(clean(text)):
        for sentence in passage.sentences:
            length = len(sentence.text)
            for start, end in [(0, length), (0, 1), (length - 1, length), (length // 3, length // 3 + 1)]:
                first, after = sentence.source_span(start, end)
                assert (text[first], text[after - 1]) == (sentence.text[start], sentence.text[end - 1])
            assert sentence.source_span(0, length) == (sentence.start, sentence.end)


@given(any_text)
@example(SAMPLE)
def test_sentences_tile_their_passage_in_order(text: str) -> None:
    cleaned = clean(text)
    for passage in split(cleaned):
        first, last = passage.sentences[0], passage.sentences[-1]
        assert (passage.start, passage.end) == (first.start, last.end)
        assert letters("".join(s.text for s in passage.sentences)) == letters(passage.text)
        pairs = zip(passage.sentences, passage.sentences[1:], strict=False)
        assert all(a.end <= b.start and not letters(display(cleaned, a.end, b.start)) for a, b in pairs)


@given(any_text)
@example(SAMPLE)
def test_every_letter_outside_the_article_marks_is_in_exactly_one_passage(text: str) -> None:
    cleaned = clean(text)
    sections = "".join(cleaned.text[s.start : s.end] for s in find_sections(cleaned.text))
    assert letters("".join(p.text for p in split(cleaned))) == letters(sections)


@given(any_text, st.integers(20, 500))
def test_a_passage_over_the_size_is_one_sentence(text: str, size: int) -> None:
    for passage in split(clean(text), size=size):
        assert len(passage.text) <= size or len(passage.sentences) == 1
        assert all(len(s.text) <= MAX_SENTENCE for s in passage.sentences)


@given(any_text)
def test_no_sentence_is_blank_or_padded(text: str) -> None:
    for passage in split(clean(text)):
        for sentence in passage.sentences:
            assert sentence.text == sentence.text.strip()
            assert letters(sentence.text)


@given(st.lists(plain_sentences, min_size=1, max_size=40))
def test_ordinary_sentences_come_out_whole(sentences: list[str]) -> None:
    passages = split(clean("".join(sentences)))
    assert [s.text for p in passages for s in p.sentences] == sentences


@given(texts)
@example(SAMPLE)
def test_no_passage_crosses_an_article_mark(text: str) -> None:
    cleaned = clean(text * 3)
    marks = [m for m in find_marks(cleaned.text) if m.end > m.start]
    inside = [
        m for m in marks if m.start and cleaned.text[m.start - 1] not in "\n\f"
    ]  # on a line they may be a heading
    for passage in split(cleaned):
        for start, end in (cleaned.source_span(m.start, m.end) for m in inside):
            assert passage.end <= start or end <= passage.start


def test_a_sentence_ends_at_its_stop_with_the_closing_signs() -> None:
    text = "他说：“崛起靠干。”真的吗？！是的……（见附件。）GDP grew 5.2 percent. It was 3.1 before。增长2.5%。"
    assert [s.text for p in split(clean(text)) for s in p.sentences] == [
        "他说：“崛起靠干。”",
        "真的吗？！",
        "是的……",
        "（见附件。）",
        "GDP grew 5.2 percent.",
        "It was 3.1 before。",
        "增长2.5%。",
    ]


def test_a_sentence_of_ten_thousand_characters_is_cut_at_its_clauses() -> None:
    clause = "推动中部地区高质量发展，"
    passages = split(clean(clause * 834))
    pieces = [s.text for p in passages for s in p.sentences]
    assert "".join(pieces) == clause * 834
    assert all(piece.endswith("，") and len(piece) <= MAX_SENTENCE for piece in pieces)
    assert {len(piece) for piece in pieces[:-1]} == {MAX_SENTENCE // len(clause) * len(clause)}


def test_text_without_any_letters_has_no_passages() -> None:
    assert split(clean("")) == []
    assert split(clean("。。。！？\n——……")) == []


def test_neighbouring_passages_are_of_even_length() -> None:
    sentence = "推动中部地区加快崛起是一项重大战略任务。"
    lengths = [len(p.text) for p in split(clean(sentence * 16))]
    assert lengths == [len(sentence) * 8, len(sentence) * 8]


CLAUSE = "中部地区要主动对接其他区域发展战略，积极引进东部地区产业创新资源，提升开放水平"
OTHER = "各部门结合实际抓好落实，及时报告情况，重大问题随时请示。"


def shown(text: str) -> list[str]:
    return [p.text for p in split(clean(text))]


def sentences(text: str) -> list[str]:
    return [s.text for p in split(clean(text)) for s in p.sentences]


@pytest.mark.parametrize(
    "items",
    [
        "".join(f"（{n}）{CLAUSE}。要抓紧。" for n in "一二三四"),
        "".join(f"{n}是{CLAUSE}。要抓紧。" for n in "一二三四"),
        "".join(f"第{n}，{CLAUSE}。要抓紧。" for n in "一二三四"),
        "".join(f"{n}{CLAUSE}。要抓紧。" for n in "①②③④"),
        "".join(f"——{n}组{CLAUSE}。要抓紧。" for n in "甲乙丙丁"),
        "".join(f"{n}，{CLAUSE}。要抓紧。" for n in ("首先", "其次", "再次", "最后")),
        "\n" + "\n".join(f"{n}、{CLAUSE}。要抓紧。" for n in range(1, 5)) + "\n",
    ],
)
def test_an_enumeration_that_fits_is_in_one_passage_and_a_longer_one_is_cut_between_items(items: str) -> None:
    begins = [s for s in sentences(items) if s != "要抓紧。"]
    whole = f"{OTHER * 5}会议提出以下要求：{items}{OTHER * 5}"
    assert sum(all(b.lstrip("会议提出以下要求：") in p for b in begins) for p in shown(whole)) == 1
    longer = f"{OTHER * 3}会议提出以下要求：{items.replace('要抓紧。', '要抓紧。' + OTHER * 2)}"
    passages = shown(longer)
    assert not any(p.startswith(("要抓紧", OTHER[:6])) for p in passages[1:])
    assert all(len(p) <= MAX_PASSAGE for p in passages)
    assert not any(p.endswith("：") for p in passages)


def test_lines_under_a_leading_line_stay_with_it() -> None:
    names = [f"关于第{c}项工作的通知" for c in "甲乙丙丁戊己"]
    text = f"{OTHER * 9}\n现将有关文件印发：\n" + "\n".join(names) + f"\n{OTHER * 9}"
    assert sum("现将有关文件印发：" in p and names[-1] in p for p in shown(text)) == 1
    many = [f"关于第{n}项重点工作任务分工方案的通知" for n in range(40)]
    passages = shown("现将有关文件印发：\n" + "\n".join(many))
    assert passages[0].startswith("现将有关文件印发：\n关于第0项")
    assert all(len(p) <= MAX_PASSAGE for p in passages)


def test_a_sentence_too_long_is_cut_between_its_items() -> None:
    text = "要做好工作：" + "".join(f"{n}是{CLAUSE}，抓好；落实好；" for n in "一二三四五六七八九十") + "完成任务。"
    assert all(s.startswith(tuple("要一二三四五六七八九十")) for s in sentences(text))
    assert "".join(sentences(text)) == text


def test_a_heading_is_not_alone_and_is_with_what_follows() -> None:
    text = f"一、总体要求\n{OTHER * 30}\n二、主要任务\n（一）目标\n{OTHER * 30}"
    assert [p.startswith(("一、总体要求\n各部门", "二、主要任务\n（一）目标\n各部门")) for p in split_texts(text)] == [
        True,
        True,
    ]


def split_texts(text: str) -> list[str]:
    """The first passage of each section."""
    first: dict[str, str] = {}
    for p in split(clean(text)):
        first.setdefault(p.section, p.text)
    return list(first.values())


@pytest.mark.parametrize(
    "sentence",
    [
        "他高呼“万岁！”并鼓掌。",
        "伴随着“3，2，1，放！”的倒数声，天亮了。",
        "《谁动了我的奶酪？》是一本书。",
        "要落实“怎么看？怎么办？”的要求。",
        "据统计（数据来源：统计局。）增长5%。",
        "见http://a.cn/x?id=3&y=1!b的说明。",
        "北京、上海……等地参加。",
        "收费五十元……，老板说。",
        "增长2.5%，达3.14万亿元。",
        "See No. 3 and Mr. Smith of the U.S. Congress.",
        "1. Introduction",
        "using multi-head\nattention here.",
    ],
)
def test_a_sign_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert sentences(f"{OTHER}\n{sentence}\n{OTHER}") == [OTHER, sentence, OTHER]


def test_a_long_row_of_a_table_is_cut_at_its_semicolons_and_rows_are_grouped() -> None:
    row = "；".join(f"指标{n}：{n * 137}万吨" for n in range(60)) + "；"
    parts = sentences(row)
    assert "".join(parts) == row
    assert all(part.endswith("；") and len(part) <= MAX_SENTENCE for part in parts)
    rows = [f"地区：河南{n}；产量：{n}；增长：{n}%；" for n in range(40)]
    passages = split(clean("\n".join(rows)))
    assert [s.text for p in passages for s in p.sentences] == rows
    assert all(MAX_PASSAGE / 2 < len(p.text) <= MAX_PASSAGE for p in passages)


def test_a_passage_and_its_sentences_know_their_pages() -> None:
    pieces = [f"第{c}句说完了{OTHER}" for c in "甲乙丙丁戊己庚辛"]
    text = "".join(pieces)
    pages = [0, len(pieces[0]), 3 * len(pieces[0]), 3 * len(pieces[0]) + 5]
    for passage in split(clean(text, (), pages), (), pages, size=80):
        assert passage.page == bisect_right(pages, passage.start) == passage.sentences[0].page
        assert all(s.page == bisect_right(pages, s.start) for s in passage.sentences)
    assert {p.page for p in split(clean(text))} == {None}


@given(texts, st.sets(st.integers(0, 500), max_size=6), st.sets(st.integers(0, 500), max_size=8))
def test_pages_and_layout_anywhere_keep_every_place_right(text: str, pages: set[int], cuts: set[int]) -> None:
    starts = [0, *sorted(p for p in pages if 0 < p < len(text))]
    at = sorted(c for c in cuts if c <= len(text))
    layout = list(zip(at[::2], at[1::2], strict=False))
    cleaned = clean(text, layout, starts)
    for passage in split(cleaned, (), starts):
        assert display(cleaned, passage.start, passage.end) == passage.text
        assert passage.page == bisect_right(starts, passage.start)
        for sentence in passage.sentences:
            assert sentence.page == bisect_right(starts, sentence.start)
            for place, character in enumerate(sentence.text):
                assert text[sentence.source_span(place, place + 1)[0]] == character


@given(texts, st.lists(st.integers(0, 300), max_size=8, unique=True))
def test_readings_stand_in_their_passage_and_sentence_place_for_place(text: str, places: list[int]) -> None:
    cleaned = clean(text)
    repairs = [Repair(p, p + 1, "某", 0.95, "字形相近") for p in places if p < len(cleaned.text)]
    read = "".join("某" if any(r.start == i for r in repairs) else c for i, c in enumerate(cleaned.text))
    at = {o: i for i, o in enumerate(cleaned.offsets)}
    passages = split(cleaned, repairs=repairs)
    parts: list[Passage | Sentence] = [*passages, *(s for p in passages for s in p.sentences)]
    for part in parts:
        assert part.reading == read[at[part.start] :][: len(part.text)]
        assert len(part.repairs) == sum(at[part.start] <= r.start < at[part.start] + len(part.text) for r in repairs)


def test_headings_of_the_format_are_given_at_places_of_the_source() -> None:
    text = f"\u200b\u200b— 1 —\n总论\n{OTHER * 12}\n分论\n{OTHER * 12}"
    stated = [FormatHeading(1, text.index(w), text.index(w) + 2) for w in ("总论\n", "分论\n")]
    assert sections_of(split(clean(text), stated)) == ["总论", "分论"]


@pytest.mark.parametrize(
    "text",
    [
        "“" * 100_000,
        "“甲！" * 30_000,
        "中\n" * 60_000,
        "一是甲。" * 25_000,
        "——甲。" * 25_000,
        "：1、" * 30_000,
        "a. A" * 25_000,
        "（一）" * 50_000,
        "甲：\n" * 30_000,
        "……" * 60_000,
        "".join(f"{'一二三四五六七八九'[n % 9]}是甲。" for n in range(20_000)),
    ],
    ids=lambda text: repr(text[:5]),
)
def test_hostile_text_is_split_in_time_in_proportion(text: str) -> None:
    start = time.process_time()
    split(clean(text))
    assert time.process_time() - start < 10


def sections_of(passages: list[Passage]) -> list[str]:
    return list(dict.fromkeys(p.section for p in passages))


def test_real_documents_are_split_within_the_bound() -> None:
    for text in [SAMPLE, *(p.read_text(encoding="utf-8") for p in REPORTS)]:
        passages = split(clean(text))
        assert sections_of(passages) == list(dict.fromkeys(s.label for s in find_sections(clean(text).text)))
        assert all(len(p.text) <= MAX_PASSAGE or len(p.sentences) == 1 for p in passages)
