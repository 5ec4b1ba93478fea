"""Questions and systems -> every question asked of every system in turn, kept, scored alike, one report."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from eval.choice import Choice, choose
from eval.files import make_folder, remove, write_whole
from eval.kept import Answer, keep, start
from eval.measures.citations import Display
from eval.measures.intervals import SEED, difference_interval
from eval.measures.scores import Score, score
from eval.measures.summary import percentile, summarize
from eval.peers.peer import OURS, Peer
from eval.provenance import git_commit, machine, now
from eval.questions import GoldQuestion, read_gold
from eval.records import read_record

CITATION_METRICS = ("citation_recall", "citation_precision", "quotes_valid", "evidence_cited")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question to one system."""

    question: GoldQuestion
    system: Peer


Watch = Callable[[Iterable[Turn], int, int], Iterable[Turn]]
"""(turns to come, all turns, turns done before) -> the same turns, with progress shown."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to ask and where to keep it; `resume` reuses the answers that `out` already has."""

    gold: Path
    out: Path
    choice: Choice
    resume: bool


def run(
    options: RunOptions, systems: Sequence[Peer], display: Display, shared: Mapping[str, Any], watch: Watch
) -> dict[str, Any]:
    """Ask, keep each answer at once under OUT/SYSTEM/answers.jsonl, score, write OUT/report.json.

    `shared` are the settings that hold for all systems. Interrupted at any instant, the answers given so far stay.
    """
    questions = choose(read_gold(options.gold), options.choice)
    make_folder(options.out)
    answers = ask_all(options, systems, questions, shared, watch)
    report = build_report(systems, questions, answers, display, _settings(options, shared, len(questions)))
    write_whole(options.out / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return report


def ask_all(
    options: RunOptions,
    systems: Sequence[Peer],
    questions: Sequence[GoldQuestion],
    shared: Mapping[str, Any],
    watch: Watch,
) -> dict[str, dict[str, Answer]]:
    """System -> id -> answer, of the questions that were not answered before as well as of those that were."""
    answers: dict[str, dict[str, Answer]] = {}
    for system in systems:
        own = {**shared, "version": system.version, **{f"own_{k}": v for k, v in system.settings.items()}}
        answers[system.name] = start(options.out / system.name, own, questions, resume=options.resume)
    remove([options.out / "report.json"])  # it would tell of other answers than those beside it
    turns = [turn for turn in rounds(questions, systems) if turn.question.id not in answers[turn.system.name]]
    total = len(questions) * len(systems)
    for turn in watch(turns, total, total - len(turns)):
        answer = ask(turn)
        answers[turn.system.name][turn.question.id] = answer
        keep(options.out / turn.system.name, answer)
    return answers


def rounds(questions: Sequence[GoldQuestion], systems: Sequence[Peer]) -> Iterator[Turn]:
    """Every question to every system before the next question; who begins goes round, so that a slow minute of the
    machine, and whatever the system before leaves in its caches, hit all alike."""
    for n, question in enumerate(questions):
        first = n % len(systems)
        yield from (Turn(question, system) for system in [*systems[first:], *systems[:first]])


def ask(turn: Turn) -> Answer:
    """The system's answer and the `seconds` it took; one that raises has answered nothing and tells its `error`."""
    began = time.perf_counter()
    try:
        answer = dict(turn.system.ask(turn.question))
        read_record(answer)
    except Exception as error:
        answer = _failed(turn.question, error)
    return {**answer, "seconds": round(time.perf_counter() - began, 3)}


def build_report(
    systems: Sequence[Peer],
    questions: Sequence[GoldQuestion],
    answers: Mapping[str, Mapping[str, Answer]],
    display: Display,
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """The content of report.json: settings, each system's figures and questions, and our difference from each."""
    told = {s.name: _system(s, questions, answers[s.name], display) for s in systems}
    differences = {n: _difference(told[OURS], system) for n, system in told.items() if n != OURS and OURS in told}
    return {"settings": dict(settings), "systems": told, "differences": differences}


def _system(
    system: Peer, questions: Sequence[GoldQuestion], answers: Mapping[str, Answer], display: Display
) -> dict[str, Any]:
    scores = [score(q, read_record(answers[q.id]), display) for q in questions]
    rows = [_row(s, answers[s.question.id], system.cites) for s in scores]
    spent = [row["seconds"] for row in rows if "error" not in row]
    told = {
        "title": system.title,
        "version": system.version,
        "settings": dict(system.settings),
        "cites": system.cites,
        "index_s": round(system.index_s, 2),
        "errors": sum("error" in row for row in rows),
        "metrics": _metrics(scores, system.cites),
        "retrieved": _retrieved(scores, system.reads),
        "questions": rows,
    }
    return {**told, "seconds": {"median": median(spent), "p95": percentile(spent, 0.95)}} if spent else told


def _metrics(scores: Sequence[Score], cites: bool) -> dict[str, Any]:
    """All of `summarize`; of a system that gives no sources its citations are not measured, rather than 0."""
    metrics = dict(summarize(scores))
    if cites:
        return metrics
    kept = {name: value for name, value in metrics.items() if name not in CITATION_METRICS}
    return {**kept, "intervals": {n: v for n, v in metrics["intervals"].items() if n not in CITATION_METRICS}}


def _retrieved(scores: Sequence[Score], reads: int) -> dict[str, float]:
    """What the language model is shown: `k` chunks at most, their mean `characters`, and the `recall` of gold evidence
    in them (mean over questions with evidence; absent without any)."""
    shown = [sum(map(len, s.record.hit_texts[:reads])) for s in scores]
    found = [fmean(rank is not None and rank <= reads for rank in s.ranks) for s in scores if s.ranks]
    told: dict[str, float] = {"k": reads, "characters": round(fmean(shown))}
    return {**told, "recall": fmean(found)} if found else told


def _row(s: Score, answer: Answer, cites: bool) -> dict[str, Any]:
    why = "wrong_fact" if s.why == "not_used" and not cites else s.why  # not_used speaks of citations
    row = {
        "id": s.question.id,
        "type": s.question.type,
        "question": s.question.question,
        "answer": s.record.text,
        "refused": s.record.refused,
        "right": s.right,
        "why": why,
        "seconds": answer["seconds"],
    }
    return {**row, "error": answer["error"]} if "error" in answer else row


def _difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Right answers, ours - theirs, resampled in pairs; the median over questions of their time / our time."""
    pairs = list(zip(ours["questions"], theirs["questions"], strict=True))
    rights = [(float(a["right"]), float(b["right"])) for a, b in pairs]
    interval = difference_interval([b for _, b in rights], [a for a, _ in rights])
    told: dict[str, Any] = {"accuracy": {"difference": fmean(a - b for a, b in rights), "interval": interval}}
    timed = [b["seconds"] / a["seconds"] for a, b in pairs if "error" not in a | b and a["seconds"] > 0]
    return {**told, "time_ratio": median(timed)} if timed else told


def _failed(question: GoldQuestion, error: Exception) -> dict[str, Any]:
    said = {"id": question.id, "question": question.question, "answer": "", "refused": False, "claims": []}
    return {**said, "citations": [], "hits": [], "timings": {}, "error": f"{type(error).__name__}: {error}"}


def _settings(options: RunOptions, shared: Mapping[str, Any], count: int) -> dict[str, Any]:
    chosen = {name: value for name, value in asdict(options.choice).items() if value is not None}
    told = {"gold": options.gold.name, **chosen, **shared, "machine": machine(), "commit": git_commit()}
    return {**told, "date": now(), "seed": SEED, "questions": count}
