"""Datasets: BEIR folders are read whole, or the error says where and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets import Dataset, DatasetPassage, read_beir, with_distractors
from eval.lines import DatasetError


def write(path: Path, *values: object) -> Path:
    path.write_text("\n".join(v if isinstance(v, str) else json.dumps(v) for v in values), encoding="utf-8")
    return path


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


def test_judgements_without_a_header_are_all_read(tmp_path: Path) -> None:
    beir(tmp_path, "")
    (tmp_path / "qrels.tsv").write_text("q1\td1\t2\nq2\td2\t1\n", encoding="utf-8")
    assert read_beir(tmp_path).qrels == {"q1": {"d1": 2}, "q2": {"d2": 1}}


def with_query(folder: Path, **fields: object) -> Path:
    """The folder with one more query, q3, whose line has these fields."""
    beir(folder, "q1\td1\t2\nq3\td2\t1\n")
    with (folder / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"_id": "q3", "text": "问三", **fields}))
    return folder


def test_evidence_and_groups_are_read_where_there_are_some(tmp_path: Path) -> None:
    read = read_beir(with_query(tmp_path, evidence=["第一句。", " "], positive_groups=[["d1", "d2"], [], ["d3"]]))
    assert read.evidence == {"q3": ("第一句。",)}
    assert read.groups == {"q3": (("d1", "d2"), ("d3",))}
    assert read.judged == ["q1", "q3"]


def test_a_question_without_an_answer_has_neither_evidence_nor_groups(tmp_path: Path) -> None:
    read = read_beir(with_query(tmp_path, answerable=False, evidence=["第一句。"], positive_groups=[["d1"]]))
    assert (read.evidence, read.groups) == ({}, {})


@pytest.mark.parametrize(
    "fields", [{"evidence": "一句"}, {"evidence": [1]}, {"positive_groups": "p"}, {"positive_groups": ["p"]}]
)
def test_evidence_of_another_shape_is_named_with_its_place(tmp_path: Path, fields: dict[str, object]) -> None:
    with pytest.raises(DatasetError, match=f"第 3 行：字段 {next(iter(fields))}"):
        read_beir(with_query(tmp_path, **fields))


def test_distractors_come_after_the_passages_under_ids_of_their_own(tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        (tmp_path / name).mkdir()
    dataset = read_beir(beir(tmp_path / "甲", "q1\td1\t2\n"))
    news = write(
        tmp_path / "news.txt", "2023-08-16，正文：第一篇新闻。正文：之后。", "", "没有记号的一行。", "只有头，正文："
    )
    more = with_distractors(dataset, [news, beir(tmp_path / "乙", "q1\td1\t2\n")])
    assert more.passages[:2] == dataset.passages
    assert more.passages[2:] == (
        DatasetPassage("distractor-1-1", "", "第一篇新闻。正文：之后。"),
        DatasetPassage("distractor-1-3", "", "没有记号的一行。"),
        DatasetPassage("distractor-1-4", "", "只有头，正文："),
        DatasetPassage("distractor-2-d1", "甲", "第一"),
        DatasetPassage("distractor-2-d2", "", "第二"),
    )
    assert (more.queries, more.qrels) == (dataset.queries, dataset.qrels)
    assert with_distractors(dataset, []) == dataset


def test_distractors_that_are_not_there_or_empty_are_named(tmp_path: Path) -> None:
    dataset = read_beir(beir(tmp_path, "q1\td1\t2\n"))
    for path in (tmp_path / "没有.txt", write(tmp_path / "空.txt", "", " ")):
        with pytest.raises(DatasetError, match=path.name):
            with_distractors(dataset, [path])
