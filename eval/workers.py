"""Questions -> answers from several processes, each with models of its own and its share of the processor."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval.product import Product
    from eval.questions import GoldQuestion

_opened: list[Product] = []  # one a process, filled when the process starts


def ask_in_processes(
    questions: Sequence[GoldQuestion], store: Path | None, *, extractive: bool, jobs: int
) -> Iterator[Mapping[str, Any]]:
    """The answers as they come, in whatever order; stopping the iteration ends the processes."""
    threads = max(1, (os.cpu_count() or 1) // jobs)
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, _open, (store, extractive, threads)) as pool:
        yield from pool.imap_unordered(_ask, questions)


def _open(store: Path | None, extractive: bool, threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it keeps the answers and ends the pool
    from index.command import quiet_libraries

    quiet_libraries()
    import torch

    from eval.product import open_product

    torch.set_num_threads(threads)
    _opened.append(open_product(store, extractive=extractive))


def _ask(question: GoldQuestion) -> Mapping[str, Any]:
    return _opened[0].ask(question)
