"""Dense search against brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import DenseIndex
from index.encoder import Vectors


def unit(seed: int, rows: int, dim: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32)
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def brute_force(vectors: Vectors, owners: list[int], query: Vectors, k: int) -> dict[int, float]:
    cosines = vectors @ query[0]
    best: dict[int, float] = {}
    for row in np.argsort(-cosines, kind="stable")[:k].tolist():
        best.setdefault(owners[row], float(cosines[row]))
    return best


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 80))
def test_the_nearest_vectors_are_those_of_brute_force(seed: int, rows: int, k: int) -> None:
    vectors, query = unit(seed, rows, 8), unit(seed + 1, 1, 8)
    owners = [row // 3 for row in range(rows)]
    found = DenseIndex.build(vectors, np.array(owners, np.int64)).search(query, k)
    expected = brute_force(vectors, owners, query, k)
    assert list(found) == list(expected)
    assert list(found.values()) == pytest.approx(list(expected.values()), abs=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_vector_is_nearest_to_itself_with_cosine_one() -> None:
    vectors = unit(5, 20, 8)
    index = DenseIndex.build(vectors, np.arange(20, dtype=np.int64))
    for row in range(20):
        assert index.search(vectors[row : row + 1], 1) == {row: pytest.approx(1.0, abs=1e-5)}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    vectors, query = unit(1, 30, 8), unit(2, 1, 8)
    index = DenseIndex.build(vectors, np.arange(30, dtype=np.int64) // 2)
    index.save(tmp_path)
    assert DenseIndex.load(tmp_path).search(query, 10) == index.search(query, 10)


def test_owners_of_another_index_are_refused(tmp_path: Path) -> None:
    DenseIndex.build(unit(1, 30, 8), np.arange(30, dtype=np.int64)).save(tmp_path)
    np.save(tmp_path / "owners.npy", np.arange(29))
    with pytest.raises(ValueError, match="differ"):
        DenseIndex.load(tmp_path)
