"""Misread characters and Traditional script: every offset stays, and a worse scan is the same scan made worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE, texts

from eval.robustness.make_lookalikes import nearest
from eval.robustness.perturbations import (
    JUNK,
    JUNK_SHARE,
    LOOKALIKES,
    NUMERALS,
    damage,
    is_damageable,
    lookalikes,
    to_simplified,
    to_traditional,
)

shares = st.floats(0, 1)


def changed(before: str, after: str) -> set[int]:
    return {n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}


@given(texts, shares, st.text(max_size=8))
def test_damage_keeps_the_length_and_all_but_chinese_characters(text: str, share: float, key: str) -> None:
    damaged = damage(text, share, key)
    assert len(damaged) == len(text)
    assert all(is_damageable(text[n]) for n in changed(text, damaged))


@given(texts, shares, st.text(max_size=8))
def test_as_many_characters_are_misread_as_asked(text: str, share: float, key: str) -> None:
    wanted = share * sum(map(is_damageable, text))
    assert abs(len(changed(text, damage(text, share, key))) - wanted) <= 1


@given(texts, st.tuples(shares, shares).map(sorted), st.text(max_size=8))
def test_what_is_misread_in_a_good_scan_is_misread_alike_in_a_bad_one(text: str, both: list[float], key: str) -> None:
    little, much = (damage(text, share, key) for share in both)
    assert changed(text, little) <= changed(text, much)
    assert all(little[n] == much[n] for n in changed(text, little))


@given(texts, shares, st.text(max_size=8))
def test_the_same_key_gives_the_same_damage(text: str, share: float, key: str) -> None:
    assert damage(text, share, key) == damage(text, share, key)


def test_other_keys_give_other_damage() -> None:
    assert len({damage(SAMPLE, 0.1, key) for key in ("甲", "乙", "丙")}) == 3


@given(texts, shares)
def test_no_number_is_changed_or_made(text: str, share: float) -> None:
    damaged = damage(text, share, "k")
    for n in changed(text, damaged):
        assert text[n] not in NUMERALS
        assert damaged[n] not in NUMERALS
    assert [c for c in text if c in NUMERALS] == [c for c in damaged if c in NUMERALS]


def test_damage_is_the_same_on_every_machine() -> None:
    assert (
        damage("推动中部地区高质量发展，2035年基本实现第三篇的目标。", 0.2, "样")
        == "推动中部地区高质董发屑，2035年基本实现第三篁的日标。"
    )


def test_most_misread_characters_are_look_alikes_and_a_few_are_letters() -> None:
    damaged = damage(SAMPLE, 1.0, "k")
    places = changed(SAMPLE, damaged)
    junk = {n for n in places if damaged[n] in JUNK}
    assert all(damaged[n] in lookalikes()[SAMPLE[n]] for n in places - junk)
    assert 0.5 * JUNK_SHARE < len(junk) / len(places) < 2 * JUNK_SHARE


def test_a_character_that_the_table_lacks_becomes_a_letter() -> None:
    assert "龘" not in lookalikes()
    assert damage("龘", 1.0, "k") in JUNK


def test_the_table_says_how_it_was_made_and_is_small() -> None:
    assert LOOKALIKES.read_text(encoding="utf-8").startswith("# eval/robustness/make_lookalikes.py：")
    assert LOOKALIKES.stat().st_size < 60_000


def test_no_character_looks_like_itself_or_a_number() -> None:
    table = lookalikes()
    assert len(table) > 3_500
    assert all(len(alike) == len(set(alike)) == 3 for alike in table.values())
    assert all(c not in alike and not set(alike) & set(NUMERALS) for c, alike in table.items())
    assert not set(table) & set(NUMERALS)


@pytest.mark.parametrize(("character", "alike"), [("己", "已"), ("未", "末"), ("土", "士"), ("第", "笫"), ("日", "目")])
def test_known_look_alikes_are_in_the_table(character: str, alike: str) -> None:
    table = lookalikes()
    assert alike in table.get(character, "") or character in table.get(alike, "")


def test_the_nearest_drawings_come_first_without_the_character_and_without_numerals() -> None:
    likeness = np.array(
        [
            [1.0, 0.5, 0.9, 0.2, 0.7],
            [0.5, 1.0, 0.3, 0.6, 0.4],
            [0.9, 0.3, 1.0, 0.8, 0.1],
        ],
        np.float32,
    )
    assert nearest("甲乙三", "甲乙三丙丁", likeness) == ["丁乙丙", "丙甲丁", ""]


@given(texts)
def test_traditional_script_keeps_every_offset(text: str) -> None:
    assert len(to_traditional(text)) == len(text)
    assert len(to_simplified(text)) == len(text)


def test_words_decide_which_traditional_character_is_meant() -> None:
    assert to_traditional("头发发展，皇后后面，7%\n") == "頭髮發展，皇后後面，7%\n"


def test_simplified_is_the_way_back() -> None:
    assert to_simplified(to_traditional(SAMPLE)) == SAMPLE
