"""Indexes and the store they came from -> the Indexes of the store as it is now, by what came, went and was renamed.

Passage ids are never used again and what they stand for never changes, so the ids say what is new and what is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.dense import Half
from index.derived.postings import Mask
from index.derived.state import Filed, Indexes, Numbers, nothing
from index.searchtext import search_text
from index.storage.kept import DocumentSummary, PassageHeader
from index.store import Store

_Named = TypeVar("_Named")


def read(store: Store) -> Indexes:
    """All of it from SQLite; encodes nothing."""
    return follow(nothing(int(store.manifest()["dim"])), store)


def follow(before: Indexes, store: Store) -> Indexes:
    """`before` with what came since, and without what went.

    When the store changes meanwhile, the state is that of an instant in between or just misses what went, and its
    generation is that of the beginning, so that the next search looks again.
    """
    generation = store.generation()
    ids = store.passage_ids()
    known = {_filed(summary) for summary in store.documents()}
    live = before.live & np.isin(before.ids, ids)
    moved = _moved(before, live, known)
    came = ids[~np.isin(ids, before.ids[live])]
    if came.size and before.ids.size and came[0] <= before.ids[-1]:
        return read(store)  # an older copy of the database stands here now
    headers = store.passage_headers([*before.ids[moved].tolist(), *came.tolist()])
    contents = {(f.name, f.collection, f.title, f.date): f.content for f in known}
    filed = [
        Filed(*key, contents.get(key, "")) for h in headers for key in [(h.document, h.collection, h.title, h.date)]
    ]
    if _swapped(before, headers, filed):
        return read(store)
    return _applied(before, generation, live, headers, filed, store)


def _applied(
    before: Indexes, generation: int, live: Mask, headers: list[PassageHeader], filed: list[Filed], store: Store
) -> Indexes:
    """With the passages of `headers`, by id: those that `before` knows have other names now, the rest are new."""
    came = [h.id for h in headers if not before.ids.size or h.id > before.ids[-1]]
    ids = np.concatenate([before.ids, np.array(came, np.int64)])
    rows = np.searchsorted(ids, [h.id for h in headers]).astype(np.uint32)
    live = np.concatenate([live, np.ones(len(came), bool)])
    documents, document_of = _numbered(before.documents, before.document_of, rows, filed)
    sections, section_of = _numbered(before.sections, before.section_of, rows, [h.section for h in headers])
    vectors, owners = _vectors(store, came, everything=len(came) == len(ids))
    dense = before.dense.updated(live, np.searchsorted(ids, owners).astype(np.uint32), vectors)
    del vectors
    texts = [search_text(h.document, h.section, h.reading, h.title, h.date) for h in headers]
    return Indexes(
        generation,
        ids,
        documents,
        sections,
        document_of,
        section_of,
        dense,
        before.lexical.updated(live, rows, texts),
    )


def _vectors(store: Store, ids: list[int], *, everything: bool) -> tuple[Half, Numbers]:
    """Those of these passages; all at once where they are all there are."""
    vectors, owners = store.vectors(None if everything else ids)
    wanted = np.isin(owners, np.array(ids, np.int64))
    return (vectors, owners) if wanted.all() else (vectors[wanted], owners[wanted])


def _numbered(
    known: tuple[_Named, ...], numbers: Numbers, rows: NDArray[np.uint32], named: Sequence[_Named]
) -> tuple[tuple[_Named, ...], Numbers]:
    """What is named with the new ones behind, and each row's place in it, once `rows` are `named` so."""
    places = {name: place for place, name in enumerate(known)}
    found = [places.setdefault(name, len(places)) for name in named]
    grown = np.zeros(max([len(numbers), *(rows[-1:].astype(int) + 1)]), np.int64)
    grown[: len(numbers)] = numbers
    grown[rows] = found
    return tuple(places), grown


def _moved(before: Indexes, live: Mask, known: set[Filed]) -> Mask:
    """The live rows whose document is in the store under another name, title or collection, or not at all."""
    strange = [place for place, document in enumerate(before.documents) if document not in known]
    mask: Mask = live & np.isin(before.document_of, strange)
    return mask


def _swapped(before: Indexes, headers: list[PassageHeader], filed: list[Filed]) -> bool:
    """Whether an id that was known stands for another content now."""
    for header, now in zip(headers, filed, strict=True):
        row = int(np.searchsorted(before.ids, header.id))
        if row == len(before.ids):
            continue
        was = before.documents[before.document_of[row]].content
        if was and now.content and was != now.content:
            return True
    return False


def _filed(summary: DocumentSummary) -> Filed:
    content = f"{summary.sha256} {summary.added_at}"
    return Filed(summary.name, summary.collection, summary.title, summary.date, content)
