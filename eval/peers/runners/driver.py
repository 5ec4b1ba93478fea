"""python driver.py RUNNER VARIANT INPUT OUT: passages and questions of INPUT -> OUT: hits, times, memory, versions.

Runs by the peer's own Python: standard library and numpy alone, nothing of ours. RUNNER is a file with

    NAMES      distributions whose versions are told
    VARIANTS   name -> what it is, in Chinese
    open(variant, given) -> search(question, vector) -> ids of the given.k best passages, best first

and, for what must be at hand before the clock starts (libraries above all), prepare(variant, given). With RAW true it is asked the
questions as they are, else folded as the passages are. A `search` with an attribute `apart` counts in it the seconds
that are not its own (encoding). `given` has ids, texts, vectors and passages (document and start), questions and their vectors,
k, folder and about (INPUT/about.json).
"""

from __future__ import annotations

import json
import platform
import resource
import runpy
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

WARM = 3  # questions asked before the clock starts
Search = Callable[[str, Any], list[str]]


def main(runner: str, variant: str, folder: str, out: str) -> None:
    """Build the index, answer the questions one by one, write what came of it."""
    module = runpy.run_path(runner)
    given = read(Path(folder), raw=module.get("RAW", False))
    if "prepare" in module:
        module["prepare"](variant, given)
    before = memory()
    started = time.perf_counter()
    search: Search = module["open"](variant, given)
    index_s = time.perf_counter() - started
    for question, vector in list(zip(given.questions, given.question_vectors, strict=True))[:WARM]:
        search(question, vector)
    hits, seconds, cpu = answer(search, given)
    told = {
        "variant": variant,
        "versions": {name: found for name in module["NAMES"] if (found := _version(name))},
        "python": platform.python_version(),
        "index_s": index_s,
        "seconds": seconds,
        "cpu": cpu,
        "hits": hits,
        "memory": {"before": before, "peak": memory()},
    }
    partial = Path(out + ".partial")
    partial.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    partial.replace(out)


def read(folder: Path, *, raw: bool) -> SimpleNamespace:
    """The common input: see eval.peers.task, which writes it."""
    passages, questions = _lines(folder / "passages.jsonl"), _lines(folder / "questions.jsonl")
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return SimpleNamespace(
        ids=[p["id"] for p in passages],
        texts=[p["search_text"] for p in passages],
        vectors=np.load(folder / "vectors.npy"),
        passages=[{name: p[name] for name in ("id", "document", "start")} for p in passages],
        questions=[q["text" if raw else "folded"] for q in questions],
        question_vectors=np.load(folder / "question_vectors.npy"),
        k=about["k"],
        folder=folder,
        about=about,
    )


def answer(search: Search, given: SimpleNamespace) -> tuple[list[list[str]], list[float], list[float]]:
    """The hits of each question, the seconds each took without what `apart` counts, and the processor's seconds,
    all threads together, which hardly change when other programs are running (with what `apart` counts)."""
    hits, seconds, cpu = [], [], []
    for question, vector in zip(given.questions, given.question_vectors, strict=True):
        apart, busy, started = getattr(search, "apart", 0.0), time.process_time(), time.perf_counter()
        found = search(question, vector)
        seconds.append(time.perf_counter() - started - (getattr(search, "apart", 0.0) - apart))
        cpu.append(time.process_time() - busy)
        hits.append([str(i) for i in found][: given.k])
    return hits, seconds, cpu


def memory() -> float:
    """The most memory this process has held at once, in MB. Linux's VmHWM, since ru_maxrss counts the process before."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024 / 1e6
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main(*sys.argv[1:])
