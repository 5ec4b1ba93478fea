"""The whole way with the real encoder and the real language model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from samples import ROOT, SAMPLE, SAMPLE_FILE

from index.cleaning import clean
from index.documents import SourceFile
from index.encoder import SentenceEncoder
from index.intake.ingest import add
from index.search import Searcher
from index.store import Store
from rag.answer import Answer
from rag.answerer import Answerer
from rag.engine import open_encoder, open_generator, open_reader
from rag.generators.local import TransformersGenerator
from rag.settings import Settings, load_settings

pytestmark = pytest.mark.models

QUESTION = "无废城市试点在哪些城市？"
CITIES = ("许昌", "铜陵", "瑞金")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(ROOT / "没有.toml")


@pytest.fixture(scope="module")
def encoder(settings: Settings) -> SentenceEncoder:
    return open_encoder(settings)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Store:
    made = Store.create(tmp_path_factory.mktemp("真") / "库", encoder.name, encoder.dim)
    [verdict] = add(made, encoder, [SourceFile(SAMPLE_FILE, SAMPLE_FILE.name)])
    assert verdict.outcome == "added"
    return made


@pytest.fixture(scope="module")
def generator(settings: Settings) -> TransformersGenerator:
    made = open_generator(settings)
    assert isinstance(made, TransformersGenerator)
    return made


@pytest.fixture(scope="module", params=["reads", "writes"])
def answerer(
    request: pytest.FixtureRequest,
    store: Store,
    encoder: SentenceEncoder,
    generator: TransformersGenerator,
    settings: Settings,
) -> Answerer:
    """The product as it is set up, whose language model reads; and without the reader, when it writes."""
    reader = open_reader(generator, settings)
    assert reader is not None
    return Answerer(Searcher(store, encoder), generator, reader=reader if request.param == "reads" else None)


def check_quotes(answer: Answer) -> None:
    kept = clean(SAMPLE)
    for c in answer.citations:
        within = "".join(t for t, o in zip(kept.text, kept.offsets, strict=True) if c.start <= o < c.end)
        assert c.quote == within


def test_vectors_are_of_unit_length_and_near_in_meaning(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode_passages(
        ["支持建设无废城市试点", "推进“无废城市”建设", "提高粮食产量", "支持建设无废城市试点"]
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors.shape == (4, encoder.dim)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far
    np.testing.assert_allclose(vectors[0], vectors[3], atol=2e-2)
    assert encoder.encode_queries([]).shape == (0, encoder.dim)


def test_the_pilot_cities_are_named_with_a_valid_citation(answerer: Answerer) -> None:
    answer = answerer.answer(QUESTION)
    assert not answer.refused
    assert answer.model == answerer.model
    assert all(city in answer.text for city in CITIES)
    assert any(all(city in c.quote for city in CITIES) for c in answer.citations)
    check_quotes(answer)


def test_a_question_from_another_world_is_declined(answerer: Answerer) -> None:
    answer = answerer.answer("红烧肉要放多少克冰糖？")
    assert (answer.refused, answer.citations, answer.claims) == (True, (), ())
    assert "红烧肉要放多少克冰糖？" in answer.text


def test_the_same_question_has_the_same_answer(answerer: Answerer) -> None:
    first, second = answerer.answer(QUESTION), answerer.answer(QUESTION)
    assert (first.text, first.claims, first.citations) == (second.text, second.claims, second.citations)


def test_without_a_language_model_the_answer_is_cited_too(store: Store, encoder: SentenceEncoder) -> None:
    answer = Answerer(Searcher(store, encoder), None).answer(QUESTION)
    assert answer.model == "extractive"
    assert all(city in answer.text for city in CITIES)
    check_quotes(answer)


def test_a_batch_answers_what_it_can_and_names_what_it_cannot(store: Store, tmp_path: Path) -> None:
    batch, out = tmp_path / "问.jsonl", tmp_path / "答.jsonl"
    questions = {"空": " ", "长": "问" * 50_000, "好": QUESTION}
    batch.write_text("".join(json.dumps({"id": k, "question": q}) + "\n" for k, q in questions.items()))
    command = [sys.executable, "-m", "rag", "ask", "--extractive", "--store", str(store.folder)]
    result = subprocess.run(
        [*command, "--batch", str(batch), "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert result.returncode == 1
    assert "空：问题是空的" in result.stderr
    assert "长：问题有 50000 字，超过上限 2000 字" in result.stderr
    [answer] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert answer["id"] == "好"
    assert all(city in answer["answer"] for city in CITIES)


def test_an_empty_question_is_an_error(store: Store) -> None:
    command = [sys.executable, "-m", "rag", "ask", "", "--extractive", "--store", str(store.folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert "问题是空的" in result.stderr
