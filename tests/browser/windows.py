"""Several windows in one process of its own, where Gradio's loose ends are no warnings of the tests.

python windows.py STORE HOSTILE_STORE GROUPED_STORE GATE: prints one JSON object, name of window -> address, when all are open.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from scripted import SCRIPTS, ScriptedGenerator

import ui
from index import command
from index.search import Searcher
from index.store import Store
from rag.answerer import Answerer
from rag.engine import open_encoder
from rag.examples import example_questions
from rag.screen.session import Loading, Window
from rag.settings import load_settings


class Broken(Answerer):
    """Fails in a way that nobody foresaw."""

    def stream(self, *_: object, **__: object) -> None:  # type: ignore[override]
        """Raise what no user can mend."""
        raise ZeroDivisionError("secret")


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_window(store: Store, load: Callable[[], Answerer]) -> str:
    """A window at an address of its own."""
    window = Window(store, Loading(load))
    page = ui.build(window, example_questions([(h.document, h.section, h.text) for h in store.passage_headers()]))
    address = ui.launch(page, "127.0.0.1", free_port())
    window.loading.start()
    return address


def tell_of_strangers(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: says on standard error when this process turns to another machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        print(f"OUTSIDE {arguments[1]}", file=sys.stderr, flush=True)
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost", "::1", None):
        print(f"OUTSIDE {arguments[0]!r}", file=sys.stderr, flush=True)


def main(store: Store, hostile: Store, grouped: Store, gate: Path) -> None:
    """Open the windows and stay until killed."""
    encoder = open_encoder(load_settings())
    searcher = Searcher(store, encoder)
    scripted = Answerer(searcher, ScriptedGenerator(SCRIPTS))

    def slow() -> Answerer:
        while not gate.exists():
            time.sleep(0.05)
        return scripted

    addresses = {
        "scripted": open_window(store, lambda: scripted),
        "extract": open_window(store, lambda: Answerer(searcher, None)),
        "queued": open_window(store, lambda: Answerer(searcher, ScriptedGenerator(SCRIPTS, one_at_a_time=True))),
        "broken": open_window(store, lambda: Broken(searcher, None)),
        "slow": open_window(store, slow),
        "hostile": open_window(hostile, lambda: Answerer(Searcher(hostile, encoder), None)),
        "grouped": open_window(grouped, lambda: Answerer(Searcher(grouped, encoder), None)),
    }
    print(json.dumps(addresses), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    sys.addaudithook(tell_of_strangers)
    command.quiet_libraries()
    stores = [Store.open(Path(folder)) for folder in sys.argv[1:4]]
    main(stores[0], stores[1], stores[2], Path(sys.argv[4]))
