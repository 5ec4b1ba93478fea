"""The commands: help at once, errors in one Chinese line, comparison and speed from the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from test_eval_samples import MISSING, answered, display, gold, gold_lines, record

from eval import bench
from eval.__main__ import COMMANDS, main
from eval.measures.scores import score
from eval.provenance import git_commit, machine, now
from eval.questions import GoldQuestion
from eval.report.report import build_report, write_report

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "sentence_transformers", "faiss", "transformers", "numpy")


@pytest.mark.parametrize("command", [[], *([module.__name__.split(".")[-1]] for module in COMMANDS)], ids=" ".join)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert re.search("[\u4e00-\u9fff]{4}", capsys.readouterr().out)


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys, eval.__main__ as m; m._parser(); sys.exit(any(n in sys.modules for n in {HEAVY}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--gold", "nowhere.jsonl"],
        ["bench", "--gold", "nowhere.jsonl"],
        ["compare", "nowhere", "nowhere"],
        ["retrieval", "--dataset", "nowhere", "--out", "out"],
    ],
)
def test_an_error_is_one_chinese_line_and_code_2(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.startswith("错误：找不到 nowhere"), shown.err.count("\n")) == ("", True, 1)


@pytest.mark.parametrize("limit", ["0", "-1", "x", "²"])
def test_a_limit_is_a_positive_number(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", "--limit", limit])
    assert stopped.value.code == 2
    assert "应是正整数" in capsys.readouterr().err


def test_an_empty_choice_is_told_before_any_model_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gold.jsonl").write_text(gold_lines([gold(id="q1")]), encoding="utf-8")
    assert main(["run", "--gold", str(tmp_path / "gold.jsonl"), "--half", "tune"]) == 2
    assert "选不出题目" in capsys.readouterr().err


def test_a_gold_set_that_nothing_answers_is_told_before_the_speed_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gold.jsonl").write_text(gold_lines([MISSING]), encoding="utf-8")
    assert main(["bench", "--gold", str(tmp_path / "gold.jsonl")]) == 2
    assert "里没有可回答的题，不能测速" in capsys.readouterr().err


def test_compare_prints_a_table_and_json_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a", "占30%"), ("b", "占29.5%")):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, build_report([score(gold(), record(answered(answer=text)), display)], {}))
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    shown = capsys.readouterr().out
    assert "变好 1 题" in shown
    assert json.loads(shown.splitlines()[-1])["better"] == ["q1"]


class Counted:
    """Parts that count how often they are called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def encode(self, texts: Sequence[str]) -> None:
        self.calls.append(("encode", list(texts)))

    def search(self, question: str) -> None:
        self.calls.append(("search", question))

    def ask(self, question: GoldQuestion) -> dict[str, Any]:
        self.calls.append(("ask", question.id))
        return answered(question)


def test_speed_is_measured_after_a_first_call() -> None:
    counted = Counted()
    questions = [gold(id="a", question="甲"), gold(id="b", question="乙")]
    figures = bench.measure(bench.Parts(counted.encode, counted.search, counted.ask), ["一", "二"], questions)
    assert counted.calls == [
        ("encode", ["一"]),
        ("search", "甲"),
        ("encode", ["一", "二"]),
        ("search", "甲"),
        ("search", "乙"),
        ("ask", "a"),
        ("ask", "a"),
        ("ask", "b"),
    ]
    assert (figures["passages"], figures["questions"], figures["first_token_s"], figures["total_s"]) == (
        2,
        2,
        {"median": 0.5, "p95": 0.5},
        {"median": 1.0, "p95": 1.0},
    )
    assert json.loads(bench.summary_line(figures)) == figures
    assert "首字" in bench.show(figures)


def test_a_folder_outside_git_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def test_the_machine_and_time_are_told() -> None:
    assert "核" in machine()
    assert now().endswith("+00:00")
