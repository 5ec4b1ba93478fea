"""A store, an encoder and questions -> how long a search takes, what each part of it does, and what it needs."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from eval.measures.summary import percentile
from eval.report.tables import lay_out, number

if TYPE_CHECKING:
    from index.derived.state import Indexes
    from index.encoder import Encoder, Vectors
    from index.store import Store

K = 10  # hits of a search, and passages compared for the recall
WARM = 5  # searches before it is measured
BLOCK = 1 << 16  # vectors compared together for the exact answer

PARTS = {"search": "整次检索", "encode": "编码问题", "dense": "向量", "lexical": "词语", "rest": "其余"}

Timed = Mapping[str, float]
Spent = tuple[float, float]


def measure_apart(folder: Path, questions: Sequence[str], passages: int | None) -> dict[str, Any]:
    """measure_search() with the encoder of the settings, in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_begin, folder, questions, passages).result()


def _begin(folder: Path, questions: Sequence[str], passages: int | None) -> dict[str, Any]:
    from index.command import quiet_libraries

    quiet_libraries()
    from rag.engine import open_encoder
    from rag.settings import load_settings

    return measure_search(folder, open_encoder(load_settings()), questions, passages)


def measure_search(folder: Path, encoder: Encoder, questions: Sequence[str], passages: int | None) -> dict[str, Any]:
    """The figures of one store; `passages` are those of a made-up one, whose indexes may hold more than its database."""
    from eval.synthetic import REAL
    from index.store import Store

    passages = passages if passages and passages > REAL else None

    encoder.encode_queries(list(questions[:WARM]))
    before = _memory()
    store = Store.open(folder)
    _forget(folder)
    cold, searcher = _opened(store, encoder, passages)
    first, _ = _spent(lambda: searcher.search(questions[0], K))
    _warmed(folder)
    warm, searcher = _opened(store, encoder, passages)
    for question in questions[:WARM]:
        searcher.search(question, K)
    spent = _each(searcher, encoder, questions)
    after = _memory()
    indexes = searcher.indexes()
    return {
        "passages": int(indexes.live.sum()),
        "vectors": sum(len(part.owners) for part in indexes.dense.parts),
        "sketched": any(part.sketch for part in indexes.dense.parts),
        "questions": len(questions),
        **spent,
        "recall@10": _recall(indexes, encoder.encode_queries(list(questions))),
        "open_cold_s": cold,
        "first_search_cold_s": first,
        "open_s": warm,
        "memory_own_mb": after["RssAnon"] - before["RssAnon"],
        "memory_files_mb": after["RssFile"] - before["RssFile"],
        "disk_index_mb": _size(folder / "cache"),
        "disk_database_mb": _size(folder) - _size(folder / "cache"),
    }


def _opened(store: Store, encoder: Encoder, passages: int | None) -> tuple[float, Any]:
    begun = time.perf_counter()
    searcher = _searcher(store, encoder, passages)
    searcher.indexes()
    return time.perf_counter() - begun, searcher


def _searcher(store: Store, encoder: Encoder, passages: int | None) -> Any:  # noqa: ANN401
    from index.search import Searcher

    class Opened(Searcher):
        """A searcher that shows its indexes, and takes others for them."""

        def __init__(self, given: Indexes | None) -> None:
            super().__init__(store, encoder)
            self._indexes = given

        def indexes(self) -> Indexes:
            return self._current()

    return Opened(_placed(store, passages) if passages else None)


