"""Comparisons: what got better and worse, and whether that is more than chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_eval_samples import answered, display, gold, record, refusal

from eval.compare import Change, Comparison, Difference, compare, holm, read_report, summary_line
from eval.datasets import Dataset
from eval.measures.intervals import difference_interval, mean_interval
from eval.measures.scores import score
from eval.report.differences import show
from eval.report.report import build_report, write_report
from eval.searching.retrieval import build_report as retrieval_report
from index.errors import JudianError


def report(rights: dict[str, bool]) -> dict[str, Any]:
    questions = {i: gold(id=i) for i in rights}
    values = {i: answered(q) if rights[i] else refusal(q) for i, q in questions.items()}
    return build_report([score(q, record(values[i]), display) for i, q in questions.items()], {})


BEFORE = report({"a": True, "b": False, "c": True, "only": True})
AFTER = report({"a": False, "b": True, "c": True, "d": False, "e": False})


def by_name(found: Comparison) -> dict[str, Difference]:
    return {d.name: d for d in found.differences}


def test_changed_questions_are_listed_with_both_verdicts() -> None:
    found, question = compare(BEFORE, AFTER), gold().question
    assert (found.n, found.only_before, found.only_after) == (3, 1, 2)
    assert found.better == (Change("b", question, "误拒", "答对"),)
    assert found.worse == (Change("a", question, "答对", "误拒"),)


def test_every_metric_that_both_runs_measured_is_compared() -> None:
    found = by_name(compare(BEFORE, AFTER))
    accuracy = found["accuracy"]
    assert [accuracy.before, accuracy.after] == pytest.approx([2 / 3, 2 / 3])
    assert not accuracy.beyond_noise
    assert accuracy.interval is not None
    assert accuracy.interval[0] < 0 < accuracy.interval[1]
    measured = {name for row in BEFORE["questions"] for name in row["values"]}
    assert set(found) == measured | {"aurc", "ece"}


def test_the_terminal_shows_the_difference_and_the_questions() -> None:
    shown = show(compare(BEFORE, AFTER))
    assert "没有一个指标的变化超出抽样误差。" in shown
    assert "变好 1 题\n  b  中部地区粮食产量占全国多少？  （误拒 → 答对）" in shown
    assert "变差 1 题\n  a  中部地区粮食产量占全国多少？  （答对 → 误拒）" in shown
    [row] = [line.split() for line in shown.splitlines() if line.startswith("答对率")]
    assert (row[:4], row[-1]) == (["答对率", "66.7%", "66.7%", "+0.0%"], "误差之内")


def test_a_clear_difference_is_beyond_chance() -> None:
    many = [f"x{n}" for n in range(40)]
    before, after = report(dict.fromkeys(many, False)), report({i: n < 30 for n, i in enumerate(many)})
    found = compare(before, after)
    accuracy, refused = by_name(found)["accuracy"], by_name(found)["over_refusal"]
    assert (accuracy.interval or (0, 0))[0] > 0.5
    assert [accuracy.gain, refused.gain] == pytest.approx([0.75, 0.75])  # fewer refusals are better
    assert accuracy.beyond_noise
    assert "超出抽样误差的：变好 答对率、" in show(found)


def test_settings_that_differ_are_told() -> None:
    found = compare(
        {**BEFORE, "settings": {"encoder": "a", "date": "1"}}, {**AFTER, "settings": {"encoder": "b", "date": "2"}}
    )
    assert found.settings == {"encoder": ("a", "b")}
    assert "encoder：a → b" in show(found)
    assert "设置相同" in show(compare(BEFORE, AFTER))


def test_a_question_whose_words_changed_is_not_compared() -> None:
    rows = [{**row, "question": "别的？"} if row["id"] == "b" else row for row in AFTER["questions"]]
    assert compare(BEFORE, {**AFTER, "questions": rows}).n == 2


def test_two_retrieval_runs_are_compared_query_by_query() -> None:
    dataset = Dataset("d", (), {"q1": "甲？", "q2": "乙？"}, {"q1": {"p": 1}, "q2": {"r": 1}})
    rows = {name: {"id": name, "hits": [{"document": "p"}]} for name in ("q1", "q2")}
    before = retrieval_report(dataset, list(rows.values()), {})
    after = retrieval_report(dataset, [rows["q1"], {"id": "q2", "hits": [{"document": "x"}, {"document": "r"}]}], {})
    found = compare(before, after)
    assert found.better == (Change("q2", "乙？", "未检索到", "检索到"),)
    assert (by_name(found)["hit@5"].after, by_name(found)["hit@1"].after, "accuracy" in by_name(found)) == (
        1.0,
        0.5,
        False,
    )


def test_the_last_line_is_json() -> None:
    line = json.loads(summary_line(compare(BEFORE, AFTER)))
    assert (line["n"], line["better"], line["worse"]) == (3, ["b"], ["a"])
    assert line["metrics"]["accuracy"]["difference"] == pytest.approx(0)
    assert list(line["metrics"]["accuracy"]) == ["difference", "before", "after", "interval", "p"]


def test_holm_is_worked_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(JudianError, match="没有相同的题目"):
        compare(report({"a": True}), report({"b": True}))


def test_a_written_report_is_read_back(tmp_path: Path) -> None:
    write_report(tmp_path, BEFORE)
    assert compare(read_report(tmp_path), read_report(tmp_path)).better == ()


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"questions": 3}', '{"questions": [{"id": "old"}]}'])
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


@settings(max_examples=20)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_swapping_the_runs_turns_the_difference(rights: list[tuple[bool, bool]]) -> None:
    left = report({str(n): a for n, (a, _) in enumerate(rights)})
    right = report({str(n): b for n, (_, b) in enumerate(rights)})
    there, back = compare(left, right), compare(right, left)
    assert [c.id for c in there.better] == [c.id for c in back.worse]
    for forth, other in zip(there.differences, back.differences, strict=True):
        assert (forth.name, forth.before, forth.after) == (other.name, other.after, other.before)
        turned = None if other.interval is None else (-other.interval[1], -other.interval[0])
        assert forth.interval == pytest.approx(turned, abs=1e-9)
        assert forth.p == pytest.approx(other.p)


@pytest.mark.parametrize(("count", "least"), [(1, 1.0), (2, 0.5), (5, 0.0625)])
def test_a_few_questions_prove_nothing_however_they_change(count: int, least: float) -> None:
    ids = [f"x{n}" for n in range(count)]
    found = compare(report(dict.fromkeys(ids, False)), report(dict.fromkeys(ids, True))).differences
    assert found
    assert all(d.p >= least and not d.beyond_noise for d in found)
