"""Made-up stores and what is measured on them: figures hang together, and the exact answer is that of comparing all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE_FILE

from eval import synthetic
from eval.ingesting import read_articles
from eval.scaling import measure_search, nearest_passages, show_search
from eval.synthetic import Material, build
from index.derived.indexes import check, open_indexes
from index.store import Store

PASSAGES = 300


def silent(what: str, done: int, total: int) -> None:
    assert done <= total


def material() -> Material:
    return Material.read(read_articles(None, SAMPLE_FILE, 60), HashEncoder())


def made(folder: Path) -> Store:
    return build(folder / "库", HashEncoder(), material(), PASSAGES, silent)


def test_a_made_up_store_is_a_store(tmp_path: Path) -> None:
    store = made(tmp_path)
    indexes = open_indexes(store)
    assert (len(store.passage_ids()), len(indexes.live), check(store)) == (PASSAGES, PASSAGES, [])
    [first] = store.passages(store.passage_ids()[:1].tolist())
    assert "".join(sentence.text for sentence in first.passage.sentences) == first.passage.text
    assert store.text(first.document)[first.passage.start : first.passage.end] == first.passage.text


def test_drawn_vectors_are_unit_vectors_near_real_ones() -> None:
    given = material()
    vectors = given.drawn(50, np.random.default_rng(0)).astype(np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)
    assert (vectors @ given.seeds.T).max(axis=1).min() > 0.5


def test_questions_are_pieces_of_sentences() -> None:
    given = material()
    questions = given.questions(20)
    assert questions == given.questions(20)
    assert all(any(sentence.startswith(question) for sentence in given.sentences) for question in questions)


def test_the_figures_hang_together(tmp_path: Path) -> None:
    store, questions = made(tmp_path), material().questions(8)
    figures = json.loads(json.dumps(measure_search(store.folder, HashEncoder(), questions, PASSAGES)))
    assert (figures["passages"], figures["vectors"], figures["sketched"]) == (PASSAGES, PASSAGES * 5, False)
    assert (figures["questions"], figures["recall@10"]) == (8, 1.0)
    assert 0 < figures["search_s"]["p50"] <= figures["search_s"]["p95"]
    assert f"{PASSAGES} 段" in show_search([figures])


def test_a_larger_store_has_all_its_indexes_and_the_first_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "REAL", 100)
    monkeypatch.setattr(synthetic, "BASE", 60)
    store = made(tmp_path)
    assert len(store.passage_ids()) == 60
    figures = measure_search(store.folder, HashEncoder(), material().questions(8), PASSAGES)
    assert (figures["passages"], figures["vectors"], figures["recall@10"]) == (PASSAGES, PASSAGES * 5, 1.0)


def test_the_nearest_passages_are_those_of_their_best_vector(tmp_path: Path) -> None:
    indexes = open_indexes(made(tmp_path))
    [part] = indexes.dense.parts
    query = material().seeds[:1]
    cosines = part.vectors.astype(np.float32) @ query[0]
    best = {row: max(cosines[part.owners == row].tolist()) for row in range(PASSAGES)}
    expected = sorted(best, key=lambda row: -best[row])[:10]
    assert nearest_passages(indexes, query, 10) == [set(expected)]
