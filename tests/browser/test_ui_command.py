"""python ui.py as a user starts it: what stops it, and one conversation with the real language model."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from windows import free_port

from index.store import Store

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
WINDOW_WITHIN, READY_WITHIN, ANSWER_WITHIN = 60.0, 240.0, 180.0  # seconds; a machine that does other things too


def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """ui.py, where it is expected to give up."""
    return subprocess.run(
        [sys.executable, "ui.py", *arguments],
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_port_in_use_is_named_with_the_way_out(store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start("--store", str(store.folder), "--port", str(port))
    assert done.returncode == 2
    assert f"端口 {port}" in done.stderr
    assert f"python ui.py --port {port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_store_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    done = start("--store", str(tmp_path / "没有"), "--port", str(free_port()))
    assert done.returncode == 2
    assert f"python -m index add 文件或文件夹 --store {tmp_path / '没有'}" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_store_is_named_with_the_command_that_fills_it(store: Store, tmp_path: Path) -> None:
    shutil.copytree(store.folder, tmp_path / "空")
    Store.open(tmp_path / "空").remove(["七篇发言稿.txt"])
    done = start("--store", str(tmp_path / "空"), "--port", str(free_port()))
    assert done.returncode == 2
    assert "python -m index add" in done.stderr


def test_a_missing_model_is_named_with_the_command_that_fetches_it(store: Store, tmp_path: Path) -> None:
    done = start("--store", str(store.folder), "--port", str(free_port()), JUDIAN_MODELS=str(tmp_path))
    assert done.returncode == 2
    assert "python -m rag models fetch" in done.stderr


def test_help_is_chinese_and_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "ui.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "打开对话窗口" in done.stdout
    assert not re.search(r"\| +(gradio|torch|numpy|transformers)$", done.stderr, re.M)


@contextmanager
def running(store: Path) -> Iterator[tuple[str, Callable[[str, float], None]]]:
    """ui.py until the block ends: its address, and a function that waits for words in what it prints."""
    port, printed = free_port(), [""]
    arguments = [sys.executable, "-u", "ui.py", "--store", str(store), "--port", str(port)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        output = process.stdout
        assert output

        def read() -> None:
            for line in output:
                printed[0] += line

        reader = threading.Thread(target=read)
        reader.start()

        def wait(words: str, seconds: float) -> None:
            end = time.monotonic() + seconds
            while words not in printed[0]:
                assert time.monotonic() < end, printed[0]
                assert process.poll() is None, printed[0]
                time.sleep(0.1)

        try:
            wait("据典已打开", WINDOW_WITHIN)
            assert f"http://127.0.0.1:{port}" in printed[0]
            yield f"http://127.0.0.1:{port}", wait
        finally:
            process.kill()
            reader.join()


@pytest.mark.models
@pytest.mark.timeout(900)
def test_the_real_model_answers_from_the_sample_corpus(store: Store, tab: Callable[..., Page]) -> None:
    with running(store.folder) as (address, wait):
        page = tab(address)
        wait("模型已就绪", READY_WITHIN)
        expect(page.locator("#jd-header")).not_to_contain_text("载入")
        feet = page.locator("#jd-chat .jd-foot")
        for turn, question in enumerate(
            ("经济总量近年来稳定在全国的百分之多少？", "文档里写了2030年的GDP是多少亿元吗？"), 1
        ):
            page.fill("#jd-box textarea", question)
            page.press("#jd-box textarea", "Enter")
            expect(feet).to_have_count(turn, timeout=ANSWER_WITHIN * 1000)
        expect(page.locator("#jd-chat .jd-text").first).to_contain_text("21%")
        expect(page.locator("#jd-chat .jd-foot").first).to_contain_text("qwen")
        expect(page.locator("#jd-chat .jd-answer").last).to_have_class(re.compile("jd-refused"))
        page.locator("#jd-chat .jd-chip").first.click()
        expect(page.locator("#jd-panel mark")).to_contain_text("经济总量近年来稳定在全国21%")
