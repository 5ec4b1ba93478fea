"""Prompts that were read -> where the next one can begin: a few of the latest, with the model's caches for them.

The system message, the evidence that a judgement and an answer share, and a conversation's earlier turns are so read
once. A snapshot is never changed, and each new text copies what it takes over: no two share a cache.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rag.decoding import Prefix, Snapshot, shared

KEPT = 4  # prompts
KEPT_BYTES = 256 << 20  # the default model keeps 28 KB of a token: four prompts of 2000 tokens


class Prefixes:
    """The latest snapshots, at most `kept` of them and `kept_bytes` in all. Safe for several threads."""

    def __init__(self, kept: int = KEPT, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept = kept
        self._kept_bytes = kept_bytes
        self._snapshots: list[Snapshot] = []  # the one used last at the end
        self._lock = threading.Lock()

    def resume(self, prefix: Prefix, tokens: Sequence[int]) -> None:
        """Let `prefix` begin with what is kept of `tokens`: the most that one snapshot shares with them."""
        with self._lock:
            best = max(self._snapshots, key=lambda s: shared(s.tokens, tokens), default=None)
            if best is None or not (count := shared(best.tokens, tokens)):
                return
            self._snapshots.remove(best)
            self._snapshots.append(best)
        prefix.resume(best, count)

    def keep(self, prefix: Prefix) -> None:
        """Remember what `prefix` has read, in place of those that it goes on from; the oldest make room."""
        made = prefix.snapshot()
        if made is None:
            return
        with self._lock:
            self._snapshots = [s for s in self._snapshots if made.tokens[: len(s.tokens)] != s.tokens]
            self._snapshots.append(made)
            while len(self._snapshots) > self._kept or sum(s.bytes for s in self._snapshots) > self._kept_bytes:
                del self._snapshots[0]

    def __len__(self) -> int:
        return len(self._snapshots)
