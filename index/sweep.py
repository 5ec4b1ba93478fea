"""A topic -> what every document, or every article of one, holds about it: group by group, not the best few of all.

Looked through are the passages that hold the topic's words and those nearest in meaning: in a store of up to
CANDIDATES passages all of them, in a larger one so many by either.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from index.derived.postings import Mask
from index.derived.state import Indexes, Numbers
from index.encoder import Vectors
from index.folding import fold
from index.hits import Hit, ScoredSentence, Signals
from index.occurrences import occurrences

if TYPE_CHECKING:
    from index.store import Store, StoredPassage

CANDIDATES = 4000  # passages looked at by their words, and vectors by meaning
READ = 160  # groups of which passages are read, the best first; of the others it is known only what words they hold
PASSAGES = 3  # read of one group; of one that was asked for by name
PASSAGES_NAMED = 12

_ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,4}([篇编章讲])")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Topic:
    """What is looked for: `text` for its meaning and words; `terms`, any of which counts as a mention by itself."""

    text: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A document, or where it is a collection of articles one of them, and its best passages, best first.

    `section` is the article (第六篇), "" for a whole document; `year` of its name, title or date, "" when none is
    known. `times` says how often the terms stand in it, word for word.
    """

    document: str
    section: str
    year: str
    times: int
    hits: tuple[Hit, ...]

    @property
    def name(self) -> str:
        """What it is called: 第六篇, 政府工作报告2013."""
        return self.section or re.sub(r"\.[A-Za-z]\w{0,4}$", "", self.document)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Groups whose passages were read, the best READ, by year, name and place; how many there are, and hold a term."""

    groups: tuple[Group, ...]
    swept: int
    holding: int


@dataclass(slots=True)
class _Rows:
    """Candidate passages of one group: how well each fits, how often it holds a term."""

    scores: dict[int, float] = field(default_factory=dict)
    times: Counter[int] = field(default_factory=Counter)

    @property
    def best(self) -> tuple[float, float]:
        """What groups are compared by: whether they hold a term, then how well the best passage fits."""
        return (float(self.times.total() > 0), max(self.scores.values()))

    def chosen(self, most: int) -> list[int]:
        """The rows to be read, best first: those that hold a term before others."""
        return sorted(self.scores, key=lambda row: (not self.times[row], -self.scores[row], row))[:most]


def sweep(
    store: Store, indexes: Indexes, vector: Vectors, topic: Topic, within: Mask | None, names: Sequence[str] = ()
) -> Sweep:
    """Every group, or those called `names` (第六篇, 2013), and what they hold about the topic.

    `vector` (1, dim) is the topic's as a query. Nothing at all when there is a name that no group has.
    """
    live = indexes.live if within is None else indexes.live & within
    keys = _keys(indexes, live, names)
    asked = live & (keys >= 0)
    dense = indexes.dense.search(vector, CANDIDATES if len(live) > CANDIDATES else 1 << 30, asked)
    lexical = indexes.lexical.search(topic.text, CANDIDATES, asked)
    found: defaultdict[int, _Rows] = defaultdict(_Rows)
    for row, score in _fit(dense, lexical).items():
        found[int(keys[row])].scores[row] = score
    for row, times in _holding(store, indexes, topic.terms, asked).items():
        found[int(keys[row])].times[row] = times
        found[int(keys[row])].scores.setdefault(row, 0.0)
    best = sorted(found, key=lambda key: found[key].best, reverse=True)[:READ]
    hits = _hits(
        store,
        indexes,
        vector,
        topic,
        [found[key].chosen(PASSAGES_NAMED if names else PASSAGES) for key in best],
        dense,
        lexical,
    )
    groups = [_group(indexes, key, found[key], own) for key, own in zip(best, hits, strict=True) if own]
    holding = sum(rows.times.total() > 0 for rows in found.values())
    return Sweep(tuple(sorted(groups, key=_order)), len(np.unique(keys[asked])), holding)


def article(section: str) -> str:
    """The article that a section stands in: 第七篇 of “第七篇 · (一)…”, "" when none."""
    top = section.split(" · ")[0]
    return top if _ARTICLE.fullmatch(top) else ""


@lru_cache(maxsize=4)
def _articles(sections: tuple[str, ...]) -> tuple[tuple[str, ...], Numbers]:
    """The articles there are, and for each section the place of its own, 0 for none."""
    named = [article(section) for section in sections]
    known = {name: place for place, name in enumerate(dict.fromkeys(["", *named]))}
    return tuple(known), np.array([known[name] for name in named], np.int64)


def _keys(indexes: Indexes, live: Mask, names: Sequence[str]) -> Numbers:
    """For each row a number of its group, -1 for none: of an article where its document has several."""
    articles, article_of = _articles(indexes.sections)
    width = len(articles)
    own = article_of[indexes.section_of]
    keys = indexes.document_of * width + own
    pairs = np.unique(keys[live])
    several = np.bincount(pairs[pairs % width > 0] // width, minlength=len(indexes.documents)) > 1
    grouped = several[indexes.document_of]
    keys = np.where(grouped, np.where(own > 0, keys, -1), indexes.document_of * width)
    if not names:
        return keys
    called = {int(key): _called(indexes, articles, int(key)) for key in np.unique(keys[live]) if key >= 0}
    if not set(names) <= set().union(*called.values()):
        return np.full_like(keys, -1)
    return np.where(np.isin(keys, [key for key, own in called.items() if own & set(names)]), keys, -1)


def _called(indexes: Indexes, articles: Sequence[str], key: int) -> set[str]:
    """By what names a group is asked for: its article, its document's name and year."""
    place, own = divmod(key, len(articles))
    return {articles[own], indexes.documents[place].name, _year(indexes, place)} - {""}


