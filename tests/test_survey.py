"""A folder and its store through time: moved, vanished and archived files, several collections."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from samples import write

from index.documents import SourceFile, find
from index.intake.child import Child
from index.intake.ingest import add
from index.store import Store

TEXT = "推动中部地区高质量发展。加强科技创新。"
OTHER = "持续打好污染防治攻坚战。"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "库", "hash", 64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "件"


def packed(path: Path, files: Mapping[str, str]) -> SourceFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return SourceFile(path, path.name)


def step(store: Store, folder: Path, *, prune: bool = False, collection: str = "") -> list[tuple[str, str, str]]:
    """(name, outcome, name before) of everything under the folder."""
    verdicts = add(store, HashEncoder(), list(find([folder])), roots=[folder], prune=prune, collection=collection)
    return [(v.name, v.outcome, v.before) for v in verdicts]


def ids(store: Store) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for h in store.passage_headers():
        found.setdefault(h.document, []).append(h.id)
    return found


def test_a_moved_file_keeps_its_passages_and_a_renamed_one_is_encoded_again(store: Store, folder: Path) -> None:
    write(folder, {"甲.txt": TEXT, "乙.txt": OTHER})
    step(store, folder)
    before = ids(store)
    (folder / "子").mkdir()
    (folder / "甲.txt").rename(folder / "子" / "甲.txt")
    (folder / "乙.txt").rename(folder / "丙.txt")
    assert step(store, folder) == [("丙.txt", "renamed", "乙.txt"), ("子/甲.txt", "renamed", "甲.txt")]
    assert [(d.name, d.path) for d in store.documents()] == [
        ("丙.txt", str(folder / "丙.txt")),
        ("子/甲.txt", str(folder / "子" / "甲.txt")),
    ]
    after = ids(store)
    assert after["子/甲.txt"] == before["甲.txt"]
    assert not set(after["丙.txt"]) & {i for found in before.values() for i in found}
    assert step(store, folder) == [("丙.txt", "unchanged", ""), ("子/甲.txt", "unchanged", "")]


def test_a_whole_folder_that_moved_is_recognised_without_encoding(store: Store, tmp_path: Path) -> None:
    encoder = HashEncoder()
    write(tmp_path / "旧", {"甲.txt": TEXT, "子/乙.txt": OTHER})
    list(add(store, encoder, list(find([tmp_path / "旧"]))))
    encoded = encoder.passages
    (tmp_path / "旧").rename(tmp_path / "新")
    verdicts = list(add(store, encoder, list(find([tmp_path / "新"])), roots=[tmp_path / "新"]))
    assert [(v.name, v.outcome, v.passages) for v in verdicts] == [
        ("子/乙.txt", "renamed", 1),
        ("甲.txt", "renamed", 1),
    ]
    assert encoder.passages == encoded
    assert [d.path for d in store.documents()] == [f"{tmp_path}/新/子/乙.txt", f"{tmp_path}/新/甲.txt"]


def test_what_vanished_is_reported_and_taken_out_only_when_asked(store: Store, folder: Path, tmp_path: Path) -> None:
    write(folder, {"甲.txt": TEXT, "子/乙.txt": OTHER})
    write(tmp_path / "件外", {"丙.txt": "别处的文件，仍在库中。"})
    step(store, folder)
    step(store, tmp_path / "件外")
    shutil.rmtree(tmp_path / "件外")
    shutil.rmtree(folder / "子")
    for _ in range(2):
        assert step(store, folder) == [("甲.txt", "unchanged", ""), ("子/乙.txt", "vanished", "")]
    assert step(store, folder, prune=True) == [("甲.txt", "unchanged", ""), ("子/乙.txt", "removed", "")]
    assert [d.name for d in store.documents()] == ["丙.txt", "甲.txt"]


def test_a_file_in_several_collections_is_several_documents(store: Store, folder: Path) -> None:
    write(folder, {"甲.txt": TEXT})
    assert step(store, folder, collection="政策") == [("甲.txt", "added", "")]
    assert step(store, folder) == [("默认/甲.txt", "added", "")]
    assert step(store, folder, collection="讲话") == [("讲话/甲.txt", "added", "")]
    assert step(store, folder, collection="政策") == [("甲.txt", "unchanged", "")]
    assert [(c.name, c.documents) for c in store.collections()] == [("", 1), ("政策", 1), ("讲话", 1)]
    write(folder, {"甲.txt": OTHER})
    assert step(store, folder, collection="讲话") == [("讲话/甲.txt", "replaced", "")]
    assert {d.name: store.text(d.name) for d in store.documents()} == {
        "甲.txt": TEXT,
        "默认/甲.txt": TEXT,
        "讲话/甲.txt": OTHER,
    }
    (folder / "甲.txt").rename(folder / "乙.txt")
    assert step(store, folder, collection="讲话") == [("乙.txt", "renamed", "讲话/甲.txt")]
    assert {d.name: d.collection for d in store.documents()} == {"乙.txt": "讲话", "甲.txt": "政策", "默认/甲.txt": ""}


def test_the_files_in_an_archive_are_documents(store: Store, folder: Path) -> None:
    packed(folder / "包.zip", {"里面/甲.txt": TEXT, "坏.exe": "x", "空.txt": "", "乙.txt": OTHER})
    assert step(store, folder) == [
        ("包.zip/里面/甲.txt", "added", ""),
        ("包.zip/坏.exe", "failed", ""),
        ("包.zip/空.txt", "failed", ""),
        ("包.zip/乙.txt", "added", ""),
    ]
    assert [(d.path, d.sha256) for d in store.documents()] == [
        (f"{folder}/包.zip/乙.txt", hashlib.sha256(OTHER.encode()).hexdigest()),
        (f"{folder}/包.zip/里面/甲.txt", hashlib.sha256(TEXT.encode()).hexdigest()),
    ]


def test_a_changed_archive_is_followed_document_by_document(store: Store, folder: Path) -> None:
    same = {"同.txt": TEXT, "变.txt": OTHER}
    packed(folder / "包.zip", {**same, "去.txt": "将要拿走的一份文件。", "旧名.txt": "改名的一份文件。"})
    step(store, folder)
    same["变.txt"] += TEXT
    packed(folder / "包.zip", {**same, "来.txt": "新放进的一份文件。", "新名.txt": "改名的一份文件。"})
    assert step(store, folder, prune=True) == [
        ("包.zip/同.txt", "unchanged", ""),
        ("包.zip/变.txt", "replaced", ""),
        ("包.zip/来.txt", "added", ""),
        ("包.zip/新名.txt", "renamed", "包.zip/旧名.txt"),
        ("包.zip/去.txt", "removed", ""),
    ]


def test_an_unchanged_archive_is_not_taken_apart(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(folder / "包.zip", {"甲.txt": TEXT, "乙.txt": OTHER})
    step(store, folder)

    def never(name: str, data: bytes) -> None:
        raise AssertionError(name)

    with monkeypatch.context() as patched:
        patched.setattr("index.intake.survey.inside", never)
        assert step(store, folder) == [("包.zip/甲.txt", "unchanged", ""), ("包.zip/乙.txt", "unchanged", "")]
    (store.folder / "archives.json").write_text("{", encoding="utf-8")
    assert step(store, folder) == [("包.zip/甲.txt", "unchanged", ""), ("包.zip/乙.txt", "unchanged", "")]
    store.remove(["包.zip/甲.txt"])
    assert step(store, folder) == [("包.zip/甲.txt", "added", ""), ("包.zip/乙.txt", "unchanged", "")]


def test_an_archive_that_turns_bad_leaves_its_documents(store: Store, folder: Path) -> None:
    packed(folder / "包.zip", {"甲.txt": TEXT})
    step(store, folder)
    data = (folder / "包.zip").read_bytes()
    (folder / "包.zip").write_bytes(data[: len(data) // 2])
    assert step(store, folder, prune=True) == [("包.zip", "failed", "")]
    assert store.text("包.zip/甲.txt") == TEXT


def test_a_mail_is_a_document_and_so_is_what_was_sent_with_it(store: Store, folder: Path) -> None:
    folder.mkdir()
    (folder / "信.eml").write_text(
        "From: a@b.c\nSubject: =?utf-8?b?5Lya6K6u6YCa55+l?=\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain; charset=utf-8\n\n'
        "请各单位准时参加下周一的会议。\n--x\nContent-Type: text/plain; charset=utf-8\n"
        'Content-Disposition: attachment; filename="notes.txt"\n\n'
        f"{OTHER}\n--x--\n",
        encoding="utf-8",
    )
    assert step(store, folder) == [("信.eml", "added", ""), ("信.eml/notes.txt", "added", "")]
    assert step(store, folder) == [("信.eml", "unchanged", ""), ("信.eml/notes.txt", "unchanged", "")]
    assert store.text("信.eml/notes.txt").strip() == OTHER


def test_a_link_beside_the_file_that_it_means_is_left_out(store: Store, folder: Path, tmp_path: Path) -> None:
    write(folder, {"乙.txt": TEXT})
    write(tmp_path, {"外.txt": OTHER})
    (folder / "甲.txt").symlink_to(folder / "乙.txt")
    (folder / "丙.txt").symlink_to(tmp_path / "外.txt")
    assert step(store, folder) == [("丙.txt", "added", ""), ("乙.txt", "added", "")]


def test_reading_in_a_child_makes_the_same_store(tmp_path: Path) -> None:
    files = write(tmp_path / "件", {"甲.txt": TEXT, "空.txt": "", "乙.md": OTHER})
    files.append(packed(tmp_path / "件" / "包.zip", {"丙.txt": TEXT + OTHER}))
    files.append(SourceFile(tmp_path / "没了.txt", "没了.txt"))
    stores = [Store.create(tmp_path / name, "hash", 64) for name in ("一", "二")]
    verdicts = [list(add(s, HashEncoder(), files, reader=r)) for s, r in zip(stores, (None, Child()), strict=True)]
    assert verdicts[0] == verdicts[1]
    held = [[(h.document, h.section, h.text) for h in s.passage_headers()] for s in stores]
    assert held[0] == held[1]
    np.testing.assert_array_equal(stores[0].vectors()[0], stores[1].vectors()[0])
