"""A dataset in BEIR layout -> hits of the product's search, query by query, and the report of what they are worth."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from eval.datasets import Dataset
from eval.measures.intervals import SEED, share_interval
from eval.measures.summary import percentile
from eval.provenance import git_commit, machine, now
from eval.questions import Half, half
from eval.searching.hits import Row
from eval.searching.scoring import score_query, score_row
from rag.answer import hit_json

if TYPE_CHECKING:
    from eval.searching.corpus import Corpus
    from eval.searching.search import Search
    from index.hits import Hit

__all__ = ["build_report", "choose_queries", "find_hits", "origin", "score_query", "time_searches"]

DEPTH = 10  # documents, and passages, kept for a query
SEARCHED = 30  # passages searched for them: one document may have several
TIMED = 40  # single searches whose time is reported


def choose_queries(
    dataset: Dataset, limit: int | None = None, sample: int | None = None, part: Half | None = None
) -> dict[str, str]:
    """Judged queries: of that half, the first `limit` of them, or `sample` of them drawn with a fixed seed, in order.

    A smaller sample is part of a larger one.
    """
    judged = list(islice((i for i in dataset.judged if part in (None, half(i))), limit))
    if sample is not None:
        drawn = set(random.Random(SEED).sample(judged, len(judged))[:sample])
        judged = [query_id for query_id in judged if query_id in drawn]
    return {query_id: dataset.queries[query_id] for query_id in judged}


def find_hits(
    corpus: Corpus, queries: Mapping[str, str], quoted: Container[str] = (), search: Search | None = None
) -> Iterator[Row]:
    """For every query `hits`, the best passage of each document, best first, whose `document` is the id in the dataset.

    A passage that a hit names as saying the same counts as standing right behind it, with the hit's text.
    For the `quoted` ones also `passages`, the best of all, several of a document among them. `search` is what finds
    them, None the corpus's own.
    """
    rankings = (search or corpus.searcher).search_many(list(queries.values()), SEARCHED)
    for query_id, found in zip(queries, rankings, strict=True):
        best: dict[str, Hit] = {}
        for hit in found:
            for one in (hit, *_twins(hit)):
                best.setdefault(one.document, one)
        row: dict[str, Any] = {"id": query_id, "hits": _hits_json(corpus, list(best.values()))}
        yield row | ({"passages": _hits_json(corpus, found)} if query_id in quoted else {})


def _twins(hit: Hit) -> Iterator[Hit]:
    """The passages that the hit names as saying the same: they come right behind it."""
    for twin in hit.also:
        yield replace(hit, document=twin.document, section=twin.section, start=twin.start, end=twin.end, also=())


def _hits_json(corpus: Corpus, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """The first DEPTH of them as `rag search` writes them, with ids of the dataset for names."""
    return [
        hit_json(
            replace(
                hit,
                document=corpus.ids[hit.document],
                also=tuple(replace(twin, document=corpus.ids[twin.document]) for twin in hit.also),
            )
        )
        for hit in hits[:DEPTH]
    ]


def time_searches(search: Search, queries: Mapping[str, str]) -> dict[str, float]:
    """Seconds of one search as a user waits for it, one after another: median and 95th percentile; none for none."""
    drawn = random.Random(SEED).sample(list(queries.values()), min(TIMED, len(queries)))
    spent = []
    for query in drawn:
        begun = time.perf_counter()
        search.search(query, SEARCHED)
        spent.append(time.perf_counter() - begun)
    return {"median": median(spent), "p95": percentile(spent, 0.95)} if spent else {}


def _summarize(scores: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """n, and each metric's mean over the queries that measure it, with its 95 % interval under `intervals` and their
    number under `counts` where it is not n."""
    if not scores:
        return {"n": 0}
    names = dict.fromkeys(name for score in scores for name in score)
    columns = {name: [score[name] for score in scores if name in score] for name in names}
    return {
        "n": len(scores),
        **{name: fmean(column) for name, column in columns.items()},
        "intervals": {name: share_interval(column) for name, column in columns.items()},
        "counts": {name: len(column) for name, column in columns.items() if len(column) < len(scores)},
    }


def build_report(dataset: Dataset, rows: Sequence[Row], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The content of report.json: settings, metrics, their intervals, and each query's values, by which
    `python -m eval compare` and `gate` tell two runs apart. `counts` names metrics that not every query measures."""
    scores = {row["id"]: score_row(dataset, row) for row in rows}
    metrics = _summarize(list(scores.values()))
    about = {"dataset": dataset.name, "passages": len(dataset.passages), **settings}
    kept = {**about, "commit": git_commit(), "date": now(), "machine": machine(), "seed": SEED}
    questions = [_question(query_id, dataset.queries[query_id], found) for query_id, found in scores.items()]
    apart = {name: metrics.pop(name, {}) for name in ("intervals", "counts")}
    return {"settings": kept, **apart, "metrics": metrics, "questions": questions}


def _question(query_id: str, text: str, score: Mapping[str, float]) -> dict[str, Any]:
    """`right`: the evidence, where it is known, else the document, is among the first five."""
    found = bool(score.get("evidence@5", score.get("hit@5")))
    values = {name: [value, 1.0] for name, value in score.items()}
    about = {"id": query_id, "type": "retrieval", "question": text, "refused": False}
    return {**about, "right": found, "why": None if found else "not_retrieved", "values": values}


def origin(dataset: Dataset, encoder: str, search: str = "searcher") -> dict[str, Any]:
    """In what and by what hits are found: dataset, digest of its texts, encoder with fingerprint, search, commit."""
    digest = hashlib.sha256()
    for passage in dataset.passages:
        digest.update(json.dumps([passage.id, passage.title, passage.text]).encode())
    for query in (*dataset.queries.items(), *dataset.evidence.items()):
        digest.update(json.dumps(query).encode())
    about = {"dataset": dataset.name, "content": digest.hexdigest()[:16], "encoder": encoder, "search": search}
    return {**about, "commit": git_commit()}
