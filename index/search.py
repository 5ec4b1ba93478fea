"""Query -> hits, best first: dense and lexical scores fused, sections named in the query preferred."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.articles import chinese_number, parse_number
from index.dense import DenseIndex
from index.encoder import Encoder
from index.errors import JudianError
from index.folding import fold
from index.lexical import LexicalIndex
from index.passages import Sentence
from index.store import Store, StoreError

CACHE = "cache"
CANDIDATES = 100  # passages taken from each index before fusion
VECTORS = 400  # nearest vectors looked at: a passage has one of its own and one a sentence
DENSE_SHARE = 0.5  # of the fused score; the rest is BM25
SCOPE_BOOST = 0.35  # added where the query names the section or the document

_ARTICLE = re.compile(r"第\s*([一二三四五六七八九十百零〇]{1,4}|\d{1,3})\s*([篇编章讲节])")
_YEAR = re.compile(r"(?:19|20)\d{2}")


class EmptyStoreError(StoreError):
    """There is nothing to search."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `start`, `end` are characters of the source text, `text` is without markers.

    `score` is 0..1 within one search (fused), `dense` the cosine, `lexical` the BM25 score; 0 where not among the
    candidates of that index.
    """

    document: str
    section: str
    page: int | None
    start: int
    end: int
    score: float
    text: str
    sentences: tuple[Sentence, ...]
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class _Indexes:
    generation: int
    ids: tuple[int, ...]  # passage row -> passage id
    names: tuple[tuple[str, str], ...]  # passage row -> (document, section)
    dense: DenseIndex
    lexical: LexicalIndex


class Searcher:
    """Searches one store; follows its changes, so that a document added by another process is found."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        store.check_encoder(encoder.name)
        self.store = store
        self._encoder = encoder
        self._lock = threading.Lock()
        self._indexes: _Indexes | None = None

    def search(self, query: str, k: int) -> list[Hit]:
        """The k best passages, best first. Raises EmptyStoreError when the store holds nothing."""
        if not query.strip():
            raise JudianError("问题是空的。请写下要问的内容。")
        indexes = self._current()
        dense = indexes.dense.search(self._encoder.encode_queries([query]), VECTORS)
        lexical = indexes.lexical.search(query, CANDIDATES)
        fused = fuse(dense, lexical)
        wanted = _scope(query)
        scored = {row: score + _boost(wanted, indexes.names[row]) for row, score in fused.items()}
        best = sorted(scored, key=lambda row: (-scored[row], row))[:k]
        kept = self.store.passages([indexes.ids[row] for row in best])
        rows = {indexes.ids[row]: row for row in best}
        top = 1.0 + (SCOPE_BOOST if wanted else 0.0)
        return [
            Hit(
                s.document, s.passage.section, None, s.passage.start, s.passage.end,
                scored[rows[s.id]] / top, s.passage.text, s.passage.sentences,
                dense.get(rows[s.id], 0.0), lexical.get(rows[s.id], 0.0),
            )
            for s in kept
        ]  # fmt: skip

    def _current(self) -> _Indexes:
        with self._lock:
            generation = self.store.generation()
            if self._indexes is None or self._indexes.generation != generation:
                self._indexes = _open(self.store, generation)
            return self._indexes


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float]) -> dict[int, float]:
    """Weighted sum of min-max normalised scores; a row that one index does not name gets 0 from it.

    On Chinese sets this beat reciprocal rank fusion; the weights are in docs/experiments.md.
    """
    d, b = _normalised(dense), _normalised(lexical)
    rows = dict.fromkeys([*d, *b])
    return {r: DENSE_SHARE * d.get(r, 0.0) + (1 - DENSE_SHARE) * b.get(r, 0.0) for r in rows}


def _normalised(scores: Mapping[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    width = high - low
    return {row: (score - low) / width if width else 1.0 for row, score in scores.items()}


def header(document: str, section: str) -> str:
    """What stands in front of a passage when it is indexed: the document's name and the section's path."""
    stem = Path(document).stem
    return f"{stem} {section}：" if section else f"{stem}："


def search_text(document: str, section: str, text: str) -> str:
    """Folded text of a passage or sentence with its header, as it is embedded and indexed."""
    return fold(header(document, section) + text)


def _scope(query: str) -> frozenset[str]:
    """Articles and years that the query names: 第6篇 -> 第六篇, 2013."""
    articles = {f"第{chinese_number(parse_number(m.group(1)))}{m.group(2)}" for m in _ARTICLE.finditer(query)}
    return frozenset(articles | set(_YEAR.findall(query)))


def _boost(wanted: frozenset[str], name: tuple[str, str]) -> float:
    document, section = name
    return SCOPE_BOOST if any(w in section or w in document for w in wanted) else 0.0


def _open(store: Store, generation: int) -> _Indexes:
    headers = store.passage_headers()
    if not headers:
        raise EmptyStoreError(
            f"库 {store.folder} 是空的，没有可检索的文档。\n请先添加：python -m index add 文件或文件夹 --store {store.folder}"
        )
    cache = store.folder / CACHE / str(generation)
    try:
        dense, lexical = DenseIndex.load(cache), LexicalIndex.load(cache)
        usable = int((cache / "passages").read_text()) == len(headers)
    except Exception:  # any damage to a cache is mended by building it again
        usable = False
    if not usable:
        dense, lexical = _rebuild(store, headers, cache)
    names = tuple((document, section) for _, document, section, _ in headers)
    return _Indexes(generation, tuple(h[0] for h in headers), names, dense, lexical)


def _rebuild(store: Store, headers: list[tuple[int, str, str, str]], cache: Path) -> tuple[DenseIndex, LexicalIndex]:
    """Both indexes from SQLite, without encoding anything; kept beside it when the folder can be written."""
    vectors, passage_ids = store.vectors()
    owners = np.searchsorted(np.array([h[0] for h in headers]), passage_ids).astype(np.int64)
    dense = DenseIndex.build(vectors, owners)
    lexical = LexicalIndex.build([search_text(d, s, t) for _, d, s, t in headers])
    try:
        _keep(cache, dense, lexical, len(headers))
    except OSError:
        pass  # a read-only or full disk: the indexes are in memory all the same
    return dense, lexical


def _keep(cache: Path, dense: DenseIndex, lexical: LexicalIndex, passages: int) -> None:
    cache.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=".building-") as name:
        staging = Path(name) / "new"
        staging.mkdir()
        dense.save(staging)
        lexical.save(staging)
        (staging / "passages").write_text(str(passages))
        shutil.rmtree(cache, ignore_errors=True)
        staging.rename(cache)
    for old in cache.parent.iterdir():
        if old.name != cache.name and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
