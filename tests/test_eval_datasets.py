"""Datasets: BEIR folders are read whole, or the error says where and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets import Dataset, DatasetPassage, read_beir
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
