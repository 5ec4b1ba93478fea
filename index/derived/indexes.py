"""Store -> Indexes: derived from SQLite, kept beside it, and brought up to date when they are opened.

A snapshot on the disk is some earlier state; opening it means reading it and the difference since.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import numpy as np

from index.dense import DenseIndex
from index.derived import snapshot
from index.derived.following import follow, read
from index.derived.state import Filed, Indexes
from index.errors import JudianError
from index.lexical import LexicalIndex
from index.store import Store

SHARE = 0.05  # of the rows: when so many have changed since the snapshot, a new one is written
TRIES = 3  # another process may take a snapshot away while it is being read, and has a newer one then


def open_indexes(store: Store) -> Indexes:
    """The store as it stands. Reads the snapshot and the difference, or all of SQLite; encodes nothing.

    A new snapshot is kept when much has changed since the last. Raises EmptyStoreError.
    """
    store.check_filled()
    kept = _load(store)
    current = follow(kept, store) if kept else read(store)
    before = len(kept.ids) if kept else 0
    changed = len(current.ids) - before + int((~current.live).sum())
    if changed <= SHARE * before:
        return current
    with contextlib.suppress(OSError):  # a read-only or full disk: the indexes are in memory all the same
        _keep(store, current)
        return _load(store) or current  # from the disk, in memory that other processes share
    return current


def refresh(store: Store) -> None:
    """Bring the snapshot up to date where it is worth it, so that the next search need not."""
    if store.passage_ids().size:
        open_indexes(store)


def check(store: Store) -> list[str]:
    """Faults of the snapshot, in Chinese; a search would find them too, and build it again."""
    cache = store.folder / snapshot.CACHE
    if cache.exists() and not cache.is_dir():
        return [f"{cache} 应是存放检索缓存的文件夹，却是一个文件"]
    folder = snapshot.newest(cache)
    return snapshot.faults(folder, store.birth()) if folder else []


def drop(store: Store) -> None:
    """Take the snapshot away; the next search builds it again from SQLite. Raises JudianError."""
    cache = store.folder / snapshot.CACHE
    try:
        if cache.is_dir():
            shutil.rmtree(cache)
        else:
            cache.unlink(missing_ok=True)
    except OSError as error:
        raise JudianError(f"不能删除检索缓存 {cache}：{error.strerror}。请检查权限后重试。") from error


def _keep(store: Store, indexes: Indexes) -> None:
    live = indexes.live
    documents, document_of = np.unique(indexes.document_of[live], return_inverse=True)
    sections, section_of = np.unique(indexes.section_of[live], return_inverse=True)
    filed = [indexes.documents[place] for place in documents]
    named = {
        "documents": [[f.name, f.collection, f.title, f.date, f.content] for f in filed],
        "sections": [indexes.sections[place] for place in sections],
    }

    def fill(folder: Path) -> None:
        indexes.dense.compacted().save(folder)
        indexes.lexical.compacted().save(folder)
        np.save(folder / "places.npy", np.stack([indexes.ids[live], document_of, section_of]))
        (folder / "names.json").write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")

    about = {"birth": store.birth()}
    snapshot.write(store.folder / snapshot.CACHE, indexes.generation, about, fill)


def _load(store: Store) -> Indexes | None:
    """The newest snapshot; None when there is none that is sound and of this store."""
    for _ in range(TRIES):
        folder = snapshot.newest(store.folder / snapshot.CACHE)
        loaded = _loaded(store, folder) if folder else None
        if loaded or not folder or folder.exists():
            return loaded
    return None


def _loaded(store: Store, folder: Path) -> Indexes | None:
    try:
        if snapshot.faults(folder, store.birth(), thorough=False):
            return None
        generation = int(snapshot.read_stamp(folder)["generation"])
        if generation > store.generation():
            return None  # an older copy of the database has come back
        named = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        ids, document_of, section_of = np.load(folder / "places.npy")
        documents = tuple(Filed(*fields) for fields in named["documents"])
        dense, lexical = DenseIndex.load(folder, len(ids)), LexicalIndex.load(folder)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError):
        return None
    return Indexes(generation, ids, documents, tuple(named["sections"]), document_of, section_of, dense, lexical)
