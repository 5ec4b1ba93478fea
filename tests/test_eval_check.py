"""Whether a gold set fits its documents, and what it does not ask about."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from samples import filled
from test_eval_samples import GRAIN, GREEN, MISSING, PREMISE, SOURCE, gold, gold_lines

from eval.check import check_against, counts
from eval.commands import check as check_command
from eval.commands import coverage as coverage_command
from eval.coverage import coverage, show, to_json
from eval.questions import GoldFile, GoldQuestion
from index import command

PASSAGES = [("甲.txt", "第一篇", GRAIN), ("甲.txt", "第二篇", GREEN), ("乙.txt", "", "别的内容。")]


def file(*questions: GoldQuestion) -> GoldFile:
    return GoldFile(Path("g.jsonl"), questions, {q.id: n for n, q in enumerate(questions, 1)}, (), ())


def test_what_stands_in_the_documents_is_no_problem() -> None:
    spaced = gold(evidence=("中部地区 粮食产量，占全国的29.5%",))
    assert check_against(file(spaced, MISSING, PREMISE), [SOURCE]) == []


def test_a_quote_or_fact_that_stands_nowhere_is_named() -> None:
    bad = gold(id="q9", evidence=("没有这句话",), must=(("29.5%",), ("31%", "百分之三十一")))
    assert check_against(file(gold(), bad), [SOURCE]) == [
        "g.jsonl 第 2 行（q9）：证据“没有这句话”在文档里找不到。请照抄原文（不计标点空白），或检查是不是换了文档。",
        "g.jsonl 第 2 行（q9）：must 第 2 项“31% | 百分之三十一”的各种写法在证据和文档里都没有。"
        "请改成原文的说法，或添一种原文里有的写法。",
    ]


def test_a_part_of_a_number_is_no_fact() -> None:
    assert len(check_against(file(gold(must=(("9.5%",),))), [SOURCE])) == 1


def test_questions_are_counted_by_type_and_half() -> None:
    assert counts([gold(), MISSING, PREMISE]) == {
        "n": 3,
        "by_type": {"factoid": 1, "unanswerable": 1, "false_premise": 1},
        "by_half": {"report": 3},
        "answerable": 1,
    }


def test_coverage_counts_a_question_once_a_place_and_names_what_has_none() -> None:
    both = gold(id="q4", type="multi_evidence", evidence=(GRAIN[:12], GREEN, GRAIN))
    lost = gold(id="q5", evidence=("哪里都没有的一句",))
    found = coverage([gold(), both, MISSING, lost], PASSAGES)
    assert found.places == {("甲.txt", "第一篇"): 2, ("甲.txt", "第二篇"): 1, ("乙.txt", ""): 0}
    assert found.documents == {"甲.txt": 2, "乙.txt": 0}
    assert {k: n for k, n in found.types.items() if n} == {"factoid": 2, "multi_evidence": 1, "unanswerable": 1}
    assert found.unplaced == ("q5",)
    assert to_json(found)["without"]["documents"] == ["乙.txt"]
    assert "没有题的文档（1）：乙.txt" in show(found)
    assert "证据不在任何章节里的题（1）：q5" in show(found)


def run(module: ModuleType, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    module.add(parser.add_subparsers())
    options = parser.parse_args([module.__name__.rsplit(".", 1)[-1], *arguments])
    return command.run(lambda: int(options.run(options)))


@pytest.mark.parametrize(("questions", "code"), [([gold()], 0), ([gold(evidence=("没有",))], 1)])
def test_the_check_prints_a_verdict_and_json_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], questions: Sequence[GoldQuestion], code: int
) -> None:
    store = filled(tmp_path, {"甲.txt": SOURCE})
    path = tmp_path / "g.jsonl"
    path.write_text(gold_lines(questions), encoding="utf-8")
    assert run(check_command, "--gold", str(path), "--store", str(store.folder)) == code
    shown = capsys.readouterr()
    assert json.loads(shown.out.splitlines()[-1])["problems"] == code
    assert ("没有问题" in shown.out, "第 1 行（q1）" in shown.err) == (code == 0, code == 1)


def test_the_check_tells_all_format_errors_and_notices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(gold_lines([gold(type="table")]) + "{\n{\n", encoding="utf-8")
    assert run(check_command, "--gold", str(path)) == 1
    shown = capsys.readouterr()
    assert "题型「table」不在常用题型里" in shown.out
    assert "评测集有 2 处问题" in shown.err


def test_the_coverage_command_ends_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = filled(tmp_path, {"甲.txt": SOURCE, "乙.txt": "一句与题目毫不相干的话在这里。"})
    path = tmp_path / "g.jsonl"
    path.write_text(gold_lines([gold()]), encoding="utf-8")
    assert run(coverage_command, "--gold", str(path), "--store", str(store.folder)) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["documents"] == {"乙.txt": 0, "甲.txt": 1}
