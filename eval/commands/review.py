"""python -m eval review: a page on this machine where a person judges the proposed questions."""

from __future__ import annotations

import argparse
import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from eval.commands.options import store_options
from index.errors import JudianError

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.review.app import Review

HOST = "127.0.0.1"
GOLD = Path("gold.jsonl")


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `review`."""
    about = "打开审题页（只在本机）：逐条收下、修改或丢弃，收下的写进评测集"
    sub = commands.add_parser("review", parents=[store_options()], help=about, description=about)
    sub.add_argument("--queue", type=Path, metavar="文件", help="待审题目的文件（默认在库的文件夹里：gold.sqlite）")
    sub.add_argument("--gold", type=Path, default=GOLD, metavar="文件", help=f"收下的题写进哪里（默认 {GOLD}）")
    sub.add_argument("--port", type=int, default=7861, metavar="端口", help="端口（默认 7861）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import uvicorn

    from eval.review.app import build

    review = open_review(options.store, options.queue, options.gold)
    listening = _listen(options.port)
    hosts = [f"{name}:{options.port}" for name in (HOST, "localhost")]
    waiting = sum(e.state == "waiting" for e in review.entries())
    print(f"审题页：http://{HOST}:{options.port}（{waiting} 条待审；按 Ctrl-C 关闭）", flush=True)
    config = uvicorn.Config(build(review, hosts), log_level="warning", access_log=False, lifespan="off")
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
    print("\n已关闭。审过的都已保存。")
    return 0


def open_review(store: Path | None, queue: Path | None, gold: Path) -> Review:
    """What the page works on. Raises JudianError for a gold file with errors, a damaged queue, a missing store."""
    from eval.drafting.queue import FILE, Queue
    from eval.questions import read_gold
    from eval.review.app import Review
    from index.store import Store
    from rag.feedback import FILE as FEEDBACK
    from rag.feedback import FeedbackFile
    from rag.settings import load_settings

    if gold.exists() and gold.read_bytes().strip():
        read_gold(gold)
    folder = load_settings(store=store).store
    kept = None if queue is not None and store is None and not folder.exists() else Store.open(folder)
    return Review(
        queue=Queue(queue or folder / FILE),
        gold=gold,
        store=kept,
        feedback=FeedbackFile(folder / FEEDBACK) if kept else None,
    )


def _listen(port: int) -> socket.socket:
    """A socket that listens there. Raises JudianError when that is not possible."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise JudianError(
            f"不能在端口 {port} 上打开审题页：{error}。请换一个端口：--port {port % 65535 + 1}"
        ) from error
    return listening
