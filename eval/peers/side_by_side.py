"""Tasks and systems -> every form of every system run in turn, scored alike, one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

import numpy as np

from eval.measures.intervals import difference_interval, p_value, ratio, resamples, share_interval
from eval.measures.ranking import Ranks, all_at, hit_at, recall_at, reciprocal_rank
from eval.measures.summary import percentile
from eval.peers.environments import OURS, System
from eval.peers.processes import FailedRunError, Found, Runs
from eval.peers.task import DEPTH, Task

METRICS: Mapping[str, Callable[[Ranks], float]] = {
    "hit@1": lambda ranks: hit_at(ranks, 1),
    "hit@5": lambda ranks: hit_at(ranks, 5),
    "recall@5": lambda ranks: recall_at(ranks, 5),
    "all@5": lambda ranks: all_at(ranks, 5),
    "mrr@10": lambda ranks: reciprocal_rank(ranks, DEPTH),
}
CHOSEN_BY = "mrr@10"  # the best form of a peer is the one that is highest in it


@dataclass(frozen=True, slots=True)
class Turn:
    """One form of one system, on one task, for the n-th time."""

    task: Task
    system: System
    variant: str
    number: int


Watch = Callable[[Sequence[Turn]], Iterable[Turn]]
"""Turns to come -> the same, with progress shown."""


def turns(tasks: Sequence[Task], systems: Sequence[System], rounds: int) -> list[Turn]:
    """Every form of every system on a task before the next round, so that a slow minute hits all alike; who begins
    goes round."""
    found = []
    for task in tasks:
        for number in range(rounds):
            first = number % len(systems)
            order = [*systems[first:], *systems[:first]]
            found += [Turn(task, system, variant, number) for system in order for variant in system.variants]
    return found


def compare(tasks: Sequence[Task], systems: Sequence[System], runs: Runs, rounds: int, watch: Watch) -> dict[str, Any]:
    """Task name -> its part of the report. A form that fails is told, and stops nobody."""
    found: dict[tuple[str, str, str], list[Found | FailedRunError]] = {}
    for turn in watch(turns(tasks, systems, rounds)):
        key = (turn.task.name, turn.system.name, turn.variant)
        try:
            found.setdefault(key, []).append(runs.find(turn.system, turn.variant, turn.task, turn.number))
        except FailedRunError as error:
            found.setdefault(key, []).append(error)
    return {
        task.name: report_of(
            task, systems, {(s.name, v): found[task.name, s.name, v] for s in systems for v in s.variants}
        )
        for task in tasks
    }


def report_of(
    task: Task, systems: Sequence[System], found: Mapping[tuple[str, str], Sequence[Found | FailedRunError]]
) -> dict[str, Any]:
    """One task: what it is, each system's forms with figures, the best form of each, and ours against it."""
    told = {s.name: _system(task, s, {v: found[s.name, v] for v in s.variants}) for s in systems}
    about = {
        "passages": len(task.places),
        "questions": len(task.questions),
        "judged_by": "evidence" if any(q.evidence for q in task.questions) else "documents",
        "ceiling": task.ceiling,
        "encode_s": dict(task.encode_s),
        "input": task.digest,
    }
    return {**about, "systems": told, "differences": _differences(told)}


def without_values(report: Mapping[str, Any]) -> dict[str, Any]:
    """The whole report without the values of single questions: what the command's last line says."""
    return {
        "settings": report["settings"],
        "sets": {
            name: {
                **told,
                "systems": {
                    system: {v: {k: x for k, x in own.items() if k != "values"} for v, own in about["variants"].items()}
                    for system, about in told["systems"].items()
                },
            }
            for name, told in report["sets"].items()
        },
    }


def _system(task: Task, system: System, found: Mapping[str, Sequence[Found | FailedRunError]]) -> dict[str, Any]:
    variants = {v: {"form": system.variants[v], **_variant(task, runs)} for v, runs in found.items()}
    worked = [v for v, told in variants.items() if "failed" not in told]
    best = max(worked, key=lambda v: float(variants[v]["metrics"][CHOSEN_BY]), default=None)
    return {"title": system.title, "packages": list(system.packages), "best": best, "variants": variants}


def _variant(task: Task, runs: Sequence[Found | FailedRunError]) -> dict[str, Any]:
    """Quality by the first run, times by the median of the runs; what failed in any run has failed."""
    worked = [run for run in runs if isinstance(run, Found)]
    if len(worked) < len(runs):
        return {"failed": next(str(run) for run in runs if isinstance(run, FailedRunError))}
    ranks = [task.ranks(q, hits) for q, hits in zip(task.questions, worked[0].hits, strict=True)]
    values = {name: [measure(r) for r in ranks] for name, measure in METRICS.items()}
    seconds = [median(own) for own in zip(*(run.seconds for run in worked), strict=True)]
    cpu = [median(own) for own in zip(*(run.cpu for run in worked), strict=True)]
    return {
        "metrics": {name: fmean(own) for name, own in values.items()},
        "intervals": {name: share_interval(own) for name, own in values.items()},
        "index_s": median(run.index_s for run in worked),
        "p50_s": median(seconds),
        "p95_s": percentile(seconds, 0.95),
        "cpu_p50_s": median(cpu),
        "memory_mb": {n: median(run.memory[n] for run in worked) for n in ("before", "peak")},
        "versions": dict(worked[0].versions),
        "rounds": len(worked),
        "values": values,
    }


def _differences(systems: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Our form -> peer -> ours minus the peer's best form, in each metric; and the peer's median time / ours."""
    if OURS not in systems:
        return {}
    told: dict[str, dict[str, Any]] = {}
    for variant, ours in systems[OURS]["variants"].items():
        if "failed" in ours:
            continue
        told[variant] = {
            name: _difference(ours, system["variants"][system["best"]])
            for name, system in systems.items()
            if name != OURS and system["best"] is not None
        }
    return told


def _difference(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    metrics = {name: paired(ours["values"][name], theirs["values"][name]) for name in METRICS}
    return {**metrics, "time_ratio": theirs["p50_s"] / ours["p50_s"]}


def paired(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """The mean difference, its 95 % interval and p by a bootstrap over questions, in pairs."""
    each = [a - b for a, b in zip(ours, theirs, strict=True)]
    p = p_value(ratio(each, [1.0] * len(each), resamples(len(each)))) if any(each) else 1.0
    return {"difference": float(np.mean(each)), "interval": difference_interval(theirs, ours), "p": p}
