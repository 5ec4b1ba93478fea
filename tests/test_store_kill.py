"""Writers killed at any instant, and several at the same time: whole documents always, and nothing lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from writers import (
    ENCODER,
    after,
    create_for_ever,
    expected,
    held,
    parts,
    put,
    rebuild_once,
    version,
    write_for_ever,
    write_some,
)

from index.storage.integrity import verify
from index.store import FILE, Store, StoreError

KILLS = 200
APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload(["writers", "index.storage.salvage", "index.derived.indexes"])


def new(folder: Path) -> Store:
    return Store.create(folder / "库", ENCODER.name, ENCODER.dim)


def kill_after(process: multiprocessing.process.BaseProcess, seconds: float) -> None:
    time.sleep(seconds)
    process.kill()
    process.join()


def test_a_writer_killed_at_any_instant_leaves_the_last_whole_state(tmp_path: Path) -> None:
    """Adding, replacing, moving, renaming and removing: all that was reported is there, and at most the next change."""
    store, log, chance = new(tmp_path), tmp_path / "log", random.Random(7)
    inside = 0
    for kill in range(KILLS):
        log.write_bytes(b"")
        writer = APART.Process(target=write_for_ever, args=(store.folder, log, kill % 2 == 0), daemon=True)
        writer.start()
        lines = chance.randint(1, 3)  # where it began, and so many changes
        while log.read_bytes().count(b"\n") < lines and writer.is_alive():
            time.sleep(0.0005)
        kill_after(writer, chance.uniform(0, 0.02))
        reported = int(log.read_text().split("\n")[-2])
        inside += kill % 2 and (store.folder / f"{FILE}-wal").exists()  # it goes when no change is under way
        reopened = Store.open(store.folder)
        reached = reopened.generation()
        assert reached in (reported, reported + 1)
        assert verify(reopened, caches=False) == []
        assert {n: d.whole() for n, d in held(reopened).items()} == {n: expected(v) for n, v in after(reached).items()}
    assert store.generation() > KILLS / 2
    assert inside > KILLS / 20  # of those in the other half one sees it not, since their log is there all the time
    put(store, version(1))
    assert verify(store, caches=False) == []


def test_a_store_killed_while_it_is_made_is_made_by_the_next(tmp_path: Path) -> None:
    chance = random.Random(3)
    for kill in range(20):
        folder, log = tmp_path / str(kill), tmp_path / "log"
        log.write_bytes(b"")
        maker = APART.Process(target=create_for_ever, args=(folder, log), daemon=True)
        maker.start()
        while not log.stat().st_size and maker.is_alive():
            time.sleep(0.001)
        kill_after(maker, chance.uniform(0, 0.03))
        last = folder / (log.read_text() or "0")
        assert not (last / FILE).exists() or verify(Store.open(last), caches=False) == []
        put(Store.create(last, ENCODER.name, ENCODER.dim), version(1))
        assert [d.name for d in Store.open(last).documents()] == ["讲话.txt"]


def test_a_repair_killed_at_any_instant_can_be_run_again(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, *(version(n, f"{n}.txt") for n in range(9)))
    sound = {n: d.whole() for n, d in held(store).items()}
    data, chance = (store.folder / FILE).read_bytes(), random.Random(5)
    for _ in range(25):
        for file in store.folder.glob(f"{FILE}*"):
            file.unlink()
        (store.folder / FILE).write_bytes(bytes(4096) + data[4096:])
        mender = APART.Process(target=rebuild_once, args=(store.folder,), daemon=True)
        mender.start()
        kill_after(mender, chance.uniform(0, 0.12))
        if verify(store, caches=False):
            rebuild_once(store.folder)
        assert {n: d.whole() for n, d in held(Store.open(store.folder)).items()} == sound


def test_two_writing_processes_lose_nothing(tmp_path: Path) -> None:
    store = new(tmp_path)
    writers = [APART.Process(target=write_some, args=(store.folder, name, 12)) for name in "甲乙"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [w.exitcode for w in writers] == [0, 0]
    docs = {f"{name}{n}.txt": version(n, f"{name}{n}.txt") for name in "甲乙" for n in range(12)}
    assert {n: d.whole() for n, d in held(store).items()} == {
        n: (doc.text, tuple(parts(doc)[0])) for n, doc in docs.items()
    }
    assert (store.generation(), verify(store, caches=False)) == (24, [])


def hold(folder: Path, held_now: object, seconds: float) -> None:
    with Store(folder).database.writing():
        held_now.set()  # type: ignore[attr-defined]
        time.sleep(seconds)


def test_a_writer_that_waits_in_vain_is_told_and_one_that_waits_long_enough_goes_on(tmp_path: Path) -> None:
    store = new(tmp_path)
    for patience, seconds in ((0.2, 1.2), (20.0, 0.6)):
        ready = APART.Event()
        other = APART.Process(target=hold, args=(store.folder, ready, seconds))
        other.start()
        ready.wait(30)
        waiting = Store(store.folder, patience)
        assert waiting.documents() == []  # a reader waits for nobody
        if patience < seconds:
            with pytest.raises(StoreError, match=r"另一个程序正在写库 .*，等了 0.2 秒仍未结束。请稍后重试"):
                put(waiting, version(1))
        else:
            put(waiting, version(1))
        other.join()
    assert [d.name for d in store.documents()] == ["讲话.txt"]
