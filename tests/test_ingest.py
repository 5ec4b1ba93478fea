"""Adding files: each in its own transaction, a bad one alone, and never one file in the place of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from fake_encoder import HashEncoder
from samples import SAMPLE_FILE, filled, write

from index.cleaning import clean
from index.documents import SourceFile, find
from index.ingest import CHUNK, Verdict, add
from index.passages import split
from index.search import search_text
from index.store import Store

TEXT = "推动中部地区高质量发展。加强科技创新。"
OTHER = "持续打好污染防治攻坚战。"


def new(folder: Path, encoder: HashEncoder) -> Store:
    return Store.create(folder / "库", encoder.name, encoder.dim)


def outcomes(store: Store, encoder: HashEncoder, files: list[SourceFile]) -> list[tuple[str, str]]:
    return [(v.name, v.outcome) for v in add(store, encoder, files)]


def test_a_bad_file_fails_alone(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    good = write(
        tmp_path / "件", {"甲.txt": TEXT, "空.txt": " \n", "表.xlsx": "x", "符号.txt": "。。。——", "乙.md": OTHER}
    )
    gone = SourceFile(tmp_path / "没了.txt", "没了.txt")
    verdicts = list(add(store, encoder, [gone, *good]))
    assert [(v.name, v.outcome, v.passages) for v in verdicts] == [
        ("没了.txt", "failed", 0),
        ("甲.txt", "added", 1),
        ("空.txt", "failed", 0),
        ("表.xlsx", "failed", 0),
        ("符号.txt", "failed", 0),
        ("乙.md", "added", 1),
    ]
    assert all(bool(v.reason) == (v.outcome == "failed") for v in verdicts)
    assert [d.name for d in store.documents()] == ["乙.md", "甲.txt"]


def test_an_unchanged_file_is_skipped_without_encoding_and_a_changed_one_replaced(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    files = write(tmp_path, {"甲.txt": TEXT, "乙.txt": OTHER})
    assert outcomes(store, encoder, files) == [("甲.txt", "added"), ("乙.txt", "added")]
    encoded, generation = encoder.passages, store.generation()
    assert list(add(store, encoder, files)) == [
        Verdict("甲.txt", "unchanged", 1, ""),
        Verdict("乙.txt", "unchanged", 1, ""),
    ]
    assert (encoder.passages, store.generation()) == (encoded, generation)
    write(tmp_path, {"甲.txt": TEXT + OTHER})
    assert outcomes(store, encoder, files) == [("甲.txt", "replaced"), ("乙.txt", "unchanged")]
    assert (store.text("甲.txt"), store.text("乙.txt")) == (TEXT + OTHER, OTHER)


def test_a_file_that_turns_bad_leaves_its_last_good_state(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    files = write(tmp_path, {"甲.txt": TEXT})
    list(add(store, encoder, files))
    files[0].path.write_bytes(b"")
    assert outcomes(store, encoder, files) == [("甲.txt", "failed")]
    assert store.text("甲.txt") == TEXT


def test_files_of_one_name_from_many_folders_are_all_kept(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    folders = ["2023/三月", "2024/三月", "2025/三月", "2025/四月"]
    for folder in folders:
        write(tmp_path / folder, {"稿.txt": f"{folder}的讲话内容。"})
    files = [SourceFile(tmp_path / folder / "稿.txt", "稿.txt") for folder in folders]
    names = ["稿.txt", "三月/稿.txt", "2025/三月/稿.txt", "四月/稿.txt"]
    assert outcomes(store, encoder, files) == [(name, "added") for name in names]
    assert [store.text(name) for name in names] == [f"{folder}的讲话内容。" for folder in folders]
    assert outcomes(store, encoder, files[::-1]) == [(name, "unchanged") for name in names[::-1]]
    write(tmp_path / "2025/三月", {"稿.txt": TEXT})
    assert outcomes(store, encoder, files) == [(n, "replaced" if n == names[2] else "unchanged") for n in names]


def test_a_file_added_again_by_another_way_stays_one_document(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    write(tmp_path / "件", {"子/稿.txt": TEXT, "稿.txt": OTHER})
    assert outcomes(store, encoder, list(find([tmp_path / "件"]))) == [("子/稿.txt", "added"), ("稿.txt", "added")]
    alone = list(find([tmp_path / "件" / "子" / "稿.txt", tmp_path / "件" / "子"]))
    assert outcomes(store, encoder, alone) == [("子/稿.txt", "unchanged"), ("子/稿.txt", "unchanged")]


def test_vectors_are_those_of_each_passage_and_sentence_with_its_header(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    list(add(store, encoder, [SourceFile(SAMPLE_FILE, SAMPLE_FILE.name)]))
    expected = split(clean(store.text(SAMPLE_FILE.name)))
    kept = store.passages([h[0] for h in store.passage_headers()])
    assert [p.passage for p in kept] == expected
    for stored in kept:
        texts = [search_text(SAMPLE_FILE.name, stored.passage.section, s.text) for s in stored.passage.sentences]
        np.testing.assert_allclose(stored.sentence_vectors, encoder.encode_passages(texts), atol=1e-3)


def test_progress_counts_every_text_once(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    seen: list[tuple[int, int]] = []
    list(add(store, encoder, [SourceFile(SAMPLE_FILE, "稿.txt")], lambda done, total: seen.append((done, total))))
    total = encoder.passages
    assert seen == [(min(n, total), total) for n in range(CHUNK, total + CHUNK, CHUNK)]


def test_adding_nothing_changes_nothing(tmp_path: Path) -> None:
    store = filled(tmp_path, {"甲.txt": TEXT})
    assert list(add(store, HashEncoder(), [])) == []
    assert store.generation() == 1
