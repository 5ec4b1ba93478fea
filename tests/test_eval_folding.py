"""Folding: signs and spaces do not count, numbers do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.folding import fold, holds, without_marks


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“两个一体化”， 即……", "两个一体化即"),
        ("占２９．５％", "占29.5%"),
        ("1,234,567 人", "1234567人"),
        ("3、4 和 5-6", "3,4和5,6"),
        ("2023,2024年", "2023,2024年"),
        ("第 一\n篇\u200b", "第一篇"),
        ("。，！", ""),
    ],
)
def test_folding_drops_signs_and_keeps_numbers(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("增长 7 %。", "7%", True),
        ("增长17%", "7%", False),
        ("增长7.5%", "7", False),
        ("增长1.7%", "7%", False),
        ("到2024年,7项任务", "7项", True),
        ("三十五条", "三十", False),
        ("共十三项", "三项", False),
        ("五万亿元", "五万", False),
        ("投入五千亿；二是改革", "五千亿", True),
        ("一、二、三产业融合", "一二三产业", True),
        ("第一、十三个项目，三个县", "三个", True),
        ("进一步推动", "一步", True),
        ("随便什么", "", False),
    ],
)
def test_a_fact_is_held_only_with_its_whole_number(text: str, words: str, held: bool) -> None:
    assert holds(text, words) is held


def test_citation_marks_go_and_years_stay() -> None:
    assert without_marks("甲[1]乙[2,3]丙【4】丁［5］〔2024〕6号[2024]") == "甲乙丙丁〔2024〕6号[2024]"


@given(st.text())
def test_folding_is_idempotent_in_what_it_holds(text: str) -> None:
    assert holds(text, text) is bool(fold(text))


@given(st.text(alphabet="中部地区。， 、\n", min_size=1), st.text(alphabet="。， \n"))
def test_signs_around_words_change_nothing(words: str, signs: str) -> None:
    assert fold(signs + words + signs) == fold(words)
