"""A dataset in BEIR layout -> hits of the product's search, scored by passage id."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from eval.datasets import Dataset, DatasetPassage
from eval.files import make_folder, write_whole
from eval.provenance import git_commit, machine, now
from eval.ranking import CUTOFFS, document_ranks, hit_at, ndcg_at, recall_at, reciprocal_rank
from eval.summary import percentile
from eval.tables import lay_out, number, share

if TYPE_CHECKING:
    from index.encoder import Encoder, Vectors
    from index.passages import Passage
    from index.search import Hit, Searcher

DEPTH = 10  # documents kept for a query
SEARCHED = 30  # passages searched for them: one document may have several
CHUNK = 64  # texts encoded between two steps of the progress bar

Chunks = Sequence[Sequence[str]]
Watch = Callable[[Chunks], Iterable[Sequence[str]]]
"""Chunks of texts to encode -> the same, with progress shown."""


@dataclass(frozen=True, slots=True)
class QueryHits:
    """The best passage of each document for one query, best first, and the seconds of the search."""

    id: str
    hits: tuple[Hit, ...]
    seconds: float


def hits_for_dataset(
    dataset: Dataset, encoder: Encoder, folder: Path, limit: int | None, watch: Watch
) -> Iterator[QueryHits]:
    """Search the judged queries (the first `limit`) in a store of the dataset's passages made in `folder`.

    The `document` of a hit is the passage's id in the dataset.
    """
    ids, searcher = _open_dataset(dataset, encoder, folder, watch)
    for query_id in list(dataset.qrels)[:limit]:
        begun = time.perf_counter()
        found = searcher.search(dataset.queries[query_id], SEARCHED)
        spent = time.perf_counter() - begun
        best: dict[str, Hit] = {}
        for hit in found:
            best.setdefault(ids[hit.document], replace(hit, document=ids[hit.document]))
        yield QueryHits(query_id, tuple(best.values())[:DEPTH], spent)


def score_hits(dataset: Dataset, rows: Sequence[QueryHits]) -> dict[str, Any]:
    """n, hit@k, recall@k, mrr@10, ndcg@10 (means over queries) and seconds of a search (median, p95)."""
    if not rows:
        return {"n": 0}
    ranked = {row.id: [hit.document for hit in row.hits] for row in rows}
    ranks = [document_ranks(list(dataset.qrels[i]), ranked[i]) for i in ranked]
    spent = [row.seconds for row in rows]
    return {
        "n": len(rows),
        **{f"hit@{k}": fmean(hit_at(r, k) for r in ranks) for k in CUTOFFS},
        **{f"recall@{k}": fmean(recall_at(r, k) for r in ranks) for k in CUTOFFS},
        "mrr@10": fmean(reciprocal_rank(r, 10) for r in ranks),
        "ndcg@10": fmean(ndcg_at(ranked[i], dataset.qrels[i], 10) for i in ranked),
        "search_s": {"median": median(spent), "p95": percentile(spent, 0.95)},
    }


def build_report(dataset: Dataset, rows: Sequence[QueryHits], encoder: str) -> dict[str, Any]:
    """The content of report.json: settings and metrics."""
    settings = {
        "dataset": dataset.name,
        "passages": len(dataset.passages),
        "encoder": encoder,
        "commit": git_commit(),
        "date": now(),
        "machine": machine(),
    }
    return {"settings": settings, "metrics": score_hits(dataset, rows)}


def write_hits(folder: Path, rows: Sequence[QueryHits], report: Mapping[str, Any]) -> None:
    """hits.jsonl (a line for each query, contract of `rag search --batch`) and report.json in `folder`."""
    from rag.answer import hit_json

    make_folder(folder)
    lines = (json.dumps({"id": r.id, "hits": [hit_json(h) for h in r.hits]}, ensure_ascii=False) for r in rows)
    write_whole(folder / "hits.jsonl", "".join(line + "\n" for line in lines))
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def show(metrics: Mapping[str, Any]) -> str:
    """What the terminal shows: a row for each cut-off, then MRR, nDCG and the time of a search."""
    rows = [["前 k 条", "命中", "召回"]]
    rows += [[str(k), share(metrics.get(f"hit@{k}")), share(metrics.get(f"recall@{k}"))] for k in CUTOFFS]
    spent = metrics.get("search_s", {})
    return (
        f"{lay_out(rows)}\n\nMRR@10 {number(metrics.get('mrr@10'))}，nDCG@10 {number(metrics.get('ndcg@10'))}，"
        f"每次检索 {number(spent.get('median'))} 秒（95 分位 {number(spent.get('p95'))}），共 {metrics['n']} 题"
    )


def _open_dataset(dataset: Dataset, encoder: Encoder, folder: Path, watch: Watch) -> tuple[dict[str, str], Searcher]:
    """A store of the dataset's passages, one document each; and document name -> passage id."""
    from index.cleaning import clean
    from index.documents import Document
    from index.passages import split
    from index.search import Searcher
    from index.store import Store

    names = {_name(passage, n): passage for n, passage in enumerate(dataset.passages)}
    parts = {name: split(clean(passage.text)) for name, passage in names.items()}
    vectors = _encode(encoder, parts, watch)
    store = Store.create(folder, encoder.name, encoder.dim)
    for name, passages in parts.items():
        if passages:  # an entry without words can be found by nobody
            document = Document(name, name, "", names[name].text)
            store.replace(document, passages, vectors(name))
    return {name: passage.id for name, passage in names.items()}, Searcher(store, encoder)


def _name(passage: DatasetPassage, number: int) -> str:
    """A name of its own whose stem is the title, for the header that stands in front when it is indexed."""
    return f"{passage.title.replace('/', '／') or '资料'}.{number}"


def _encode(encoder: Encoder, parts: Mapping[str, Sequence[Passage]], watch: Watch) -> Callable[[str], Vectors]:
    """All vectors at once, similar lengths together; returns name -> its passages' and sentences' vectors."""
    import numpy as np

    texts = {name: _texts(name, passages) for name, passages in parts.items()}
    order = sorted({text for own in texts.values() for text in own}, key=lambda text: (len(text), text))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    matrix = np.concatenate([encoder.encode_passages(chunk) for chunk in watch(chunks)])
    rows = {text: row for row, text in enumerate(order)}
    return lambda name: matrix[[rows[text] for text in texts[name]]]


def _texts(name: str, passages: Sequence[Passage]) -> list[str]:
    from index.search import search_text

    texts = [search_text(name, p.section, p.text) for p in passages]
    return texts + [search_text(name, p.section, s.text) for p in passages for s in p.sentences]
