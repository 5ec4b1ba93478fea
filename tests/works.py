"""Readers that misbehave, for the child process that must bear them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from index.intake.prepare import Job, Result, prepare


def work(job: Job) -> Iterator[Result]:
    """Does what the file's name asks for, else what the product does."""
    name = job.file.stem
    if name == "挂起":
        time.sleep(600)
    elif name == "崩溃":
        os.abort()
    elif name == "退出":
        os._exit(3)
    elif name == "被杀":
        os.kill(os.getpid(), 9)
    elif name == "子孙":
        os.system("sleep 600 &")
        time.sleep(600)
    elif name == "说话":
        os.write(1, b"noise")
        print("noise", flush=True)
    elif name == "不答":
        return
    yield from prepare(job)
