"""Samples there and back, the fit by hand-made features, the figures by hand, and the commands."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evidences import hit
from fake_encoder import HashEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.calibrating.__main__ import main
from eval.calibrating.adjusting import Judged, adjusted
from eval.calibrating.building import WRITTEN, Places, drawn, noisy, quotes, says, written
from eval.calibrating.building import sample as built
from eval.calibrating.figures import auc, rows, threshold
from eval.calibrating.fitted import fitted, measured, show
from eval.calibrating.fitting import balanced, fit
from eval.calibrating.samples import Sample, read_samples, to_line
from eval.lines import DatasetError
from index.command import USAGE
from index.errors import JudianError
from rag.answerability import features
from rag.settings import Settings

NEWS = Path(__file__).parents[2] / "shared" / "benchmarks" / "crud_news"
GRAIN = "2023年全国粮食总产量为13908亿斤。"
OTHER = "2023年全国粮食生产稳中有进。"


def sample(number: int, answerable: bool, name: str = "甲") -> Sample:
    found = hit(GRAIN if answerable else OTHER, "农村改革不断深化。", dense=[0.9 if answerable else 0.6, 0.5], start=7)
    question = "2023年全国粮食总产量是多少？"
    [made] = built((name, f"q{number}", "factoid"), question, [found], answerable, says(["13908亿斤"]))
    return made


SAMPLES = [sample(n, n % 3 != 0, "甲乙"[n % 2]) for n in range(40)]


def test_a_sample_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text("".join(to_line(s) + "\n" for s in SAMPLES[:3]), encoding="utf-8")
    again = read_samples(path)
    for one, other in zip(SAMPLES, again, strict=False):
        assert features(one.question, one.hits, one.evidence) == features(other.question, other.hits, other.evidence)
        same = ("id", "set", "half", "kind", "question", "answerable", "labels")
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
    assert [s.labels for s in again] == [(False, False), (True, False), (True, False)]


def test_a_line_that_is_no_sample_is_named(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text('{"id": "q1"}\n', encoding="utf-8")
    with pytest.raises(DatasetError, match="第 1 行不是一条样本"):
        read_samples(path)


def test_a_sentence_holds_a_quote_or_is_a_part_of_it() -> None:
    [evidence, _] = SAMPLES[1].evidence
    assert quotes(["粮食总产量为13908亿斤"])(evidence)
    assert quotes([f"据统计，{GRAIN}同比增长。"])(evidence)
    assert not quotes([OTHER])(evidence)
    assert not quotes([])(evidence)


def write_set(folder: Path, queries: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True)
    texts = {"p1": GRAIN, "p2": OTHER, "p3": "2022年粮食播种面积稳定。"}
    corpus = [{"_id": name, "title": f"第{name}篇", "text": text} for name, text in texts.items()]
    for name, values in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    rows = "".join(f"{query['_id']}\tp1\t1\n" for query in queries)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")
    return folder


def test_a_question_is_asked_as_it_is_or_without_what_answers_it(tmp_path: Path) -> None:
    queries = [{"_id": f"q{n}", "text": "2023年粮食总产量是多少？", "answers": ["13908亿斤"]} for n in range(30)]
    write_set(tmp_path / "cmrc2018", queries)
    made = [*drawn("cmrc2018", Places(tmp_path, tmp_path / "work"), HashEncoder(), Settings(reranker="none"))]
    assert len(made) == 30
    assert 0 < sum(s.answerable for s in made) < 30
    for one in made:
        assert one.answerable is not one.id.endswith("#neg")
        assert any(GRAIN in found.text for found in one.hits) is any(one.labels) is one.answerable


def test_with_noise_alone_a_question_is_unanswerable(tmp_path: Path) -> None:
    query = {"_id": "r-0", "text": "2023年粮食总产量是多少？", "answerable": True, "answers": ["13908亿斤"]}
    folder = write_set(tmp_path / "rgb_zh_refine", [{**query, "positive": ["p1"], "negative": ["p2", "p3"]}])
    made = [*noisy("rgb_zh_refine", folder, HashEncoder(), Settings(reranker="none"))]
    assert [(s.kind, s.answerable, any(s.labels)) for s in made] == [
        ("noise_0.0", True, True), ("noise_0.4", True, True), ("noise_0.8", True, True), ("noise_1.0", False, False),
    ]  # fmt: skip


def test_a_written_question_is_asked_of_its_group_of_articles(tmp_path: Path) -> None:
    folder = tmp_path / "crud_news"
    folder.mkdir()
    articles = [f"2023-08-16 18:24:57，正文：{GRAIN}", f"2023-08-16 18:22:06，正文：{OTHER}"]
    (folder / "docs.txt").write_text("\n".join(articles), encoding="utf-8")
    own = {"group": 0, "half": "tune", "article": 0}
    asked = [
        {**own, "id": "n0-000", "type": "colloquial", "question": "去年粮食打了多少？", "evidence": [GRAIN[:-1]]},
        {**own, "id": "n0-001", "type": "unanswerable", "question": "2023年粮食进口了多少？", "evidence": []},
        {**own, "id": "n1-000", "group": 1, "half": "report", "article": 1, "type": "fact", "question": "粮食生产怎样？",
         "evidence": [OTHER]},
    ]  # fmt: skip
    path = tmp_path / "written.jsonl"
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in asked), encoding="utf-8")
    made = [*written(path, Places(tmp_path, tmp_path / "work"), HashEncoder(), Settings(reranker="none"))]
    assert [(s.set, s.id, s.half, s.answerable, s.labels) for s in made] == [
        ("news0", "n0-000", "tune", True, (True,)),
        ("news0", "n0-001", "tune", False, (False,)),
        ("news1", "n1-000", "report", True, (True,)),
    ]
    assert made[0].hits[0].document == "n00000.txt"


def test_what_answers_a_written_question_stands_in_its_article() -> None:
    articles = (NEWS / "docs.txt").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    assert len({q["id"] for q in questions}) == len(questions)
    for q in questions:
        assert all(quote in articles[q["article"]] for quote in q["evidence"]), q["id"]
        assert bool(q["evidence"]) is (q["type"] != "unanswerable"), q["id"]
    tuned, told = ({q["article"] for q in questions if q["half"] == half} for half in ("tune", "report"))
    assert tuned.isdisjoint(told)


def test_sets_count_alike() -> None:
    assert balanced(["甲", "甲", "甲", "乙"]) == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_the_fit_finds_what_tells_and_holds_its_sign() -> None:
    table = [{"good": n % 2, "odd": float(n % 2 == 0), "same": 1.0} for n in range(20)]
    right = [n % 2 == 1 for n in range(20)]
    found = fit(table, right, ["甲"] * 20, {"good": 1, "odd": 1, "same": 1})
    assert set(found) == {"bias", "good"}
    assert found["good"] > 2
    assert found["bias"] + found["good"] / 2 == pytest.approx(0, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=4, max_size=30))
def test_the_fit_has_a_mean_of_the_share_of_answerable(found: list[tuple[float, float, bool]]) -> None:
    table = [{"a": a, "b": b} for a, b, _ in found]
    right = [r for *_, r in found]
    if len(set(right)) < 2:
        return
    made = fit(table, right, ["甲"] * len(found), {"a": 1, "b": 0})
    odds = [made["bias"] + sum(made.get(n, 0.0) * row[n] for n in row) for row in table]
    assert made.get("a", 0.0) >= 0
    assert np.mean([1 / (1 + math.exp(-o)) for o in odds]) == pytest.approx(np.mean(right), abs=1e-2)


def test_the_area_counts_pairs_in_order_and_half_of_ties() -> None:
    assert auc([0.1, 0.4, 0.4, 0.9], [False, True, False, True]) == 3.5 / 4
    assert math.isnan(auc([0.1], [True]))


def test_the_threshold_refuses_no_more_than_its_share() -> None:
    probabilities = [n / 100 for n in range(100)]
    assert threshold([*probabilities, 0.5], [True] * 100 + [False], ["甲"] * 101) == 0.04
    found = rows([*probabilities, 0.01], [True] * 100 + [False], ["甲"] * 101, 0.04)
    assert [(r.name, r.n, r.answerable, r.declined, r.refused) for r in found] == [
        ("甲", 101, 100, 1.0, 0.04), ("全部", 101, 100, 1.0, 0.04),
    ]  # fmt: skip


def test_samples_are_told_apart_and_the_head_joins_as_a_feature() -> None:
    made = fitted(measured(SAMPLES, {}))
    assert [row.auc for row in made.report] == [1.0] * 3
    assert "words_first" in made.table
    assert set(made.left_out) == {"甲", "乙"}
    assert "| 全部 |" in show(made)
    head = {s.id: 0.9 if s.answerable else 0.1 for s in SAMPLES[:30]}
    joined = fitted(measured(SAMPLES, head))
    assert joined.table["head"] > 0
    assert sum(row.n for row in (*joined.tune, *joined.report) if row.name == "全部") == 30


def test_scores_of_other_questions_are_an_error() -> None:
    with pytest.raises(JudianError, match="--scores"):
        measured(SAMPLES, {"别的": 0.5})


def test_a_confidence_is_brought_to_the_share_of_right_answers() -> None:
    made = adjusted([Judged("甲", half, 0.95, n % 4 != 0) for half in ("tune", "report") for n in range(40)])
    assert (made.stated, made.adjusted) == pytest.approx((0.2, 0.0), abs=1e-6)
    with pytest.raises(JudianError, match="答错"):
        adjusted([Judged("甲", "tune", 0.9, True)])


def test_the_commands_fit_and_adjust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples, scores = tmp_path / "samples.jsonl", tmp_path / "scores.jsonl"
    samples.write_text("".join(to_line(s) + "\n" for s in SAMPLES), encoding="utf-8")
    scores.write_text("".join(json.dumps({"id": s.id, "probability": 0.5}) + "\n" for s in SAMPLES), encoding="utf-8")
    assert main(["fit", "--samples", str(samples), "--scores", str(scores)]) == 0
    assert "留一集 AUC：甲 1.000，乙 1.000" in capsys.readouterr().out
    questions: list[dict[str, Any]] = [
        {"id": f"x{n}", "refused": n == 0, "confidence": 0.9, "right": n % 2 == 0} for n in range(20)
    ]
    (tmp_path / "report.json").write_text(json.dumps({"questions": questions}), encoding="utf-8")
    assert main(["adjust", str(tmp_path)]) == 0
    assert "校准误差" in capsys.readouterr().out
    assert main(["adjust", str(tmp_path / "没有")]) == USAGE
    (tmp_path / "scores.jsonl").write_text('{"id": "x"}\n', encoding="utf-8")
    assert main(["fit", "--samples", str(samples), "--scores", str(scores)]) == USAGE
