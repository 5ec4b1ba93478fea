"""Comparisons: what got better and worse, and whether that is more than chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import answered, display, gold, record, refusal

from eval.compare import Change, Comparison, compare, read_report, show, summary_line
from eval.intervals import difference_interval, mean_interval
from eval.report import build_report, write_report
from eval.scores import score
from index.errors import JudianError


def report(rights: dict[str, bool]) -> dict[str, Any]:
    questions = {i: gold(id=i) for i in rights}
    values = {i: answered(q) if rights[i] else refusal(q) for i, q in questions.items()}
    return build_report([score(q, record(values[i]), display) for i, q in questions.items()], {})


BEFORE = report({"a": True, "b": False, "c": True, "only": True})
AFTER = report({"a": False, "b": True, "c": True, "d": False, "e": False})


def test_changed_questions_are_listed_with_both_verdicts() -> None:
    found = compare(BEFORE, AFTER)
    question = gold().question
    assert found == Comparison(
        n=3,
        only_before=1,
        only_after=2,
        accuracy_before=2 / 3,
        accuracy_after=2 / 3,
        interval=found.interval,
        better=(Change("b", question, "误拒", "答对"),),
        worse=(Change("a", question, "答对", "误拒"),),
    )
    assert found.interval[0] < 0 < found.interval[1]


def test_the_terminal_shows_the_difference_and_the_questions() -> None:
    shown = show(compare(BEFORE, AFTER), BEFORE, AFTER)
    assert "没有超出抽样误差" in shown
    assert "变好 1 题\n  b  中部地区粮食产量占全国多少？  （误拒 → 答对）" in shown
    assert "变差 1 题\n  a  中部地区粮食产量占全国多少？  （答对 → 误拒）" in shown
    assert ["答对率", "66.7%", "66.7%", "+0.0%"] in [line.split() for line in shown.splitlines()]


def test_a_clear_difference_is_beyond_chance() -> None:
    many = [f"x{n}" for n in range(40)]
    before, after = report(dict.fromkeys(many, False)), report({i: n < 30 for n, i in enumerate(many)})
    found = compare(before, after)
    assert found.interval[0] > 0.5
    assert "，超出抽样误差" in show(found, before, after)


def test_the_last_line_is_json() -> None:
    found = compare(BEFORE, AFTER)
    assert json.loads(summary_line(found)) == {
        "n": 3,
        "accuracy_before": 2 / 3,
        "accuracy_after": 2 / 3,
        "difference": 0.0,
        "interval": list(found.interval),
        "better": ["b"],
        "worse": ["a"],
    }


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(JudianError, match="没有相同的题目"):
        compare(report({"a": True}), report({"b": True}))


def test_a_written_report_is_read_back(tmp_path: Path) -> None:
    write_report(tmp_path, BEFORE)
    assert compare(read_report(tmp_path), read_report(tmp_path)).better == ()


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"questions": 3}'])
def test_a_folder_without_a_report_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "report.json").write_text(content)
    with pytest.raises(JudianError, match=r"report\.json.*python -m eval run --out"):
        read_report(tmp_path)


def test_no_values_have_no_interval() -> None:
    assert mean_interval([]) is None
    assert difference_interval([], []) is None


def test_pairs_of_other_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        difference_interval([1.0], [])


def test_an_interval_narrows_as_the_normal_one_does() -> None:
    low, high = mean_interval([0.0, 1.0] * 200) or (0, 0)
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.006)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_interval_is_repeatable_and_lies_among_the_values(values: list[float]) -> None:
    low, high = mean_interval(values) or (2, -2)
    assert (low, high) == mean_interval(values)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_swapping_the_runs_turns_the_difference(rights: list[tuple[bool, bool]]) -> None:
    left = report({str(n): a for n, (a, _) in enumerate(rights)})
    right = report({str(n): b for n, (_, b) in enumerate(rights)})
    there, back = compare(left, right), compare(right, left)
    assert [c.id for c in there.better] == [c.id for c in back.worse]
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]), abs=1e-9)
