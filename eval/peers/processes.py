"""A system's form and a task -> what its own process found and how long it took, or why there is nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.files import make_folder, write_whole
from eval.peers import runners
from eval.peers.environments import OURS, Environments, System
from eval.peers.task import Task
from eval.provenance import ROOT, git_commit
from index.errors import JudianError

DRIVER = Path(runners.__path__[0]) / "driver.py"
_QUIET = {
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "HF_HUB_OFFLINE": "1",
}  # nothing leaves the machine
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Found:
    """One run of one form: hits (passage ids), seconds and the processor's seconds of each question, and what it cost.

    `memory` is in MB: that of the process at its peak, and `before` the index was built, with the input read.
    """

    hits: tuple[tuple[str, ...], ...]
    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    index_s: float
    memory: Mapping[str, float]
    versions: Mapping[str, str]


class FailedRunError(JudianError):
    """A peer's process did not do its work; the message says why and what mends it."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Where results are kept (`folder`), by how many threads each process may compute, and how long it may take."""

    folder: Path
    environments: Environments
    threads: int
    patience: float
    resume: bool = False

    def find(self, system: System, variant: str, task: Task, turn: int) -> Found:
        """Run the form in a process of its own, or take the result that is kept. Raises FailedRunError."""
        out = self.folder / task.name / f"{system.name}.{variant}.{turn}.json"
        origin = _origin(system, task, self.threads)
        if not (self.resume and _kept(out, origin)):
            make_folder(out.parent)
            out.unlink(missing_ok=True)
            self._run(system, variant, task, out)
            told = json.loads(out.read_text(encoding="utf-8"))
            write_whole(out, json.dumps({"origin": origin, **told}, ensure_ascii=False))
        return read_found(out, task)

    def _run(self, system: System, variant: str, task: Task, out: Path) -> None:
        log = out.with_suffix(".log")
        try:
            python = self.environments.python(system)
        except JudianError as error:
            raise FailedRunError(str(error)) from error
        flag = "-P" if system.name == OURS else "-I"  # ours needs its own folder on the path, the others nothing of it
        arguments = [str(DRIVER), str(system.runner), variant, str(task.folder.resolve()), str(out.resolve())]
        try:
            with log.open("wb") as told:
                command = [str(python), flag, *arguments]
                done = subprocess.run(command, env=self._variables(system), stdout=told, stderr=told, timeout=self.patience, check=False)  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise FailedRunError(f"{self.patience:.0f} 秒还没有做完，已停止。可以放宽：--patience 秒数") from error
        except OSError as error:
            raise FailedRunError(f"启动不了 {python}：{error.strerror}。{self.environments.mend(system)}") from error
        if done.returncode or not out.exists():
            raise FailedRunError(self._why(system, done.returncode, log))

    def _why(self, system: System, code: int, log: Path) -> str:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = lines[-1][:300] if lines else f"进程以 {code} 结束，没有留下话"
        mend = f" {self.environments.mend(system)}" if "ModuleNotFoundError" in last and system.packages else ""
        return f"{last}（全文见 {log}）。{mend}".rstrip()

    def _variables(self, system: System) -> dict[str, str]:
        own = {"PYTHONPATH": str(ROOT)} if system.name == OURS else {}
        return {**os.environ, **_QUIET, **dict.fromkeys(_THREADS, str(self.threads)), "PYTHONUTF8": "1", **own}


def read_found(path: Path, task: Task) -> Found:
    """What a process wrote, checked. Raises FailedRunError when it breaks the contract of driver.py."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        found = Found(
            hits=tuple(tuple(map(str, own)) for own in told["hits"]),
            seconds=tuple(map(float, told["seconds"])),
            cpu=tuple(map(float, told["cpu"])),
            index_s=float(told["index_s"]),
            memory={name: float(told["memory"][name]) for name in ("before", "peak")},
            versions=dict(told["versions"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FailedRunError(f"结果 {path} 不合约定：{type(error).__name__} {error}。请删去它再运行一次。") from error
    _check(found, task, path)
    return found


def _check(found: Found, task: Task, path: Path) -> None:
    if not len(found.hits) == len(found.seconds) == len(found.cpu) == len(task.questions):
        raise FailedRunError(f"结果 {path} 有 {len(found.hits)} 题，应有 {len(task.questions)} 题。请再运行一次。")
    unknown: Sequence[str] = sorted({i for own in found.hits for i in own} - task.places.keys())
    if unknown:
        raise FailedRunError(f"结果 {path} 里的段落 {unknown[0]} 不在输入里（共 {len(unknown)} 个）。请再运行一次。")
    if any(len(set(own)) != len(own) for own in found.hits):
        raise FailedRunError(f"结果 {path} 里有一题把同一段给了两次。请改正 runner。")


def _origin(system: System, task: Task, threads: int) -> dict[str, Any]:
    own = {"commit": git_commit()} if system.name == OURS else {}
    return {"input": task.digest, "runner": system.digest, "threads": threads, **own}


def _kept(path: Path, origin: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["origin"] == origin)
    except (OSError, ValueError, KeyError, TypeError):
        return False
