"""Chunks of texts -> their vectors, in order, made by one process or by several at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

from index.errors import JudianError

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors

Chunks = Sequence[Sequence[str]]
Encode = Callable[[Chunks], Iterator["Vectors"]]
"""Chunks of passages -> the vectors of each."""

CHUNK = 64  # texts encoded between two steps of the progress bar
MAX_JOBS = 4  # by default; each process holds the encoder
WORTH_IT = 32  # chunks; for fewer a further process would still be loading when they are done

_encoder: Encoder  # of a worker process


def default_jobs() -> int:
    """A process for each core, at most MAX_JOBS."""
    return min(os.cpu_count() or 1, MAX_JOBS)


def chunks_of(texts: Sequence[str]) -> list[Sequence[str]]:
    """The texts in pieces of CHUNK."""
    return [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]


def in_this_process(encoder: Encoder) -> Encode:
    """One chunk after another."""
    return lambda chunks: map(encoder.encode_passages, chunks)


def in_processes(encoder: Encoder, open_encoder: Callable[[], Encoder], jobs: int) -> Encode:
    """Long work by `jobs` processes, each with an encoder of its own; short work here. Vectors come in order.

    `open_encoder` is pickled: a function of a module, or functools.partial of one.
    """

    def encode(chunks: Chunks) -> Iterator[Vectors]:
        if jobs == 1 or len(chunks) < WORTH_IT:
            yield from in_this_process(encoder)(chunks)
            return
        threads = max(1, (os.cpu_count() or 1) // jobs)
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (open_encoder, threads))
        try:
            yield from pool.map(_work, chunks)
        except BrokenProcessPool as error:
            raise JudianError("编码进程意外退出（多半是内存不够）。已编码的都保留着，请用 --jobs 1 重试。") from error
        finally:
            pool.shutdown(cancel_futures=True)

    return encode


def _start(open_encoder: Callable[[], Encoder], threads: int) -> None:
    import signal

    import torch

    from index.command import quiet_libraries

    global _encoder
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's business
    quiet_libraries()
    torch.set_num_threads(threads)
    _encoder = open_encoder()


def _work(chunk: Sequence[str]) -> Vectors:
    return _encoder.encode_passages(chunk)
