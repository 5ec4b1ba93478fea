"""Retrieval side by side: one input for all, each form in a process of its own, one that fails stops nobody."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_encoder import HashEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import filled

from eval.__main__ import main
from eval.commands import peers_retrieval as command
from eval.datasets import Dataset, DatasetPassage
from eval.peers.asked import Drawn, beir_questions, draw
from eval.peers.environments import OURS, SYSTEMS, Environments, System, choose_systems
from eval.peers.leading import ahead, standing
from eval.peers.processes import FailedRunError, Found, Runs, read_found
from eval.peers.retrieval_page import failures, lines, rows, table
from eval.peers.side_by_side import Turn, compare, report_of, turns
from eval.peers.task import Judged, Place, Task, write_task
from index.errors import JudianError

FILES = {
    "粮食.txt": "中部地区粮食产量占全国的三成左右。小麦和水稻都是主要作物。",
    "江豚.txt": "长江流域的生态环境保护取得明显成效。江豚重新出现在城市江段。",
    "铁路.txt": "高速铁路把省会城市连在一起。货運樞紐建設加快推進。",
}
QUESTIONS = (
    Judged("q1", "粮食产量占全国多少", documents=("粮食.txt",)),
    Judged("q2", "江豚在哪里出现", evidence=("江豚重新出现在城市江段", "生态环境保护")),
    Judged("q3", "貨運樞紐", documents=("铁路.txt", "没有.txt")),
)
RUNNER = '''
"""A peer that ranks by the vectors it was given."""
TITLE = "假同类"
NAMES = ("numpy", "没有这个包")
VARIANTS = {"dense": "只用向量", "broken": "不能用", "short": "少答一题"}

def open(variant, given):
    if variant == "broken":
        import haystack_that_is_not_there
    if variant == "short":
        given.questions.pop()
        given.question_vectors = given.question_vectors[:-1]
    assert given.questions[-1] in ("货运枢纽", "江豚在哪里出现"), given.questions
    def search(question, vector):
        order = (given.vectors @ vector).argsort()[::-1]
        return [given.ids[row] for row in order]
    return search
'''


def task_in(folder: Path) -> Task:
    store = filled(folder, FILES)
    return write_task("小集", folder / "输入", store, {}, QUESTIONS, HashEncoder())


def fake(folder: Path, *variants: str, **changed: Any) -> System:  # noqa: ANN401
    (folder / "fake.py").write_text(RUNNER, encoding="utf-8")
    return replace(System("fake", "假同类", folder / "fake.py", dict.fromkeys(variants, "形式")), **changed)


def runs(folder: Path, *, resume: bool = False) -> Runs:
    return Runs(folder / "out", Environments(folder / "环境"), threads=1, patience=120, resume=resume)


def unwatched(found: Sequence[Turn]) -> Iterable[Turn]:
    return found


def found(*hits: Sequence[str], seconds: float = 0.01, index_s: float = 1.0, peak: float = 100.0) -> Found:
    return Found(
        tuple(map(tuple, hits)),
        (seconds,) * len(hits),
        (seconds / 2,) * len(hits),
        index_s,
        {"before": 50.0, "peak": peak},
        {"假": "1.0"},
    )


PLACES = {i: Place(i, f"d{i}", text) for i, text in (("1", "一三。"), ("2", "二四。"), ("3", "三。"))}
TASK = Task(
    "手算",
    Path("不存在"),
    "0123",
    PLACES,
    (Judged("a", "甲", documents=("d1",)), Judged("b", "乙", evidence=("二四", "三"))),
    {"p50": 0.01, "p95": 0.02},
)
OUR_SYSTEM = System(OURS, "据典", Path("judian.py"), {"search": "默认"})
PEER = System("peer", "同类", Path("peer.py"), {"dense": "向量", "hybrid": "混合", "odd": "坏的"}, ("peer==1",))


def hand_worked() -> dict[str, Any]:
    return report_of(
        TASK,
        [OUR_SYSTEM, PEER],
        {
            (OURS, "search"): [found(["1", "2"], ["2", "3"])],
            ("peer", "dense"): [found(["2", "3"], ["1"], seconds=0.001, peak=50.0)],
            ("peer", "hybrid"): [found(["2", "1"], ["2", "1"], seconds=0.02), found([], [], seconds=0.04)],
            ("peer", "odd"): [found(["1"], ["1"]), FailedRunError("坏了")],
        },
    )


def report(**sets: Any) -> dict[str, Any]:  # noqa: ANN401
    about = {"half": "report", "sample": 300, "threads": 1, "rounds": 2, "encoder": "hash", "commit": "abc", "seed": 1}
    return {"settings": {**about, "machine": "x86_64", "date": "2026-11-23T00:00:00"}, "sets": sets}


def test_everybody_reads_the_same_passages_vectors_and_questions(tmp_path: Path) -> None:
    task = task_in(tmp_path)
    passages = [json.loads(line) for line in (task.folder / "passages.jsonl").read_text("utf-8").splitlines()]
    vectors = np.load(task.folder / "vectors.npy")
    assert {p["id"]: p["document"] for p in passages} == {i: p.document for i, p in task.places.items()}
    assert [p["search_text"] for p in passages if p["document"] == "铁路.txt"] == [
        "铁路:高速铁路把省会城市连在一起。货运枢纽建设加快推进。"
    ]
    expected = HashEncoder().encode_passages([p["search_text"] for p in passages])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    questions = [json.loads(line) for line in (task.folder / "questions.jsonl").read_text("utf-8").splitlines()]
    assert questions[2] == {"id": "q3", "text": "貨運樞紐", "folded": "货运枢纽"}
    np.testing.assert_array_equal(
        np.load(task.folder / "question_vectors.npy"), HashEncoder().encode_queries([q["text"] for q in questions])
    )
    assert task.ceiling == {"hit": 1.0, "all": pytest.approx(2 / 3)}


def test_a_form_that_fails_says_why_and_stops_nobody(tmp_path: Path) -> None:
    task = task_in(tmp_path)
    system = fake(tmp_path, "broken", "dense", "short")
    told = compare([task], [system], runs(tmp_path), 1, unwatched)["小集"]["systems"]["fake"]
    assert told["best"] == "dense"
    dense = told["variants"]["dense"]
    assert dense["metrics"]["hit@5"] == 1.0
    assert dense["versions"] == {"numpy": np.__version__}
    assert dense["p50_s"] > 0
    assert dense["index_s"] >= 0
    assert dense["memory_mb"]["peak"] >= dense["memory_mb"]["before"] > 1
    assert "No module named 'haystack_that_is_not_there'" in told["variants"]["broken"]["failed"]
    assert "有 2 题，应有 3 题" in told["variants"]["short"]["failed"]


def test_our_own_search_runs_as_a_process_like_the_others(tmp_path: Path) -> None:
    task = task_in(tmp_path)
    ours = replace(SYSTEMS[OURS], variants={v: v for v in ("search", "no-sentences")})
    told = compare([task], [ours], runs(tmp_path), 1, unwatched)["小集"]["systems"][OURS]
    assert {v: own.get("failed") for v, own in told["variants"].items()} == {"search": None, "no-sentences": None}
    assert {v: own["metrics"]["hit@1"] for v, own in told["variants"].items()} == {"search": 1.0, "no-sentences": 1.0}


def test_a_kept_result_is_used_again_only_for_the_same_input_and_runner(tmp_path: Path) -> None:
    task, system = task_in(tmp_path), fake(tmp_path, "dense")
    first = runs(tmp_path).find(system, "dense", task, 0)
    kept = tmp_path / "out" / "小集" / "fake.dense.0.json"
    changed = json.loads(kept.read_text("utf-8")) | {"index_s": 12345.0}
    kept.write_text(json.dumps(changed), "utf-8")
    again = runs(tmp_path, resume=True)
    assert again.find(system, "dense", task, 0) == replace(first, index_s=12345.0)
    assert again.find(system, "dense", replace(task, digest="另一个"), 0).index_s < 12345
    kept.write_text(json.dumps(changed), "utf-8")
    assert runs(tmp_path).find(system, "dense", task, 0).index_s < 12345


def test_a_missing_environment_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    task, system = task_in(tmp_path), fake(tmp_path, "dense", packages=("peer==1",))
    told = compare([task], [system], runs(tmp_path), 1, unwatched)["小集"]["systems"]["fake"]
    assert told["best"] is None
    assert "python -m eval peers-retrieval --install --systems fake" in told["variants"]["dense"]["failed"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hits": [["1"]]}, "有 1 题，应有 2 题"),
        ({"hits": [["1"], ["9"]]}, "段落 9 不在输入里"),
        ({"hits": [["1"], ["2", "2"]]}, "同一段给了两次"),
        ({"seconds": None}, "不合约定"),
        ({"memory": {}}, "不合约定"),
        ({"cpu": [0.1]}, "应有 2 题"),
    ],
)
def test_a_result_that_breaks_the_contract_is_refused(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    sound = {
        "hits": [["1"], ["2"]],
        "seconds": [0.1, 0.1],
        "cpu": [0.1, 0.1],
        "index_s": 1,
        "versions": {},
        "memory": {"before": 1, "peak": 2},
    }
    (tmp_path / "a.json").write_text(json.dumps(sound), "utf-8")
    assert read_found(tmp_path / "a.json", TASK).hits == (("1",), ("2",))
    (tmp_path / "a.json").write_text(json.dumps({**sound, **changed}), "utf-8")
    with pytest.raises(FailedRunError, match=said):
        read_found(tmp_path / "a.json", TASK)


def test_figures_are_those_worked_by_hand() -> None:
    told = hand_worked()
    ours = told["systems"][OURS]["variants"]["search"]
    # a: d1 is first. b: 二四 is in the first passage, 三 in the second.
    assert ours["metrics"] == {"hit@1": 1.0, "hit@5": 1.0, "recall@5": 1.0, "all@5": 1.0, "mrr@10": 1.0}
    peer = told["systems"]["peer"]
    assert peer["best"] == "hybrid"
    # a: d1 is second. b: 二四 is in the first passage, 三 in the second. Quality of the first run, times of both.
    assert peer["variants"]["hybrid"]["metrics"] == {
        "hit@1": 0.5, "hit@5": 1.0, "recall@5": 1.0, "all@5": 1.0, "mrr@10": 0.75,
    }  # fmt: skip
    assert peer["variants"]["hybrid"]["p50_s"] == pytest.approx(0.03)
    assert peer["variants"]["hybrid"]["cpu_p50_s"] == pytest.approx(0.015)
    assert peer["variants"]["odd"] == {"form": "坏的", "failed": "坏了"}
    difference = told["differences"]["search"]["peer"]
    assert difference["hit@1"]["difference"] == 0.5
    assert difference["hit@5"] == {"difference": 0.0, "interval": (0.0, 0.0), "p": 1.0}
    assert difference["time_ratio"] == pytest.approx(3.0)
    assert told["ceiling"] == {"hit": 1.0, "all": 1.0}
    assert told["judged_by"] == "evidence"


def test_the_page_says_who_is_ahead_where_and_who_failed() -> None:
    told = report(手算=hand_worked())
    assert ahead(told) == ["手算：同类 更省：dense p50 1.0 毫秒（据典 10.0），内存 50 MB（据典 100）。"]
    assert standing(told) == [
        "据典 search 对 同类 最好的形式，MRR@10 在 1 个集里：领先 0、分不出 1、落后 0（p<0.05 才算）；"
        "p50 更快的集 1 个（它的用时是据典的 3.00–3.00 倍）。"
    ]
    assert failures(told) == ["手算：同类 odd 没有结果：坏了"]
    assert [row[0] for row in rows(told["sets"]["手算"])] == [
        "系统与形式", "**据典 search**", "同类 dense", "**同类 hybrid**", "同类 odd",
    ]  # fmt: skip
    page = "\n".join(lines(told))
    assert "坏了" in page
    assert "（假 1.0）：`dense` 向量；`hybrid` 混合；`odd` 坏的" in page
    assert "同类 hybrid *" in table(told)


def test_a_peer_that_finds_more_is_named() -> None:
    system = replace(PEER, variants={"dense": "向量"})
    told = report_of(
        TASK, [OUR_SYSTEM, system],
        {(OURS, "search"): [found(["2", "1"], ["2"])], ("peer", "dense"): [found(["1"], ["2"], seconds=0.1, index_s=9)]},
    )  # fmt: skip
    assert ahead(report(手算=told)) == [
        "手算：同类 领先：命中@1 100.0%（dense），据典 50.0%，没有超出抽样误差；"
        "MRR@10 1.000（dense），据典 0.750，没有超出抽样误差。"
    ]


def test_without_ours_nobody_is_compared() -> None:
    told = report_of(TASK, [PEER], {("peer", v): [found(["1"], ["2"])] for v in PEER.variants})
    assert told["differences"] == {}
    assert ahead(report(手算=told)) == standing(report(手算=told)) == []
    assert lines(report(手算=told))


def test_every_form_has_its_turn_in_every_round_and_who_begins_goes_round() -> None:
    order = [(t.system.name, t.variant, t.number) for t in turns([TASK], [OUR_SYSTEM, PEER], 2)]
    peer = [("peer", v) for v in PEER.variants]
    assert order == [
        (OURS, "search", 0), *((*form, 0) for form in peer), *((*form, 1) for form in peer), (OURS, "search", 1),
    ]  # fmt: skip


@settings(max_examples=50)
@given(st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=40), st.integers(1, 40), st.integers(0, 40))
def test_a_smaller_sample_is_part_of_a_larger_one(ids: set[str], few: int, more: int) -> None:
    questions = [Judged(i, "问") for i in sorted(ids)]
    small, large = (draw(questions, Drawn("all", count), "集") for count in (few, few + more))
    assert [q for q in large if q in small] == small
    assert len(small) == min(few, len(ids))
    assert draw(questions, Drawn("all", 0), "集") == questions


def test_evidence_judges_where_a_set_has_it() -> None:
    plain = Dataset("集", (DatasetPassage("d", "", "字"),), {"q": "问", "r": "再问"}, {"q": {"d": 1}, "r": {"d": 1}})
    every = Drawn("all", 0)
    assert beir_questions(plain, every) == [Judged("q", "问", ("d",)), Judged("r", "再问", ("d",))]
    quoted = replace(plain, evidence={"q": ("原文", "，"), "r": ("。",)})
    assert beir_questions(quoted, every) == [Judged("q", "问", (), ("原文",))]
    with pytest.raises(JudianError, match="选不出题目"):
        draw([], every, "集")


def test_an_environment_is_made_once_with_pinned_packages(tmp_path: Path) -> None:
    commands: list[list[str]] = []
    system = replace(PEER, whole=True)
    environments = Environments(tmp_path)
    assert environments.install(system, lambda c: commands.append(list(c)))
    assert not environments.install(system, lambda c: commands.append(list(c)))
    python = environments.folder.resolve() / "peer" / "bin" / "python"
    assert commands == [
        [sys.executable, "-m", "venv", str(tmp_path / "peer")],
        [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "peer==1"],
    ]
    assert environments.install(replace(system, packages=("peer==2",)), lambda c: None)
    assert not environments.install(OUR_SYSTEM, lambda c: commands.clear())
    assert len(commands) == 2
    assert environments.python(OUR_SYSTEM) == Path(sys.executable)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))
def test_every_peer_pins_its_packages_and_describes_its_forms_in_chinese(system: System) -> None:
    assert all("==" in package for package in system.packages)
    assert bool(system.packages) == (system.name != OURS)
    assert all(any("一" <= c <= "鿿" for c in form) for form in system.variants.values())
    assert system.runner.exists()


def test_an_unknown_system_is_told_with_those_there_are() -> None:
    assert [s.name for s in choose_systems(["txtai", OURS])] == ["txtai", OURS]
    assert [s.name for s in choose_systems([])] == list(SYSTEMS)
    with pytest.raises(JudianError, match="没有名为「某某」的系统。可选：judian、llamaindex"):
        choose_systems(["某某"])


def test_the_command_helps_and_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["peers-retrieval", "--help"])
    assert stopped.value.code == 0
    assert "--environments" in capsys.readouterr().out
    assert main(["peers-retrieval"]) == 2
    assert "没有可比的题" in capsys.readouterr().err
    assert main(["peers-retrieval", "--dataset", "甲/集", "乙/集"]) == 2
    assert "有两个集都叫「集」" in capsys.readouterr().err


def test_the_command_fails_when_a_form_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = argparse.Namespace(out=tmp_path, page=tmp_path / "页.md")
    assert command._tell(report(手算=hand_worked()), options) == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "values" not in last["sets"]["手算"]["systems"][OURS]["search"]
    assert (tmp_path / "页.md").read_text("utf-8") == (tmp_path / "report.md").read_text("utf-8")
    whole = report_of(TASK, [OUR_SYSTEM], {(OURS, "search"): [found(["1"], ["2"])]})
    assert command._tell(report(手算=whole), options) == 0
