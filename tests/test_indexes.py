"""Derived indexes: whatever came and went, the search is that of a fresh build; snapshots may be lost or damaged."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import HashEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLE, document, filled

from index.cleaning import clean
from index.derived import snapshot
from index.derived.following import follow
from index.derived.indexes import check, drop, open_indexes, refresh
from index.derived.snapshot import CACHE, STAMP
from index.derived.state import Indexes
from index.errors import JudianError
from index.passages import split
from index.search import Searcher
from index.searchtext import search_text
from index.store import Store

WORDS = [
    "粮食产量稳定在六亿吨。",
    "支持许昌建设无废城市。",
    "加快建设新型能源体系。",
    "人才因产业而聚。",
    "完善对外开放通道。",
]
QUERIES = ["粮食产量", "2023年能源体系和人才", "第二篇的城市"]
FILES = {"粮食2023.txt": WORDS[0] * 2, "生态.txt": WORDS[1] + WORDS[2], "人才.txt": WORDS[3], "开放.txt": WORDS[4]}

names = st.sampled_from(["甲.txt", "乙2023.txt", "丙.txt", "丁.txt"])
contents = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), names, contents),
        st.tuples(st.just("remove"), names, st.just("")),
        st.tuples(st.just("rename"), names, names),
        st.tuples(st.just("open"), st.just(""), st.just("")),
    ),
    min_size=1,
    max_size=8,
)


def put(store: Store, name: str, text: str, collection: str = "", replaces: str = "") -> None:
    passages = split(clean(text))
    texts = [p.text for p in passages] + [s.text for p in passages for s in p.sentences]
    vectors = HashEncoder().encode_passages([search_text(name, "", text) for text in texts])
    store.replace(document(name, text), passages, vectors, collection, replaces)


def act(store: Store, kind: str, name: str, other: str) -> None:
    present = {d.name for d in store.documents()}
    if kind == "put":
        put(store, name, other, "专题" if "丙" in name else "")
    elif kind == "remove" and name in present:
        store.remove([name])
    elif kind == "rename" and name in present and other not in present:
        store.rename(name, other, f"/文件/{other}")


def empty(folder: Path) -> Store:
    return Store.create(folder / "库", "hash", 64)


def copy_of(store: Store, folder: Path) -> Store:
    """The same documents without the snapshot."""
    shutil.copytree(store.folder, folder / "另", ignore=shutil.ignore_patterns(CACHE))
    return Store.open(folder / "另")


def only_snapshot(store: Store) -> Path:
    [folder] = (store.folder / CACHE).iterdir()
    return folder


@settings(max_examples=15, deadline=None)
@given(steps)
def test_whatever_came_and_went_the_search_is_that_of_a_fresh_build(taken: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = empty(Path(name))
        put(store, "戊.txt", SAMPLE[:1500])
        followers = [Searcher(store, HashEncoder())]
        for kind, first, second in taken:
            act(store, kind, first, second)
            if kind == "open":
                followers.append(Searcher(store, HashEncoder()))
            for searcher in followers:
                searcher.search(QUERIES[0], 3)
        fresh = Searcher(copy_of(store, Path(name)), HashEncoder())
        for query in QUERIES:
            expected = fresh.search(query, 20)
            for searcher in followers:
                assert searcher.search(query, 20) == expected
            within = fresh.search(query, 20, [""])
            assert all(searcher.search(query, 20, [""]) == within for searcher in followers)


def test_a_snapshot_and_the_difference_since_are_the_whole(tmp_path: Path) -> None:
    store = filled(tmp_path, {"七篇.txt": SAMPLE})
    open_indexes(store)
    kept = only_snapshot(store)
    put(store, "新.txt", WORDS[2])
    current = open_indexes(store)
    assert only_snapshot(store) == kept  # too little has changed for another
    assert current.generation == store.generation()
    assert current.ids.tolist() == store.passage_ids().tolist()
    assert Searcher(store, HashEncoder()).search("新型能源体系", 1)[0].document == "新.txt"


def test_much_change_makes_a_new_snapshot_and_the_old_one_goes(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    open_indexes(store)
    before = only_snapshot(store)
    store.remove(["生态.txt"])
    current = open_indexes(store)
    assert only_snapshot(store) != before
    assert current.live.all()
    assert [d.name for d in current.documents] == ["粮食2023.txt", "人才.txt", "开放.txt"]


def test_refreshing_an_empty_store_is_nothing(tmp_path: Path) -> None:
    store = empty(tmp_path)
    refresh(store)
    assert not (store.folder / CACHE).exists()
    put(store, "甲.txt", WORDS[0])
    refresh(store)
    assert check(store) == []
    assert only_snapshot(store).is_dir()


def test_a_renamed_document_is_found_by_its_new_name(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    searcher = Searcher(store, HashEncoder())
    assert searcher.search("2023年的情况", 1)[0].document == "粮食2023.txt"
    store.rename("粮食2023.txt", "粮食.txt", "/文件/粮食.txt")
    store.rename("人才.txt", "人才2023.txt", "/文件/人才2023.txt")
    [hit] = searcher.search("2023年的情况", 1)
    assert hit.document == "人才2023.txt"


def test_an_older_copy_of_the_database_is_not_taken_for_the_newer(tmp_path: Path) -> None:
    store = filled(tmp_path, {"甲.txt": WORDS[0]})
    shutil.copytree(store.folder, tmp_path / "备份", ignore=shutil.ignore_patterns(CACHE))
    put(store, "乙.txt", WORDS[1])
    open_indexes(store)
    searcher = Searcher(store, HashEncoder())
    searcher.search("粮食", 1)
    for file in store.folder.glob("judian.sqlite*"):
        file.unlink()
    shutil.copytree(tmp_path / "备份", store.folder, dirs_exist_ok=True)
    put(store, "丙.txt", WORDS[2])  # under the id that 乙.txt had
    put(store, "丁.txt", WORDS[3])
    for again in (searcher, Searcher(store, HashEncoder())):
        assert again.search("新型能源体系", 1)[0].text == WORDS[2]
        assert again.search("人才因产业而聚", 1)[0].text == WORDS[3]
        assert check(store) == []
        assert again.search("无废城市", 9) == Searcher(copy_of(store, tmp_path / str(id(again))), HashEncoder()).search(
            "无废城市", 9
        )


def test_a_snapshot_of_a_later_generation_that_never_was_is_replaced(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    (store.folder / CACHE / "99").mkdir(parents=True)  # as an earlier version of the program wrote them
    assert check(store)
    open_indexes(store)
    assert only_snapshot(store).name.startswith(f"{store.generation()}-")
    stamp = json.loads((only_snapshot(store) / STAMP).read_text())
    only_snapshot(store).rename(store.folder / CACHE / "99-1")
    (store.folder / CACHE / "99-1" / STAMP).write_text(json.dumps({**stamp, "generation": 99}))
    open_indexes(store)
    assert only_snapshot(store).name.startswith(f"{store.generation()}-")


def test_every_damage_is_seen_and_mended_without_encoding(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = filled(tmp_path, FILES, encoder)
    encoded = encoder.passages
    expected = Searcher(store, encoder).search("科技创新", 5)
    files = sorted(path.name for path in only_snapshot(store).iterdir())
    assert check(store) == []
    for name in files:
        for damage in ("empty", "half", "zeros", "gone"):
            file = only_snapshot(store) / name
            spoil(file, damage)
            assert name in check(store)[0]
            assert Searcher(store, encoder).search("科技创新", 5) == expected
            assert check(store) == []
    assert encoder.passages == encoded


def test_of_large_files_opening_reads_some_and_verifying_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "WHOLE", 1 << 20)
    (tmp_path / "新").mkdir()

    def fill(folder: Path) -> None:
        (folder / "大").write_bytes(bytes(range(256)) * (1 << 16))

    snapshot.write(tmp_path / "新", 1, {"birth": "甲"}, fill)
    folder = snapshot.newest(tmp_path / "新")
    assert folder is not None
    assert snapshot.faults(folder, "甲") == snapshot.faults(folder, "甲", thorough=False) == []
    data = (folder / "大").read_bytes()
    for damage, seen in (
        (b"", True),
        (data[:-1], True),
        (data + b"x", True),
        (bytes(len(data)), True),
        (wrong(data), False),
    ):
        (folder / "大").write_bytes(damage)
        assert snapshot.faults(folder, "甲") != []
        assert bool(snapshot.faults(folder, "甲", thorough=False)) is seen


def wrong(data: bytes) -> bytes:
    """One byte between two of the blocks that opening reads."""
    place = len(data) // (snapshot.SAMPLES - 1) // 2 + 40_000
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def spoil(file: Path, damage: str) -> None:
    """Another file in its place: what a process has open stays as it was."""
    data = file.read_bytes()
    file.unlink()
    made = {"empty": b"", "half": data[: len(data) // 2], "zeros": b"\0" * len(data)}
    if damage in made:
        file.write_bytes(made[damage])


@pytest.mark.parametrize("stamp", ["{}", "[]", "null", '{"format": 3}', '{"format": 3, "files": 3}', '{"format": 99}'])
def test_a_stamp_that_says_nothing_is_damage(tmp_path: Path, stamp: str) -> None:
    store = filled(tmp_path, FILES)
    open_indexes(store)
    (only_snapshot(store) / STAMP).write_text(stamp)
    assert STAMP in check(store)[0]
    open_indexes(store)
    assert check(store) == []


def test_a_snapshot_of_another_store_is_seen(tmp_path: Path) -> None:
    store = filled(tmp_path / "甲", {"甲.txt": WORDS[0]})
    open_indexes(store)
    other = filled(tmp_path / "乙", {"乙.txt": WORDS[1]})
    shutil.copytree(store.folder / CACHE, other.folder / CACHE)
    assert check(other) == [f"检索缓存 {only_snapshot(store).name} 属于另一个库"]
    assert [hit.document for hit in Searcher(other, HashEncoder()).search("粮食", 9)] == ["乙.txt"]


def test_a_dropped_snapshot_is_made_again(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    expected = Searcher(store, HashEncoder()).search("粮食", 5)
    drop(store)
    assert not (store.folder / CACHE).exists()
    drop(store)
    assert check(store) == []
    assert Searcher(store, HashEncoder()).search("粮食", 5) == expected


def test_a_file_where_the_snapshot_should_be_is_a_fault_that_hinders_nothing(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    (store.folder / CACHE).write_text("no folder")
    assert "却是一个文件" in check(store)[0]
    assert Searcher(store, HashEncoder()).search("粮食产量", 1)[0].document == "粮食2023.txt"
    drop(store)
    assert check(store) == []


def test_what_killed_processes_left_is_taken_away_in_time(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    old, young = (store.folder / CACHE / name for name in (".building-old", ".building-young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
    long_ago = time.time() - 86400
    os.utime(old, (long_ago, long_ago))
    open_indexes(store)
    assert not old.exists()
    assert young.exists()


def test_a_full_disk_leaves_the_search_and_no_half_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = filled(tmp_path, FILES)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert Searcher(store, HashEncoder()).search("粮食产量", 1)[0].document == "粮食2023.txt"
    assert list((store.folder / CACHE).iterdir()) == []


def test_a_state_that_is_in_use_is_not_changed_by_the_next(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    before = open_indexes(store)
    found = before.lexical.search("粮食", 9)
    put(store, "新.txt", WORDS[0])
    store.remove(["粮食2023.txt"])
    after = follow(before, store)
    assert before.lexical.search("粮食", 9) == found
    assert after.ids[after.live].tolist() == store.passage_ids().tolist()


def test_rows_of_a_collection(tmp_path: Path) -> None:
    store = empty(tmp_path)
    put(store, "甲.txt", WORDS[0])
    put(store, "乙.txt", WORDS[1], "专题")

    def chosen(indexes: Indexes, *collections: str) -> list[bool]:
        mask = indexes.within(collections)
        return [] if mask is None else mask.tolist()

    indexes = open_indexes(store)
    assert chosen(indexes) == []
    assert chosen(indexes, "专题") == [False, True]
    assert chosen(indexes, "") == chosen(indexes, "默认") == [True, False]
    assert chosen(indexes, "", "专题") == [True, True]
    with pytest.raises(JudianError, match=r"没有名为 别的 的文档集。现有：专题、默认\n"):
        indexes.within(["专题", "别的"])
    store.remove(["乙.txt"])
    with pytest.raises(JudianError, match="现有：默认"):
        follow(indexes, store).within(["专题"])


def test_a_stamp_names_every_file(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    open_indexes(store)
    folder = only_snapshot(store)
    stamp = json.loads((folder / STAMP).read_text())
    assert set(stamp["files"]) == {path.name for path in folder.iterdir()} - {STAMP}
    assert (stamp["birth"], stamp["generation"], stamp["format"]) == (
        store.birth(),
        store.generation(),
        snapshot.FORMAT,
    )
