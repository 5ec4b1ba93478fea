"""Prepared documents -> their vectors -> written: read ahead of the encoder and written behind it, in order.

The encoder has the calling thread; reading and writing have one each, and wait when they are far from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np

from index.encoder import Encoder, Vectors
from index.intake.buffer import Buffer, Closed
from index.intake.prepare import Job, Prepared, Reader, Refused, Result

CHUNK = 64  # texts encoded between two reports of progress
POOL = 1024  # texts of small documents encoded together: those of like length side by side
AHEAD = 4_000_000  # characters read and not yet encoded
BEHIND = 64  # MiB of vectors encoded and not yet written

Write = Callable[[Prepared, Vectors], None]
"""Puts a document into the store; what it raises ends the pipeline, except a RefusedError."""


class RefusedError(Exception):
    """The store does not take this document; the reason is in Chinese."""


@dataclass(frozen=True, slots=True)
class Written:
    """Document `number` stands in the store, with so many passages."""

    number: int
    passages: int


Done = Written | Refused


def run(
    reader: Reader,
    jobs: Iterable[Job],
    encoder: Encoder,
    write: Write,
    read: Callable[[Result], None] | None = None,
    encoded: Callable[[int], None] | None = None,
) -> Generator[Done, None, None]:
    """What became of each part of the jobs, in the reader's order; `read` and `encoded(characters)` tell of progress.

    Closed or interrupted, it writes what has been encoded whole, and returns then. Raises what `reader`, `encoder` or
    `write` raise.
    """
    ahead: Buffer[Result] = Buffer(AHEAD)
    behind: Buffer[tuple[Result, Vectors | None]] = Buffer(BEHIND * 2**20)
    done: SimpleQueue[Done] = SimpleQueue()
    reading = threading.Thread(target=_read, args=(reader.results(jobs), ahead), name="read", daemon=True)
    writing = threading.Thread(target=_write, args=(behind, write, done), name="write", daemon=True)
    reading.start()
    writing.start()
    try:
        while group := _group(ahead, read):
            for result, vectors in _encoded(group, encoder, encoded):
                _put(behind, result, vectors)
            yield from _waiting(done)
    finally:
        reader.stop()
        ahead.close()
        behind.finish()
        writing.join()
        reading.join()
    yield from _waiting(done)
    behind.take()  # raises what the writer died of


def _read(results: Generator[Result, None, None], ahead: Buffer[Result]) -> None:
    try:
        with closing(results):
            for result in results:
                ahead.put(result, result.characters + len(result.document.text) if isinstance(result, Prepared) else 1)
    except Closed:
        pass
    except BaseException as error:
        ahead.finish(error)
    else:
        ahead.finish()


def _write(behind: Buffer[tuple[Result, Vectors | None]], write: Write, done: SimpleQueue[Done]) -> None:
    try:
        while (item := behind.take()) is not None:
            result, vectors = item
            if isinstance(result, Refused) or vectors is None:
                done.put(result if isinstance(result, Refused) else Refused(result.number, "没有编码。"))
                continue
            try:
                write(result, vectors)
            except RefusedError as error:
                done.put(Refused(result.number, str(error)))
            else:
                done.put(Written(result.number, len(result.passages)))
    except BaseException as error:
        behind.close()
        behind.finish(error)


def _put(behind: Buffer[tuple[Result, Vectors | None]], result: Result, vectors: Vectors | None) -> None:
    try:
        behind.put((result, vectors), 1 if vectors is None else vectors.nbytes)
    except Closed:
        behind.take()  # raises what the writer died of
        raise


def _waiting(done: SimpleQueue[Done]) -> Iterator[Done]:
    while True:
        try:
            yield done.get_nowait()
        except Empty:
            return


def _group(ahead: Buffer[Result], read: Callable[[Result], None] | None) -> list[Result]:
    """The next documents, as many as are there and fill a pool; at least one, unless there are no more."""
    group: list[Result] = []
    texts = characters = 0
    while texts < POOL and characters < AHEAD and (result := ahead.take(wait=not group)) is not None:
        group.append(result)
        if isinstance(result, Prepared):
            texts += len(result.texts)
            characters += result.characters
        if read:
            read(result)
    return group


def _encoded(
    group: Sequence[Result], encoder: Encoder, encoded: Callable[[int], None] | None
) -> Iterator[tuple[Result, Vectors | None]]:
    """Each of the group with the vectors that its passages and sentences want."""
    documents = [r for r in group if isinstance(r, Prepared)]
    texts = [text for d in documents for text in d.texts]
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    for rows in batches(texts):
        part = [texts[row] for row in rows]
        vectors[rows] = encoder.encode_passages(part)
        if encoded:
            encoded(sum(map(len, part)))
    start = 0
    for result in group:
        if isinstance(result, Prepared):
            own = vectors[start : start + len(result.texts)]
            start += len(result.texts)
            yield result, own[list(result.rows)]
        else:
            yield result, None


def batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of the texts in the order and the parts in which they are encoded."""
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for start in range(0, len(order), CHUNK):
        yield order[start : start + CHUNK]
