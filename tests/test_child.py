"""The child process that reads: whatever happens to it costs one file, and nothing of it is left behind."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from index.intake.child import PAGES_SECONDS, SECONDS, Child, time_for
from index.intake.prepare import Job, Part, Prepared, Refused, Result, prepare

WORK = "works:work"
TEXT = "推动中部地区高质量发展。加强科技创新。"


def job(folder: Path, name: str, number: int = 0) -> Job:
    path = folder / name
    path.write_text(TEXT, encoding="utf-8")
    return Job(path, (Part(number, name, str(path)),))


def told(result: Result) -> str:
    return result.reason if isinstance(result, Refused) else result.document.text


def test_a_child_gives_what_this_process_would(tmp_path: Path) -> None:
    jobs = [job(tmp_path, f"{n}.txt", n) for n in range(3)]
    jobs.append(Job(tmp_path / "没了.txt", (Part(3, "没了.txt", "x"),)))
    assert list(Child().results(jobs)) == [result for one in jobs for result in prepare(one)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("挂起", "读了 1 秒还没有读完，已放弃（文件可能损坏或过于复杂）。请用原来的程序打开、另存后再添加。"),
        ("崩溃", "读取程序在这份文件上意外退出（信号 6）。文件可能已损坏：请用原来的程序打开、另存后再添加。"),
        ("退出", "读取程序在这份文件上意外退出（退出码 3）。文件可能已损坏：请用原来的程序打开、另存后再添加。"),
        (
            "被杀",
            "读取程序在这份文件上意外退出（内存不够，或被系统终止）。文件可能已损坏：请用原来的程序打开、另存后再添加。",
        ),
        ("不答", "读取没有结果。请再添加一次。"),
    ],
)
def test_a_reader_that_fails_costs_one_file(tmp_path: Path, name: str, reason: str) -> None:
    jobs = [job(tmp_path, f"{n}.txt", i) for i, n in enumerate(["甲", name, "说话", "乙"])]
    child = Child(WORK, lambda job: 1.0 if job.file.stem == "挂起" else 60.0)
    assert [told(result) for result in child.results(jobs)] == [TEXT, reason, TEXT, TEXT]


def test_what_a_hanging_reader_started_goes_with_it(tmp_path: Path) -> None:
    def sleeping() -> int:
        lines = [p.joinpath("cmdline") for p in Path("/proc").iterdir() if p.name.isdecimal()]
        found = 0
        for line in lines:
            try:
                found += line.read_bytes() == b"sleep\x00600\x00"
            except OSError:
                continue
        return found

    before = sleeping()
    [result] = Child(WORK, lambda job: 1.0).results([job(tmp_path, "子孙.txt")])
    assert "已放弃" in told(result)
    until = time.monotonic() + 5
    while sleeping() > before and time.monotonic() < until:
        time.sleep(0.05)
    assert sleeping() <= before


def test_it_can_be_stopped_from_another_thread(tmp_path: Path) -> None:
    child = Child(WORK)
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.extend(child.results([job(tmp_path, "挂起.txt")])))
    start = time.monotonic()
    thread.start()
    time.sleep(0.2)
    child.stop()
    thread.join(10)
    assert (results, thread.is_alive()) == ([], False)
    assert time.monotonic() - start < 10


def test_an_interrupted_reading_leaves_no_process(tmp_path: Path) -> None:
    child = Child()
    results = child.results([job(tmp_path, f"{n}.txt", n) for n in range(5)])
    assert isinstance(next(results), Prepared)
    process = child._process
    assert process is not None
    os.kill(process.pid, 0)
    results.close()
    assert process.poll() == -9


def test_pages_that_may_have_to_be_recognised_have_more_time(tmp_path: Path) -> None:
    text, scan = job(tmp_path, "甲.txt"), job(tmp_path, "乙.pdf")
    packed = Job(tmp_path / "甲.txt", (Part(0, "包.zip/丙.jpg", "x", "丙.jpg"),))
    assert [round(time_for(one)) for one in (text, scan, packed)] == [SECONDS, PAGES_SECONDS, PAGES_SECONDS]
