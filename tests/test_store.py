"""The store: whole documents or none, whatever kills the writer, and a message for every fault."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from samples import document
from writers import ENCODER, parts, put, version, write_for_ever, write_some

from index.documents import Document
from index.passages import Passage
from index.store import FILE, EmptyStoreError, Store, StoreError

APART = multiprocessing.get_context("spawn")


def new(folder: Path) -> Store:
    return Store.create(folder / "库", ENCODER.name, ENCODER.dim)


def held(store: Store) -> dict[str, tuple[str, list[Passage]]]:
    """Every document with its text and passages, read back."""
    kept: dict[str, tuple[str, list[Passage]]] = {d.name: (store.text(d.name), []) for d in store.documents()}
    for passage in store.passages([h[0] for h in store.passage_headers()]):
        kept[passage.document][1].append(passage.passage)
    return kept


def whole(doc: Document) -> tuple[str, list[Passage]]:
    return doc.text, parts(doc)[0]


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    store, doc = new(tmp_path), version(3)
    put(store, doc)
    assert held(store) == {doc.name: whole(doc)}
    passages, vectors = parts(doc)
    [summary] = store.documents()
    sentences = sum(len(p.sentences) for p in passages)
    assert (summary.name, summary.path, summary.sha256) == (doc.name, doc.path, doc.sha256)
    assert (summary.characters, summary.passages, summary.sentences) == (len(doc.text), len(passages), sentences)
    kept, owners = store.vectors()
    ids = [h[0] for h in store.passage_headers()]
    assert sorted(owners.tolist()) == sorted(ids + [i for i, p in zip(ids, passages, strict=True) for _ in p.sentences])
    half = vectors.astype(np.float16).astype(np.float32)
    assert sorted(kept.tolist()) == sorted(half.tolist())
    own = np.concatenate([p.sentence_vectors for p in store.passages(ids)])
    assert own.tolist() == half[len(passages) :].tolist()


def test_a_document_of_the_same_name_is_replaced_and_others_stay(tmp_path: Path) -> None:
    store, other = new(tmp_path), version(9, "别的.txt")
    put(store, version(1), other, version(2))
    assert held(store) == {"讲话.txt": whole(version(2)), "别的.txt": whole(other)}


def test_a_replacement_that_fails_half_way_leaves_the_old_document(tmp_path: Path) -> None:
    store, old, doc = new(tmp_path), version(1), version(2)
    put(store, old)
    passages, vectors = parts(doc)
    with pytest.raises(IndexError):
        store.replace(doc, passages, vectors[: len(passages) + 3])
    assert (held(store), store.generation(), store.integrity()) == ({old.name: whole(old)}, 1, [])


def test_the_generation_rises_with_every_change_and_no_other(tmp_path: Path) -> None:
    store = new(tmp_path)
    seen = [store.generation()]
    put(store, version(1))
    seen.append(store.generation())
    put(store, version(2))
    seen.append(store.generation())
    store.remove("讲话.txt")
    seen.append(store.generation())
    new(tmp_path).documents()
    with pytest.raises(StoreError):
        store.remove("讲话.txt")
    assert [*seen, store.generation()] == [0, 1, 2, 3, 3]


def test_removing_leaves_nothing_behind(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1), version(2, "别的.txt"))
    store.remove("讲话.txt")
    assert held(store) == {"别的.txt": whole(version(2, "别的.txt"))}
    store.remove("别的.txt")
    with sqlite3.connect(store.folder / FILE) as connection:
        tables = ("documents", "passages", "sentences")
        assert [connection.execute(f"SELECT count(*) FROM {t}").fetchone() for t in tables] == [(0,)] * 3
    connection.close()
    with pytest.raises(EmptyStoreError, match=r"是空的.*\n.*python -m index add"):
        store.check_filled()


def test_an_unknown_name_is_answered_with_the_names_that_are_there(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1))
    for ask in (store.text, store.remove):
        with pytest.raises(StoreError, match=r"库中没有名为 没有.txt 的文档。现有：讲话.txt"):
            ask("没有.txt")


def test_the_same_sentence_is_found_in_every_document_whatever_its_signs(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(
        store,
        document("乙.txt", "開頭。推动中部地区、高质量发展！结尾。"),
        document("甲.txt", "推动 GDP 增长。推动中部地區高质量发展。"),
    )
    places = store.same_sentences("推动中部地区高质量发展")
    assert [(name, store.text(name)[start:end]) for name, _, start, end in places] == [
        ("乙.txt", "推动中部地区、高质量发展！"),
        ("甲.txt", "推动中部地區高质量发展。"),
    ]
    assert store.same_sentences("别的话。") == []


def test_a_store_of_another_encoder_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    store = new(tmp_path)
    for refused in (lambda: store.check_encoder("bge"), lambda: Store.create(store.folder, "bge", 8)):
        with pytest.raises(StoreError, match="由编码器 hash 建立，当前编码器是 bge") as error:
            refused()
        assert "JUDIAN_ENCODER=hash" in str(error.value)
        assert "python -m index add 文件 --store 新文件夹" in str(error.value)
    assert store.manifest()["encoder"] == "hash"


def test_a_missing_store_is_said_to_be_missing_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"还没有建库.*\n.*python -m index add"):
        Store.open(tmp_path / "没有")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "库").write_text("x")
    with pytest.raises(StoreError, match="不能建立库文件夹"):
        new(tmp_path)


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    store = new(tmp_path)
    connection = sqlite3.connect(store.folder / FILE)
    with connection:
        connection.execute("UPDATE manifest SET value = '0' WHERE key = 'schema'")
    connection.close()
    with pytest.raises(StoreError, match="的格式是版本 0"):
        Store.open(store.folder)


def verified(folder: Path) -> str:
    """What is said of a store when it is checked; empty when it is sound."""
    try:
        return "；".join(Store.open(folder).integrity())
    except StoreError as error:
        return str(error)


@pytest.mark.parametrize("damage", ["no database", "a torn page", "cut short", "empty"])
def test_a_damaged_database_is_never_read_as_sound(tmp_path: Path, damage: str) -> None:
    store = new(tmp_path)
    put(store, *(version(n, f"{n}.txt") for n in range(6)))
    file = store.folder / FILE
    data = file.read_bytes()
    half = len(data) // 2
    file.write_bytes(
        {
            "no database": b"not a database, only words" * 999,
            "a torn page": data[: half - 9000] + bytes(18000) + data[half + 9000 :],
            "cut short": data[:half],
            "empty": b"",
        }[damage]
    )
    said = verified(store.folder)
    assert "已损坏" in said or (damage == "a torn page" and said)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, which may write anywhere; as the same user where that is not root."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_store_that_cannot_be_written_can_be_read(tmp_path: Path) -> None:
    with TemporaryDirectory() as name:
        store, doc = new(Path(name)), version(1)
        put(store, doc)
        Path(name).chmod(0o755)
        (store.folder / FILE).chmod(0o444)
        store.folder.chmod(0o555)
        try:
            with as_nobody():
                read = held(Store.open(store.folder))
                with pytest.raises(StoreError, match=r"不能写入库.*只读或没有权限"):
                    store.remove(doc.name)
                with pytest.raises(StoreError, match=r"不能写入库.*只读或没有权限"):
                    put(store, version(2))
        finally:
            store.folder.chmod(0o755)
        assert read == held(store) == {doc.name: whole(doc)}


def test_readers_see_whole_documents_while_another_thread_writes(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(0))
    done = threading.Event()

    def write() -> None:
        for number in range(1, 25):
            put(store, version(number))
        done.set()

    expected = {version(n).text for n in range(25)}
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        while not done.is_set() and not writing.done():
            assert store.text("讲话.txt") in expected
            found = store.passages([h[0] for h in store.passage_headers()])
            assert "".join(p.passage.text for p in found) in expected | {""}  # a passage taken out leaves no other
        writing.result()
    assert held(store) == {"讲话.txt": whole(version(24))}


def test_a_writer_killed_at_any_instant_leaves_the_last_whole_document(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(0))
    chance, last = random.Random(7), 0
    for _ in range(30):
        log = tmp_path / "log"
        log.write_bytes(b"")
        writer = APART.Process(target=write_for_ever, args=(store.folder, last + 1, log), daemon=True)
        writer.start()
        while not log.stat().st_size:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.04))
        writer.kill()
        writer.join()
        reported = int(log.read_text().split("\n")[-2])
        [(text, passages)] = held(Store.open(store.folder)).values()
        assert (text, passages) in [whole(version(reported)), whole(version(reported + 1))]
        assert store.integrity() == []
        assert store.generation() == int(text[1 : text.index("版")]) + 1
        last = store.generation() - 1
    put(store, version(last + 1))
    assert held(store) == {"讲话.txt": whole(version(last + 1))}


def test_two_writing_processes_lose_nothing(tmp_path: Path) -> None:
    store = new(tmp_path)
    writers = [APART.Process(target=write_some, args=(store.folder, name, 12)) for name in "甲乙"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [w.exitcode for w in writers] == [0, 0]
    expected = {f"{name}{n}.txt": whole(version(n, f"{name}{n}.txt")) for name in "甲乙" for n in range(12)}
    assert (held(store), store.generation(), store.integrity()) == (expected, 24, [])
