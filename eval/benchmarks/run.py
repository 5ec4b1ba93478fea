"""Public sets and the product -> OUT/NAME/PART/answers.jsonl question by question, then OUT/NAME/report.json."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from eval.benchmarks.asking import Tools, answering
from eval.benchmarks.cases import Part, read_passages, sample_cases
from eval.benchmarks.figures import summarize
from eval.benchmarks.sets import PublicSet
from eval.datasets import DatasetPassage, read_beir
from eval.files import make_folder, remove, write_whole
from eval.measures.intervals import SEED
from eval.measures.summary import percentile
from eval.provenance import git_commit, machine, now
from eval.records import Record, read_record
from eval.run import answer_all
from eval.searching.corpus import open_corpus, texts_to_encode
from eval.searching.hits import HitsFile
from eval.searching.retrieval import choose_queries, find_hits, origin, score_query
from eval.searching.vectors import Watch

Progress = Callable[[str], Callable[[Iterable[Mapping[str, Any]], int, int], Iterable[Mapping[str, Any]]]]
"""What is done -> a watcher of (results as they come, all of them, done before)."""

RETRIEVAL = "retrieval"
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Options:
    """Where results are kept, how many cases of each part are drawn (None: all), and whether kept ones are used."""

    out: Path
    sample: int | None
    resume: bool


@dataclass(frozen=True, slots=True)
class Watchers:
    """How progress is shown: of encoding, and of searches and answers."""

    encoding: Watch
    progress: Progress


def run_set(public: PublicSet, data: Path, tools: Tools, options: Options, watchers: Watchers) -> dict[str, Any]:
    """Search and answer one set; returns what report.json holds: settings and a summary of each part."""
    folder = options.out / public.name
    make_folder(folder)
    parts: dict[str, Any] = {}
    if public.retrieval:
        parts[RETRIEVAL] = _search(public, data, tools, options, watchers)
    collection = list(read_passages(data).values()) if public.parts else []
    for part in public.parts(data) if public.parts else ():
        parts[part.name] = _answer(public, part, collection, tools, options, watchers)
    report = {"benchmark": public.name, "settings": _settings(tools, options), "parts": parts}
    write_whole(folder / REPORT, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return report


def _answer(
    public: PublicSet,
    part: Part,
    collection: Sequence[DatasetPassage],
    tools: Tools,
    options: Options,
    watchers: Watchers,
) -> dict[str, Any]:
    folder = options.out / public.name / part.name
    make_folder(folder)
    cases = sample_cases(part.cases, options.sample)
    watch = watchers.progress(f"{public.name} {part.title}")
    stale = [options.out / public.name / REPORT]
    with answering(part, cases, collection, tools, watchers.encoding) as product:
        answers = answer_all([case.question for case in cases], product, folder, options.resume, watch, stale)
        records = [read_record(answers[case.question.id]) for case in cases]
        rows = [part.measure(case, record, product.display) for case, record in zip(cases, records, strict=True)]
    return {"title": part.title, "of": len(part.cases), **summarize(rows), "times": _times(records)}


def _search(public: PublicSet, data: Path, tools: Tools, options: Options, watchers: Watchers) -> dict[str, Any]:
    dataset = read_beir(data)
    queries = choose_queries(dataset, sample=options.sample)
    file = HitsFile(options.out / public.name / RETRIEVAL, origin(dataset, tools.settings["encoder_fingerprint"]))
    rows = file.begin(resume=options.resume)
    remove([options.out / public.name / REPORT])  # it would tell of other hits than those beside it
    tools.encoder.fill(texts_to_encode(dataset.passages), tools.encode, watchers.encoding)
    to_come = {i: text for i, text in queries.items() if i not in rows}
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        corpus = open_corpus(dataset.passages, tools.encoder, Path(folder))
        watch = watchers.progress(f"{public.name} 检索")
        for row in watch(file.add(find_hits(corpus, to_come)), len(queries), len(queries) - len(to_come)):
            rows[row["id"]] = row
    wanted = [rows[i] for i in queries]
    scores = [score_query(dataset.qrels[row["id"]], row) for row in wanted]
    found = summarize([{name: (value, 1.0) for name, value in score.items()} for score in scores])
    about = {"title": "检索", "of": len(dataset.qrels), "passages": len(dataset.passages), **found}
    file.finish(wanted, about)
    return about


def _times(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    spent = [record.times.total_s for record in records if record.times.total_s is not None]
    return {"total_s": {"median": median(spent), "p95": percentile(spent, 0.95)}} if spent else {}


def _settings(tools: Tools, options: Options) -> dict[str, Any]:
    sampled = {} if options.sample is None else {"sample": options.sample}
    return {**tools.settings, **sampled, "commit": git_commit(), "date": now(), "machine": machine(), "seed": SEED}
