"""Jobs -> results, from a child process: a reader that hangs, crashes or eats memory takes nothing else with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from index.intake.files import size
from index.intake.kinds import READERS, suffix
from index.intake.prepare import Job, Refused, Result

WORK = "index.intake.prepare:prepare"
SECONDS, SECONDS_A_MIB = 60.0, 20.0  # a file's time to be read, on a slow and busy machine
PAGES_SECONDS, PAGES_SECONDS_A_MIB = 180.0, 300.0  # where pages may have to be recognised: some thirty a MiB
SLOW = frozenset({"pdf", "scan", "legacy"})  # LibreOffice, too, takes its time
SLICE = 0.2  # seconds between two looks at whether to stop
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # the other cores encode; idle threads would spin
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; from index.intake.child import serve; serve(int(sys.argv[1]), sys.argv[2])"
)


class Child:
    """Does `work` ("module:function" of a Job, giving results) on one job at a time.

    results() starts the process when it is needed and ends it; stop() lets it end at once, from any thread.
    """

    def __init__(self, work: str = WORK, seconds: Callable[[Job], float] | None = None) -> None:
        self._work = work
        self._seconds = seconds or time_for
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._stopped = False

    def results(self, jobs: Iterable[Job]) -> Generator[Result, None, None]:
        """A result for each part of each job, job by job."""
        try:
            for job in jobs:
                if self._stopped:
                    return
                yield from self._done(job)
        finally:
            self._end()

    def stop(self) -> None:
        """No further results."""
        self._stopped = True

    def _done(self, job: Job) -> Generator[Result, None, None]:
        waiting = {part.number: part for part in job.parts}
        fault = "读取没有结果。请再添加一次。"
        try:
            pipe = self._started()
            pipe.send(job)
            while (result := self._received(pipe, self._seconds(job))) is not None:
                waiting.pop(result.number, None)
                yield result
        except TimeoutError as late:
            fault = f"读了 {late} 秒还没有读完，已放弃（文件可能损坏或过于复杂）。请用原来的程序打开、另存后再添加。"
            self._end()
        except (EOFError, OSError):
            fault = (
                f"读取程序在这份文件上意外退出（{self._ending()}）。文件可能已损坏：请用原来的程序打开、另存后再添加。"
            )
            self._end()
        if not self._stopped:
            yield from (Refused(number, fault) for number in waiting)

    def _received(self, pipe: Connection, seconds: float) -> Result | None:
        end = time.monotonic() + seconds
        while not pipe.poll(SLICE):
            if self._stopped:
                raise EOFError
            if time.monotonic() > end:
                raise TimeoutError(f"{seconds:.0f}")
        received: Result | None = pipe.recv()
        return received

    def _started(self) -> Connection:
        if self._pipe is None:
            self._pipe, theirs = Pipe()
            with theirs:
                number = theirs.fileno()
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START, str(number), self._work, *sys.path],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    pass_fds=[number], start_new_session=True, env={**os.environ, **_ONE_THREAD},
                )  # fmt: skip
        return self._pipe

    def _ending(self) -> str:
        """How the process ended, in Chinese."""
        if self._process is None:
            return "没有启动"
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(2)
            return f"退出码 {code}" if code >= 0 else f"信号 {-code}" if code != -9 else "内存不够，或被系统终止"
        return "没有回答"

    def _end(self) -> None:
        """The process and all that it has started; Ctrl-C does not reach them, they have a session of their own."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._pipe = self._process = None


def time_for(job: Job) -> float:
    """Seconds that one document of the file may take."""
    mib = size(job.file) / 2**20
    kinds = {READERS.get(suffix(part.member or job.file.name), "") for part in job.parts}
    if kinds & SLOW:
        return PAGES_SECONDS + PAGES_SECONDS_A_MIB * mib
    return SECONDS + SECONDS_A_MIB * mib


def serve(number: int, work: str) -> None:
    """In the child: results through the pipe of this descriptor, until the parent has gone."""
    with contextlib.suppress(OSError):  # when memory runs out, this process is the one to go
        Path("/proc/self/oom_score_adj").write_text("900")
    module, _, function = work.partition(":")
    done = getattr(import_module(module), function)
    with Connection(number) as pipe, contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            for result in done(pipe.recv()):
                pipe.send(result)
            pipe.send(None)
