"""Query -> hits, best first: dense and lexical scores fused, sections named in the query preferred."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.articles import chinese_number, parse_number
from index.dense import DenseIndex
from index.encoder import Encoder, Vectors
from index.errors import JudianError
from index.folding import fold
from index.lexical import LexicalIndex
from index.passages import Sentence
from index.store import Store, StoredPassage

CACHE = "cache"
STAMP = "stamp"  # file: the SHA-256 of what the indexes were built from and of their files
CANDIDATES = 100  # passages taken from each index before fusion
VECTORS = 400  # nearest vectors looked at: a passage has one of its own and one a sentence
DENSE_SHARE = 0.6  # of the fused score; the rest is BM25 (docs/experiments.md)
SCOPE_BOOST = 0.35  # added where the query names the section or the document
BATCH = 64  # queries of search_many() encoded together

_ARTICLE = re.compile(r"第\s*([一二三四五六七八九十百零〇]{1,4}|\d{1,3})\s*([篇编章讲节])")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit: its cosine to the query, and the share of the query's rarer n-grams that it holds."""

    sentence: Sentence
    dense: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `start`, `end` are characters of the source text, `text` is without markers.

    `score` is 0..1 within one search (fused), `dense` the cosine, `lexical` the BM25 score; 0 where not among the
    candidates of that index. `coverage` is the share of the query's rarer n-grams that passage and header hold.
    """

    document: str
    section: str
    page: int | None
    start: int
    end: int
    score: float
    text: str
    sentences: tuple[ScoredSentence, ...]
    dense: float
    lexical: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage found, as a ranking needs it: a Hit without its sentences and without what was measured on them."""

    document: str
    section: str
    start: int
    end: int
    score: float
    text: str


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
        vector = self._encoder.encode_queries([query])
        dense = indexes.dense.search(vector, VECTORS)
        lexical = indexes.lexical.search(query, CANDIDATES)
        scores = _rank(indexes, query, dense, lexical, k)
        rows = {indexes.ids[row]: row for row in scores}
        return [
            _hit(p, query, vector, indexes.lexical, scores[row], dense.get(row, 0.0), lexical.get(row, 0.0))
            for p in self.store.passages(list(rows))
            for row in [rows[p.id]]
        ]

    def search_many(self, queries: Sequence[str], k: int) -> Iterator[list[Ranked]]:
        """What search() finds for each query, in order, in the store as it stands at the first of them.

        Several times quicker: queries are encoded together, each passage is read once, and sentences are not compared.
        An encoder whose vectors differ in the last bits with what stands beside them may swap hits that score alike.
        """
        if not all(query.strip() for query in queries):
            raise JudianError("有问题是空的。请写下要问的内容。")
        indexes = self._current()
        known: dict[int, StoredPassage] = {}
        for start in range(0, len(queries), BATCH):
            batch = queries[start : start + BATCH]
            rankings = self._rank_batch(indexes, batch, k)
            wanted = dict.fromkeys(indexes.ids[row] for scores in rankings for row in scores)
            known |= {p.id: p for p in self.store.passages([i for i in wanted if i not in known])}
            for scores in rankings:
                found = ((known.get(indexes.ids[row]), score) for row, score in scores.items())
                yield [_ranked(stored, score) for stored, score in found if stored is not None]

    def _rank_batch(self, indexes: _Indexes, queries: Sequence[str], k: int) -> list[dict[int, float]]:
        vectors = self._encoder.encode_queries(queries)
        return [
            _rank(
                indexes,
                query,
                indexes.dense.search(vectors[n : n + 1], VECTORS),
                indexes.lexical.search(query, CANDIDATES),
                k,
            )
            for n, query in enumerate(queries)
        ]

    def _current(self) -> _Indexes:
        with self._lock:
            while self._indexes is None or self._indexes.generation != self.store.generation():
                self._indexes = _open(self.store, self.store.generation())  # again if it changed meanwhile
            return self._indexes


