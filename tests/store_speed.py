"""A file of one document a line -> how fast a store takes them in and gives them back; vectors are drawn by chance.

python -m tests.store_speed FILE [COUNT]: prints a table and, as its last line, JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from index.cleaning import clean
from index.documents import Document
from index.encoder import Vectors
from index.extract import Extract
from index.passages import Passage, split
from index.storage.integrity import verify
from index.storage.salvage import rebuild
from index.storage.schema import FILE, PAGE
from index.store import Store

DIM = 512
Prepared = tuple[Document, list[Passage]]


def read(file: Path, count: int) -> Iterator[Prepared]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(islice((text.strip() for text in lines if text.strip()), count)):
            name = f"{number:05d}.txt"
            extract = Extract(line)
            yield (
                Document(name, f"/文件/{name}", hashlib.sha256(line.encode()).hexdigest(), extract),
                split(clean(line)),
            )


def unit_vectors(count: int, chance: np.random.Generator) -> Vectors:
    made = chance.standard_normal((count, DIM), np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def write(store: Store, documents: list[Prepared], figures: dict[str, Any]) -> None:
    chance = np.random.default_rng(0)
    pool = unit_vectors(20_000, chance)
    largest, log = 0, store.folder / f"{FILE}-wal"
    wall, processor = time.perf_counter(), time.process_time()
    with store.held_open():
        for doc, passages in documents:
            count = sum(1 + len(p.sentences) for p in passages)
            start = int(chance.integers(0, len(pool) - count))
            store.replace(doc, passages, pool[start : start + count])
            largest = max(largest, log.stat().st_size)
    figures["documents a second"] = round(len(documents) / (time.perf_counter() - wall), 1)
    figures["processor ms a document"] = round(1000 * (time.process_time() - processor) / len(documents), 2)
    figures["largest log, MiB"] = round(largest / 2**20, 1)
    figures["database, MiB"] = round((store.folder / FILE).stat().st_size / 2**20, 1)


def timed(figures: dict[str, Any], name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401
    start = time.perf_counter()
    result = work()
    figures[f"{name}, s"] = round(time.perf_counter() - start, 3)
    return result


def measure(file: Path, count: int, folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    documents = list(read(file, count))
    store = Store.create(folder / "库", "random", DIM)
    figures["documents"] = len(documents)
    write(store, documents, figures)
    timed(figures, "documents()", store.documents)
    ids = timed(figures, "passage_ids()", store.passage_ids).tolist()
    figures["passages"] = len(timed(figures, "passage_headers()", store.passage_headers))
    matrix, owners = timed(figures, "vectors()", store.vectors)
    figures["vectors"], figures["their bytes, MiB"] = len(owners), round(matrix.nbytes / 2**20, 1)
    del matrix, owners
    tracemalloc.start()
    store.vectors()
    figures["memory of vectors(), MiB"] = round(tracemalloc.get_traced_memory()[1] / 2**20, 1)
    tracemalloc.stop()
    timed(figures, "vectors() of 100", lambda: store.vectors(ids[:: max(1, len(ids) // 100)]))
    timed(figures, "passages() of 10", lambda: store.passages(ids[:10]))
    doc, passages = documents[0]
    more = unit_vectors(sum(1 + len(p.sentences) for p in passages), np.random.default_rng(1))
    timed(figures, "replace one", lambda: store.replace(doc, passages, more))
    faults = timed(figures, "verify", lambda: verify(store, caches=False))
    with (store.folder / FILE).open("rb+") as database:
        database.write(bytes(PAGE))  # its head is gone
    made = timed(figures, "rebuild", lambda: rebuild(store.folder))
    assert (faults, made.lost) == ([], ())
    return figures


def main() -> None:
    file, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(file, count, Path(folder))
    for name, value in figures.items():
        print(f"{name:28} {value}")
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
