"""Judging a report: verdicts are kept one by one, a stopped run goes on, and the metrics stay as they were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from test_eval_samples import MISSING, answered, display, gold, record, refusal
from test_judges import SECRET, said, serving

from eval.__main__ import main
from eval.choice import Choice
from eval.judging.inquiries import Inquiry, Verdict
from eval.judging.run import JudgeOptions, judge_report, show, summary_line
from eval.measures.scores import score
from eval.report.report import build_report, write_report
from index.errors import JudianError

QUESTIONS = [gold(id="a1"), gold(id="a2"), gold(id="a3", question="占多少？"), MISSING]
ANSWERS = [
    answered(QUESTIONS[0]),
    answered(QUESTIONS[1], answer="占30%[1]。"),
    answered(QUESTIONS[2]),
    refusal(MISSING),
]


class FakeJudge:
    """Says yes unless the material holds one of the words of `no`; None for one of `unclear`; can be stopped."""

    name = "fake"

    def __init__(
        self, no: str = "占30%", unclear: str = "没有这个", stop_after: int | None = None, model: str = "m"
    ) -> None:
        self.model = model
        self.settings: Mapping[str, Any] = {}
        self.asked = 0
        self._no, self._unclear, self._stop_after = no, unclear, stop_after

    def ask(self, inquiry: Inquiry) -> Verdict:
        if self.asked == self._stop_after:
            raise KeyboardInterrupt
        self.asked += 1
        content = inquiry.messages[1]["content"]
        yes = None if self._unclear in content else self._no not in content
        return Verdict(yes, None if yes is None else 0.75 if yes else 0.25, "嗯" if yes is None else None)


def unwatched(inquiries: Iterable[Inquiry], total: int, done: int) -> Iterable[Inquiry]:
    return inquiries


def options(folder: Path, *, resume: bool = False, limit: int | None = None) -> JudgeOptions:
    """The folder, with a report of four questions: right, wrong, right, refused."""
    if not (folder / "report.json").exists():
        scores = [score(q, record(a), display) for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
        write_report(folder, build_report(scores, {"gold": "七篇.jsonl"}))
    return JudgeOptions(folder, Choice(limit=limit), resume)


def kept(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "judgements.jsonl").read_text(encoding="utf-8").splitlines()]


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return found


def test_the_report_gains_a_judge_and_nothing_else_changes(tmp_path: Path) -> None:
    chosen = options(tmp_path)
    before = report(tmp_path)
    section = judge_report(chosen, FakeJudge(), unwatched)
    after = report(tmp_path)
    assert after.pop("judge") == json.loads(json.dumps(section))
    assert after == before
    assert (section["name"], section["model"], section["n"], section["not_understood"]) == ("fake", "m", 3, 0)
    assert (section["right"]["n"], section["right"]["value"]) == (3, pytest.approx(2 / 3))
    assert (section["supported"]["n"], section["supported"]["value"]) == (3, 1.0)
    assert section["agreement"]["right"]["kappa"] == 1.0
    assert section["disagreements"] == []


def test_every_verdict_is_kept_with_what_it_was_about(tmp_path: Path) -> None:
    judge_report(options(tmp_path), FakeJudge(no="占多少"), unwatched)
    lines = kept(tmp_path)
    assert [(v["id"], v["aspect"], v.get("claim"), v["yes"]) for v in lines] == [
        ("a1", "right", None, True),
        ("a1", "supported", 1, True),
        ("a2", "right", None, True),
        ("a2", "supported", 1, True),
        ("a3", "right", None, False),
        ("a3", "supported", 1, True),
    ]
    assert {(v["judge"], v["model"]) for v in lines} == {("fake", "m")}
    assert len({v["key"] for v in lines}) == 6
    told = report(tmp_path)["judge"]["disagreements"]
    assert told == [
        {"id": "a2", "aspect": "right", "probability": 0.75, "judge": True, "metric": False},
        {"id": "a3", "aspect": "right", "probability": 0.25, "judge": False, "metric": True},
    ]


def test_a_stopped_run_keeps_its_verdicts_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        judge_report(options(tmp_path), FakeJudge(stop_after=2), unwatched)
    assert (len(kept(tmp_path)), "judge" in report(tmp_path)) == (2, False)
    resumed, whole = FakeJudge(), FakeJudge()
    section = judge_report(options(tmp_path, resume=True), resumed, unwatched)
    assert (resumed.asked, len(kept(tmp_path))) == (4, 6)
    again = judge_report(options(tmp_path), whole, unwatched)
    assert whole.asked == 6
    assert {**section, "date": ""} == {**again, "date": ""}


def test_a_half_written_last_line_is_asked_again(tmp_path: Path) -> None:
    judge_report(options(tmp_path), FakeJudge(), unwatched)
    path = tmp_path / "judgements.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    resumed = FakeJudge()
    judge_report(options(tmp_path, resume=True), resumed, unwatched)
    assert (resumed.asked, len(kept(tmp_path))) == (1, 6)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    judge_report(options(tmp_path), FakeJudge(), unwatched)
    path = tmp_path / "judgements.jsonl"
    path.write_text('{"id": "a1"}\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(JudianError, match="第 1 行不是一条完整的判断"):
        judge_report(options(tmp_path, resume=True), FakeJudge(), unwatched)


def test_a_verdict_is_not_used_for_another_model_or_answer(tmp_path: Path) -> None:
    judge_report(options(tmp_path), FakeJudge(), unwatched)
    other = FakeJudge(model="n")
    judge_report(options(tmp_path, resume=True), other, unwatched)
    assert (other.asked, len(kept(tmp_path))) == (6, 12)
    changed = report(tmp_path)
    changed["questions"][0]["answer"] = "占全国百分之二十九点五"
    (tmp_path / "report.json").write_text(json.dumps(changed), encoding="utf-8")
    resumed = FakeJudge()
    judge_report(options(tmp_path, resume=True), resumed, unwatched)
    assert resumed.asked == 1


def test_what_was_not_understood_is_counted_apart_and_asked_again(tmp_path: Path) -> None:
    section = judge_report(options(tmp_path), FakeJudge(unclear="占多少"), unwatched)
    assert (section["not_understood"], section["right"]["n"], section["supported"]["n"]) == (1, 2, 3)
    [unclear] = [v for v in kept(tmp_path) if v["yes"] is None]
    assert (unclear["id"], unclear["reply"]) == ("a3", "嗯")
    assert "有 1 次回复看不懂" in show(section)
    resumed = FakeJudge()
    assert judge_report(options(tmp_path, resume=True), resumed, unwatched)["not_understood"] == 0
    assert resumed.asked == 1


def test_a_choice_judges_those_questions_only(tmp_path: Path) -> None:
    section = judge_report(options(tmp_path, limit=1), FakeJudge(), unwatched)
    assert [v["id"] for v in kept(tmp_path)] == ["a1", "a1"]
    assert (section["n"], section["agreement"]["right"]["kappa"]) == (1, None)
    assert len(report(tmp_path)["questions"]) == 4


def test_progress_counts_what_was_there_before(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def watch(inquiries: Iterable[Inquiry], total: int, done: int) -> Iterable[Inquiry]:
        seen.append((total, done))
        return inquiries

    judge_report(options(tmp_path, limit=1), FakeJudge(), watch)
    judge_report(options(tmp_path, resume=True), FakeJudge(), watch)
    assert seen == [(2, 0), (6, 2)]


def test_a_report_of_refusals_has_nothing_to_judge(tmp_path: Path) -> None:
    write_report(tmp_path, build_report([score(MISSING, record(refusal(MISSING)), display)], {}))
    with pytest.raises(JudianError, match="没有可评审的回答：选出的 1 题都拒答了"):
        judge_report(options(tmp_path), FakeJudge(), unwatched)


def test_the_table_says_what_is_compared_with_what_and_a_dash_for_what_is_not_measured(tmp_path: Path) -> None:
    shown = show(judge_report(options(tmp_path, limit=1), FakeJudge(), unwatched))
    cells = [line.split() for line in shown.splitlines() if line.startswith("答得对（")]
    assert cells == [
        ["答得对（1）", "100.0%", "100.0%", "–", "100.0%", "100.0%", "100.0%", "–", "100.0%", "—", "—", "0", "0"]
    ]
    assert "只作参考，不计入任何指标" in shown


def test_the_last_line_is_one_json_object(tmp_path: Path) -> None:
    section = judge_report(options(tmp_path), FakeJudge(), unwatched)
    line = summary_line(section, tmp_path)
    assert "\n" not in line
    assert json.loads(line) == {"out": str(tmp_path), "judge": json.loads(json.dumps(section))}


def test_the_command_asks_a_server_and_keeps_the_key_out_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options(tmp_path)
    monkeypatch.setenv("EVAL_JUDGE_KEY", SECRET)
    with serving(said("是"), said("否"), said(f"密钥 {SECRET}"), said("是")) as served:
        code = main(["judge", str(tmp_path), "--judge", served.url, "--model", "m"])
    shown = capsys.readouterr()
    assert code == 1  # one reply was not understood
    assert {key for _, _, key in served.asked} == {f"Bearer {SECRET}"}
    section = json.loads(shown.out.splitlines()[-1])["judge"]
    assert (section["name"], section["model"], section["not_understood"]) == (served.url, "m", 1)
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert SECRET not in written + shown.out + shown.err
    assert "密钥 ***" in written


def test_a_server_that_fails_midway_leaves_the_verdicts_to_go_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options(tmp_path)
    command = ["judge", str(tmp_path), "--model", "m", "--judge"]
    with serving(said("是"), (401, "")) as served:
        assert main([*command, served.url]) == 2
    assert "--resume" in capsys.readouterr().err
    assert len(kept(tmp_path)) == 1


def test_a_folder_without_a_report_is_told_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(said("是")) as served:
        assert main(["judge", str(tmp_path / "没有"), "--judge", served.url]) == 2
    assert served.asked == []
    assert "错误：" in capsys.readouterr().err


def test_without_a_language_model_the_local_judge_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options(tmp_path)
    monkeypatch.setenv("JUDIAN_LANGUAGE_MODEL", "none")
    assert main(["judge", str(tmp_path)]) == 2
    assert "请加 --model" in capsys.readouterr().err


def test_the_help_names_the_key_and_what_leaves_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["judge", "--help"])
    shown = "".join(capsys.readouterr().out.split())
    assert "EVAL_JUDGE_KEY" in shown
    assert "不写--judge地址就不发出任何请求" in shown
