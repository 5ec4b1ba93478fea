"""python -m eval retrieval: search judged on a folder in BEIR layout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.commands.options import choice_options, positive, resumable

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.compare import Comparison
    from eval.datasets import Dataset, DatasetPassage
    from eval.searching.hits import HitsFile, Row
    from eval.searching.vectors import CachedEncoder
    from index.encoder import Vectors
    from rag.settings import Settings


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `retrieval`."""
    about = "在 BEIR 格式的数据集上测检索，写出 report.json、report.md 和 hits.jsonl"
    sub = commands.add_parser("retrieval", parents=[choice_options()], help=about, description=about)
    sub.add_argument("--dataset", type=Path, required=True, metavar="文件夹", help="含 corpus.jsonl 等三个文件")
    sub.add_argument("--out", type=Path, required=True, metavar="文件夹", help="结果放在哪里")
    sub.add_argument("--half", choices=("tune", "report"), help="只评一半：tune 调试用，report 报告用（默认全部）")
    sub.add_argument(
        "--distractors", type=Path, action="append", default=[], metavar="路径",
        help="另加的干扰文档：每行一篇的文本文件（有“正文：”的取其后），或含 corpus.jsonl 的文件夹；可多次",
    )  # fmt: skip
    sub.add_argument("--no-rerank", action="store_true", help="不用重排模型")
    sub.add_argument("--against", type=Path, metavar="文件夹", help="先前评测的 --out 文件夹，评完列出成对比较")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的检索结果，接着检索")
    sub.add_argument("--jobs", type=positive, metavar="N", help="几个进程同时编码（默认每核一个，最多 4 个）")
    sub.add_argument("--no-cache", action="store_true", help="不读也不写向量缓存（模型文件夹旁的 vectors/）")
    sub.add_argument("--cache-limit", type=positive, default=1, metavar="GB", help="向量缓存最多占几 GB（默认 1）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.compare import read_report
    from eval.datasets import read_beir, with_distractors
    from eval.searching.hits import HitsFile
    from eval.searching.retrieval import choose_queries, origin
    from eval.searching.vectors import cache_folder as folder_of
    from eval.searching.vectors import cached, fingerprint
    from rag.engine import open_encoder
    from rag.settings import load_settings

    before = read_report(options.against) if options.against else None  # an error here costs no time
    dataset = with_distractors(read_beir(options.dataset), options.distractors)
    queries = choose_queries(dataset, options.limit, options.sample, options.half)
    settings = load_settings()
    hits = HitsFile(options.out, origin(dataset, fingerprint(settings), _search_name(options)))
    kept = hits.begin(resume=options.resume)
    folder = None if options.no_cache else folder_of(settings)
    encoder = cached(open_encoder(settings), folder, options.cache_limit << 30)
    try:
        with resumable("检索过的题", options.out / "hits.jsonl"):
            rows, about = _search(dataset, queries, hits, kept, encoder, settings, options)
    finally:
        encoder.save()
    _report(dataset, rows, about, before, hits, options)
    return 0


def _search(
    dataset: Dataset,
    queries: Mapping[str, str],
    hits: HitsFile,
    kept: Mapping[str, Row],
    encoder: CachedEncoder,
    settings: Settings,
    options: argparse.Namespace,
) -> tuple[list[Row], dict[str, Any]]:
    """The rows of the queries in order, and what the report says of the run: settings, and `search_s`."""
    from eval.searching.corpus import open_corpus, texts_to_encode
    from eval.searching.encoding import default_jobs, in_processes
    from eval.searching.retrieval import find_hits, time_searches
    from eval.searching.search import open_search
    from rag.engine import open_encoder

    jobs = options.jobs or default_jobs()
    begun = time.perf_counter()
    another = partial(open_encoder, settings)
    encoder.fill(texts_to_encode(dataset.passages), in_processes(encoder.inner, another, jobs), _encoding)
    encoded = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        corpus = open_corpus(dataset.passages, encoder, Path(folder), _storing)
        stored = time.perf_counter()
        search = open_search(corpus.searcher, settings, rerank=not options.no_rerank)
        to_come = {i: text for i, text in queries.items() if i not in kept}
        found = hits.add(find_hits(corpus, to_come, dataset.evidence, search))
        rows = dict(kept)
        for row in _searching(found, len(queries), len(queries) - len(to_come)):
            rows[row["id"]] = row
        searched = time.perf_counter()
        spent = time_searches(search, queries)
    seconds = {"encode": encoded - begun, "store": stored - encoded, "search": searched - stored}
    about = {
        "encoder": encoder.name, "search": _search_name(options), "half": options.half,
        "distractors": [path.name for path in options.distractors], "jobs": jobs,
        "seconds": {name: round(value, 2) for name, value in seconds.items()}, "search_s": spent,
    }  # fmt: skip
    return [rows[i] for i in queries], about


def _report(
    dataset: Dataset,
    rows: list[Row],
    about: dict[str, Any],
    before: Mapping[str, Any] | None,
    hits: HitsFile,
    options: argparse.Namespace,
) -> None:
    """Keep what was measured, and show it; the last line is JSON."""
    from eval.compare import compare, summary_line
    from eval.searching.page import render, show
    from eval.searching.retrieval import build_report

    spent = about.pop("search_s")
    report = build_report(dataset, rows, about)
    report["metrics"]["search_s"] = spent
    comparison = compare(before, report) if before else None
    hits.finish(rows, report, render(report, comparison, str(options.against)))
    print(show(report))
    seconds = about["seconds"]
    print(f"编码 {seconds['encode']} 秒，建库 {seconds['store']} 秒，检索 {seconds['search']} 秒")
    told = {name: value for name, value in report.items() if name != "questions"}
    if comparison:
        _show_comparison(comparison, str(options.against))
        told["against"] = json.loads(summary_line(comparison))
    print(json.dumps({"out": str(options.out), **told}, ensure_ascii=False))


def _show_comparison(comparison: Comparison, before: str) -> None:
    from eval.report.differences import show

    print(f"\n成对比较：A 是 {before}，B 是这次\n{show(comparison)}\n")


def _search_name(options: argparse.Namespace) -> str:
    return "no-rerank" if options.no_rerank else "default"


def _encoding(vectors: Iterable[Vectors], chunks: int) -> Iterable[Vectors]:
    return tqdm(vectors, total=chunks, desc="编码", unit="批", file=sys.stderr, disable=not chunks)


def _storing(passages: Iterable[DatasetPassage], count: int) -> Iterable[DatasetPassage]:
    return tqdm(passages, total=count, desc="建库", unit="篇", file=sys.stderr)


def _searching(rows: Iterable[Row], total: int, done: int) -> Iterable[Row]:
    return tqdm(rows, total=total, initial=done, desc="检索", unit="题", file=sys.stderr)
