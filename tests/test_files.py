"""Files: what is found under a path, under which name, and that nothing but regular files is ever opened."""

from __future__ import annotations

import hashlib
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import JudianError
from index.intake.files import (
    MAX_BYTES,
    READS,
    SourceFile,
    digest,
    find,
    find_in,
    may_be_found,
    missing,
    read_bytes,
    shown,
)

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without permission")


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(*paths: Path) -> list[str]:
    return [f.name for f in find(paths)]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody can reach; pytest's own are root's alone."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    put(tmp_path / "甲.txt")
    for path in (tmp_path / "没有.txt", tmp_path / "甲.txt" / "乙.txt", Path("a\0b")):
        with pytest.raises(JudianError, match="找不到文件或文件夹"):
            names(path)


def test_a_folder_is_walked_in_name_order(tmp_path: Path) -> None:
    wanted = ["a/b.txt", "a b.txt", "a.txt", "b.txt", "一 号.txt", "子 文件夹/丙.md", "子 文件夹/甲.txt"]
    for name in wanted:
        put(tmp_path / name)
    assert names(tmp_path) == [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path / n for n in wanted)]
    assert names(tmp_path / "b.txt", tmp_path / "子 文件夹") == ["b.txt", "丙.md", "甲.txt"]


def test_what_editors_systems_and_this_product_leave_behind_is_passed_over(tmp_path: Path) -> None:
    for name in (
        *(
            ".隐藏.txt",
            ".git/config.txt",
            "~$一 号.docx",
            "~WRL0003.tmp",
            "子/.DS_Store",
            "Thumbs.db",
            "子/desktop.ini",
        ),
        *("__MACOSX/一.txt", "judian.toml", "store/judian.sqlite", "store/cache/1/x.txt", "子/库/judian.sqlite"),
    ):
        put(tmp_path / name)
    put(tmp_path / "子/一.txt")
    assert names(tmp_path) == ["子/一.txt"]


def test_a_folder_named_like_a_file_is_walked(tmp_path: Path) -> None:
    put(tmp_path / "a.txt" / "b.txt")
    assert names(tmp_path) == ["a.txt/b.txt"]
    assert names(tmp_path / "a.txt") == ["b.txt"]


def test_links_to_folders_cannot_trap_the_walk(tmp_path: Path) -> None:
    put(tmp_path / "甲" / "乙.txt")
    (tmp_path / "甲" / "回头").symlink_to(tmp_path)
    (tmp_path / "自己").symlink_to(tmp_path / "自己")
    (tmp_path / "来").symlink_to(tmp_path / "去")
    (tmp_path / "去").symlink_to(tmp_path / "来")
    (tmp_path / "断了.txt").symlink_to(tmp_path / "没有")
    assert names(tmp_path) == ["甲/乙.txt"]
    with pytest.raises(JudianError, match="找不到"):
        names(tmp_path / "自己")


def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.txt")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s.txt"))
    (tmp_path / "零.txt").symlink_to("/dev/zero")
    put(tmp_path / "甲.txt")
    assert names(tmp_path) == ["甲.txt"]
    for name in ("管道.txt", "s.txt", "零.txt"):
        with pytest.raises(JudianError, match="既不是文件也不是文件夹"):
            names(tmp_path / name)


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_has_taken_the_place_of_a_file_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "甲.txt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    for read in (read_bytes, digest):
        with pytest.raises(JudianError, match="不是普通文件"):
            read(path)


@as_root
def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_found(open_folder: Path) -> None:
    put(open_folder / "甲.txt")
    put(open_folder / "锁着" / "乙.txt").chmod(0)
    (open_folder / "锁着").chmod(0o700)
    put(open_folder / "锁了.txt").chmod(0o600)
    os.seteuid(NOBODY)
    try:
        found = list(find([open_folder]))
        with pytest.raises(JudianError, match=r"读不了文件：没有权限，请检查权限。"):
            read_bytes(open_folder / "锁了.txt")
        assert not missing(str(open_folder / "锁着" / "乙.txt"))
    finally:
        os.seteuid(0)
    assert [(f.name, f.error) for f in found] == [
        ("甲.txt", ""),
        ("锁了.txt", ""),
        ("锁着", "文件夹打不开：没有权限，请检查权限。"),
    ]