def _rank(
    indexes: _Indexes, query: str, dense: Mapping[int, float], lexical: Mapping[int, float], k: int
) -> dict[int, float]:
    """The k best passage rows and their scores, 0..1, best first."""
    wanted = _scope(query)
    scored = {row: score + _boost(wanted, indexes.names[row]) for row, score in fuse(dense, lexical).items()}
    best = _in_turn(sorted(scored, key=lambda row: (-scored[row], row)), wanted, indexes.names)[:k]
    top = 1.0 + (SCOPE_BOOST if wanted else 0.0)
    return {row: scored[row] / top for row in best}


def _ranked(stored: StoredPassage, score: float) -> Ranked:
    p = stored.passage
    return Ranked(stored.document, p.section, p.start, p.end, score, p.text)


def _hit(
    stored: StoredPassage,
    query: str,
    vector: Vectors,
    index: LexicalIndex,
    score: float,
    dense: float,
    lexical: float,
) -> Hit:
    passage = stored.passage
    front = header(stored.document, passage.section)
    texts = [front + passage.text, *(s.text for s in passage.sentences)]
    coverage = index.coverage(query, texts)
    cosines = (stored.sentence_vectors @ vector[0]).tolist()
    sentences = zip(passage.sentences, cosines, coverage[1:], strict=True)
    return Hit(
        document=stored.document,
        section=passage.section,
        page=None,
        start=passage.start,
        end=passage.end,
        score=score,
        text=passage.text,
        sentences=tuple(ScoredSentence(*s) for s in sentences),
        dense=dense,
        lexical=lexical,
        coverage=coverage[0],
    )


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


def _in_turn(rows: list[int], wanted: frozenset[str], names: tuple[tuple[str, str], ...]) -> list[int]:
    """When a query names several sections (“第五篇和第七篇”), their best rows in turn, so that none crowds out another."""
    if len(wanted) < 2:
        return rows
    groups = [[r for r in rows if name in names[r][1] or name in names[r][0]] for name in sorted(wanted)]
    turns = [r for turn in itertools.zip_longest(*groups) for r in turn if r is not None]
    return list(dict.fromkeys([*turns, *rows]))


def _boost(wanted: frozenset[str], name: tuple[str, str]) -> float:
    document, section = name
    return SCOPE_BOOST if any(w in section or w in document for w in wanted) else 0.0


def _open(store: Store, generation: int) -> _Indexes:
    store.check_filled()
    headers = store.passage_headers()
    cache = store.folder / CACHE / str(generation)
    origin = repr((store.manifest(), headers))
    try:
        usable = (cache / STAMP).read_text() == _stamp(origin, cache)
        loaded = (DenseIndex.load(cache), LexicalIndex.load(cache)) if usable else None
    except Exception:  # any damage to a cache is mended by building it again
        loaded = None
    dense, lexical = loaded or _rebuild(store, headers, cache, origin)
    names = tuple((document, section) for _, document, section, _ in headers)
    return _Indexes(generation, tuple(h[0] for h in headers), names, dense, lexical)


def _rebuild(
    store: Store, headers: list[tuple[int, str, str, str]], cache: Path, origin: str
) -> tuple[DenseIndex, LexicalIndex]:
    """Both indexes from SQLite, without encoding anything; kept beside it when the folder can be written."""
    vectors, passage_ids = store.vectors()
    owners = np.searchsorted(np.array([h[0] for h in headers]), passage_ids).astype(np.int64)
    dense = DenseIndex.build(vectors, owners)
    lexical = LexicalIndex.build([search_text(d, s, t) for _, d, s, t in headers])
    with contextlib.suppress(OSError):  # a read-only or full disk: the indexes are in memory all the same
        _keep(cache, dense, lexical, origin)
    return dense, lexical


def _stamp(origin: str, folder: Path) -> str:
    digest = hashlib.sha256(origin.encode())
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != STAMP):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _keep(cache: Path, dense: DenseIndex, lexical: LexicalIndex, origin: str) -> None:
    cache.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=".building-") as name:
        staging = Path(name) / "new"
        staging.mkdir()
        dense.save(staging)
        lexical.save(staging)
        (staging / STAMP).write_text(_stamp(origin, staging))
        shutil.rmtree(cache, ignore_errors=True)
        staging.rename(cache)
    for old in cache.parent.iterdir():
        if old.name != cache.name and not old.name.startswith("."):
            shutil.rmtree(old, ignore_errors=True)
