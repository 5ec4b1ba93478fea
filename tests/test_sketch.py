"""Search among many vectors: the sketch names the likely ones, and what comes back is that of comparing all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.dense import DenseIndex
from index.derived.postings import Mask
from index.derived.sketch import GROWTH, Half, Sketch
from index.derived.vectors import EXACT, Part
from index.encoder import Vectors

ROWS, EACH, DIM = 30_000, 4, 32


@cache
def clustered() -> Half:
    """The vectors of ROWS passages: about one of 500 places each, and those of its sentences about itself."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((500, DIM))
    passages = centres[chance.integers(0, 500, ROWS)] + 0.6 * chance.standard_normal((ROWS, DIM))
    vectors = np.repeat(passages, EACH, axis=0) + 0.4 * chance.standard_normal((ROWS * EACH, DIM))
    unit: Half = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return unit


def owners() -> NDArray[np.uint32]:
    return np.repeat(np.arange(ROWS, dtype=np.uint32), EACH)


@cache
def many() -> DenseIndex:
    return DenseIndex.build(clustered(), owners())


def without_sketch(index: DenseIndex) -> DenseIndex:
    return replace(index, parts=tuple(replace(part, sketch=None) for part in index.parts))


def queries(count: int = 20) -> list[Vectors]:
    chosen = clustered()[np.random.default_rng(1).integers(0, ROWS * EACH, count)].astype(np.float32)
    aside = 0.1 * np.random.default_rng(2).standard_normal(chosen.shape)
    return [vector[None].astype(np.float32) for vector in chosen + aside]


def recall(index: DenseIndex, within: Mask | None = None) -> float:
    """Of the ten nearest passages, the share found; scores of those found are those of comparing all."""
    exact, shares = without_sketch(index), []
    for query in queries():
        found, expected = index.search(query, 400, within), exact.search(query, 400, within)
        shares.append(len(set(list(found)[:10]) & set(list(expected)[:10])) / min(10, len(expected)))
        both = [row for row in list(expected)[:10] if row in found]
        assert [found[row] for row in both] == pytest.approx([expected[row] for row in both], abs=1e-5)
        assert list(found.values()) == sorted(found.values(), reverse=True)
    return sum(shares) / len(shares)


def test_few_vectors_have_no_sketch_and_many_have_one() -> None:
    few = DenseIndex.build(clustered()[:EXACT], owners()[:EXACT])
    assert [part.sketch for part in few.parts] == [None]
    assert [part.sketch is None for part in many().parts] == [False]


def test_the_nearest_of_many_are_those_of_comparing_all() -> None:
    assert recall(many()) >= 0.99


@pytest.mark.parametrize("share", [0.95, 0.5, 0.1, 0.01, 0.001])
def test_the_nearest_among_some_are_those_of_comparing_all(share: float) -> None:
    assert recall(many(), np.random.default_rng(3).random(ROWS) < share) >= 0.99


def test_rows_wanted_far_from_the_query_are_found_all_the_same() -> None:
    [query] = queries(1)
    cosines = (clustered().astype(np.float32) @ query[0]).reshape(ROWS, EACH).max(axis=1)
    far: Mask = cosines < np.quantile(cosines, 0.9)
    expected = without_sketch(many()).search(query, 400, far)
    assert list(many().search(query, 400, far))[:10] == list(expected)[:10]


def test_no_row_wanted_finds_nothing() -> None:
    assert many().search(queries(1)[0], 10, np.zeros(ROWS, bool)) == {}


def test_removed_rows_are_not_found_before_and_after_they_are_taken_out() -> None:
    live = np.random.default_rng(4).random(ROWS) < 0.9
    index = many().updated(live, np.zeros(0, np.uint32), clustered()[:0])
    assert recall(index) >= 0.99
    assert all(live[row] for query in queries(5) for row in index.search(query, 400))
    compacted = index.compacted()
    numbers = np.cumsum(live) - 1
    for query in queries(5):
        assert list(compacted.search(query, 400))[:10] == [int(numbers[r]) for r in list(index.search(query, 400))[:10]]
    assert compacted.parts[0].sketch is not None
    assert compacted.parts[0].sketch.learnt == many().parts[0].sketch.learnt  # type: ignore[union-attr]  # nothing learnt anew


def test_one_more_document_leaves_the_large_part_as_it_is_and_is_found() -> None:
    new = np.full((1, DIM), DIM**-0.5, np.float16)
    grown = many().updated(np.ones(ROWS + 1, bool), np.array([ROWS], np.uint32), new)
    assert grown.parts[0] is many().parts[0]
    assert next(iter(grown.search(new.astype(np.float32), 10))) == ROWS


def test_a_sketch_grows_without_learning_anew_and_finds_what_came() -> None:
    half = ROWS * EACH * 9 // 10
    first = DenseIndex.build(clustered()[:half], owners()[:half])
    rows = slice(half, None)
    whole = first.updated(np.ones(ROWS, bool), owners()[rows], clustered()[rows]).compacted()
    assert whole.parts[0].sketch is not None
    assert (whole.parts[0].sketch.learnt, whole.parts[0].sketch.size) == (half, ROWS * EACH)
    assert recall(whole) >= 0.99


@pytest.mark.parametrize(
    ("learnt", "size", "serves"),
    [
        (200_000, GROWTH * 200_000, True),
        (200_000, GROWTH * 200_000 + 1, False),
    ],
)
def test_after_much_growth_a_sketch_is_learnt_anew(learnt: int, size: int, serves: bool) -> None:
    assert Sketch(None, learnt).serves(size) is serves


def test_the_same_vectors_give_the_same_sketch(tmp_path: Path) -> None:
    for name in ("一", "二"):
        (tmp_path / name).mkdir()
        Sketch.of(clustered()[:30_000]).save(tmp_path / name)
    assert (tmp_path / "一" / "sketch.faiss").read_bytes() == (tmp_path / "二" / "sketch.faiss").read_bytes()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    many().save(tmp_path)
    loaded = DenseIndex.load(tmp_path, ROWS)
    for query in queries(5):
        assert loaded.search(query, 50) == many().search(query, 50)
    Sketch.of(clustered()[:1000]).save(tmp_path)
    with pytest.raises(ValueError, match="differ"):
        DenseIndex.load(tmp_path, ROWS)


def test_owners_in_any_order_are_put_in_order() -> None:
    order = np.random.default_rng(5).permutation(ROWS * EACH)[:500]
    part = Part.of(clustered()[order], owners()[order])
    assert (part.owners[1:] >= part.owners[:-1]).all()
    assert sorted(zip(part.owners.tolist(), part.vectors.tolist(), strict=True)) == sorted(
        zip(owners()[order].tolist(), clustered()[order].tolist(), strict=True)
    )
