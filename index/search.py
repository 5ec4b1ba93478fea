"""Query -> hits, best first: dense and lexical scores fused, sections named in the query preferred."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator, Mapping, Sequence

from index.derived.following import follow
from index.derived.indexes import open_indexes
from index.derived.postings import Mask
from index.derived.state import Indexes
from index.encoder import Encoder, Vectors
from index.errors import JudianError
from index.hits import Hit, Ranked, ScoredSentence, Signals
from index.searchtext import header
from index.store import Store, StoredPassage
from index.structure.articles import chinese_number, parse_number

CANDIDATES = 100  # passages taken from each index before fusion
VECTORS = 400  # nearest vectors looked at: a passage has one of its own and one a sentence
DENSE_SHARE = 0.6  # of the fused score; the rest is BM25 (docs/experiments.md)
SCOPE_BOOST = 0.35  # added where the query names the section or the document
BATCH = 64  # queries of search_many() encoded together

_ARTICLE = re.compile(r"第\s*([一二三四五六七八九十百零〇]{1,4}|\d{1,3})\s*([篇编章讲节])")
_YEAR = re.compile(r"(?:19|20)\d{2}")


class Searcher:
    """Searches one store; follows its changes, so that a document added by another process is found."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        store.check_encoder(encoder.name)
        self.store = store
        self._encoder = encoder
        self._lock = threading.Lock()
        self._indexes: Indexes | None = None

    def search(self, query: str, k: int, collections: Sequence[str] = ()) -> list[Hit]:
        """The k best passages of these collections (empty: all), best first.

        Raises EmptyStoreError when the store holds nothing, JudianError for an unknown collection.
        """
        if not query.strip():
            raise JudianError("问题是空的。请写下要问的内容。")
        indexes = self._current()
        within = indexes.within(collections)
        vector = self._encoder.encode_queries([query])
        dense = indexes.dense.search(vector, VECTORS, within)
        lexical = indexes.lexical.search(query, CANDIDATES, within)
        scores = _rank(indexes, query, dense, lexical, k)
        rows = {int(indexes.ids[row]): row for row in scores}
        found = [(stored, rows[stored.id]) for stored in self.store.passages(list(rows))]
        measured = _coverages(indexes, query, found)
        return [
            _hit(stored, vector, coverage, (scores[row], dense.get(row, 0.0), lexical.get(row, 0.0)))
            for (stored, row), coverage in zip(found, measured, strict=True)
        ]

    def search_many(self, queries: Sequence[str], k: int, collections: Sequence[str] = ()) -> Iterator[list[Ranked]]:
        """What search() finds for each query, in order, in the store as it stands at the first of them.

        Several times quicker: queries are encoded together, each passage is read once, and sentences are not compared.
        An encoder whose vectors differ in the last bits with what stands beside them may swap hits that score alike.
        """
        if not all(query.strip() for query in queries):
            raise JudianError("有问题是空的。请写下要问的内容。")
        indexes = self._current()
        within = indexes.within(collections)
        known: dict[int, StoredPassage] = {}
        for start in range(0, len(queries), BATCH):
            batch = queries[start : start + BATCH]
            found = self._rank_batch(indexes, batch, k, within)
            rankings = [{int(indexes.ids[row]): score for row, score in scores.items()} for scores in found]
            wanted = dict.fromkeys(i for ranking in rankings for i in ranking)
            known |= {p.id: p for p in self.store.passages([i for i in wanted if i not in known])}
            for ranking in rankings:
                yield [_ranked(known[i], score) for i, score in ranking.items() if i in known]

    def _rank_batch(
        self, indexes: Indexes, queries: Sequence[str], k: int, within: Mask | None
    ) -> list[dict[int, float]]:
        vectors = self._encoder.encode_queries(queries)
        return [
            _rank(
                indexes,
                query,
                indexes.dense.search(vectors[n : n + 1], VECTORS, within),
                indexes.lexical.search(query, CANDIDATES, within),
                k,
            )
            for n, query in enumerate(queries)
        ]

    def _current(self) -> Indexes:
        """The indexes with every change that was made before the call."""
        with self._lock:
            if self._indexes is None or self._indexes.worn:
                self._indexes = open_indexes(self.store)
            elif self._indexes.generation != self.store.generation():
                self.store.check_filled()
                self._indexes = follow(self._indexes, self.store)
            return self._indexes


def _rank(
    indexes: Indexes, query: str, dense: Mapping[int, float], lexical: Mapping[int, float], k: int
) -> dict[int, float]:
    """The k best passage rows and their scores, 0..1, best first."""
    wanted = _scope(query)
    fused = fuse(dense, lexical)
    names = {row: indexes.names(row) for row in fused}
    scored = {row: score + _boost(wanted, names[row]) for row, score in fused.items()}
    best = _in_turn(sorted(scored, key=lambda row: (-scored[row], row)), wanted, names)[:k]
    top = 1.0 + (SCOPE_BOOST if wanted else 0.0)
    return {row: scored[row] / top for row in best}


def _ranked(stored: StoredPassage, score: float) -> Ranked:
    p = stored.passage
    return Ranked(stored.document, p.section, p.start, p.end, score, p.text, p.page)


def _coverages(indexes: Indexes, query: str, found: Sequence[tuple[StoredPassage, int]]) -> list[list[float]]:
    """For each passage and its row: what of the query it holds with its header, and what each sentence holds."""
    texts: list[list[str]] = []
    for stored, row in found:
        passage, document = stored.passage, indexes.document(row)
        front = header(stored.document, passage.section, document.title, document.date)
        texts.append([front + passage.reading, *(s.reading for s in passage.sentences)])
    shares = iter(indexes.lexical.coverage(query, [text for own in texts for text in own]))
    return [list(itertools.islice(shares, len(own))) for own in texts]


def _hit(stored: StoredPassage, vector: Vectors, coverage: list[float], scores: tuple[float, float, float]) -> Hit:
    passage = stored.passage
    score, dense, lexical = scores
    cosines = (stored.sentence_vectors @ vector[0]).tolist()
    sentences = zip(passage.sentences, cosines, coverage[1:], strict=True)
    return Hit(
        document=stored.document,
        section=passage.section,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        score=score,
        text=passage.text,
        sentences=tuple(ScoredSentence(*s) for s in sentences),
        signals=Signals(dense=dense, lexical=lexical, coverage=coverage[0], fused=score),
        collection=stored.collection,
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


def _scope(query: str) -> frozenset[str]:
    """Articles and years that the query names: 第6篇 -> 第六篇, 2013."""
    articles = {f"第{chinese_number(parse_number(m.group(1)))}{m.group(2)}" for m in _ARTICLE.finditer(query)}
    return frozenset(articles | set(_YEAR.findall(query)))


def _in_turn(rows: list[int], wanted: frozenset[str], names: Mapping[int, tuple[str, ...]]) -> list[int]:
    """When a query names several sections (“第五篇和第七篇”), their best rows in turn, so that none crowds out another."""
    if len(wanted) < 2:
        return rows
    groups = [[row for row in rows if any(name in n for n in names[row])] for name in sorted(wanted)]
    turns = [row for turn in itertools.zip_longest(*groups) for row in turn if row is not None]
    return list(dict.fromkeys([*turns, *rows]))


def _boost(wanted: frozenset[str], names: tuple[str, ...]) -> float:
    return SCOPE_BOOST if any(w in name for w in wanted for name in names) else 0.0