def _placed(store: Store, passages: int) -> Indexes:
    """The snapshot's indexes, whose rows take the passages of the database again and again."""
    import numpy as np

    from index.dense import DenseIndex
    from index.derived import snapshot
    from index.derived.state import Filed, Indexes
    from index.errors import JudianError
    from index.lexical import LexicalIndex

    folder = snapshot.newest(store.folder / snapshot.CACHE)
    if folder is None or snapshot.faults(folder, store.birth(), thorough=False):
        raise JudianError(f"测速用的索引不全：{store.folder}。多半是磁盘满了，请腾出空间后重试。")
    known = store.passage_ids()
    rows = np.arange(passages)
    documents = tuple(Filed(f"{n:06d}.txt", "", "", "", "") for n in range(-(-passages // 50)))
    dense, lexical = DenseIndex.load(folder, passages), LexicalIndex.load(folder)
    return Indexes(store.generation(), known[rows % len(known)], documents, ("",), rows // 50, rows * 0, dense, lexical)


def _each(searcher: Any, encoder: Encoder, questions: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401
    """Seconds of the whole search and of its parts, one question after another."""
    from index.finding import CANDIDATES, VECTORS

    indexes: Indexes = searcher.indexes()
    times: dict[str, list[Spent]] = {name: [] for name in PARTS}
    for question in questions:
        vector = encoder.encode_queries([question])
        whole = _spent(lambda q=question: searcher.search(q, K))  # type: ignore[misc]
        parts = [
            _spent(lambda q=question: encoder.encode_queries([q])),  # type: ignore[misc]
            _spent(lambda v=vector: indexes.dense.search(v, VECTORS)),  # type: ignore[misc]
            _spent(lambda q=question: indexes.lexical.search(q, CANDIDATES)),  # type: ignore[misc]
        ]
        rest = (whole[0] - sum(p[0] for p in parts), whole[1] - sum(p[1] for p in parts))
        for name, spent in zip(PARTS, [whole, *parts, rest], strict=True):
            times[name].append(spent)
    return {f"{name}_s": _spread(spent) for name, spent in times.items()}


def _spread(spent: Sequence[Spent]) -> Timed:
    clock, processor = zip(*spent, strict=True)
    return {"p50": median(clock), "p95": percentile(clock, 0.95), "processor": median(processor)}


def _recall(indexes: Indexes, vectors: Vectors) -> float:
    """The share of the K truly nearest passages that the dense index names among its first K, over all questions."""
    from index.finding import VECTORS

    shares = []
    for n, exact in enumerate(nearest_passages(indexes, vectors, K)):
        found = list(indexes.dense.search(vectors[n : n + 1], VECTORS))[:K]
        shares.append(len(exact & set(found)) / len(exact))
    return sum(shares) / len(shares)


def nearest_passages(indexes: Indexes, vectors: Vectors, k: int) -> list[set[int]]:
    """For each vector the k rows with the highest cosine, by comparing all."""
    import numpy as np

    best = np.full((len(vectors), len(indexes.live)), -2, np.float32)
    for part in indexes.dense.parts:
        for start in range(0, len(part.owners), BLOCK):
            owners = part.owners[start : start + BLOCK]
            cosines = vectors @ part.vectors[start : start + BLOCK].astype(np.float32).T
            first = np.flatnonzero(np.diff(owners, prepend=owners[0] + 1))
            rows = owners[first]
            best[:, rows] = np.maximum(best[:, rows], np.maximum.reduceat(cosines, first, axis=1))
    best[:, ~indexes.live] = -2
    return [set(np.argsort(-own, kind="stable")[:k].tolist()) for own in best]


def show_search(stores: Sequence[Mapping[str, Any]]) -> str:
    """What the terminal shows."""
    heads = ["毫秒：中位 / 95 分位 / 处理器", *(f"{s['passages']} 段" for s in stores)]
    rows = [[text, *(_times(s[f"{name}_s"]) for s in stores)] for name, text in PARTS.items()]
    rows += [
        ["recall@10（对照逐个比较）", *(number(s["recall@10"], 4) for s in stores)],
        ["打开，文件不在内存里（秒）", *(number(s["open_cold_s"], 2) for s in stores)],
        ["随后的第一次检索（秒）", *(number(s["first_search_cold_s"], 2) for s in stores)],
        ["打开，文件在内存里（秒）", *(number(s["open_s"], 2) for s in stores)],
        ["自有内存（MB）", *(number(s["memory_own_mb"], 0) for s in stores)],
        ["映射的文件，已读入的（MB）", *(number(s["memory_files_mb"], 0) for s in stores)],
        ["索引文件（MB）", *(number(s["disk_index_mb"], 0) for s in stores)],
    ]
    return lay_out([heads, *rows])


def _times(spread: Timed) -> str:
    return " / ".join(f"{1000 * spread[name]:.1f}" for name in ("p50", "p95", "processor"))


def _spent(work: Callable[[], object]) -> Spent:
    """Seconds on the clock, and of the processor: on a busy machine the clock tells of others too."""
    begun, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - processor


def _memory() -> Timed:
    """MB of this process: its own, and of the files that it has mapped; nothing where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    told = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
    return {name: int(told[name][0]) / 1024 if name in told else 0.0 for name in ("RssAnon", "RssFile")}


def _forget(folder: Path) -> None:
    """Ask the system to drop what it keeps of the files in memory."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _warmed(folder: Path) -> None:
    """Read the files once, as a machine in use has done."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 22):
                    pass


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
