"""Articles and an encoder -> how fast a folder of them goes in, goes in again, and how soon one more can be found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from os import times
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from eval.provenance import peak_memory_gb
from eval.report.tables import lay_out, number, seconds

if TYPE_CHECKING:
    from index.documents import SourceFile
    from index.encoder import Encoder, Vectors
    from index.store import Store

PIECE = 600  # characters of the sample corpus that stand for an article, where there is no file of articles
ROUNDS = 2  # the folder goes in in so many parts, each followed by the encoder alone: a busy machine slows both alike
FURTHER = 5  # documents added one by one
MARK = "青铜纹饰断代"  # words that no article has

Told = Callable[[str, int, int], None]
"""(what is being done, done, total)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`articles` go in with the encoder; the store to which one more is added holds `kept`, with made-up vectors."""

    articles: Sequence[str]
    kept: Sequence[str]
    folder: Path


@dataclass(slots=True)
class Recorder:
    """The encoder, and what it was given."""

    encoder: Encoder
    name: str
    dim: int
    batches: list[list[str]] = field(default_factory=list[list[str]])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self.encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages."""
        self.batches.append(list(texts))
        return self.encoder.encode_passages(texts)


class Drawn:
    """Unit vectors drawn at random: a store of any size in minutes, for times that no vector's direction changes."""

    def __init__(self, name: str, dim: int) -> None:
        import numpy as np

        self.name = name
        self.dim = dim
        self._random = np.random.default_rng(0)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """As many as there are texts."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """As many as there are texts."""
        import numpy as np

        drawn = self._random.standard_normal((len(texts), self.dim), np.float32)
        vectors: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return vectors


def read_articles(news: Path | None, sample: Path, count: int) -> list[str]:
    """The first `count` articles of a file with one a line; without one, numbered pieces of the sample corpus."""
    if news is not None:
        with news.open(encoding="utf-8") as file:
            return list(islice((line.strip() for line in file if line.strip()), count))
    text = sample.read_text(encoding="utf-8")
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return [f"第{n + 1}份。{pieces[n % len(pieces)]}" for n in range(count)]


def measure_ingest(encoder: Encoder, plan: Plan, told: Told) -> dict[str, Any]:
    """The three figures, and what they are made of; nothing is left in the folder but what was measured."""
    from index.store import Store

    encoder.encode_passages(["热身"])
    files = _written(plan.folder / "news", plan.articles)
    store = Store.create(plan.folder / "store", encoder.name, encoder.dim)
    figures = _first(store, encoder, files, told)
    again = _spent(lambda: _add(store, encoder, files))
    memory = peak_memory_gb()
    return {
        **figures,
        "peak_memory_gb": memory,
        "again_s": again,
        "again_share": again / figures["whole_s"],
        **_one_more(encoder, plan, told),
        "peak_memory_big_gb": peak_memory_gb(),
    }


def _first(store: Store, encoder: Encoder, files: Sequence[SourceFile], told: Told) -> dict[str, Any]:
    whole = own = cpu_whole = cpu_own = 0.0
    texts = 0
    size = -(-len(files) // min(ROUNDS, max(1, len(files) // 100)))
    for start in range(0, len(files), size):
        recorder = Recorder(encoder, encoder.name, encoder.dim)
        told("添加，再单独编码", start, len(files))
        part = files[start : start + size]
        spent, cpu = _both(lambda part=part, recorder=recorder: _add(store, recorder, part))  # type: ignore[misc]
        whole, cpu_whole = whole + spent, cpu_whole + cpu
        spent, cpu = _both(lambda recorder=recorder: [encoder.encode_passages(b) for b in recorder.batches])  # type: ignore[misc]
        own, cpu_own = own + spent, cpu_own + cpu
        texts += sum(map(len, recorder.batches))
    told("添加，再单独编码", len(files), len(files))
    return {
        "articles": len(files),
        "texts": texts,
        "whole_s": whole,
        "encoder_s": own,
        "share": own / whole,
        "cpu_outside_ms": 1000 * (cpu_whole - cpu_own) / len(files),
    }


def _one_more(encoder: Encoder, plan: Plan, told: Told) -> dict[str, Any]:
    """Seconds until a further document is found in a big store, the encoder loaded and the search warm."""
    from index.search import Searcher
    from index.store import Store

    store = Store.create(plan.folder / "big", encoder.name, encoder.dim)
    begun, cpu = time.perf_counter(), _cpu()
    for done, _ in enumerate(
        _verdicts(store, Drawn(encoder.name, encoder.dim), _written(plan.folder / "big-news", plan.kept)), 1
    ):
        told("建大库（向量是随机的）", done, len(plan.kept))
    built, cpu = time.perf_counter() - begun, _cpu() - cpu
    searcher = Searcher(store, encoder)
    opening = _spent(lambda: searcher.search(MARK, 1))
    times = []
    for n in range(FURTHER):
        [file] = _written(plan.folder / f"more{n}", [f"{MARK}研究第{n}号：这是新放进文件夹的一份材料。"])
        times.append(_spent(lambda file=file, n=n: _until_found(store, encoder, file, searcher, n)))  # type: ignore[misc]
    return {
        "kept": len(plan.kept),
        "kept_passages": sum(d.passages for d in store.documents()),
        "kept_built_s": built,
        "kept_cpu_ms": 1000 * cpu / max(1, len(plan.kept)),
        "opening_s": opening,
        "one_more_s": median(times),
        "one_more_worst_s": max(times),
    }


def _until_found(store: Store, encoder: Encoder, file: SourceFile, searcher: Any, n: int) -> None:  # noqa: ANN401
    _add(store, encoder, [file])
    found = [hit.text for hit in searcher.search(f"{MARK}研究第{n}号", FURTHER + 1)]
    if not any(f"第{n}号" in text for text in found):
        raise AssertionError(f"added and not found: {file.path}")


def show_ingest(figures: Mapping[str, Any]) -> str:
    """What the terminal shows."""
    f = figures
    rows = [
        ["收录", "结果", "目标"],
        [f"{f['articles']} 篇新闻，速度占编码器本身的", _percent(f["share"]), "≥ 90%"],
        ["编码器以外的处理器时间，每篇", f"{number(f['cpu_outside_ms'], 1)} 毫秒", ""],
        ["内存峰值", f"{number(f['peak_memory_gb'], 2)} GB", "< 3 GB"],
        ["再添加没有变化的文件夹，占第一次的", _percent(f["again_share"]), "< 2%"],
        [f"{f['kept']} 篇的库再添一篇，到能检索（中位）", seconds(f["one_more_s"]), "< 2 秒"],
        [f"{f['kept']} 篇的库，建库的内存峰值", f"{number(f['peak_memory_big_gb'], 2)} GB", "< 3 GB"],
    ]
    note = f"大库有 {f['kept_passages']} 段，向量是随机的单位向量：时间与向量的方向无关。编码器已载入。"
    return f"{lay_out(rows)}\n\n{note}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def _written(folder: Path, articles: Sequence[str]) -> list[SourceFile]:
    from index.documents import find

    folder.mkdir(parents=True)
    for n, article in enumerate(articles):
        (folder / f"{n:05d}.txt").write_text(article, encoding="utf-8")
    return list(find([folder]))


def _verdicts(store: Store, encoder: Encoder, files: Sequence[SourceFile]) -> Iterator[Any]:
    from index.intake.child import Child
    from index.intake.ingest import add

    return add(store, encoder, files, reader=Child())


def _add(store: Store, encoder: Encoder, files: Sequence[SourceFile]) -> None:
    for _ in _verdicts(store, encoder, files):
        pass


def _spent(work: Callable[[], object]) -> float:
    return _both(work)[0]


def _both(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor, of this process and those that it started."""
    begun, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - begun, _cpu() - cpu


def _cpu() -> float:
    return sum(times()[:4])
