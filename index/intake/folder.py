"""Files found and documents kept -> what to do with each, so that the store is in step with the folder. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, Protocol

Outcome = Literal["added", "replaced", "unchanged", "renamed", "removed", "vanished", "failed"]
DEFAULT = "默认"  # how the collection "" is shown


class Kept(Protocol):
    """A document as the store has it."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def path(self) -> str: ...  # noqa: D102

    @property
    def sha256(self) -> str: ...  # noqa: D102

    @property
    def collection(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Found:
    """A document found on disk: its name as the folder gives it, its place, and the hash of its bytes.

    `error` says why there is no hash; nothing is said of what may lie inside such a file or folder.
    """

    name: str
    path: str
    sha256: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one file: `name` is what its document will be called, `before` what it was called.

    `encode` says that it must be read and encoded; a document that only moved keeps its vectors.
    """

    found: Found
    outcome: Outcome
    name: str
    before: str = ""
    encode: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Steps in the order of the files, and the names of documents whose files have gone from the folders.

    Documents that moved are to be renamed first, in order, then those that vanished taken out, then the rest added:
    in that order no name is ever taken twice.
    """

    steps: tuple[Step, ...]
    vanished: tuple[str, ...]


def compare(
    found: Sequence[Found],
    kept: Sequence[Kept],
    collection: str = "",
    gone: Collection[str] = frozenset(),
    roots: Sequence[str] = (),
    prune: bool = False,
) -> Comparison:
    """What to do with each file of `found` (no path twice) so that `collection` holds it as it is now.

    `gone` are paths of kept documents at which nothing is any more, `roots` the folders that `found` is all of. With
    `prune` the names of documents that vanished may be used again.
    """
    here = {d.path: d for d in kept if d.collection == collection}
    unread = {f.path for f in found if f.error}
    lost = [d for d in here.values() if d.path in gone and not _within(d.path, unread)]
    names = _Names({d.name: d.path for d in kept}, collection)
    moved = _moves([f for f in found if not f.error and f.path not in here], lost)
    steps = {f.path: _moved(f, moved[f.path], names) for f in found if f.path in moved}
    left = {d.name for d in moved.values()}
    vanished = sorted(d.name for d in lost if d.name not in left and _within(d.path, set(roots)))
    if prune:
        names.free(vanished)
    for f in found:
        if f.path not in steps:
            steps[f.path] = _step(f, here.get(f.path), names)
    return Comparison(tuple(steps[f.path] for f in found), tuple(vanished))


def _step(found: Found, known: Kept | None, names: _Names) -> Step:
    if found.error:
        return Step(found, "failed", known.name if known else found.name)
    if known is None:
        return Step(found, "added", names.take(found), encode=True)
    if known.sha256 == found.sha256:
        return Step(found, "unchanged", known.name)
    return Step(found, "replaced", known.name, encode=True)


def _moved(found: Found, before: Kept, names: _Names) -> Step:
    """The name is part of what is embedded: under another stem a document is encoded again, and its old name kept back
    until the new one stands."""
    old, new = PurePosixPath(before.name), PurePosixPath(found.name)
    if (old.stem, old.suffix.lower()) != (new.stem, new.suffix.lower()):
        return Step(found, "renamed", names.take(found), before.name, encode=True)
    names.free([before.name])
    return Step(found, "renamed", names.take(found), before.name)


def _moves(new: Sequence[Found], lost: Sequence[Kept]) -> dict[str, Kept]:
    """Path of a new file -> the lost document of the same content; where there are several, of the same file name."""
    waiting: dict[str, list[Kept]] = {}
    for d in lost:
        waiting.setdefault(d.sha256, []).append(d)
    moves: dict[str, Kept] = {}
    for same_name in (True, False):
        for f in new:
            if f.path in moves:
                continue
            same = waiting.get(f.sha256, [])
            last = PurePosixPath(f.path).name
            match = next((d for d in same if not same_name or PurePosixPath(d.path).name == last), None)
            if match is not None:
                same.remove(match)
                moves[f.path] = match
    return moves


def _within(path: str, folders: Collection[str]) -> bool:
    return path in folders or any(str(above) in folders for above in PurePosixPath(path).parents)


@dataclass(slots=True)
class _Names:
    """Names taken in the store -> the path of their file. A name is never given twice."""

    taken: dict[str, str] = field(default_factory=dict[str, str])
    collection: str = ""

    def free(self, names: Sequence[str]) -> None:
        for name in names:
            self.taken.pop(name, None)

    def take(self, found: Found) -> str:
        name = next(n for n in _candidates(found, self.taken, self.collection) if n not in self.taken)
        self.taken[name] = found.path
        return name


def _candidates(found: Found, taken: Mapping[str, str], collection: str) -> Iterator[str]:
    """The file's own name; in a second collection that after the collection's; folders in front; a number."""
    name = found.name
    yield name
    if taken.get(name) == found.path:  # the same file stands in another collection
        name = f"{collection or DEFAULT}/{name}"
        yield name
    parts = [p for p in PurePosixPath(found.path).parts if p != "/"]
    front = parts[: -len(PurePosixPath(found.name).parts)]
    while front:
        name = f"{front.pop()}/{name}"
        yield name
    whole, number = PurePosixPath(name), 1
    while True:
        number += 1
        yield str(whole.with_name(f"{whole.stem}（{number}）{whole.suffix}"))
