"""Dense search against brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.dense import DenseIndex, Half
from index.encoder import Vectors


def unit(seed: int, rows: int, dim: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32)
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def kept(seed: int, rows: int, dim: int = 8) -> Half:
    """Unit vectors as the store has them."""
    return unit(seed, rows, dim).astype(np.float16)


def numbers(values: list[int]) -> NDArray[np.uint32]:
    return np.array(values, np.uint32)


def brute_force(vectors: Half, owners: list[int], query: Vectors, k: int, wanted: set[int]) -> dict[int, float]:
    cosines = vectors.astype(np.float32) @ query[0]
    best: dict[int, float] = {}
    rows = [row for row in np.argsort(-cosines, kind="stable").tolist() if owners[row] in wanted]
    for row in rows[:k]:
        best.setdefault(owners[row], float(cosines[row]))
    return best


def assert_same(found: dict[int, float], expected: dict[int, float]) -> None:
    assert list(found) == list(expected)
    assert list(found.values()) == pytest.approx(list(expected.values()), abs=1e-5)


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 80))
def test_the_nearest_vectors_are_those_of_brute_force(seed: int, rows: int, k: int) -> None:
    vectors, query = kept(seed, rows), unit(seed + 1, 1, 8)
    owners = [row // 3 for row in range(rows)]
    found = DenseIndex.build(vectors, numbers(owners)).search(query, k)
    assert_same(found, brute_force(vectors, owners, query, k, set(owners)))
    assert list(found.values()) == sorted(found.values(), reverse=True)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 20), max_size=4)), max_size=8),
    st.sets(st.integers(0, 20)),
    st.integers(1, 30),
)
def test_row_by_row_or_at_once_the_nearest_are_the_same(
    seed: int, steps: list[tuple[int, set[int]]], within: set[int], k: int
) -> None:
    index = DenseIndex.build(kept(seed, 0), numbers([]))
    vectors, owners, live = kept(seed, 0), list[int](), np.zeros(0, bool)
    for step, (added, gone) in enumerate(steps):
        live = np.concatenate([live, np.ones(added, bool)])
        live[[row for row in gone if row < len(live)]] = False
        own = [row for row in range(len(live) - added, len(live)) for _ in range(1 + row % 3)]
        new = kept(seed + step, len(own))
        index = index.updated(live, numbers(own), new)
        vectors, owners = np.concatenate([vectors, new]), owners + own
    wanted = set(np.flatnonzero(live).tolist())
    query = unit(seed + 99, 1, 8)
    assert_same(index.search(query, k), brute_force(vectors, owners, query, k, wanted))
    mask = np.array([row in within for row in range(len(live))], bool)
    assert_same(index.search(query, k, mask), brute_force(vectors, owners, query, k, wanted & within))
    renumbered = {row: place for place, row in enumerate(sorted(wanted))}
    expected = brute_force(vectors, owners, query, k, wanted)
    assert_same(index.compacted().search(query, k), {renumbered[row]: s for row, s in expected.items()})


def test_a_vector_is_nearest_to_itself_with_cosine_one() -> None:
    vectors = kept(5, 20)
    index = DenseIndex.build(vectors, np.arange(20, dtype=np.uint32))
    for row in range(20):
        query = vectors[row : row + 1].astype(np.float32)
        assert index.search(query, 1) == {row: pytest.approx(1.0, abs=2e-3)}


def test_many_small_additions_leave_few_parts() -> None:
    index = DenseIndex.build(kept(1, 8), np.arange(8, dtype=np.uint32))
    for row in range(8, 72):
        index = index.updated(np.ones(row + 1, bool), numbers([row]), kept(row, 1))
    assert len(index.parts) <= 8


def test_what_was_saved_is_loaded_and_grows(tmp_path: Path) -> None:
    vectors, query = kept(1, 30), unit(2, 1, 8)
    index = DenseIndex.build(vectors, np.arange(30, dtype=np.uint32) // 2)
    index.compacted().save(tmp_path)
    loaded = DenseIndex.load(tmp_path, 15)
    assert loaded.search(query, 10) == index.search(query, 10)
    more = kept(3, 2)
    grown = loaded.updated(np.ones(16, bool), numbers([15, 15]), more)
    everything = np.concatenate([vectors, more])
    assert_same(
        grown.search(query, 10), brute_force(everything, [r // 2 for r in range(32)], query, 10, set(range(16)))
    )


def test_owners_of_another_index_are_refused(tmp_path: Path) -> None:
    DenseIndex.build(kept(1, 30), np.arange(30, dtype=np.uint32)).save(tmp_path)
    with pytest.raises(ValueError, match="differ"):
        DenseIndex.load(tmp_path, 29)
    np.save(tmp_path / "owners.npy", np.arange(29))
    with pytest.raises(ValueError, match="differ"):
        DenseIndex.load(tmp_path, 30)
