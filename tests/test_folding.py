"""Folding: one form for full and half width, capitals and small letters, Traditional and Simplified."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from samples import texts

from index.folding import bare, fold, ngrams


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts, texts)
def test_folding_works_character_by_character(a: str, b: str) -> None:
    assert fold(a + b) == fold(a) + fold(b)


@given(st.text())
def test_bare_text_holds_letters_and_digits_only_and_is_stable(text: str) -> None:
    letters = bare(text)
    assert all(c.isalnum() for c in letters)
    assert bare(letters) == letters


def test_widths_capitals_and_traditional_characters_are_folded() -> None:
    assert fold("ＧＤＰ增長１２．５％，國務院") == "gdp增长12.5%,国务院"
    assert bare("“十四五”规划（2021—2025年）") == "十四五规划20212025年"


def test_ngrams_are_characters_and_pairs_and_whole_latin_words() -> None:
    assert ngrams("中部GDP占27.3%，以上") == [
        "中", "部", "中部", "gdp", "部gdp", "占", "gdp占", "27.3%", "占27.3%", "以", "上", "以上",
    ]  # fmt: skip


def test_ngrams_do_not_reach_over_a_sign() -> None:
    assert ngrams("中，部") == ["中", "部"]
    assert ngrams("，。！") == []
    assert ngrams("") == []


@given(texts)
def test_ngrams_are_the_same_for_folded_and_unfolded_text(text: str) -> None:
    assert ngrams(fold(text)) == ngrams(text)
