"""The gate: passes on the baseline itself and on noise, falls where a fault is planted in enough questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_eval_samples import GREEN, MISSING, SOURCE, answered, citation, display, gold, hits, record, refusal

from eval.__main__ import main
from eval.gate import GATED, judge, keep, read_baseline, show
from eval.measures.scores import score
from eval.report.report import build_report, write_report
from index.errors import JudianError

QUESTIONS = [gold(id=f"g{n}") for n in range(30)] + [replace(MISSING, id=f"m{n}") for n in range(6)]


def made(faults: int = 0, fault: str = "none") -> dict[str, Any]:
    """A report of good answers, the first `faults` of them with a fault."""
    found = hits(SOURCE, *[GREEN] * 4)
    values = [answered(q, hits=found) if q.answerable else refusal(q) for q in QUESTIONS]
    for n in range(faults):
        values[n] = {
            "wrong": lambda v: {**v, "answer": "占30%[1]"},
            "lost": lambda v: {**v, "hits": hits(GREEN)},
            "uncited": lambda v: {**v, "claims": [{**v["claims"][0], "citations": []}], "citations": []},
            "refused": lambda v: {**v, "refused": True, "claims": [], "citations": []},
            "altered": lambda v: {**v, "citations": [citation(1, start=1)]},
        }[fault](values[n])
    return build_report(
        [score(q, record(v), display) for q, v in zip(QUESTIONS, values, strict=True)], {"encoder": "m3e"}
    )


def test_the_baseline_passes_itself(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    verdict = judge(read_baseline(tmp_path / "b.json"), made())
    assert (verdict.passed, verdict.fallen, verdict.n) == (True, (), 36)
    assert all(d.gain == 0 for d in verdict.differences)
    assert {d.name for d in verdict.differences} <= set(GATED)


@pytest.mark.parametrize(
    ("fault", "fallen"),
    [
        ("wrong", {"accuracy"}),
        ("lost", {"recall@1", "recall@5", "all@5"}),
        ("uncited", {"citation_recall", "evidence_cited"}),
        ("refused", {"accuracy", "over_refusal"}),
        ("altered", {"quotes_valid"}),
    ],
)
def test_a_fault_in_many_questions_falls(fault: str, fallen: set[str], tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    verdict = judge(read_baseline(tmp_path / "b.json"), made(14, fault))
    named = {d.name for d in verdict.fallen}
    assert named & fallen
    assert named <= fallen | {"refusal_precision"}
    assert "未通过" in show(verdict)


@pytest.mark.parametrize("fault", ["wrong", "lost", "uncited", "refused", "altered"])
def test_a_fault_in_one_question_is_noise(fault: str, tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    assert judge(read_baseline(tmp_path / "b.json"), made(1, fault)).passed


def test_getting_better_passes(tmp_path: Path) -> None:
    keep(made(14, "refused"), tmp_path / "b.json")
    verdict = judge(read_baseline(tmp_path / "b.json"), made())
    assert verdict.passed
    assert any(d.beyond_noise and d.gain > 0 for d in verdict.differences)


def test_a_baseline_is_small_and_holds_no_answer(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    kept = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert set(kept["questions"][0]) == {
        "id",
        "type",
        "question",
        "answerable",
        "refused",
        "confidence",
        "right",
        "why",
        "values",
    }
    assert set(kept["questions"][0]["values"]) <= set(GATED)


def test_a_run_of_few_of_the_questions_is_no_proof(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    report = made()
    with pytest.raises(JudianError, match="基线有 36 题，这次只评了其中 3 题"):
        judge(read_baseline(tmp_path / "b.json"), {**report, "questions": report["questions"][:3]})


@pytest.mark.parametrize("content", [None, "{", "{}", '{"questions": [{"id": 1}]}'])
def test_a_missing_or_damaged_baseline_names_the_command(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(JudianError, match=r"python -m eval gate .* --keep"):
        read_baseline(path)


def test_the_command_keeps_passes_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, report in (("good", made()), ("bad", made(14, "wrong"))):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, report)
    baseline = ["--baseline", str(tmp_path / "kept" / "b.json")]
    assert main(["gate", str(tmp_path / "good"), *baseline, "--keep"]) == 0
    assert main(["gate", str(tmp_path / "good"), *baseline]) == 0
    capsys.readouterr()
    assert main(["gate", str(tmp_path / "bad"), *baseline]) == 1
    shown = capsys.readouterr().out
    assert "未通过：答对率 低于基线" in shown
    assert json.loads(shown.splitlines()[-1])["fallen"] == ["accuracy"]
    assert main(["gate", str(tmp_path / "bad"), *baseline, "--metrics", "quotes_valid"]) == 0
    assert main(["gate", str(tmp_path / "bad"), *baseline, "--metrics", "acuracy"]) == 2


def without(report: dict[str, Any], name: str) -> dict[str, Any]:
    """The report of a run that could not measure the metric."""
    rows = [{**row, "values": {n: v for n, v in row["values"].items() if n != name}} for row in report["questions"]]
    return {**report, "questions": rows}


def test_a_metric_that_is_no_longer_measured_does_not_pass(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    with pytest.raises(JudianError, match="基线有引文逐字相符，这次没有测到"):
        judge(read_baseline(tmp_path / "b.json"), without(made(), "quotes_valid"))


def test_a_metric_that_the_baseline_does_not_keep_does_not_pass(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    with pytest.raises(JudianError, match="基线里没有字 F1，无从比较。--metrics 可用的有：accuracy、"):
        judge(read_baseline(tmp_path / "b.json"), made(), ["accuracy", "char_f1"])


def test_a_baseline_without_some_of_the_usual_metrics_is_compared_on_the_others(tmp_path: Path) -> None:
    keep(without(made(), "evidence_cited"), tmp_path / "b.json")
    assert judge(read_baseline(tmp_path / "b.json"), made()).passed


def test_settings_that_differ_from_the_baseline_are_told(tmp_path: Path) -> None:
    keep(made(), tmp_path / "b.json")
    other = {**made(), "settings": {"encoder": "bge"}}
    assert "设置不同：\n  encoder：m3e → bge" in show(judge(read_baseline(tmp_path / "b.json"), other))
    assert "设置相同" in show(judge(read_baseline(tmp_path / "b.json"), made()))