def test_a_name_packed_on_windows_is_shown_in_chinese(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "中部 讲话.txt".encode("gb18030")
    try:
        put(Path(os.fsdecode(raw)))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert names(tmp_path) == ["中部 讲话.txt"]


@given(st.text())
def test_a_name_is_shown_on_one_line_that_every_file_can_hold(name: str) -> None:
    one = shown(name)
    one.encode()
    assert all(c.isprintable() or c == "\u3000" for c in one)
    if name.isprintable():
        assert one == name


def test_a_file_is_read_and_hashed_whole(tmp_path: Path) -> None:
    data = os.urandom(100_000)
    path = put(tmp_path / "路 径" / "讲话（终稿）.txt", data)
    assert (read_bytes(path), digest(path)) == (data, hashlib.sha256(data).hexdigest())


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    for read in (read_bytes, digest):
        with pytest.raises(JudianError, match=r"读不了文件：文件已经不在，请检查路径。"):
            read(tmp_path / "没了.txt")


def test_a_file_too_large_to_hold_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for read in (read_bytes, digest):
        with pytest.raises(JudianError, match=r"文件有 256 MiB，超过一份文件的上限 256 MiB。请分成几个文件后再添加。"):
            read(path)


def test_a_file_that_changes_while_it_is_read_is_read_whole_or_given_up(tmp_path: Path) -> None:
    path = put(tmp_path / "写着.txt", b"0" * 2_000_000)
    stop = threading.Event()

    def write() -> None:
        count = 0
        while not stop.is_set():
            count = (count + 1) % 10
            path.write_bytes(str(count).encode() * 2_000_000)

    writer = threading.Thread(target=write)
    writer.start()
    data, told = b"", ""
    try:
        data = read_bytes(path)
    except JudianError as error:
        told = str(error)
    finally:
        stop.set()
        writer.join()
    assert (len(data), len(set(data))) in ((2_000_000, 1), (0, 0))
    assert told in ("", f"文件正在被改动，读了 {READS} 次都没有读到完整的一份。请等它写完后再添加。")


def test_a_file_that_rests_again_is_read(tmp_path: Path) -> None:
    path = put(tmp_path / "写着.txt", b"")
    rested = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for _ in range(20):
                file.write(b"0" * 50_000)
        rested.set()

    writer = threading.Thread(target=write)
    writer.start()
    rested.wait()
    writer.join()
    assert read_bytes(path) == b"0" * 1_000_000


def test_part_of_a_folder_is_found_as_the_whole_would_be(tmp_path: Path) -> None:
    for name in ("一.txt", "子/二.txt", "子/孙/三.txt", ".藏/四.txt", "子/库/judian.sqlite", "子/库/五.txt"):
        put(tmp_path / name)
    (tmp_path / "子" / "回头").symlink_to(tmp_path)
    whole = {f.path: f for f in find([tmp_path])}
    for path in [tmp_path, *sorted(tmp_path.rglob("*"))]:
        within = [f for p, f in whole.items() if p.is_relative_to(path)]
        assert list(find_in(tmp_path, path)) == within, path
    assert list(find_in(tmp_path, tmp_path / "子" / "回头" / "一.txt")) == []
    assert list(find_in(tmp_path, tmp_path / "没有")) == []
    hidden = [".藏/四.txt", "子/库/五.txt", "子/库/新.txt", "judian.toml"]
    assert [may_be_found(tmp_path, tmp_path / n) for n in ["没有.txt", "子/没有", *hidden]] == [True, True] + [
        False
    ] * 4


def test_only_what_is_certainly_gone_is_missing(tmp_path: Path) -> None:
    put(tmp_path / "包.zip")
    (tmp_path / "断了").symlink_to(tmp_path / "没有")
    gone = [tmp_path / "没有", tmp_path / "没有" / "里面", tmp_path / "包.zip" / "里面.txt"]
    assert all(missing(str(path)) for path in gone)
    assert not any(missing(str(path)) for path in (tmp_path, tmp_path / "包.zip", tmp_path / "断了"))
    assert not missing(str(tmp_path / ("长" * 300)))


def test_for_what_lies_inside_an_archive_the_archive_is_found(tmp_path: Path) -> None:
    put(tmp_path / "包.zip")
    path = tmp_path / "包.zip" / "里面" / "甲.txt"
    assert list(find([path])) == [SourceFile(tmp_path / "包.zip", "包.zip")]
