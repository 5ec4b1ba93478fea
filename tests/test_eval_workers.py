"""Several processes: the real product (without a language model) answers the same as one process does."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from samples import ROOT, SAMPLE_FILE
from test_eval_samples import gold

from eval.product import open_product, open_products
from eval.questions import GoldQuestion
from eval.workers import as_they_come
from index.documents import SourceFile
from index.errors import JudianError
from index.intake.ingest import add
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


def begin(first: bool = False) -> None:
    """Nothing to load."""


def fail() -> None:
    os._exit(3)


def give(question: GoldQuestion) -> Mapping[str, Any]:
    if question.id == "killed":
        os._exit(9)
    time.sleep(0.5 if question.id == "slow" else 0)
    return {"id": question.id}


def test_answers_come_from_all_processes_as_they_are_made() -> None:
    questions = [gold(id=name) for name in ("slow", "a", "b")]
    assert [a["id"] for a in as_they_come(give, questions, 2, begin, ())][-1] == "slow"
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("start", [begin, fail])
def test_a_process_that_dies_ends_the_run_with_a_message(start: Any) -> None:  # noqa: ANN401
    questions = [gold(id=name) for name in ("killed", "a")]
    with pytest.raises(JudianError, match="作答进程意外退出"):
        list(as_they_come(give, questions, 1, start, ()))
    assert multiprocessing.active_children() == []


def test_who_stops_asking_does_not_wait_for_the_answers_under_way() -> None:
    answers = as_they_come(give, [gold(id="a"), *(gold(id="slow") for _ in range(20))], 1, begin, ())
    next(answers)
    began = time.perf_counter()
    answers.close()  # type: ignore[attr-defined]
    assert time.perf_counter() - began < 5
    assert multiprocessing.active_children() == []
