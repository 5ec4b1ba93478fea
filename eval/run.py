"""A gold set and the product -> answers.jsonl question by question, then the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.choice import Choice, choose
from eval.files import make_folder, write_whole
from eval.measures.intervals import SEED
from eval.measures.scores import score
from eval.product import Product
from eval.provenance import git_commit, machine, now, peak_memory_gb
from eval.questions import GoldQuestion, read_gold
from eval.records import read_objects, read_record
from eval.report.report import build_report, write_report
from index.errors import JudianError

Answer = Mapping[str, Any]
Watch = Callable[[Iterable[Answer], int, int], Iterable[Answer]]
"""(answers as they come, all questions, answered before) -> the same answers, with progress shown."""

_ANSWERS, _STATE = "answers.jsonl", "run.json"
_REPORTS = ("report.json", "report.html", "report.md")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to ask and where to keep it; `resume` reuses the answers that `out` already has."""

    gold: Path
    out: Path
    choice: Choice
    resume: bool


class OtherSettingsError(JudianError):
    """The answers kept in a folder were given under other settings."""


def run(options: RunOptions, product: Product, watch: Watch) -> dict[str, Any]:
    """Ask every chosen question, keep each answer at once, score all, write the reports.

    Interrupted at any instant, the answers given so far stay in answers.jsonl.
    """
    questions = choose(read_gold(options.gold), options.choice)
    make_folder(options.out)
    for name in _REPORTS:  # they would tell of other answers than those beside them
        (options.out / name).unlink(missing_ok=True)
    answers = answer_all(questions, product, options.out, options.resume, watch)
    scores = [score(q, read_record(answers[q.id]), product.display) for q in questions]
    report = build_report(scores, _settings(options, product, len(questions)))
    write_report(options.out, report)
    return report


def answer_all(
    questions: Sequence[GoldQuestion], product: Product, folder: Path, resume: bool, watch: Watch
) -> dict[str, Answer]:
    """id -> answer of every question (and of those kept before), each put into `folder`/answers.jsonl as it comes.

    With `resume` the answers of an earlier run are used again where the question is the same. Raises
    OtherSettingsError when they were given under other settings.
    """
    kept = _start(folder, product, questions, resume=resume)
    to_come = [q for q in questions if q.id not in kept]
    answers = product.ask_all(to_come) if product.ask_all and to_come else map(product.ask, to_come)
    with (folder / _ANSWERS).open("a", encoding="utf-8", buffering=1, newline="\n") as file:
        for answer in watch(answers, len(questions), len(questions) - len(to_come)):
            kept[str(answer["id"])] = answer
            file.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return kept


def _start(folder: Path, product: Product, questions: Sequence[GoldQuestion], *, resume: bool) -> dict[str, Answer]:
    """Clear or continue the folder; returns the answers that may be used again, by id."""
    settings = {**product.settings, "commit": git_commit()}
    asked = {q.id: _digest(q) for q in questions}
    kept: dict[str, Answer] = {}
    if resume and (folder / _STATE).exists():
        before = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        _check_same(before["settings"], settings, folder)
        kept = {str(o["id"]): o for o in read_objects(folder / _ANSWERS)}
        kept = {i: o for i, o in kept.items() if asked.get(i, before["asked"].get(i)) == before["asked"].get(i)}
        asked = {**before["asked"], **asked}
    write_whole(folder / _STATE, json.dumps({"settings": settings, "asked": asked}, ensure_ascii=False))
    lines = "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in kept.values())
    write_whole(folder / _ANSWERS, lines)
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
    chosen = {name: value for name, value in asdict(options.choice).items() if value is not None}
    return {
        "gold": options.gold.name,
        "questions": count,
        **chosen,
        **product.settings,
        "commit": git_commit(),
        "date": now(),
        "machine": machine(),
        "peak_memory_gb": peak_memory_gb(),
        "seed": SEED,
    }
