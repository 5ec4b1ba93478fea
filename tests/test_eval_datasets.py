"""Datasets: gold sets and BEIR folders are read whole, or the error says where and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.datasets import Dataset, DatasetPassage, read_beir
from eval.lines import DatasetError
from eval.questions import GoldQuestion, half, read_gold

GOOD: dict[str, Any] = {
    "id": "a1",
    "type": "factoid",
    "question": "何时？",
    "history": [{"role": "user", "content": "你好"}],
    "answer": "2024年",
    "must": [["2024年", "二〇二四年"]],
    "evidence": ["2024年3月20日"],
    "answerable": True,
}


def write(path: Path, *values: object) -> Path:
    path.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in values), encoding="utf-8")
    return path


def test_a_gold_line_becomes_a_question(tmp_path: Path) -> None:
    assert read_gold(write(tmp_path / "g.jsonl", GOOD, "")) == [
        GoldQuestion(
            id="a1",
            type="factoid",
            question="何时？",
            history=({"role": "user", "content": "你好"},),
            answer="2024年",
            must=(("2024年", "二〇二四年"),),
            evidence=("2024年3月20日",),
            answerable=True,
        )
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"must": [["。"]]}, "第 2 行：字段 must 第 1 项 里的「。」没有文字。请填上文字或删去。"),
        ({"must": [[]]}, "第 2 行：字段 must 第 1 项是空的。请至少写一种说法，或删去这一项。"),
        ({"must": "2024年"}, '第 2 行：字段 must 应是列表。请写成 [["事实一"], ["事实二", "另一种写法"]]。'),
        ({"must": ["2024年"]}, '第 2 行：字段 must 第 1 项 应是字符串的列表。请写成 ["…", "…"]。'),
        ({"answerable": "yes"}, "第 2 行：字段 answerable 应是 true 或 false，现在是 'yes'。请改正。"),
        ({"question": " "}, "第 2 行：字段 question 是空的。请填上内容。"),
        ({"answer": 7}, "第 2 行：字段 answer 应是字符串，现在是 7。请改正。"),
        ({"evidence": [3]}, '第 2 行：字段 evidence 应是字符串的列表。请写成 ["…", "…"]。'),
        ({"id": "a1"}, "第 2 行：id「a1」与第 1 行重复。请改成不同的编号。"),
    ],
)
def test_a_bad_field_is_named_with_its_line_and_remedy(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = write(tmp_path / "g.jsonl", GOOD, {**GOOD, "id": "a2", **change})
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == f"{path} {told}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"evidences": []}, "不认识字段 evidences"),
        ({"type": "fact"}, "字段 type 不认识「fact」。请从这些里选：factoid、list"),
        ({"must": []}, "可回答的题至少要有一个事实"),
        ({"history": [{"role": "system", "content": "x"}]}, "字段 history 应是消息的列表"),
        ({"history": [7]}, "字段 history 应是消息的列表"),
        ({"history": None}, "字段 history 应是消息的列表"),
    ],
)
def test_other_bad_fields_are_named_too(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(DatasetError, match=r"第 1 行：.*" + told):
        read_gold(write(tmp_path / "g.jsonl", {**GOOD, **change}))


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "g.jsonl", {k: v for k, v in GOOD.items() if k != "must"})
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == (
        f"{path} 第 1 行：缺少字段 must。请补上，必需字段有 id、type、question、answer、must、answerable。"
    )


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "g.jsonl", GOOD, '{"id": "a2",')
    with pytest.raises(DatasetError) as error:
        read_gold(path)
    assert str(error.value) == (f"{path} 第 2 行不是完整的 JSON（第 13 个字符处）。请检查引号、逗号和括号。")


@pytest.mark.parametrize(
    ("data", "told"), [(None, "找不到"), (b"\xff\xfe\x00", "UTF-8"), (b"[1]\n", "JSON 对象"), (b"\n", "没有题目")]
)
def test_a_file_that_is_no_gold_set_is_refused(tmp_path: Path, data: bytes | None, told: str) -> None:
    if data is not None:
        (tmp_path / "g.jsonl").write_bytes(data)
    with pytest.raises(DatasetError, match=told):
        read_gold(tmp_path / "g.jsonl")


def test_the_halves_never_change() -> None:
    found = {i: half(i) for i in ("q1", "q2", "q3", "factoid-01", "list-07", "追问-3", "x" * 100, "")}
    assert found == {
        "q1": "report",
        "q2": "report",
        "q3": "report",
        "factoid-01": "tune",
        "list-07": "tune",
        "追问-3": "report",
        "x" * 100: "tune",
        "": "report",
    }


@given(st.text())
def test_every_id_has_one_half(question_id: str) -> None:
    assert half(question_id) in ("tune", "report")
    assert half(question_id) == half(question_id)


def test_the_halves_are_about_even() -> None:
    tuned = sum(half(f"question-{n}") == "tune" for n in range(1000))
    assert 450 < tuned < 550


def beir(folder: Path, qrels: str) -> Path:
    write(folder / "corpus.jsonl", {"_id": "d1", "title": "甲", "text": "第一"}, {"_id": "d2", "text": "第二"})
    write(folder / "queries.jsonl", {"_id": "q1", "text": "问一", "answers": []}, {"_id": "q2", "text": "问二"})
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")
    return folder


def test_a_beir_folder_becomes_a_dataset(tmp_path: Path) -> None:
    assert read_beir(beir(tmp_path, "q1\td1\t2\nq1\td2\t0\n")) == Dataset(
        name=tmp_path.name,
        passages=(DatasetPassage("d1", "甲", "第一"), DatasetPassage("d2", "", "第二")),
        queries={"q1": "问一", "q2": "问二"},
        qrels={"q1": {"d1": 2}},
    )


@pytest.mark.parametrize(
    ("qrels", "told"),
    [
        ("q1\td1\n", "第 2 行：应是“问题编号⇥段落编号⇥整数等级”"),
        ("q1\td1\tx\n", "第 2 行：应是"),
        ("q9\td1\t1\n", "问题「q9」不在 queries.jsonl 中（共 1 个）"),
        ("", "没有标注"),
    ],
)
def test_bad_judgements_are_named(tmp_path: Path, qrels: str, told: str) -> None:
    with pytest.raises(DatasetError, match=told):
        read_beir(beir(tmp_path, qrels))
