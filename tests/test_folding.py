"""Folding: one form for full and half width, capitals and small letters, Traditional and Simplified."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC
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


def slow_fold(text: str) -> str:
    """What fold() must give, character by character."""
    forms = [unicodedata.normalize("NFKC", c).lower() for c in text]
    return "".join(OpenCC("t2s").convert(form) if form >= "\u3400" else form for form in forms)


def slow_ngrams(text: str) -> list[str]:
    """What ngrams() must give, by a walk over the characters."""
    units, word = list[str](), ""
    for c in [*slow_fold(text), ""]:
        if c and ((c.isascii() and c.isalnum()) or (c in ".%" and word[-1:].isdigit())):
            word += c
            continue
        units += [word.rstrip(".")] if word else []
        units.append(c if c.isalnum() else "")
        word = ""
    pairs = zip(["", *units], units, strict=False)
    return [gram for a, b in pairs if b for gram in ([b, a + b] if a else [b])]


@settings(max_examples=60)
@given(st.one_of(texts, st.text(max_size=40), st.text("12a.%中，", max_size=14)))
def test_whole_texts_are_folded_and_cut_as_their_characters_are(text: str) -> None:
    assert fold(text) == slow_fold(text)
    assert bare(text) == "".join(c for c in slow_fold(text) if c.isalnum())
    assert ngrams(text) == slow_ngrams(text)
