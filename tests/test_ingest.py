"""Adding files: each in its own transaction, a bad one alone, and never one file in the place of another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE_FILE, filled, write

from index.cleaning import clean
from index.documents import SourceFile, find
from index.intake.ingest import Verdict, add
from index.intake.prepare import Job, Part, Prepared, prepare, reason
from index.passages import split
from index.searchtext import search_text
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
        tmp_path / "件", {"甲.txt": TEXT, "空.txt": " \n", "程序.exe": "x", "符号.txt": "。。。——", "乙.md": OTHER}
    )
    gone = SourceFile(tmp_path / "没了.txt", "没了.txt")
    verdicts = list(add(store, encoder, [gone, *good]))
    assert [(v.name, v.outcome, v.passages) for v in verdicts] == [
        ("没了.txt", "failed", 0),
        ("甲.txt", "added", 1),
        ("空.txt", "failed", 0),
        ("程序.exe", "failed", 0),
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
    assert outcomes(store, encoder, alone) == [("子/稿.txt", "unchanged")]


def test_vectors_are_those_of_each_passage_and_sentence_with_its_header(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    list(add(store, encoder, [SourceFile(SAMPLE_FILE, SAMPLE_FILE.name)]))
    expected = split(clean(store.text(SAMPLE_FILE.name)))
    [summary] = store.documents()
    kept = store.passages([int(i) for i in store.passage_ids()])
    assert [p.passage.text for p in kept] == [p.text for p in expected]
    for stored in kept:
        front, after = (SAMPLE_FILE.name, stored.passage.section), (summary.title, summary.date)
        texts = [search_text(*front, s.reading, *after) for s in stored.passage.sentences]
        np.testing.assert_allclose(stored.sentence_vectors, encoder.encode_passages(texts), atol=1e-3)


def test_progress_counts_every_text_once(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = new(tmp_path, encoder)
    seen: list[tuple[int, int]] = []
    [prepared] = prepare(Job(SAMPLE_FILE, (Part(0, "稿.txt", "x"),)))
    assert isinstance(prepared, Prepared)
    list(add(store, encoder, [SourceFile(SAMPLE_FILE, "稿.txt")], lambda done, total: seen.append((done, total))))
    assert seen == sorted(seen)
    assert seen[-1] == (prepared.characters, prepared.characters)
    assert {total for _, total in seen} == {prepared.characters}


def test_adding_nothing_changes_nothing(tmp_path: Path) -> None:
    store = filled(tmp_path, {"甲.txt": TEXT})
    assert list(add(store, HashEncoder(), [])) == []
    assert store.generation() == 1


def test_verdicts_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    store = new(tmp_path, HashEncoder())
    texts = {f"{n:03d}.txt": f"第{n}份文件的内容。" for n in range(120)}
    list(add(store, HashEncoder(), write(tmp_path, {n: t for n, t in texts.items() if int(n[:3]) % 3})))
    files = write(tmp_path, texts)
    files[1].path.write_text("", encoding="utf-8")
    verdicts = list(add(store, HashEncoder(), files))
    assert [v.name for v in verdicts] == sorted(texts)
    outcomes = ["added", "unchanged", "unchanged"] * 40
    assert [v.outcome for v in verdicts] == [outcomes[0], "failed", *outcomes[2:]]


def test_what_was_finished_stays_when_the_rest_is_not_wanted(tmp_path: Path) -> None:
    store = new(tmp_path, HashEncoder())
    files = write(tmp_path / "件", {f"{n:02d}.txt": f"第{n}份文件的内容。" for n in range(30)})
    adding = add(store, HashEncoder(), files)
    assert next(adding).name == "00.txt"
    adding.close()
    held = [d.name for d in store.documents()]
    assert held == [f.name for f in files[: len(held)]]
    assert held
    rest = 30 - len(held)
    assert [v.outcome for v in add(store, HashEncoder(), files)] == ["unchanged"] * len(held) + ["added"] * rest


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "内存不够"),
        (RecursionError("deep"), "层层嵌套"),
        (KeyError("w:p"), "读取时出错（KeyError：'w:p'）"),
        (ValueError(), "读取时出错（ValueError）"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "y" * 900), "读取时出错（UnicodeDecodeError"),
    ],
)
def test_whatever_a_reader_raises_is_told_in_chinese_with_a_way_out(error: BaseException, said: str) -> None:
    assert said in reason(error)
    assert reason(error).endswith("后再添加。")
    assert len(reason(error)) < 300
