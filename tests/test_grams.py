"""N-grams as numbers, against n-grams as strings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from samples import REPORTS, SAMPLE, texts

from index.derived.grams import gram_keys
from index.folding import ngrams


def keys_of(text: str) -> list[int]:
    return [int(key) for key in gram_keys([text])[0]]


def assert_named_alike(written: list[str], text: str) -> None:
    """Each n-gram of `written` has one number, no two the same, and the text has those numbers as often."""
    name = {gram: keys_of(gram)[-1] for gram in dict.fromkeys(written)}
    assert len(set(name.values())) == len(name)
    assert sorted(keys_of(text)) == sorted(name[gram] for gram in written)


@given(st.one_of(texts, st.text(max_size=40), st.text("3.%a中，", max_size=12)))
def test_numbers_are_those_of_the_strings(text: str) -> None:
    assert_named_alike(ngrams(text), text)


def test_numbers_worked_by_hand() -> None:
    assert_named_alike(["中", "部", "中部", "gdp", "部gdp", "占", "gdp占", "27.3%", "占27.3%"], "中部GDP占27.3%，")
    assert_named_alike(["3", "中", "3中"], "3.中")
    assert keys_of("，。 .%") == []


@given(st.lists(texts, max_size=6))
def test_rows_are_those_of_the_texts(many: list[str]) -> None:
    keys, rows = gram_keys(many)
    for row, text in enumerate(many):
        assert sorted(keys[rows == row].tolist()) == sorted(keys_of(text))


def test_a_pair_of_equal_characters_is_no_single_one() -> None:
    assert len(set(keys_of("中中"))) == 2


def test_real_texts_have_no_two_ngrams_of_one_number() -> None:
    many = [SAMPLE, *(path.read_text(encoding="utf-8") for path in REPORTS[:3])]
    strings = {gram for text in many for gram in ngrams(text)}
    assert len(set(gram_keys(many)[0].tolist())) == len(strings)
