"""Several processes: the real product (without a language model) answers the same as one process does."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import ROOT, SAMPLE_FILE
from test_eval_samples import gold

from eval.product import open_product, open_products
from index.documents import SourceFile
from index.ingest import add
from index.store import Store
from rag.engine import open_encoder
from rag.settings import load_settings

ASKED = ("中部地区粮食产量占全国多少？", "什么是新质生产力？", "无废城市试点在哪些城市？")
QUESTIONS = [gold(id=f"w{n}", question=question) for n, question in enumerate(ASKED)]


@pytest.mark.models
def test_two_processes_answer_as_one_does(tmp_path: Path) -> None:
    encoder = open_encoder(load_settings(ROOT / "没有.toml"))
    made = Store.create(tmp_path, encoder.name, encoder.dim)
    [verdict] = add(made, encoder, [SourceFile(SAMPLE_FILE, SAMPLE_FILE.name)])
    assert verdict.outcome == "added"
    alone, both = open_product(tmp_path, extractive=True), open_products(tmp_path, extractive=True, jobs=2)
    assert both.ask_all is not None
    found = {answer["id"]: {**answer, "timings": None} for answer in both.ask_all(QUESTIONS)}
    assert found == {q.id: {**alone.ask(q), "timings": None} for q in QUESTIONS}
    assert both.settings == alone.settings
