"""Folders -> what changes in them, as it happens: files to add again, and places where something may have gone."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import JudianError
from index.intake.files import SourceFile, find_in, may_be_found

WAIT_MS, QUIET_MS = 1000, 300  # at most between two looks; without a further change before one is told
LONGEST_MS = 3000  # changes that never rest are told all the same


@dataclass(frozen=True, slots=True)
class Change:
    """Files that are new or may have changed, and the places whose documents are to be looked for."""

    files: tuple[SourceFile, ...]
    places: tuple[Path, ...]


def changes(
    folders: Sequence[Path], watching: Callable[[], None], stop: threading.Event | None = None
) -> Iterator[Change]:
    """Changes under `folders`, those of one moment together, until `stop` is set or the caller leaves.

    `watching()` is called once when the watch stands: what changes from then on is told, however long it takes.
    Raises JudianError when the folders cannot be watched.
    """
    from watchfiles import watch

    roots = [folder.resolve() for folder in folders]
    events = watch(
        *roots,
        watch_filter=None,
        debounce=LONGEST_MS,
        step=QUIET_MS,
        rust_timeout=WAIT_MS,
        yield_on_timeout=True,
        stop_event=stop,
    )
    told = _told(events, folders)
    first = next(told, set[str]())
    watching()
    for paths in itertools.chain([first], told):
        if change := _change(roots, sorted(map(Path, paths))):
            yield change


def _told(events: Iterator[set[tuple[Any, str]]], folders: Sequence[Path]) -> Iterator[set[str]]:
    try:
        for event in events:
            yield {path for _, path in event}
    except (OSError, RuntimeError) as error:
        raise JudianError(
            f"不能跟踪 {'、'.join(map(str, folders))}：{error}。"
            "文件夹太大或在网络盘上时，可先设环境变量 WATCHFILES_FORCE_POLLING=1 再试。"
        ) from error


def _change(roots: Sequence[Path], paths: Sequence[Path]) -> Change | None:
    files: dict[Path, SourceFile] = {}
    places: list[Path] = []
    for path in paths:
        root = next((r for r in roots if path.is_relative_to(r)), None)
        if root is None or path == root or not may_be_found(root, path):
            continue
        places.append(path)
        files.update((file.path, file) for file in find_in(root, path))
    return Change(tuple(files.values()), tuple(places)) if places else None
