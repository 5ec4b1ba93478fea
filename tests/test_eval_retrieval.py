"""Retrieval: a BEIR dataset goes through the product's own store and search, and is scored by passage id."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLE, chinese, filled

import eval.commands.retrieval as command
from eval.__main__ import main
from eval.datasets import Dataset, DatasetPassage
from eval.searching.corpus import open_corpus
from eval.searching.hits import HitsFile, OtherHitsError, Row
from eval.searching.page import render, show
from eval.searching.retrieval import build_report, choose_queries, find_hits, origin, time_searches
from index.encoder import Vectors
from index.errors import JudianError
from index.search import Searcher
from rag.answer import hit_json

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
KEYS = ("document", "section", "start", "end", "score", "text")


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


def search(folder: Path, queries: Mapping[str, str] | None = None) -> list[Row]:
    corpus = open_corpus(DATASET.passages, LetterEncoder(), folder / "store")
    return list(find_hits(corpus, choose_queries(DATASET) if queries is None else queries))


@settings(max_examples=15)
@given(
    queries=st.lists(st.one_of(chinese, st.sampled_from(["第五篇和第七篇", "粮食"])), max_size=5), k=st.integers(1, 12)
)
def test_many_searches_find_what_single_ones_find(
    tmp_path_factory: pytest.TempPathFactory, queries: list[str], k: int
) -> None:
    folder = tmp_path_factory.mktemp("库")
    searcher = Searcher(filled(folder, {"七篇.txt": SAMPLE[:6000], "粮食2023.txt": "粮食产量稳定。"}), HashEncoder())
    asked = [query for query in queries if query.strip()]
    assert list(searcher.search_many(asked, k)) == [searcher.search(q, k) for q in asked]


def test_more_queries_than_a_batch_come_in_order(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, {"七篇.txt": SAMPLE}), HashEncoder())
    queries = [f"第{n}个问题：{SAMPLE[n * 40 : n * 40 + 20]}" for n in range(70)]
    found = list(searcher.search_many(queries, 3))
    assert found[65] == searcher.search(queries[65], 3)
    assert len(found) == 70


def test_an_empty_query_among_many_is_refused(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, {"七篇.txt": "粮食产量稳定。"}), HashEncoder())
    with pytest.raises(JudianError, match="问题是空的"):
        list(searcher.search_many(["粮食", " "], 3))
    assert list(searcher.search_many([], 3)) == []


def test_judged_queries_find_their_passages_by_id(tmp_path: Path) -> None:
    found = search(tmp_path)
    assert [(row["id"], row["hits"][0]["document"]) for row in found] == [("q1", "d1"), ("q2", "d2"), ("q4", "d4")]
    assert all(len({hit["document"] for hit in row["hits"]}) == len(row["hits"]) for row in found)


def test_a_hit_is_written_as_the_search_command_writes_it(tmp_path: Path) -> None:
    corpus = open_corpus(DATASET.passages, LetterEncoder(), tmp_path / "store")
    [row] = find_hits(corpus, {"q1": DATASET.queries["q1"]})
    best = corpus.searcher.search(DATASET.queries["q1"], 1)[0]
    assert row["hits"][0] == hit_json(replace(best, document="d1"))
    assert tuple(row["hits"][0]) == KEYS


def test_a_limit_takes_the_first_judged_queries_and_a_sample_some_of_them() -> None:
    assert list(choose_queries(DATASET, limit=2)) == ["q1", "q2"]
    many = replace(DATASET, queries={f"q{n}": "问" for n in range(50)}, qrels={f"q{n}": {"d1": 1} for n in range(50)})
    small, large = list(choose_queries(many, sample=5)), list(choose_queries(many, sample=20))
    assert set(small) < set(large)
    assert [i for i in large if i in small] == small
    assert (len(small), list(choose_queries(many, sample=5))) == (5, small)
    assert list(choose_queries(many, sample=99)) == list(many.qrels)


def test_the_metrics_are_worked_by_hand(tmp_path: Path) -> None:
    report = build_report(DATASET, search(tmp_path), {})
    metrics, intervals = report["metrics"], report["intervals"]
    half_found = 1 / (1 + 1 / np.log2(3))  # q4: d4 first, the empty d3 never
    assert metrics == {
        "n": 3,
        **{f"hit@{k}": 1.0 for k in (1, 3, 5, 10)},
        **{f"recall@{k}": pytest.approx((1 + 1 + 0.5) / 3) for k in (1, 3, 5, 10)},
        **{f"all@{k}": pytest.approx(2 / 3) for k in (1, 3, 5, 10)},
        "mrr@10": 1.0,
        "ndcg@10": pytest.approx((1 + 1 + half_found) / 3),
    }
    assert set(intervals) == set(metrics) - {"n"}
    assert intervals["hit@1"] == pytest.approx((0.4385, 1.0), abs=1e-4)  # three of three, Wilson
    assert all(low - 1e-9 <= metrics[name] <= high + 1e-9 for name, (low, high) in intervals.items())


def test_no_queries_are_not_scored_as_zero() -> None:
    report = build_report(DATASET, [], {})
    assert report["metrics"] == {"n": 0}
    assert "—" in show(report)


def test_the_table_shows_each_metric_with_its_interval(tmp_path: Path) -> None:
    shown = show(build_report(DATASET, search(tmp_path), {"encoder": "letters"}))
    assert "100.0% [43.9%, 100.0%]" in shown
    assert "83.3% [50.0%, 100.0%]" in shown
    assert "共 3 题" in shown


def test_a_search_is_timed_alone(tmp_path: Path) -> None:
    corpus = open_corpus(DATASET.passages, LetterEncoder(), tmp_path / "store")
    spent = time_searches(corpus.searcher, choose_queries(DATASET))
    assert 0 < spent["median"] <= spent["p95"]
    assert time_searches(corpus.searcher, {}) == {}


def test_hits_are_kept_one_by_one_and_taken_up_again(tmp_path: Path) -> None:
    rows = search(tmp_path)
    file = HitsFile(tmp_path / "out", {"encoder": "letters"})
    assert file.begin(resume=True) == {}
    coming = file.add(rows)
    next(coming)
    with (tmp_path / "out" / "hits.jsonl").open("a", encoding="utf-8") as cut:
        cut.write('{"id": "q2", "hi')
    assert HitsFile(tmp_path / "out", {"encoder": "letters"}).begin(resume=True) == {"q1": rows[0]}
    assert HitsFile(tmp_path / "out", {"encoder": "letters"}).begin(resume=False) == {}


def test_hits_of_another_encoder_are_not_mixed_in(tmp_path: Path) -> None:
    HitsFile(tmp_path, {"encoder": "甲"}).begin(resume=False)
    with pytest.raises(OtherHitsError, match=r"encoder：甲 → 乙.*--resume"):
        HitsFile(tmp_path, {"encoder": "乙"}).begin(resume=True)


def test_other_texts_are_another_origin() -> None:
    other = replace(DATASET, passages=DATASET.passages[:2])
    assert origin(DATASET, "e")["content"] != origin(other, "e")["content"]
    assert origin(DATASET, "e") == origin(DATASET, "e")


def dataset_folder(folder: Path) -> Path:
    folder.mkdir()
    lines = [json.dumps({"_id": p.id, "title": p.title, "text": p.text}) for p in DATASET.passages]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    queries = [json.dumps({"_id": i, "text": text}) for i, text in DATASET.queries.items()]
    (folder / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    qrels = [f"{q}\t{d}\t{grade}" for q, own in DATASET.qrels.items() for d, grade in own.items()]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *qrels]), encoding="utf-8")
    return folder


@pytest.fixture
def own_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    """The command with an encoder without weights and a cache of its own."""
    encoder = HashEncoder()
    monkeypatch.setattr("rag.engine.open_encoder", lambda _: encoder)
    monkeypatch.setattr("eval.searching.vectors.fingerprint", lambda _: "hash-1")
    monkeypatch.setenv("JUDIAN_MODELS", str(tmp_path / "judian" / "models"))
    return encoder


def test_the_command_resumes_where_it_was_stopped_and_encodes_nothing_twice(
    tmp_path: Path, own_encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["retrieval", "--dataset", str(dataset_folder(tmp_path / "小集")), "--out", str(tmp_path / "out")]

    def stopped(rows: object, total: int, done: int) -> object:
        for n, row in enumerate(rows):  # type: ignore[arg-type, var-annotated]
            yield row
            if n == 0:
                raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(command, "_searching", stopped)
        assert main(arguments) == 130
    assert "--resume" in capsys.readouterr().err
    assert len((tmp_path / "out" / "hits.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    encoded = own_encoder.passages
    assert main([*arguments, "--resume"]) == 0
    assert own_encoder.passages == encoded
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert (report["metrics"]["n"], report["settings"]["dataset"], report["settings"]["encoder"]) == (3, "小集", "hash")
    assert report["intervals"]["hit@1"] == pytest.approx([0.4385, 1.0], abs=1e-4)
    lines = (tmp_path / "out" / "hits.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["q1", "q2", "q4"]


def test_without_the_cache_nothing_is_kept_and_the_hits_are_the_same(tmp_path: Path, own_encoder: HashEncoder) -> None:
    data = str(dataset_folder(tmp_path / "小集"))
    assert main(["retrieval", "--dataset", data, "--out", str(tmp_path / "a"), "--no-cache"]) == 0
    assert not (tmp_path / "judian").exists()
    assert main(["retrieval", "--dataset", data, "--out", str(tmp_path / "b")]) == 0
    assert list((tmp_path / "judian").rglob("*.vectors"))
    assert (tmp_path / "a" / "hits.jsonl").read_bytes() == (tmp_path / "b" / "hits.jsonl").read_bytes()


QUOTED = replace(
    DATASET,
    passages=(
        *DATASET.passages,
        DatasetPassage("d5", "粮食", SAMPLE[2000:3500]),
    ),
    evidence={"q1": ("粮食产量占全国的三成左右。", "小麦和水稻都是主要作物。"), "q2": ("文档里没有这一句话。", "。")},
    groups={"q1": (("d1", "d5"), ("d3",)), "q4": (("d4",), ("d2",))},
)


def test_evidence_is_looked_for_in_passages_and_documents_are_ranked_beside_it(tmp_path: Path) -> None:
    corpus = open_corpus(QUOTED.passages, LetterEncoder(), tmp_path / "store")
    rows = {row["id"]: row for row in find_hits(corpus, choose_queries(QUOTED), QUOTED.evidence)}
    assert [name for name in rows if "passages" in rows[name]] == ["q1", "q2"]
    documents = [hit["document"] for hit in rows["q1"]["passages"]]
    assert len(documents) > len(set(documents))
    assert len({hit["document"] for hit in rows["q1"]["hits"]}) == len(rows["q1"]["hits"])
    values = {q["id"]: q["values"] for q in build_report(QUOTED, list(rows.values()), {})["questions"]}
    assert (values["q1"]["evidence@10"], values["q2"]["evidence@10"]) == ([1.0, 1.0], [0.0, 1.0])
    assert values["q2"]["evidence_all@10"] == [0.0, 1.0]
    assert "evidence@10" not in values["q4"]


def row(query_id: str, documents: Sequence[str], passages: Sequence[str] = ()) -> Row:
    made = {"id": query_id, "hits": [{"document": name} for name in documents]}
    return made | ({"passages": [{"text": text} for text in passages]} if passages else {})


def test_the_metrics_of_quotes_and_groups_are_worked_by_hand() -> None:
    rows = [
        row("q1", ["d2", "d5", "d1"], ["无关", "粮食产量占全国的三成左右。", "无关", "小麦和水稻 都是主要作物"]),
        row("q2", ["d2"], ["长江"]),
        row("q4", ["d4", "d1", "d2"]),
    ]
    report = build_report(QUOTED, rows, {})
    metrics = report["metrics"]
    assert {k: metrics[f"evidence@{k}"] for k in (1, 3, 5)} == {1: 0.0, 3: 0.5, 5: 0.5}
    assert {k: metrics[f"evidence_recall@{k}"] for k in (1, 3, 5)} == {1: 0.0, 3: 0.25, 5: 0.5}
    assert {k: metrics[f"evidence_all@{k}"] for k in (1, 3, 5)} == {1: 0.0, 3: 0.0, 5: 0.5}
    assert {k: metrics[f"groups@{k}"] for k in (1, 3)} == {1: 0.5, 3: 1.0}
    assert {k: metrics[f"groups_all@{k}"] for k in (1, 3)} == {1: 0.0, 3: 0.5}
    assert {k: metrics[f"groups_recall@{k}"] for k in (1, 3)} == {1: 0.25, 3: 0.75}
    assert metrics["groups_mrr@10"] == 0.75
    assert {report["counts"][f"{name}@1"] for name in ("evidence", "groups", "evidence_all")} == {2}
    assert [q["right"] for q in report["questions"]] == [True, False, True]
    assert set(report["intervals"]) == set(metrics) - {"n"}


def test_the_page_says_what_was_looked_for_with_intervals_and_settings() -> None:
    report = build_report(
        QUOTED, [row("q1", ["d1"], ["粮食产量占全国的三成左右。"])], {"encoder": "letters", "half": None}
    )
    page = render(report)
    for part in (
        "# 检索评测：小集",
        "## 证据",
        "## 多组正例",
        "| 1 | 100.0% [20.7%, 100.0%] | 50.0% [50.0%, 50.0%] |",
        "- encoder：letters",
    ):
        assert part in page
    assert "half" not in page
    assert "证据" not in render(build_report(DATASET, [row("q1", ["d1"])], {}))


def test_a_half_is_chosen_by_the_id_and_both_are_all() -> None:
    parts = [list(choose_queries(DATASET, part=part)) for part in ("tune", "report")]
    assert sorted([*parts[0], *parts[1]]) == list(choose_queries(DATASET))
    assert list(choose_queries(DATASET, limit=1, part="report")) == parts[1][:1]


def test_other_evidence_or_another_search_is_another_origin() -> None:
    assert origin(QUOTED, "e") != origin(replace(QUOTED, evidence={}), "e")
    assert origin(DATASET, "e", "no-rerank") != origin(DATASET, "e")


def test_two_runs_are_compared_in_pairs_at_once(
    tmp_path: Path, own_encoder: HashEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    data, news = dataset_folder(tmp_path / "小集"), tmp_path / "news.txt"
    news.write_text("2023年，正文：高速铁路。\n正文：粮食产量占全国多少\n", encoding="utf-8")
    arguments = ["retrieval", "--dataset", str(data), "--no-rerank"]
    assert main([*arguments, "--out", str(tmp_path / "a")]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["settings"]["search"], told["settings"]["distractors"], "against" in told) == ("no-rerank", [], False)
    more = ["--out", str(tmp_path / "b"), "--distractors", str(news), "--against", str(tmp_path / "a")]
    assert main([*arguments, *more]) == 0
    out = capsys.readouterr().out
    told = json.loads(out.splitlines()[-1])
    assert told["settings"]["passages"] == len(DATASET.passages) + 2
    assert told["against"]["n"] == 3
    assert told["against"]["metrics"]["hit@1"]["difference"] <= 0
    assert "成对比较" in out
    page = (tmp_path / "b" / "report.md").read_text(encoding="utf-8")
    assert f"## 与 {tmp_path / 'a'} 相比".replace("_", "\\_") in page
    assert "| 任一证据@1 |" in page


def test_a_run_to_compare_with_that_is_not_there_is_said_before_any_work(
    tmp_path: Path, own_encoder: HashEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(dataset_folder(tmp_path / "小集"))
    assert (
        main(["retrieval", "--dataset", data, "--out", str(tmp_path / "b"), "--against", str(tmp_path / "没有")]) != 0
    )
    assert "没有" in capsys.readouterr().err
    assert own_encoder.passages == 0
