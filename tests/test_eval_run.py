"""Runs: each answer is kept at once, a stopped run goes on where it stood, and never under other settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_eval_samples import MISSING, answered, display, gold, gold_lines, refusal

from eval.choice import Choice
from eval.kept import Answer, OtherSettingsError
from eval.product import Product
from eval.questions import GoldQuestion
from eval.records import RecordError
from eval.run import RunOptions, run

QUESTIONS = [gold(id=f"a{n}") for n in range(4)] + [MISSING]
IDS = [q.id for q in QUESTIONS]


class Asked:
    """A product that remembers what it was asked and can be stopped."""

    def __init__(self, stop_at: str | None = None) -> None:
        self.ids: list[str] = []
        self._stop_at = stop_at

    def __call__(self, question: GoldQuestion) -> Mapping[str, Any]:
        if question.id == self._stop_at:
            raise KeyboardInterrupt
        self.ids.append(question.id)
        return answered(question) if question.answerable else refusal(question)


def unwatched(answers: Iterable[Answer], total: int, done: int) -> Iterable[Answer]:
    return answers


def options(folder: Path, questions: list[GoldQuestion] = QUESTIONS, **changes: object) -> RunOptions:
    path = folder / "gold.jsonl"
    path.write_text(gold_lines(questions), encoding="utf-8")
    chosen: dict[str, Any] = {"gold": path, "out": folder / "out", "choice": Choice(), "resume": False}
    return RunOptions(**{**chosen, **changes})


def product(ask: Asked, **settings: object) -> Product:
    return Product(ask, display, {"encoder": "m3e", "documents": ["讲话.txt"], **settings})


def kept(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / "out" / "answers.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_run_keeps_answers_in_the_contract_and_a_report(tmp_path: Path) -> None:
    report = run(options(tmp_path), product(Asked()), unwatched)
    assert kept(tmp_path) == [answered(q) for q in QUESTIONS[:4]] + [refusal(MISSING)]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "answers.jsonl",
        "report.html",
        "report.json",
        "report.md",
        "run.json",
    ]
    assert report["metrics"]["all"]["accuracy"] == 1.0
    assert list(report["settings"]) == [
        *(
            "gold",
            "gold_sha256",
            "questions",
            "encoder",
            "documents",
            "commit",
            "date",
            "machine",
            "peak_memory_gb",
            "seed",
        )
    ]


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(options(tmp_path), product(Asked(stop_at="a2")), unwatched)
    assert [value["id"] for value in kept(tmp_path)] == ["a0", "a1"]
    resumed = Asked()
    report = run(options(tmp_path, resume=True), product(resumed), unwatched)
    assert resumed.ids == ["a2", "a3", "q2"]
    assert [value["id"] for value in kept(tmp_path)] == IDS
    assert [row["id"] for row in report["questions"]] == IDS


def test_an_interrupted_run_leaves_no_report_of_earlier_answers(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    with pytest.raises(KeyboardInterrupt):
        run(options(tmp_path), product(Asked(stop_at="a1")), unwatched)
    assert list((tmp_path / "out").glob("report.*")) == []


def test_a_half_written_last_line_is_asked_again(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    path = tmp_path / "out" / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    resumed = Asked()
    run(options(tmp_path, resume=True), product(resumed), unwatched)
    assert resumed.ids == ["q2"]
    assert [value["id"] for value in kept(tmp_path)] == IDS


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    path = tmp_path / "out" / "answers.jsonl"
    path.write_text('{"id": "a0"}\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RecordError, match="第 1 行不是一条完整的回答"):
        run(options(tmp_path, resume=True), product(Asked()), unwatched)


def test_without_resume_everything_is_asked_again(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    again = Asked()
    run(options(tmp_path), product(again), unwatched)
    assert again.ids == IDS
    assert [value["id"] for value in kept(tmp_path)] == IDS


def test_answers_under_other_settings_are_not_mixed(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    with pytest.raises(OtherSettingsError, match="encoder：m3e → bge") as error:
        run(options(tmp_path, resume=True), product(Asked(), encoder="bge"), unwatched)
    assert "documents" not in str(error.value)
    assert [value["id"] for value in kept(tmp_path)] == IDS


def test_a_mended_fact_is_scored_without_asking_again(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    mended = [gold(id="a0", must=(("别的",),)), *QUESTIONS[1:]]
    resumed = Asked()
    report = run(options(tmp_path, mended, resume=True), product(resumed), unwatched)
    assert resumed.ids == []
    assert [row["right"] for row in report["questions"]] == [False, True, True, True, True]


def test_a_changed_question_is_asked_again(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    changed = [gold(id="a0", history=({"role": "user", "content": "你好"},)), *QUESTIONS[1:]]
    resumed = Asked()
    run(options(tmp_path, changed, resume=True), product(resumed), unwatched)
    assert resumed.ids == ["a0"]
    assert [value["id"] for value in kept(tmp_path)] == ["a1", "a2", "a3", "q2", "a0"]


def test_a_smaller_resumed_run_loses_no_answer(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    report = run(options(tmp_path, resume=True, choice=Choice(limit=2)), product(Asked()), unwatched)
    assert [row["id"] for row in report["questions"]] == IDS[:2]
    assert [value["id"] for value in kept(tmp_path)] == IDS


def test_progress_counts_what_was_there_before(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def watch(answers: Iterable[Answer], total: int, done: int) -> Iterable[Answer]:
        seen.append((total, done))
        return answers

    run(options(tmp_path, choice=Choice(limit=2)), product(Asked()), watch)
    run(options(tmp_path, resume=True), product(Asked()), watch)
    assert seen == [(2, 0), (5, 2)]


def test_answers_that_come_in_another_order_are_kept_and_reported_in_the_order_of_the_questions(tmp_path: Path) -> None:
    asked = Asked()

    def backwards(questions: Sequence[GoldQuestion]) -> Iterable[Answer]:
        return map(asked, reversed(questions))

    several = Product(asked, display, {"encoder": "m3e"}, backwards)
    report = run(options(tmp_path), several, unwatched)
    assert asked.ids == IDS[::-1] == [value["id"] for value in kept(tmp_path)]
    assert [row["id"] for row in report["questions"]] == IDS
    resumed = run(options(tmp_path, resume=True), several, unwatched)
    assert (asked.ids, resumed["metrics"]) == (IDS[::-1], report["metrics"])


def test_the_settings_of_a_report_name_the_choice(tmp_path: Path) -> None:
    settings = run(options(tmp_path, choice=Choice(sample=3)), product(Asked()), unwatched)["settings"]
    assert (settings["sample"], settings["questions"], "half" in settings) == (3, 3, False)
    assert settings["peak_memory_gb"] > 0.01


def test_a_line_that_was_cut_inside_a_character_is_asked_again(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    path = tmp_path / "out" / "answers.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: max(n for n, byte in enumerate(whole) if byte > 0xBF) + 1])
    resumed = Asked()
    run(options(tmp_path, resume=True), product(resumed), unwatched)
    assert resumed.ids == ["q2"]
    assert [value["id"] for value in kept(tmp_path)] == IDS


def test_a_folder_of_another_command_is_not_gone_on_with(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    (tmp_path / "out" / "run.json").write_text('{"dataset": "cmrc2018"}', encoding="utf-8")
    with pytest.raises(OtherSettingsError, match="另一个命令写的，不能接着评测"):
        run(options(tmp_path, resume=True), product(Asked()), unwatched)


def test_a_refused_resume_leaves_the_report(tmp_path: Path) -> None:
    run(options(tmp_path), product(Asked()), unwatched)
    before = sorted(p.name for p in (tmp_path / "out").iterdir())
    with pytest.raises(OtherSettingsError):
        run(options(tmp_path, resume=True), product(Asked(), encoder="bge"), unwatched)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == before


def test_several_processes_are_told_in_the_report(tmp_path: Path) -> None:
    report = run(options(tmp_path, jobs=3), product(Asked()), unwatched)
    assert report["settings"]["jobs"] == 3
