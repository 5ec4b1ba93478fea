"""A damaged database: every whole document is kept, byte for byte, and the others are named."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writers import ENCODER, Held, held, parts, put, version

from index.search import Searcher
from index.storage.integrity import verify
from index.storage.pages import Pages, committed
from index.storage.salvage import ORIGINALS, Rebuilt, rebuild
from index.storage.schema import PAGE
from index.store import FILE, Store, StoreError

COUNT = 12


def new(folder: Path) -> Store:
    store = Store.create(folder / "库", ENCODER.name, ENCODER.dim)
    put(store, *(version(n, f"{n:02d}.txt") for n in range(COUNT + 2)))
    store.remove(["03.txt", "07.txt"])
    store.rename("05.txt", "报告/五.txt", "/文件/报告/五.txt")
    return store


def wholes(documents: dict[str, Held]) -> dict[str, tuple[object, ...]]:
    return {n: (*d.whole(), d.summary, d.extract, d.vectors) for n, d in documents.items()}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, Held]]:
    """The bytes of a sound database, and what it holds."""
    store = new(tmp_path_factory.mktemp("sound"))
    return (store.folder / FILE).read_bytes(), held(store)


Harm = Callable[[random.Random, bytearray], None]


def _pages_of_noise(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = chance.randbytes(PAGE)


def _pages_of_zeros(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) // PAGE) * PAGE
        data[at : at + PAGE] = bytes(PAGE)


def _bytes_anywhere(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.randint(1, 5)):
        count = chance.choice([1, 8, 100])
        at = chance.randrange(len(data) - count)
        data[at : at + count] = chance.randbytes(count)


def _head(chance: random.Random, data: bytearray) -> None:
    count = chance.choice([16, 100, PAGE])
    data[:count] = chance.randbytes(count)


def _cut_short(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data) // 4, len(data)) :]


def _page_in_the_place_of_another(chance: random.Random, data: bytearray) -> None:
    one, other = (chance.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[one : one + PAGE] = data[other : other + PAGE]


HARMS: list[Harm] = [
    _pages_of_noise,
    _pages_of_zeros,
    _bytes_anywhere,
    _head,
    _cut_short,
    _page_in_the_place_of_another,
]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__.strip("_"))
def test_harm_is_found_and_mended_and_whole_documents_stay_as_they_were(
    tmp_path: Path, sound: tuple[bytes, dict[str, Held]], harm: Harm
) -> None:
    before, documents = sound
    expected, saved = wholes(documents), 0
    for seed in range(10):
        data = bytearray(before)
        harm(random.Random(seed), data)
        store = Store(tmp_path / str(seed))
        store.folder.mkdir()
        (store.folder / FILE).write_bytes(data)
        faults = verify(store, caches=False)
        if not faults:  # bytes that stand for nothing
            assert wholes(held(store)) == expected
            continue
        made = rebuild(store.folder)
        assert made.aside is not None
        assert made.aside.read_bytes() == data
        assert verify(store, caches=False) == []
        kept = wholes(held(store))
        assert kept == {name: expected[name] for name in made.kept}
        assert {lost.name for lost in made.lost} == set(expected) - set(made.kept)
        saved += len(kept)
    assert saved  # not all was lost


def test_without_its_first_page_nothing_is_lost(tmp_path: Path, sound: tuple[bytes, dict[str, Held]]) -> None:
    before, documents = sound
    (tmp_path / FILE).write_bytes(bytes(PAGE) + before[PAGE:])
    with pytest.raises(StoreError, match="已损坏。请修复（不用重新编码）：python -m index rebuild --store"):
        Store.open(tmp_path)
    made = rebuild(tmp_path)
    store = Store.open(tmp_path)
    assert wholes(held(store)) == wholes(documents)
    assert (made.kept, made.lost) == (tuple(sorted(documents)), ())
    assert store.manifest() | {"birth": ""} == {
        "schema": "2",
        "encoder": "hash",
        "dim": "8",
        "generation": str(COUNT + 5),
        "birth": "",
    }


def test_what_is_lost_is_named_with_the_command_that_adds_it_again(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1, "甲 乙.txt"))
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        connection.execute("UPDATE contents SET text = '别的' WHERE document_id = (SELECT max(id) FROM documents)")
    made = rebuild(store.folder)
    [lost] = made.lost
    assert (lost.name, lost.path) == ("甲 乙.txt", "/文件/甲 乙.txt")
    assert lost.command == f"python -m index add '/文件/甲 乙.txt' --store '{store.folder}'"
    lines = list(made)
    assert lines[0].startswith(f"保住 {COUNT} 份文档（没有重新编码）。原来的数据库留在 {store.folder}/{FILE}.damaged-")
    assert lines[1:] == ["有 1 份要重新添加：", f"  甲 乙.txt\t{lost.command}"]


def test_a_name_garbled_in_one_of_its_copies_is_read_from_the_other(tmp_path: Path) -> None:
    store = new(tmp_path)
    before = wholes(held(store))
    for copy in range(3):  # the row, the index by name, the index that keeps names apart
        data = (store.folder / FILE).read_bytes()
        places = [m.start() for m in re.finditer("报告/五.txt".encode(), data)]
        at = places[copy % len(places)]
        (store.folder / FILE).write_bytes(data[:at] + "扱".encode() + data[at + 3 :])
        assert verify(store, caches=False) != []
        made = rebuild(store.folder)
        assert made.lost == ()
        assert wholes(held(store)) == before


def test_a_lost_document_of_a_collection_goes_back_into_it(tmp_path: Path) -> None:
    store, doc = new(tmp_path), version(1, "集.txt")
    store.replace(doc, *parts(doc), collection="年报")
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        connection.execute("DELETE FROM contents WHERE document_id = (SELECT max(id) FROM documents)")
    [lost] = rebuild(store.folder).lost
    assert lost.command == f"python -m index add '/文件/集.txt' --store '{store.folder}' --collection '年报'"


def test_an_id_that_was_given_is_not_given_again(tmp_path: Path) -> None:
    store = new(tmp_path)
    highest = int(store.passage_ids().max())
    store.remove([max(held(store))])
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        connection.execute("DELETE FROM likeness")
    rebuild(store.folder)
    put(store, version(1, "新.txt"))
    assert int(store.passage_ids().max()) > highest


def test_a_removed_document_does_not_come_back(tmp_path: Path) -> None:
    store = new(tmp_path)
    names = {d.name for d in store.documents()}
    data = (store.folder / FILE).read_bytes()
    (store.folder / FILE).write_bytes(bytes(PAGE) + data[PAGE:])
    made = rebuild(store.folder)
    assert set(made.kept) == names
    assert made.lost == ()


def test_pages_are_as_the_log_leaves_them(tmp_path: Path) -> None:
    store = new(tmp_path)
    with store.held_open():
        put(store, version(1, "甲.txt"), version(2, "甲.txt"))
        data, log = ((store.folder / name).read_bytes() for name in (FILE, f"{FILE}-wal"))
    after = (store.folder / FILE).read_bytes()  # the log was put back at the end
    pages = Pages(data, log, PAGE)
    assert len(committed(log, PAGE)) > 5
    assert b"".join(pages.page(n) for n in range(1, pages.count + 1)) == after


def test_what_stands_only_in_the_log_is_saved_as_far_as_the_log_is_sound(tmp_path: Path) -> None:
    store = new(tmp_path)
    before = set(held(store))
    with store.held_open():
        put(store, version(1, "甲.txt"))
        size = (store.folder / f"{FILE}-wal").stat().st_size
        put(store, version(2, "乙.txt"))
        data, log = ((store.folder / name).read_bytes() for name in (FILE, f"{FILE}-wal"))
    torn = {
        "whole": (log, before | {"甲.txt", "乙.txt"}),
        "cut": (log[: size + 5000], before | {"甲.txt"}),
        "changed": (log[:size] + bytes(100) + log[size + 100 :], before | {"甲.txt"}),
        "without a head": (bytes(32) + log[32:], before),
    }
    for name, (left, expected) in torn.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / FILE).write_bytes(bytes(100) + data[100:])
        (folder / f"{FILE}-wal").write_bytes(left)
        assert set(rebuild(folder).kept) == expected
        assert verify(Store(folder), caches=False) == []
        assert {d.name for d in Store.open(folder).documents()} == expected


def test_a_sound_store_is_left_as_it_is_and_its_caches_are_dropped(tmp_path: Path) -> None:
    store = new(tmp_path)
    Searcher(store, ENCODER).search("高质量发展", 1)
    before = (store.folder / FILE).read_bytes()
    made = rebuild(store.folder)
    assert (made.aside, made.lost, len(made.kept)) == (None, (), COUNT)
    assert (store.folder / FILE).read_bytes() == before
    assert [p.name for p in store.folder.iterdir()] == [FILE]
    assert list(made) == [f"数据库完好：{COUNT} 份文档。检索缓存已清除，下次检索时重建。"]


def test_a_rebuilt_store_is_searched_without_encoding_its_passages_again(tmp_path: Path) -> None:
    store = new(tmp_path)
    hits = Searcher(store, ENCODER).search("第2版第3句", 3)
    data = (store.folder / FILE).read_bytes()
    (store.folder / FILE).write_bytes(bytes(PAGE) + data[PAGE:])
    rebuild(store.folder)
    encoded = ENCODER.passages
    assert Searcher(Store.open(store.folder), ENCODER).search("第2版第3句", 3) == hits
    assert ENCODER.passages == encoded


def test_a_store_in_use_is_not_rebuilt(tmp_path: Path) -> None:
    store = new(tmp_path)
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        connection.execute("DELETE FROM likeness")
    with store.held_open(), pytest.raises(StoreError, match=r"另一个程序正在用库 .*请先关闭对话窗口和正在添加的命令"):
        rebuild(store.folder)
    assert len(rebuild(store.folder).kept) == COUNT


@pytest.mark.parametrize("content", [b"", b"not a database, only words" * 999])
def test_a_file_that_is_no_database_is_put_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    made = rebuild(tmp_path)
    assert (made.kept, made.lost) == ((), ())
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [content]
    Store.create(tmp_path, ENCODER.name, ENCODER.dim)


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="里没有库。请先添加文档"):
        rebuild(tmp_path / "没有")
    assert list(tmp_path.iterdir()) == []


OLD = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  text TEXT NOT NULL, added_at TEXT NOT NULL);
INSERT INTO manifest VALUES ('schema', '1'), ('encoder', 'hash'), ('dim', '8'), ('generation', '2');
"""


