"""A gold set and the product -> answers.jsonl question by question, then the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.files import make_folder, write_whole
from eval.intervals import SEED
from eval.product import Product
from eval.provenance import git_commit, machine, now
from eval.questions import GoldQuestion, Half, half, read_gold
from eval.records import read_objects, read_record
from eval.report import build_report, write_report
from eval.scores import score
from index.errors import JudianError

Watch = Callable[[Iterable[GoldQuestion], int, int], Iterable[GoldQuestion]]
"""(questions to come, all questions, answered before) -> the same questions, with progress shown."""

_ANSWERS, _STATE = "answers.jsonl", "run.json"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to ask and where to keep it; `resume` reuses the answers that `out` already has."""

    gold: Path
    out: Path
    half: Half | None
    limit: int | None
    resume: bool


class OtherSettingsError(JudianError):
    """The answers kept in a folder were given under other settings."""


def run(options: RunOptions, product: Product, watch: Watch) -> dict[str, Any]:
    """Ask every chosen question, keep each answer at once, score all, write report.json and report.html.

    Interrupted at any instant, the answers given so far stay in answers.jsonl.
    """
    questions = choose(read_gold(options.gold), options.half, options.limit)
    make_folder(options.out)
    kept = _start(options, product, questions)
    answers = {**kept, **_ask(questions, kept, product, options.out / _ANSWERS, watch)}
    scores = [score(q, read_record(answers[q.id]), product.display) for q in questions]
    report = build_report(scores, _settings(options, product, len(questions)))
    write_report(options.out, report)
    return report


def choose(questions: Sequence[GoldQuestion], part: Half | None, limit: int | None) -> list[GoldQuestion]:
    """The questions of one half (None: both), the first `limit` of them. Raises JudianError when none is left."""
    chosen = [q for q in questions if part in (None, half(q.id))][:limit]
    if not chosen:
        raise JudianError("按 --half 和 --limit 选不出题目。请放宽条件。")
    return chosen


def _ask(
    questions: Sequence[GoldQuestion], kept: Mapping[str, Any], product: Product, path: Path, watch: Watch
) -> dict[str, Mapping[str, Any]]:
    to_come = [q for q in questions if q.id not in kept]
    given: dict[str, Mapping[str, Any]] = {}
    with path.open("a", encoding="utf-8", buffering=1, newline="\n") as file:
        for question in watch(to_come, len(questions), len(questions) - len(to_come)):
            given[question.id] = product.ask(question)
            file.write(json.dumps(given[question.id], ensure_ascii=False) + "\n")
    return given


def _start(options: RunOptions, product: Product, questions: Sequence[GoldQuestion]) -> dict[str, Mapping[str, Any]]:
    """Clear or continue the folder; returns the answers that may be used again, by id."""
    settings = {**product.settings, "commit": git_commit()}
    asked = {q.id: _digest(q) for q in questions}
    kept: dict[str, Mapping[str, Any]] = {}
    if options.resume and (options.out / _STATE).exists():
        before = json.loads((options.out / _STATE).read_text(encoding="utf-8"))
        _check_same(before["settings"], settings, options.out)
        kept = {str(o["id"]): o for o in read_objects(options.out / _ANSWERS)}
        kept = {i: o for i, o in kept.items() if asked.get(i, before["asked"].get(i)) == before["asked"].get(i)}
        asked = {**before["asked"], **asked}
    for name in ("report.json", "report.html"):  # they would tell of other answers than those beside them
        (options.out / name).unlink(missing_ok=True)
    write_whole(options.out / _STATE, json.dumps({"settings": settings, "asked": asked}, ensure_ascii=False))
    lines = "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in kept.values())
    write_whole(options.out / _ANSWERS, lines)
    return kept


def _check_same(before: Mapping[str, Any], after: Mapping[str, Any], folder: Path) -> None:
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        told = "；".join(f"{name}：{before.get(name)} → {after.get(name)}" for name in changed)
        raise OtherSettingsError(
            f"{folder} 里的回答是在别的设置下得到的（{told}），混在一起无法比较。"
            "请换一个 --out 文件夹，或去掉 --resume 从头评测。"
        )


def _digest(question: GoldQuestion) -> str:
    asked = json.dumps([question.question, *map(dict, question.history)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode("utf-8")).hexdigest()[:16]


def _settings(options: RunOptions, product: Product, count: int) -> dict[str, Any]:
    return {
        "gold": options.gold.name,
        "questions": count,
        "half": options.half or "all",
        **product.settings,
        "commit": git_commit(),
        "date": now(),
        "machine": machine(),
        "seed": SEED,
    }
