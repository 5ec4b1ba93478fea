"""The engines side by side: every question goes to each in turn, and the figures are those of a clock that is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import filled
from test_eval_samples import SOURCE, gold, gold_lines

from eval import __main__ as eval_command
from eval.__main__ import main
from eval.bench import summary_line
from eval.commands import bench
from eval.questions import half
from eval.speed import LLAMACPP, PRODUCT, TRANSFORMERS, Asked, Engine, Engines, measure_engines, show_engines

REPORT = [f"q{n}" for n in range(40) if half(f"q{n}") == "report"]


class Scripted:
    """A clock, and engines that move it: each piece is (seconds that it takes, text)."""

    def __init__(self) -> None:
        self.now = 100.0
        self.calls: list[tuple[str, str]] = []

    def __call__(self) -> float:
        return self.now

    def engine(self, name: str, *pieces: tuple[float, str], end: float = 0.0) -> Engine:
        def write(asked: Asked) -> Iterator[str]:
            self.calls.append((name, asked.question.id))
            for spent, text in pieces:
                self.now += spent
                yield text
            self.now += end

        return write


def asked(*ids: str) -> list[Asked]:
    return [Asked(gold(id=i), ()) for i in ids]


def given(clock: Scripted, ids: Sequence[str]) -> Engines:
    engines = {
        PRODUCT: clock.engine(PRODUCT, (2.0, "三十")),
        TRANSFORMERS: clock.engine(TRANSFORMERS, (1.0, "三"), (3.0, "成")),
        LLAMACPP: clock.engine(LLAMACPP, (8.0, "三"), (1.0, "十成"), end=1.0),
    }
    return Engines("模型", engines, asked("warm")[0], asked(*ids), len)


def silent(what: str, done: int, total: int) -> None:
    assert done <= total


def test_each_question_goes_to_one_engine_after_another_once_all_are_warm() -> None:
    clock = Scripted()
    measure_engines(given(clock, ["a", "b"]), silent, clock)
    assert clock.calls == [(name, i) for i in ("warm", "a", "b") for name in (PRODUCT, TRANSFORMERS, LLAMACPP)]


def test_the_figures_are_the_seconds_of_the_clock_and_their_ratios() -> None:
    clock = Scripted()
    figures = measure_engines(given(clock, ["a"]), silent, clock)
    spent = {
        PRODUCT: {"first_token_s": 2.0, "total_s": 2.0, "tokens": 2},
        TRANSFORMERS: {"first_token_s": 1.0, "total_s": 4.0, "tokens": 2},
        LLAMACPP: {"first_token_s": 8.0, "total_s": 10.0, "tokens": 3},
    }
    quicker = {PRODUCT: 5.0, TRANSFORMERS: 2.5}
    assert figures == {
        "model": "模型",
        "questions": [{"id": "a", **spent, "times_quicker": quicker}],
        "median": spent,
        "times_quicker": quicker,
    }
    assert json.loads(summary_line({"engines": figures})) == {"engines": figures}


def test_an_engine_that_writes_nothing_has_its_whole_time_before_the_first_words() -> None:
    clock = Scripted()
    engines = given(clock, ["a"])
    silent_one = {**engines.engines, LLAMACPP: clock.engine(LLAMACPP, end=6.0)}
    figures = measure_engines(Engines("模型", silent_one, engines.warm, engines.asked, len), silent, clock)
    assert figures["median"][LLAMACPP] == {"first_token_s": 6.0, "total_s": 6.0, "tokens": 0}
    assert figures["times_quicker"][PRODUCT] == 3.0


def test_the_table_shows_medians_and_every_question() -> None:
    clock = Scripted()
    shown = show_engines(measure_engines(given(clock, ["a", "b"]), silent, clock))
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "据典的回答 2.00 秒 2.00 秒 2 5.0 倍" in lines
    assert "llama.cpp 的草稿 8.00 秒 10.00 秒 3 —" in lines
    assert "b 2.00 秒 2 词元 4.00 秒 2 词元 10.00 秒 3 词元 5.0 倍 2.5 倍" in lines


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command in a folder with a gold set and a store; not one model has been fetched."""
    encoder = HashEncoder()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUDIAN_MODELS", str(tmp_path / "models"))
    filled(tmp_path, {"讲话.txt": SOURCE}, encoder)
    (tmp_path / "gold.jsonl").write_text(gold_lines([gold(id=i) for i in REPORT[:3]]), encoding="utf-8")
    return ["bench", "--only", "engines", "--gold", "gold.jsonl", "--questions", "2", "--store", "库"]


def test_without_the_gguf_the_command_that_brings_it_is_told(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    shown = capsys.readouterr()
    assert (shown.out, "python -m rag models fetch qwen2.5-coder-1.5b-instruct-gguf" in shown.err) == ("", True)


def test_without_the_package_the_command_that_brings_it_is_told(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, file in (("own", "config.json"), ("own-gguf", "m.gguf"), (HashEncoder().name, "config.json")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / file).write_bytes(b"GGUF")
    monkeypatch.setenv("JUDIAN_LANGUAGE_MODEL", str(tmp_path / "own"))
    monkeypatch.setenv("JUDIAN_ENCODER", HashEncoder().name)
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert main(command) == 2
    assert "pip install 'judian[llamacpp]'" in capsys.readouterr().err


def test_what_was_not_asked_for_by_name_is_left_out(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    options = eval_command._parser().parse_args(command)
    options.only = None
    assert bench._engines(options) == {}
    shown = capsys.readouterr()
    assert (shown.out, shown.err.startswith("没有与 llama.cpp 比较：模型 qwen2.5")) == ("", True)


def test_one_question_is_too_few(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("gold.jsonl").write_text(gold_lines([gold(id=REPORT[0])]), encoding="utf-8")
    assert main(command) == 2
    assert "只有一个可回答的题" in capsys.readouterr().err


def test_extracts_are_not_compared(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--extractive"]) == 2
    assert "请去掉 --extractive" in capsys.readouterr().err
