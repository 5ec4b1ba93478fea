"""Overlap: hand-worked cases of the CMRC 2018 scorer's rules, and an oracle for the subsequence."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.overlap import char_f1, exact_match, rouge_l, segments

WORDS = st.text(alphabet="中部地区2a，。 ", max_size=12)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("《战狼2》", ["战", "狼", "2"]),
        ("GDP增长5.2%", ["gdp", "增", "长", "5.2", "%"]),
        ("1,234万 人", ["1,234", "万", "人"]),
        ("2016-2020年", ["20162020", "年"]),  # the official scorer drops the dash and leaves one word
        ("，。！", []),
        ("欧洲(EU)", ["欧", "洲", "(", "eu", ")"]),
    ],
)
def test_segments_are_characters_words_and_numbers(text: str, cut: list[str]) -> None:
    assert segments(text) == cut


@pytest.mark.parametrize(
    ("prediction", "answers", "equal"),
    [
        ("“武汉。”", ["武汉"], 1.0),
        ("武汉市", ["武汉"], 0.0),
        ("武汉", ["长沙", "武汉！"], 1.0),
        ("GDP", ["gdp"], 1.0),
        ("", ["武汉"], 0.0),
        ("武 汉", ["武汉"], 0.0),  # the official scorer keeps inner spaces
    ],
)
def test_an_exact_match_is_equal_but_for_signs_and_case(prediction: str, answers: list[str], equal: float) -> None:
    assert exact_match(prediction, answers) == equal


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("在武汉举行", ["武汉"], 2 * (2 / 5) * 1 / (2 / 5 + 1)),
        ("武昌和汉口", ["武汉"], 2 * (1 / 5) * (1 / 2) / (1 / 5 + 1 / 2)),  # one unbroken run: 武 alone
        ("北京", ["武汉"], 0.0),
        ("", ["武汉"], 0.0),
        ("武汉", [], 0.0),
        ("武汉", ["在武汉举行", "武汉"], 1.0),
        ("2013年3月", ["2013年"], 2 * (2 / 4) * 1 / (2 / 4 + 1)),  # 2013, 年, 3, 月 against 2013, 年
    ],
)
def test_f1_counts_the_longest_unbroken_run(prediction: str, answers: list[str], expected: float) -> None:
    assert char_f1(prediction, answers) == pytest.approx(expected)


def test_rouge_l_counts_a_broken_subsequence() -> None:
    assert rouge_l("武昌和汉口", ["武汉"]) == pytest.approx(2 * (2 / 5) * 1 / (2 / 5 + 1))
    assert rouge_l("警方击毙枪手", ["警方打死枪手"]) == pytest.approx(4 / 6)


@given(WORDS, WORDS)
def test_the_run_is_the_longest_match_of_the_standard_library(left: str, right: str) -> None:
    mine, theirs = segments(left), segments(right)
    size = SequenceMatcher(None, mine, theirs, autojunk=False).find_longest_match().size
    expected = 2 * size / (len(mine) + len(theirs)) if size else 0.0
    assert char_f1(left, [right]) == pytest.approx(expected)


def _longest(left: list[str], right: list[str]) -> int:
    """The longest common subsequence by its plain recursion."""
    if not left or not right:
        return 0
    if left[0] == right[0]:
        return 1 + _longest(left[1:], right[1:])
    return max(_longest(left[1:], right), _longest(left, right[1:]))


@given(st.text(alphabet="中部地区", max_size=7), st.text(alphabet="中部地区", max_size=7))
def test_the_subsequence_is_that_of_the_plain_recursion(left: str, right: str) -> None:
    size = _longest(list(left), list(right))
    assert rouge_l(left, [right]) == pytest.approx(2 * size / (len(left) + len(right)) if size else 0.0)


@given(WORDS, WORDS)
def test_scores_are_ordered_shares(left: str, right: str) -> None:
    exact, run, broken = (measure(left, [right]) for measure in (exact_match, char_f1, rouge_l))
    assert 0 <= run <= broken <= 1
    assert run == 1 or not exact or not segments(left)
