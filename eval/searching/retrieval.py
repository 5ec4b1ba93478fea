"""A dataset in BEIR layout -> hits of the product's search, query by query, scored by passage id."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from eval.datasets import Dataset
from eval.measures.intervals import SEED, share_interval
from eval.measures.ranking import CUTOFFS, all_at, document_ranks, hit_at, ndcg_at, recall_at, reciprocal_rank
from eval.measures.summary import percentile
from eval.provenance import git_commit, machine, now
from eval.report.tables import lay_out, number, share
from eval.searching.hits import Row

if TYPE_CHECKING:
    from eval.searching.corpus import Corpus
    from index.hits import Ranked

DEPTH = 10  # documents kept for a query
SEARCHED = 30  # passages searched for them: one document may have several
TIMED = 40  # single searches whose time is reported


def choose_queries(dataset: Dataset, limit: int | None = None, sample: int | None = None) -> dict[str, str]:
    """Judged queries: the first `limit` of them, or `sample` of them drawn with a fixed seed, in their order.

    A smaller sample is part of a larger one.
    """
    judged = list(dataset.qrels)[:limit]
    if sample is not None:
        drawn = set(random.Random(SEED).sample(judged, len(judged))[:sample])
        judged = [query_id for query_id in judged if query_id in drawn]
    return {query_id: dataset.queries[query_id] for query_id in judged}


def find_hits(corpus: Corpus, queries: Mapping[str, str]) -> Iterator[Row]:
    """The best passage of each document for every query, best first; their `document` is the id in the dataset."""
    rankings = corpus.searcher.search_many(list(queries.values()), SEARCHED)
    for query_id, found in zip(queries, rankings, strict=True):
        best: dict[str, Ranked] = {}
        for hit in found:
            best.setdefault(corpus.ids[hit.document], hit)
        yield {"id": query_id, "hits": [_hit_json(name, hit) for name, hit in list(best.items())[:DEPTH]]}


def _hit_json(document: str, hit: Ranked) -> dict[str, Any]:
    return {
        "document": document,
        "section": hit.section,
        "start": hit.start,
        "end": hit.end,
        "score": round(hit.score, 4),
        "text": hit.text,
    }


def time_searches(corpus: Corpus, queries: Mapping[str, str]) -> dict[str, float]:
    """Seconds of one search as a user waits for it, one after another: median and 95th percentile; none for none."""
    drawn = random.Random(SEED).sample(list(queries.values()), min(TIMED, len(queries)))
    spent = []
    for query in drawn:
        begun = time.perf_counter()
        corpus.searcher.search(query, SEARCHED)
        spent.append(time.perf_counter() - begun)
    return {"median": median(spent), "p95": percentile(spent, 0.95)} if spent else {}


def _summarize(scores: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """n, hit@k, recall@k, all@k, mrr@10, ndcg@10: means over queries, and their 95 % intervals under `intervals`."""
    if not scores:
        return {"n": 0}
    columns = {name: [score[name] for score in scores] for name in scores[0]}
    means = {name: fmean(column) for name, column in columns.items()}
    return {"n": len(scores), **means, "intervals": {name: share_interval(column) for name, column in columns.items()}}


def score_query(grades: Mapping[str, int], row: Row) -> dict[str, float]:
    """Every ranking metric of one query, whose `grades` are passage id -> grade."""
    ranked = [hit["document"] for hit in row["hits"]]
    ranks = document_ranks(list(grades), ranked)
    return {
        **{f"hit@{k}": hit_at(ranks, k) for k in CUTOFFS},
        **{f"recall@{k}": recall_at(ranks, k) for k in CUTOFFS},
        **{f"all@{k}": all_at(ranks, k) for k in CUTOFFS},
        "mrr@10": reciprocal_rank(ranks, 10),
        "ndcg@10": ndcg_at(ranked, grades, 10),
    }


def build_report(dataset: Dataset, rows: Sequence[Row], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The content of report.json: settings, metrics, their intervals, and each query's values, by which
    `python -m eval compare` and `gate` tell two runs apart."""
    scores = {row["id"]: score_query(dataset.qrels[row["id"]], row) for row in rows}
    metrics = _summarize(list(scores.values()))
    about = {"dataset": dataset.name, "passages": len(dataset.passages), **settings}
    kept = {**about, "commit": git_commit(), "date": now(), "machine": machine(), "seed": SEED}
    questions = [_question(query_id, dataset.queries[query_id], found) for query_id, found in scores.items()]
    return {"settings": kept, "intervals": metrics.pop("intervals", {}), "metrics": metrics, "questions": questions}


def _question(query_id: str, text: str, score: Mapping[str, float]) -> dict[str, Any]:
    found = bool(score["hit@5"])
    values = {name: [value, 1.0] for name, value in score.items()}
    about = {"id": query_id, "type": "retrieval", "question": text, "refused": False}
    return {**about, "right": found, "why": None if found else "not_retrieved", "values": values}


def origin(dataset: Dataset, encoder: str) -> dict[str, Any]:
    """In what and by what hits are found: dataset, digest of its texts, encoder with fingerprint, commit."""
    texts = json.dumps([[p.id, p.title, p.text] for p in dataset.passages] + [*dataset.queries.items()])
    digest = hashlib.sha256(texts.encode()).hexdigest()[:16]
    return {"dataset": dataset.name, "content": digest, "encoder": encoder, "commit": git_commit()}


def show(report: Mapping[str, Any]) -> str:
    """What the terminal shows: a row for each metric with its 95 % interval, and the time of a search."""
    metrics, intervals = report["metrics"], report.get("intervals", {})
    rows = [["前 k 条", "命中", "召回", "全部召回"]]
    rows += [
        [str(k), *(_cell(f"{name}@{k}", metrics, intervals, share) for name in ("hit", "recall", "all"))]
        for k in CUTOFFS
    ]
    spent = metrics.get("search_s", {})
    return (
        f"{lay_out(rows)}\n\n方括号里是 95% 自助区间。"
        f"MRR@10 {_cell('mrr@10', metrics, intervals, number)}，nDCG@10 {_cell('ndcg@10', metrics, intervals, number)}，"
        f"逐题检索每次 {number(spent.get('median'))} 秒（95 分位 {number(spent.get('p95'))}），共 {metrics['n']} 题"
    )


def _cell(
    name: str, metrics: Mapping[str, Any], intervals: Mapping[str, Any], form: Callable[[float | None], str]
) -> str:
    low_high = intervals.get(name)
    return form(metrics.get(name)) + (f" [{form(low_high[0])}, {form(low_high[1])}]" if low_high else "")
