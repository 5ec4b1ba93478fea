"""A gold set and the product -> answers.jsonl question by question, then the report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.choice import Choice, choose
from eval.files import make_folder, remove
from eval.kept import Answer, keep, start
from eval.measures.intervals import SEED
from eval.measures.scores import score
from eval.product import Product
from eval.provenance import git_commit, machine, now, peak_memory_gb
from eval.questions import GoldQuestion, read_gold
from eval.records import read_record
from eval.report.report import build_report, write_report

Watch = Callable[[Iterable[Answer], int, int], Iterable[Answer]]
"""(answers as they come, all questions, answered before) -> the same answers, with progress shown."""

_REPORTS = ("report.json", "report.html", "report.md")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to ask and where to keep it; `resume` reuses the answers that `out` already has. `jobs` says how many
    processes answer, which makes each slower."""

    gold: Path
    out: Path
    choice: Choice
    resume: bool
    jobs: int = 1


def run(options: RunOptions, product: Product, watch: Watch) -> dict[str, Any]:
    """Ask every chosen question, keep each answer at once, score all, write the reports.

    Interrupted at any instant, the answers given so far stay in answers.jsonl.
    """
    questions = choose(read_gold(options.gold), options.choice)
    make_folder(options.out)
    commit = git_commit()  # of the code that answers; an hour later the folder may hold other code
    stale = [options.out / name for name in _REPORTS]
    answers = answer_all(questions, product, options.out, options.resume, watch, stale)
    scores = [score(q, read_record(answers[q.id]), product.display) for q in questions]
    report = build_report(scores, _settings(options, product, len(questions), commit))
    write_report(options.out, report)
    return report


def answer_all(
    questions: Sequence[GoldQuestion],
    product: Product,
    folder: Path,
    resume: bool,
    watch: Watch,
    stale: Iterable[Path] = (),
) -> dict[str, Answer]:
    """id -> answer of every question (and of those kept before), each put into `folder`/answers.jsonl as it comes.

    With `resume` the answers of an earlier run are used again where the question is the same. Raises
    OtherSettingsError when they were given under other settings; `stale` are reports of an earlier run, taken away only
    after that: they would tell of other answers than those in the folder.
    """
    kept = start(folder, {**product.settings, "commit": git_commit()}, questions, resume=resume)
    remove(stale)
    to_come = [q for q in questions if q.id not in kept]
    answers = product.ask_all(to_come) if product.ask_all and to_come else map(product.ask, to_come)
    for answer in watch(answers, len(questions), len(questions) - len(to_come)):
        kept[str(answer["id"])] = answer
        keep(folder, answer)
    return kept


def _settings(options: RunOptions, product: Product, count: int, commit: str | None) -> dict[str, Any]:
    chosen = {name: value for name, value in asdict(options.choice).items() if value is not None}
    return {
        "gold": options.gold.name,
        "gold_sha256": hashlib.sha256(options.gold.read_bytes()).hexdigest()[:12],
        "questions": count,
        **chosen,
        **({"jobs": options.jobs} if options.jobs > 1 else {}),
        **product.settings,
        "commit": commit,
        "date": now(),
        "machine": machine(),
        "peak_memory_gb": peak_memory_gb(),
        "seed": SEED,
    }
