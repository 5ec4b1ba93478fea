"""The vector cache: a second run encodes nothing, damage is mended, results are the same with and without it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from hypothesis import given
from hypothesis import strategies as st

from eval.searching.encoding import chunks_of, in_processes, in_this_process
from eval.searching.vectors import CachedEncoder, cache_folder, cached
from rag.settings import Settings

TEXTS = ["粮食产量占全国三成。", "江豚重新出现。", "高速铁路把城市连在一起。", "粮食产量占全国三成。"]


def saved(folder: Path, texts: list[str] = TEXTS) -> CachedEncoder:
    encoder = cached(HashEncoder(), folder)
    encoder.encode_passages(texts)
    encoder.encode_queries(texts[:1])
    encoder.save()
    return encoder


def counting(folder: Path | None) -> tuple[CachedEncoder, HashEncoder]:
    inner = HashEncoder()
    return cached(inner, folder), inner


def test_a_second_run_encodes_nothing(tmp_path: Path) -> None:
    first = saved(tmp_path / "a" / "m")
    again, inner = counting(tmp_path / "a" / "m")
    assert again.encode_passages(TEXTS).tolist() == first.encode_passages(TEXTS).tolist()
    assert again.encode_queries(TEXTS[:1]).tolist() == HashEncoder().encode_queries(TEXTS[:1]).tolist()
    assert (inner.passages, inner.queries) == (0, 0)


def test_the_same_text_is_encoded_once(tmp_path: Path) -> None:
    encoder, inner = counting(None)
    encoder.encode_passages(TEXTS)
    assert inner.passages == 3


@given(st.lists(st.text(max_size=20), max_size=8))
def test_vectors_are_what_the_store_would_keep_and_queries_are_exact(texts: list[str]) -> None:
    encoder, plain = cached(HashEncoder(), None), HashEncoder()
    rounded = plain.encode_passages(texts).astype(np.float16)
    assert encoder.encode_passages(texts).astype(np.float16).tolist() == rounded.tolist()
    assert encoder.encode_queries(texts).tolist() == plain.encode_queries(texts).tolist()


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 5000])
def test_a_damaged_file_is_taken_away_and_made_again(tmp_path: Path, damage: bytes) -> None:
    saved(tmp_path / "a" / "m")
    [file] = (tmp_path / "a" / "m" / "passages").iterdir()
    file.write_bytes(damage)
    encoder, inner = counting(tmp_path / "a" / "m")
    assert encoder.encode_passages(TEXTS).tolist() == cached(HashEncoder(), None).encode_passages(TEXTS).tolist()
    assert inner.passages == 3
    encoder.save()
    again, inner = counting(tmp_path / "a" / "m")
    again.encode_passages(TEXTS)
    assert inner.passages == 0


def test_runs_side_by_side_keep_what_each_made(tmp_path: Path) -> None:
    one, other = cached(HashEncoder(), tmp_path / "a" / "m"), cached(HashEncoder(), tmp_path / "a" / "m")
    one.encode_passages(TEXTS[:2])
    other.encode_passages(TEXTS[1:])
    one.save()
    other.save()
    encoder, inner = counting(tmp_path / "a" / "m")
    encoder.encode_passages(TEXTS)
    assert inner.passages == 0


def test_the_files_not_used_for_longest_go_first(tmp_path: Path) -> None:
    saved(tmp_path / "a" / "old", TEXTS[:1])
    for file in (tmp_path / "a" / "old").rglob("*.vectors"):
        os.utime(file, (0, 0))
    encoder = cached(HashEncoder(), tmp_path / "a" / "new", limit=200)  # one vector of 64 float16 and its key
    encoder.encode_passages(TEXTS[:1])
    encoder.save()
    assert [f.parent.parent.name for f in tmp_path.rglob("*.vectors")] == ["new"]


def test_what_was_written_is_read_from_the_file_also_when_the_limit_takes_the_file(tmp_path: Path) -> None:
    encoder, plain = cached(HashEncoder(), tmp_path / "a" / "m", limit=1), cached(HashEncoder(), None)
    vectors = encoder.encode_passages(TEXTS)
    encoder.save()
    assert not list(tmp_path.rglob("*.vectors"))
    held = encoder.passages._loaded().values()
    assert all(vector.base is not None and not vector.flags.owndata for vector in held)
    assert encoder.encode_passages(TEXTS).tolist() == vectors.tolist() == plain.encode_passages(TEXTS).tolist()


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("no folder")
    assert saved(tmp_path / "a" / "m").encode_passages(TEXTS).shape == (4, 64)


def test_filling_encodes_only_what_is_missing(tmp_path: Path) -> None:
    encoder, inner = counting(None)
    encoder.encode_passages(TEXTS[:1])
    seen: list[int] = []

    def watch(vectors: object, chunks: int) -> object:
        seen.append(chunks)
        return vectors

    encoder.fill(TEXTS[:3], in_this_process(inner), watch)  # type: ignore[arg-type]
    assert (inner.passages, seen) == (3, [1])
    encoder.encode_passages(TEXTS)
    assert inner.passages == 3


def test_several_processes_give_the_same_vectors_in_order() -> None:
    texts = [f"第{n}句话说的是粮食产量。" for n in range(64 * 33)]
    chunks = chunks_of(texts)
    made = np.concatenate(list(in_processes(HashEncoder(), HashEncoder, 2)(chunks)))
    assert made.tolist() == HashEncoder().encode_passages(texts).tolist()


def test_another_model_has_another_folder(tmp_path: Path) -> None:
    folders = set()
    for weights in (b"1", b"2"):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / "config.json").write_text("{}")
        (tmp_path / "own" / "model.bin").write_bytes(weights)
        folders.add(cache_folder(Settings(models=tmp_path / "models", encoder=str(tmp_path / "own"))))
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {tmp_path / "vectors"}
