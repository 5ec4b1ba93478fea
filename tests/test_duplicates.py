"""What says the same, what only looks like it, and where it is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import REPORTS, SAMPLE, filled, plain_sentences

from index.cleaning import clean
from index.duplicates import BANDS, MOST, corroborations, group, same, sketch
from index.passages import split

TWINS = [
    ("要协同推进生态环境保护和绿色低碳发展，加快建设美丽中部。", "习近平总书记指出，要协同推进生态环境保护和绿色低碳发展,加快建设美丽中部。"),
    ("一是保持适度的财政赤字和国债规模。", "保持适度的财政赤字和国债规模。"),
    ("继续完善人民币汇率形成机制，保持基本稳定。", "完善人民币汇率形成机制，保持基本稳定。"),
    ("積極穩妥推進事業單位分類改革。", "继续积极稳妥推进事业单位分类改革。"),
    ("据介绍，园区预计容纳30至40家企业总部。", "园区预计容纳30—40家企业总部。"),
]  # fmt: skip
STRANGERS = [
    ("2012年城镇新增就业超过1000万人。", "2013年城镇新增就业超过1000万人。"),
    ("全年进口总额增长百分之五，好于预期。", "全年出口总额增长百分之五，好于预期。"),
    ("第一季度工业增加值保持较快增长。", "第二季度工业增加值保持较快增长。"),
    ("他同意了关于修订管理办法的议案。", "他没同意关于修订管理办法的议案。"),
    ("会议任命张三为该市市长和党组书记。", "会议任命张三为该市副市长和党组书记。"),
    ("会议任命张三为该市市长和党组书记。", "会议任命李四为该市市长和党组书记。"),
    ("该公司采用GPT模型改进客服系统。", "该公司采用LSTM模型改进客服系统。"),
    ("新的跨江大桥已经完成主体建设。", "新的跨江大桥预计已经完成主体建设。"),
    ("第十届全国人民代表大会第一次会议召开。", "第十一届全国人民代表大会第一次会议召开。"),
    ("要切实研究解决。", "要切实研究。"),
    ("！！！", "。。。"),
]

SKETCH = (
    3497432066621781403,
    6624621756517811721,
    3732617810963072713,
    779130894205143055,
    5484907990184924257,
    4505555128093592143,
)  # of the first of them


@pytest.mark.parametrize(("a", "b"), TWINS)
def test_what_only_adds_words_says_the_same(a: str, b: str) -> None:
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(("a", "b"), STRANGERS)
def test_what_differs_in_a_fact_does_not(a: str, b: str) -> None:
    assert not same(a, b)
    assert not same(b, a)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_can_be_compared(a: str, b: str) -> None:
    assert same(a, b) == same(b, a)
    assert len(sketch(a)) in (0, BANDS)
    assert all(0 <= key < 1 << 63 for key in sketch(a))


@given(plain_sentences)
def test_a_sentence_says_what_it_says(text: str) -> None:
    assert same(text, text)
    assert sketch(text) == sketch(f"（二）{text}")


def test_sketches_stay_what_they_are_in_stores_made_before() -> None:
    assert sketch("要协同推进生态环境保护和绿色低碳发展，加快建设美丽中部。") == SKETCH


def test_nothing_is_sketched_of_a_short_text() -> None:
    assert sketch("各位代表：") == ()


def test_twins_are_met_in_a_band() -> None:
    assert all(set(sketch(a)) & set(sketch(b)) for a, b in TWINS)


@pytest.mark.skipif(not REPORTS, reason="no reports here")
def test_yearly_reports_are_no_twins_in_their_figures() -> None:
    said = [s.text for p in REPORTS[-2:] for x in split(clean(p.read_text(encoding="utf-8"))) for s in x.sentences]
    figures = [text for text in said if sum(c.isdigit() for c in text) >= 4]
    half = len(figures) // 2
    assert not [(a, b) for a in figures[:half] for b in figures[half:] if a != b and same(a, b)]


def test_places_that_say_the_same_are_found_the_very_words_first(tmp_path: Path) -> None:
    text, near = TWINS[0]
    store = filled(
        tmp_path,
        {
            "乙.txt": f"开头一句话。{near}",
            "丙.txt": f"{text}",
            "甲.txt": f"{text}另外一句话。",
            "丁.txt": "没有关系的一句话。",
        },
    )
    found = corroborations(store, text, "甲.txt", "", 0)
    assert [(p.document, p.start, p.end, p.text) for p in found] == [
        ("丙.txt", 0, len(text), text),
        ("乙.txt", 6, 6 + len(near), near),
    ]
    assert [p.document for p in corroborations(store, near, "乙.txt", "", 6)] == ["丙.txt", "甲.txt"]
    assert corroborations(store, "没有关系的一句话。", "丁.txt", "", 0) == []


def test_near_words_in_the_same_section_are_no_other_place(tmp_path: Path) -> None:
    text, near = TWINS[0]
    store = filled(tmp_path, {"甲.txt": f"{text}{near}{text}"})
    found = corroborations(store, text, "甲.txt", "", 0)
    assert [(p.start, p.text) for p in found] == [(len(text + near), text)]


def test_at_most_so_many_places_are_named(tmp_path: Path) -> None:
    store = filled(tmp_path, {f"{n:02}.txt": "要切实研究解决各种困难和问题。" for n in range(MOST + 5)})
    assert len(corroborations(store, "要切实研究解决各种困难和问题。", "00.txt", "", 0)) == MOST


def test_speeches_that_repeat_each_other_corroborate(tmp_path: Path) -> None:
    store = filled(tmp_path, {"七篇.txt": SAMPLE})
    text = "要协同推进生态环境保护和绿色低碳发展,加快建设美丽中部。"
    sections = {p.section.split(" · ")[0] for p in corroborations(store, text, "", "", 0)}
    assert {"第一篇", "第四篇"} <= sections


def test_passages_that_say_nearly_the_same_are_grouped_in_order() -> None:
    a, b, c = "保持适度的财政赤字和国债规模。", "继续鼓励支持非公有制经济发展。", "加快建设新型能源体系和电网。"
    passages = [[a, b], [c], [f"一是{a}", b], [b], [a, c], []]
    assert group(passages) == [[0, 2, 3], [1], [4], [5]]
