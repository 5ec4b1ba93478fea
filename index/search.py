"""Query -> hits, best first: both indexes asked, the shortlist read and weighed, what says the same folded together."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.derived.following import follow
from index.derived.indexes import open_indexes
from index.derived.postings import Mask
from index.derived.state import Filed, Indexes
from index.encoder import Encoder
from index.errors import JudianError
from index.finding import Query, find
from index.hits import Hit, ScoredSentence, Signals, Twin
from index.numbers import respelled
from index.ranking import SHORTLIST, Found, signals
from index.scope import Names, Scope
from index.searchtext import header
from index.store import Store, StoredPassage
from index.sweep import Sweep, Topic, sweep
from index.variety import Candidate, Kept, collapse

NAMES = 2000  # documents and sections whose names are told
BATCH = 64  # queries of search_many() encoded together


_GONE = Filed("", "", "", "", "")  # of a document that is no more: no name calls it


class Searcher:
    """Searches one store; follows its changes, so that a document added by another process is found."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        store.check_encoder(encoder.name)
        self.store = store
        self._encoder = encoder
        self._lock = threading.Lock()
        self._indexes: Indexes | None = None
        self._names: tuple[Indexes, Names] | None = None

    def search(self, query: str, k: int, collections: Sequence[str] = ()) -> list[Hit]:
        """The k best passages of these collections (empty: all), best first.

        Raises EmptyStoreError when the store holds nothing, JudianError for an unknown collection.
        """
        return next(self.search_many([query], k, collections))

    def search_many(self, queries: Sequence[str], k: int, collections: Sequence[str] = ()) -> Iterator[list[Hit]]:
        """What search() finds for each query, in order, in the store as it stands at the first of them.

        Several times quicker: queries are encoded together, and each passage is read once. An encoder whose vectors
        differ in the last bits with what stands beside them may swap hits that score alike.
        """
        if not all(query.strip() for query in queries):
            raise JudianError("问题是空的。请写下要问的内容。")
        indexes = self._current()
        names, within = self._names_of(indexes), indexes.within(collections)
        known: dict[int, StoredPassage] = {}
        for start in range(0, len(queries), BATCH):
            batch = queries[start : start + BATCH]
            vectors = self._encoder.encode_queries(batch)
            for n, text in enumerate(batch):
                words = " ".join([text, *respelled(text)])
                query = Query(text, words, vectors[n : n + 1], names.scope(text))
                yield self._hits(indexes, query, k, within, known)

    def _hits(
        self, indexes: Indexes, query: Query, k: int, within: Mask | None, known: dict[int, StoredPassage]
    ) -> list[Hit]:
        found = find(indexes, query, within)
        rows = found.shortlist(max(SHORTLIST, k))
        ids = [int(indexes.ids[row]) for row in rows]
        known |= {p.id: p for p in self.store.passages([i for i in ids if i not in known])}
        read = [(known[i], row) for i, row in zip(ids, rows, strict=True) if i in known]
        ranked = _weighed(indexes, query, found, read)
        hits = _hits_of(indexes, query, _varied(indexes, query, ranked)[:k])
        falling = itertools.accumulate((hit.score for hit in hits), min)  # one moved back has no more than its place
        return [replace(hit, score=score) for hit, score in zip(hits, falling, strict=True)]

    def sweep(self, topic: Topic, collections: Sequence[str] = (), names: Sequence[str] = ()) -> Sweep:
        """What every document of these collections (empty: all), or those called `names`, holds about the topic.

        Raises as search() does.
        """
        indexes = self._current()
        vector = self._encoder.encode_queries([topic.text])
        return sweep(self.store, indexes, vector, topic, indexes.within(collections), names)

    def names(self) -> list[str]:
        """What the documents and sections are called, each once, in order; of the first NAMES of them."""
        indexes = self._current()
        own = {document.name: None for document in indexes.documents[:NAMES]}
        return [*own, *dict.fromkeys(section for section in indexes.sections[:NAMES] if section)]

    def _current(self) -> Indexes:
        """The indexes with every change that was made before the call."""
        with self._lock:
            if self._indexes is None or self._indexes.worn:
                self._indexes = open_indexes(self.store)
            elif self._indexes.generation != self.store.generation():
                self.store.check_filled()
                self._indexes = follow(self._indexes, self.store)
            return self._indexes

    def _names_of(self, indexes: Indexes) -> Names:
        """By what names questions call the documents and sections of these indexes."""
        kept = self._names
        if kept is None or kept[0] is not indexes:
            present = np.isin(np.arange(len(indexes.documents)), indexes.document_of[indexes.live])
            documents = [d if here else _GONE for d, here in zip(indexes.documents, present.tolist(), strict=True)]
            kept = self._names = (indexes, Names.build(documents, indexes.sections))
        return kept[1]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A passage that was read, with its row, what stands in front of it, and its signals."""

    stored: StoredPassage
    row: int
    front: str
    signals: Signals


def _weighed(indexes: Indexes, query: Query, found: Found, read: Sequence[tuple[StoredPassage, int]]) -> list[_Weighed]:
    """The passages by all that speaks for them, best first."""
    fronts = [_front(indexes, row, stored) for stored, row in read]
    texts = [stored.passage.reading for stored, _ in read]
    shares = indexes.lexical.coverage(query.text, [front + text for front, text in zip(fronts, texts, strict=True)])
    made = signals(query.text, found, [row for _, row in read], texts, shares)
    weighed = [_Weighed(*one, front, own) for one, front, own in zip(read, fronts, made, strict=True)]
    return sorted(weighed, key=lambda w: (-w.signals.fused, w.row))


def _front(indexes: Indexes, row: int, stored: StoredPassage) -> str:
    document = indexes.document(row)
    return header(stored.document, stored.passage.section, document.title, document.date)


def _varied(indexes: Indexes, query: Query, ranked: Sequence[_Weighed]) -> list[tuple[_Weighed, tuple[Twin, ...]]]:
    """Those that say something of their own, in turn where the question sets several places side by side."""
    candidates = [
        Candidate(
            _twin(w.stored),
            tuple(sentence.reading for sentence in w.stored.passage.sentences),
            int(np.argmax(w.stored.sentence_vectors @ query.vector[0])) if len(w.stored.sentence_vectors) else 0,
            w.signals.scope,
            _groups(indexes, query.scope, w.row),
        )
        for w in ranked
    ]
    kept = collapse(candidates)
    return [(ranked[k.number], k.also) for k in _in_turn(kept, [candidates[k.number].groups for k in kept])]


def _hits_of(indexes: Indexes, query: Query, chosen: Sequence[tuple[_Weighed, tuple[Twin, ...]]]) -> list[Hit]:
    readings = [sentence.reading for weighed, _ in chosen for sentence in weighed.stored.passage.sentences]
    shares = iter(indexes.lexical.coverage(query.text, readings))
    return [_hit(query, weighed, also, shares) for weighed, also in chosen]


def _hit(query: Query, weighed: _Weighed, also: tuple[Twin, ...], shares: Iterator[float]) -> Hit:
    """`shares` gives what each sentence covers of the question, and goes on with the next hit's."""
    stored, passage = weighed.stored, weighed.stored.passage
    cosines = (stored.sentence_vectors @ query.vector[0]).tolist()
    return Hit(
        document=stored.document,
        section=passage.section,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        score=weighed.signals.fused,
        text=passage.text,
        sentences=tuple(map(ScoredSentence, passage.sentences, cosines, shares)),
        signals=weighed.signals,
        collection=stored.collection,
        also=also,
        passages=(stored.id,),
        header=weighed.front,
    )


def _twin(stored: StoredPassage) -> Twin:
    p = stored.passage
    return Twin(stored.document, p.section, p.page, p.start, p.end)


def _groups(indexes: Indexes, scope: Scope, row: int) -> frozenset[int]:
    """The things set side by side in the question that the passage belongs to."""
    return scope.among(int(indexes.document_of[row]), int(indexes.section_of[row]))


def _in_turn(kept: Sequence[Kept], groups: Sequence[frozenset[int]]) -> list[Kept]:
    """When a question sets several places side by side, the best of each in turn, so that none crowds out another."""
    wanted = sorted({number for own in groups for number in own})
    if len(wanted) < 2:
        return list(kept)
    turns = [[k for k, own in zip(kept, groups, strict=True) if number in own] for number in wanted]
    first = [k for turn in itertools.zip_longest(*turns) for k in turn if k is not None]
    return list(dict.fromkeys([*first, *kept]))