def _holding(store: Store, indexes: Indexes, terms: Sequence[str], asked: Mask) -> Counter[int]:
    """How often the terms stand in each row, word for word, widths, script and signs folded; rows without are left out."""
    rows = sorted({row for term in terms for row in indexes.lexical.search(term, CANDIDATES, asked)})
    if len(asked) <= CANDIDATES:  # what is in most of the passages weighs nothing in BM25, and is held all the same
        rows = np.flatnonzero(asked).tolist()
    held: Counter[int] = Counter()
    if terms:
        of = {int(indexes.ids[row]): row for row in rows}
        for header in store.passage_headers(of):
            if times := sum(occurrences(term, header.reading) for term in terms):
                held[of[header.id]] = times
    return held


def _fit(dense: Mapping[int, float], lexical: Mapping[int, float]) -> dict[int, float]:
    """How well each row fits, 0..1: cosine and share of the best BM25 score in equal parts."""
    most = max(lexical.values(), default=1.0)
    rows = dict.fromkeys([*dense, *lexical])
    return {row: (max(0.0, dense.get(row, 0.0)) + lexical.get(row, 0.0) / most) / 2 for row in rows}


def _hits(
    store: Store,
    indexes: Indexes,
    vector: Vectors,
    topic: Topic,
    chosen: Sequence[Sequence[int]],
    dense: Mapping[int, float],
    lexical: Mapping[int, float],
) -> list[tuple[Hit, ...]]:
    """The hits of each group; a passage that has gone since is left out."""
    ids = [int(indexes.ids[row]) for rows in chosen for row in rows]
    stored = {p.id: p for p in store.passages(ids)}
    readings = [s.reading for p in stored.values() for s in p.passage.sentences]
    shares = dict(zip(readings, indexes.lexical.coverage(topic.text, readings), strict=True))
    fit = _fit(dense, lexical)

    def made(row: int) -> Hit | None:
        own = stored.get(int(indexes.ids[row]))
        signals = Signals(dense.get(row, 0.0), lexical.get(row, 0.0), fused=fit.get(row, 0.0))
        return _hit(own, vector, shares, signals) if own else None

    return [tuple(hit for row in rows if (hit := made(row))) for rows in chosen]


def _hit(stored: StoredPassage, vector: Vectors, shares: Mapping[str, float], signals: Signals) -> Hit:
    p = stored.passage
    cosines = (stored.sentence_vectors @ vector[0]).tolist()
    sentences = tuple(ScoredSentence(s, c, shares[s.reading]) for s, c in zip(p.sentences, cosines, strict=True))
    return Hit(
        document=stored.document,
        section=p.section,
        page=p.page,
        start=p.start,
        end=p.end,
        score=signals.fused,
        text=p.text,
        sentences=sentences,
        signals=signals,
        collection=stored.collection,
    )


def _group(indexes: Indexes, key: int, rows: _Rows, hits: tuple[Hit, ...]) -> Group:
    articles, _ = _articles(indexes.sections)
    place, own = divmod(key, len(articles))
    return Group(hits[0].document, articles[own], _year(indexes, place), rows.times.total(), hits)


def _year(indexes: Indexes, place: int) -> str:
    document = indexes.documents[place]
    found = (_YEAR.search(fold(text)) for text in (document.name, document.title, document.date))
    return next((m[0] for m in found if m), "")


def _order(group: Group) -> tuple[str, list[tuple[int, str]], int]:
    """By year, then by name with its numbers as numbers, then by place."""
    parts = re.split(r"(\d+)", group.document)
    return (
        group.year,
        [(int(p), "") if p.isdigit() else (0, p) for p in parts],
        min(hit.start for hit in group.hits),
    )
