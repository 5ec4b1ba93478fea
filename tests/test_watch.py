"""Watching: what changes in a folder is told, and the store follows while others read it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import ROOT, write

from index.intake.watch import Change, changes
from index.search import Searcher
from index.store import Store

TEXT = "推动中部地区高质量发展。加强科技创新。"
OTHER = "持续打好污染防治攻坚战。"


class Watched:
    """The changes of a folder, taken in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._changes: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self._folder = folder
        self._stop = threading.Event()
        standing = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(standing,), daemon=True)
        self._thread.start()
        assert standing.wait(30)

    def _run(self, standing: threading.Event) -> None:
        for change in changes([self._folder], standing.set, self._stop):
            self._changes.put(change)

    def until(self, done: Callable[[set[str], set[str]], bool]) -> tuple[set[str], set[str]]:
        """Names of files and of places told, as soon as they are enough."""
        names: set[str] = set()
        places: set[str] = set()
        end = time.monotonic() + 30
        while not done(names, places):
            change = self._changes.get(timeout=max(0.1, end - time.monotonic()))
            names |= {file.name for file in change.files}
            places |= {path.relative_to(self._folder.resolve()).as_posix() for path in change.places}
        return names, places

    def close(self) -> None:
        self._stop.set()
        self._thread.join(30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "件", {"甲.txt": TEXT})
    return tmp_path / "件"


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    made = Watched(folder)
    yield made
    made.close()


def test_new_changed_and_removed_files_are_told(folder: Path, watched: Watched) -> None:
    write(folder, {"乙.txt": OTHER})
    assert watched.until(lambda names, _: "乙.txt" in names) == ({"乙.txt"}, {"乙.txt"})
    (folder / "甲.txt").unlink()
    assert watched.until(lambda _, places: "甲.txt" in places)[0] == set()


def test_a_folder_that_comes_is_told_with_all_that_is_in_it(folder: Path, tmp_path: Path, watched: Watched) -> None:
    write(tmp_path / "别处", {"一.txt": TEXT, "子/二.txt": OTHER})
    (tmp_path / "别处").rename(folder / "来")
    names, _ = watched.until(lambda names, _: len(names) >= 2)
    assert names == {"来/一.txt", "来/子/二.txt"}


def test_what_is_never_added_is_not_told(folder: Path, watched: Watched) -> None:
    write(folder, {".隐藏.txt": TEXT, "~$甲.docx": "x", "库/judian.sqlite": "", "库/x.txt": TEXT})
    write(folder, {"丙.txt": OTHER})
    names, places = watched.until(lambda names, _: "丙.txt" in names)
    assert (names, places - {"库"}) == ({"丙.txt"}, {"丙.txt"})


def _lines(running: subprocess.Popen[str]) -> queue.SimpleQueue[str]:
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        assert running.stdout is not None
        for line in running.stdout:
            lines.put(line.strip())

    threading.Thread(target=read, daemon=True, name="lines").start()
    return lines


def _until(lines: queue.SimpleQueue[str], wanted: str) -> list[str]:
    seen: list[str] = []
    while wanted not in seen:
        seen.append(lines.get(timeout=60))
    return seen


def test_the_store_follows_the_folder_while_it_is_searched_until_ctrl_c(folder: Path, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "tests/run_add.py", str(tmp_path / "库"), "0", str(folder), "--watch", "--prune"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    lines = _lines(running)
    _until(lines, "已添加  甲.txt（1 段）")
    encoder = HashEncoder("hash")
    searcher = Searcher(Store.open(tmp_path / "库"), encoder)
    assert {hit.document for hit in searcher.search("污染防治攻坚战", 5)} == {"甲.txt"}
    write(folder, {"乙.txt": OTHER})
    _until(lines, "已添加  乙.txt（1 段）")
    assert searcher.search("污染防治攻坚战", 5)[0].document == "乙.txt"
    write(folder, {"乙.txt": OTHER + TEXT, "空.txt": ""})
    seen = _until(lines, "已替换  乙.txt（1 段）")
    (folder / "甲.txt").unlink()
    seen += _until(lines, "已移除  甲.txt（1 段）")
    assert {hit.document for hit in searcher.search("高质量发展", 5)} == {"乙.txt"}
    os.killpg(running.pid, signal.SIGINT)
    assert running.stderr is not None
    error = running.stderr.read()
    for reading in [t for t in threading.enumerate() if t.name == "lines"]:  # it may be through by now
        reading.join(30)
    assert running.wait(60) in (0, 1)  # 1 when the empty file was told
    running.stderr.close()
    assert running.stdout is not None
    running.stdout.close()
    assert "不再跟踪。" in error
    assert "Traceback" not in error
    assert [d.name for d in Store.open(tmp_path / "库").documents()] == ["乙.txt"]
