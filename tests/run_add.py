"""python tests/run_add.py STORE SECONDS PATH… [--watch] [--prune]: `index add` with an encoder that needs no weights."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fake_encoder import HashEncoder

from index import command
from index.encoder import Vectors
from index.intake.adding import Request, run


class SlowEncoder(HashEncoder):
    """Takes its time over every batch."""

    def __init__(self, seconds: float) -> None:
        super().__init__("hash")
        self._seconds = seconds

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors, after a while."""
        time.sleep(self._seconds)
        return super().encode_passages(texts)


def main(store: str, seconds: str, *arguments: str) -> int:
    """The exit code of the command."""
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    request = Request(paths, Path(store), "", "--prune" in arguments, "hash", lambda: SlowEncoder(float(seconds)))
    return command.run(lambda: run(request, watch="--watch" in arguments))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background of a shell
    sys.exit(main(*sys.argv[1:]))
