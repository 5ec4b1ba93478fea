"""Real windows in a process of their own, over real stores and the real encoder, with a scripted model; Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from scripted import COLLECTIONS, HOSTILE, HOSTILE_NAME, SCRIPTS, ScriptedGenerator, Windows

from index import command
from index.documents import find
from index.encoder import Encoder
from index.intake.ingest import add
from index.search import Searcher
from index.store import Store
from rag.answerer import Answerer
from rag.settings import load_settings

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "data" / "corpus"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


def fill(folder: Path, encoder: Encoder, source: Path, collection: str = "") -> Store:
    """A store in `folder` that holds, in a collection of it, what lies at `source`."""
    store = Store.create(folder, encoder.name, encoder.dim)
    for verdict in add(store, encoder, list(find([source])), collection=collection):
        assert not verdict.reason
    return store


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    command.quiet_libraries()
    from rag.engine import open_encoder

    return open_encoder(load_settings())


@pytest.fixture(scope="session")
def store(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample corpus."""
    return fill(tmp_path_factory.mktemp("sample") / "库", encoder, CORPUS)


@pytest.fixture(scope="session")
def answerer(store: Store, encoder: Encoder) -> Answerer:
    """Says what the scripted window says, at once."""
    return Answerer(Searcher(store, encoder), ScriptedGenerator(SCRIPTS, pause=0))


@pytest.fixture(scope="session")
def windows(store: Store, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    folder = tmp_path_factory.mktemp("windows")
    (folder / "制度").mkdir()
    (folder / "制度" / HOSTILE_NAME).write_text(HOSTILE * 3, encoding="utf-8")
    hostile = fill(folder / "库", encoder, folder / "制度")
    for name, text in COLLECTIONS.items():
        (folder / "件" / name).mkdir(parents=True)
        (folder / "件" / name / f"{name}.txt").write_text(text, encoding="utf-8")
        grouped = fill(folder / "分组", encoder, folder / "件" / name, name)
    gate, errors = folder / "gate", folder / "stderr"
    arguments: list[str | Path] = [
        sys.executable,
        HERE / "windows.py",
        store.folder,
        hostile.folder,
        grouped.folder,
        gate,
    ]
    with errors.open("w") as log, subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        try:
            first = next((line for line in lines if line.startswith("{")), None)
            assert first, errors.read_text()
            yield Windows(json.loads(first), gate, errors)
        finally:  # also when a test's time is over: the end of the process is waited for
            process.kill()
    assert "OUTSIDE" not in errors.read_text(), "the process turned to another machine"


@pytest.fixture(scope="session")
def address(windows: Windows) -> str:
    """The window with the scripted model."""
    return windows.addresses["scripted"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "没有 Chromium：apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens tabs. At the end none of them may have asked another machine for anything, or met an error in a script."""
    requests: list[str] = []
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def open_tab(address: str, width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_selector("#jd-box textarea")
        return page

    yield open_tab
    for context in contexts:
        context.close()
    own = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert [url for url in requests if not url.startswith(own)] == []
    assert errors == []
