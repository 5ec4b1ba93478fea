"""A store on a full or read-only disk: it says so, stays as it was, and is read all the same."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from disks import apart, mount_read_only, mount_small, own_mounts
from writers import ENCODER, held, put, version

from index.storage.integrity import verify
from index.store import FILE, Store, StoreError


def fill(store: Store) -> tuple[list[str], str]:
    """Put documents in until the store refuses one: the names of those that went in, and what it said."""
    names: list[str] = []
    while True:
        doc = version(len(names) % 5, f"{len(names):03d}.txt")
        try:
            put(store, doc)
        except StoreError as error:
            return names, str(error)
        names.append(doc.name)


def fill_small_disk(folder: Path) -> str:
    if not (own_mounts() and mount_small(folder, 1_200_000)):
        return fill_with_small_files(folder)
    store = Store.create(folder / "库", ENCODER.name, ENCODER.dim)
    with store.held_open() if folder.name == "held" else open(os.devnull):
        names, said = fill(store)
    assert "磁盘已满，库" in said, said
    assert "没有改动。请腾出空间后重试。" in said
    (folder / "rest").write_bytes(b"0" * max(0, os.statvfs(folder).f_bavail * 4096))
    check(store, names)
    assert mount_small(folder, 20_000_000, again=True)
    put(store, version(1, "后来.txt"))
    check(store, [*names, "后来.txt"])
    return "完好"


def fill_with_small_files(folder: Path) -> str:
    """No file may grow beyond a limit: what a quota does, and what stands for a full disk where none can be made."""
    store = Store.create(folder / "库", ENCODER.name, ENCODER.dim)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
    names, said = fill(store)
    assert "库没有改动。请检查磁盘和空间后重试。" in said, said
    check(store, names)
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    put(store, version(1, "后来.txt"))
    check(store, [*names, "后来.txt"])
    return "完好"


def check(store: Store, names: list[str]) -> None:
    assert len(names) > 3
    assert [d.name for d in Store.open(store.folder).documents()] == sorted(names)
    assert verify(store, caches=False) == []
    assert {n: d.extract.text for n, d in held(store).items()} == {
        n: version(1 if n == "后来.txt" else int(n[:3]) % 5, n).text for n in names
    }


@pytest.mark.parametrize("how", ["held", "each"])
def test_a_full_disk_is_told_and_leaves_the_store_readable_and_unchanged(tmp_path: Path, how: str) -> None:
    (tmp_path / how).mkdir()
    assert apart(fill_small_disk, tmp_path / how) == "完好"


def test_a_file_that_may_not_grow_is_told_and_leaves_the_store_unchanged(tmp_path: Path) -> None:
    assert apart(fill_with_small_files, tmp_path) == "完好"


def read_only(folder: Path) -> str:
    if not (own_mounts() and mount_read_only(folder)):
        folder.chmod(0o555)
        (folder / FILE).chmod(0o444)
    store = Store.open(folder)
    Store.create(folder, ENCODER.name, ENCODER.dim)
    names = [d.name for d in store.documents()]
    assert list(held(store)) == names
    assert verify(store, caches=False) == []
    changes: list[Callable[[], None]] = [
        lambda: put(store, version(2)),
        lambda: store.remove(names[:1]),
        lambda: store.rename(names[0], "新.txt", "/新.txt"),
    ]
    for change in changes:
        with pytest.raises(StoreError, match=r"不能写入库 .*（只读或没有权限）。请检查权限，或换一个位置"):
            change()
    return "、".join(d.name for d in store.documents())


def test_a_read_only_store_is_read_and_a_writer_is_told(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "库", ENCODER.name, ENCODER.dim)
    put(store, version(1), version(2, "别的.txt"))
    assert apart(read_only, store.folder) == "别的.txt、讲话.txt"


def test_a_read_only_store_is_read_with_what_a_killed_writer_left_in_its_log(tmp_path: Path) -> None:
    store, copy = Store.create(tmp_path / "库", ENCODER.name, ENCODER.dim), tmp_path / "副本"
    put(store, version(1))
    copy.mkdir()
    with store.held_open():
        put(store, version(2, "别的.txt"))
        for name in (FILE, f"{FILE}-wal"):
            (copy / name).write_bytes((store.folder / name).read_bytes())
    assert apart(read_only, copy) == "别的.txt、讲话.txt"