def test_a_store_of_the_first_version_is_put_aside_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    there, folder = tmp_path / "在.txt", tmp_path / "库"
    there.write_text("还在的文件。", encoding="utf-8")
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript(OLD)
        rows = [
            ("在.txt", str(there), "x", "还在的文件。", ""),
            ("../没/有:.txt", "/没有/有.txt", "x", "只剩这里的话。", ""),
        ]
        with connection:
            connection.executemany(
                "INSERT INTO documents (name, path, sha256, text, added_at) VALUES (?, ?, ?, ?, ?)", rows
            )
    before = (folder / FILE).read_bytes()
    with pytest.raises(StoreError, match="由旧版本的程序建立（格式 1，现在是 2）"):
        Store.open(folder)
    made = rebuild(folder)
    assert made.aside is not None
    assert made.aside.read_bytes() == before
    rescued, kept = made.lost
    assert (kept.name, kept.path) == ("在.txt", str(there))
    assert Path(rescued.path).parent == folder / ORIGINALS
    assert Path(rescued.path).read_text(encoding="utf-8") == "只剩这里的话。"
    assert not (folder / FILE).exists()
    put(Store.create(folder, ENCODER.name, ENCODER.dim), version(1))


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=9000),
    st.text(st.characters(codec="utf-8"), max_size=3000),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(values, values, values), max_size=30))
def test_pages_give_every_record_as_sqlite_does(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    file = tmp_path_factory.mktemp("pages") / "x.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)")
        connection.executemany("INSERT INTO t (a, b, c) VALUES (?, ?, ?)", rows)
        kept = connection.execute("SELECT id, a, b, c FROM t").fetchall()
    pages = Pages(file.read_bytes(), b"", PAGE)
    cells = [cell for cell in pages.cells() if len(cell.columns) == 4]
    assert sorted((cell.row, *pages.record(cell)[1:]) for cell in cells) == kept


@settings(max_examples=60)
@given(st.binary(max_size=3 * PAGE), st.binary(max_size=2 * PAGE))
def test_any_bytes_are_read_to_their_end(data: bytes, log: bytes) -> None:
    pages = Pages(bytes([0x0D]) + data, log, PAGE)
    for cell in pages.cells():
        try:
            pages.record(cell)
        except (LookupError, ValueError):
            continue
    assert committed(log, PAGE) == {} or log


def test_when_nothing_could_be_read_it_says_to_add_the_documents_again() -> None:
    assert list(Rebuilt((), (), Path("库/judian.sqlite.damaged-1")))[-1].endswith("python -m index add 文件或文件夹")
