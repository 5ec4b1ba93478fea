"""Questions -> answers from several processes, each with models of its own and its share of the processor."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import JudianError

if TYPE_CHECKING:
    from eval.product import Product
    from eval.questions import GoldQuestion

_opened: list[Product] = []  # one a process, filled when the process starts


def ask_in_processes(
    questions: Sequence[GoldQuestion], store: Path | None, *, extractive: bool, jobs: int
) -> Iterator[Mapping[str, Any]]:
    """The answers as they come, in whatever order; stopping the iteration ends the processes."""
    threads = max(1, (os.cpu_count() or 1) // jobs)
    yield from as_they_come(_ask, questions, jobs, _open, (store, extractive, threads))


def as_they_come(
    work: Callable[[GoldQuestion], Mapping[str, Any]],
    questions: Sequence[GoldQuestion],
    jobs: int,
    begin: Callable[..., None],
    given: tuple[Any, ...],
) -> Iterator[Mapping[str, Any]]:
    """What `work` makes of each question in one of `jobs` processes, each begun by `begin(*given)`.

    Raises JudianError when a process dies: a multiprocessing.Pool would wait for its answer for ever.
    """
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), begin, given)
    done = False
    try:
        for answer in as_completed([pool.submit(work, question) for question in questions]):
            yield answer.result()
        done = True
    except BrokenProcessPool as error:
        raise JudianError(
            "作答进程意外退出（多半是内存不够）。答完的题都保留着，请减少 --jobs，加 --resume 接着评测。"
        ) from error
    finally:
        if not done:  # nobody waits for the answers under way
            for child in multiprocessing.active_children():
                child.terminate()
        pool.shutdown(cancel_futures=True)


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
