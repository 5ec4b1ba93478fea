"""Retrieval: a BEIR dataset goes through the product's own store and search, and is scored by passage id."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.datasets import Dataset, DatasetPassage
from eval.retrieval import QueryHits, build_report, hits_for_dataset, score_hits, show, write_hits
from index.encoder import Vectors

DATASET = Dataset(
    name="小集",
    passages=(
        DatasetPassage("d1", "粮食/生产", "中部地区粮食产量占全国的三成左右。小麦和水稻都是主要作物。"),
        DatasetPassage("d2", "", "长江流域的生态环境保护取得明显成效。江豚重新出现在城市江段。"),
        DatasetPassage("d3", "空", "。。。"),
        DatasetPassage("d4", "交通", "高速铁路把省会城市连在一起。货运枢纽建设加快推进。"),
    ),
    queries={"q1": "粮食产量占全国多少", "q2": "江豚在哪里出现", "q3": "没有标注的问题", "q4": "高速铁路"},
    qrels={"q1": {"d1": 1}, "q2": {"d2": 1}, "q4": {"d3": 1, "d4": 1}},
)


class LetterEncoder:
    """Vectors that count letters: texts that share letters are near."""

    name = "letters"
    dim = 64

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dim), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % self.dim] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def unwatched(chunks: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return chunks


def search(folder: Path, limit: int | None = None) -> list[QueryHits]:
    return list(hits_for_dataset(DATASET, LetterEncoder(), folder / "store", limit, unwatched))


def test_judged_queries_find_their_passages_by_id(tmp_path: Path) -> None:
    found = search(tmp_path)
    assert [(row.id, row.hits[0].document) for row in found] == [("q1", "d1"), ("q2", "d2"), ("q4", "d4")]
    assert all(len({hit.document for hit in row.hits}) == len(row.hits) for row in found)
    assert all(row.seconds > 0 for row in found)


def test_a_limit_takes_the_first_judged_queries(tmp_path: Path) -> None:
    assert [row.id for row in search(tmp_path, 2)] == ["q1", "q2"]


def test_the_metrics_are_worked_by_hand(tmp_path: Path) -> None:
    metrics = score_hits(DATASET, search(tmp_path))
    assert metrics.pop("search_s").keys() == {"median", "p95"}
    half_found = 1 / (1 + 1 / np.log2(3))  # q4: d4 first, the empty d3 never
    assert metrics == {
        "n": 3,
        **{f"hit@{k}": 1.0 for k in (1, 3, 5, 10)},
        **{f"recall@{k}": pytest.approx((1 + 1 + 0.5) / 3) for k in (1, 3, 5, 10)},
        "mrr@10": 1.0,
        "ndcg@10": pytest.approx((1 + 1 + half_found) / 3),
    }


def test_no_queries_are_not_scored_as_zero() -> None:
    assert score_hits(DATASET, []) == {"n": 0}
    assert "—" in show({"n": 0})


def test_the_files_hold_hits_and_report(tmp_path: Path) -> None:
    found = search(tmp_path)
    report = build_report(DATASET, found, "letters")
    write_hits(tmp_path / "out", found, report)
    lines = (tmp_path / "out" / "hits.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    assert (len(lines), first["id"], list(first["hits"][0])) == (
        3,
        "q1",
        ["document", "section", "start", "end", "score", "text"],
    )
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report
    assert (report["settings"]["dataset"], report["settings"]["encoder"]) == ("小集", "letters")
