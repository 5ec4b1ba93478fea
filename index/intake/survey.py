"""Files -> every document among and inside them, with the hash of its bytes: what a comparison with the store needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.documents import holds_documents, inside, is_document, unknown
from index.errors import JudianError
from index.intake.archived import Archived
from index.intake.files import SourceFile, digest, read_bytes, shown
from index.intake.folder import Found, Kept
from index.intake.prepare import reason

THREADS = 4  # hash files, waiting for the disk in turn


@dataclass(frozen=True, slots=True)
class Source:
    """A document found, and where its bytes are: in `file`, or in its part called `member`."""

    found: Found
    file: Path
    member: str = ""


def survey(
    files: Sequence[SourceFile],
    here: Mapping[str, Kept],
    archived: Archived,
    compared: Callable[[int, int], None] | None = None,
) -> list[Source]:
    """Every document, each once, in order of the files.

    `here` are the documents kept by path: an archive that is known and whose documents are all there is not taken
    apart. `compared(done, total)` counts files.
    """
    places = _places(files)
    sources: list[Source] = []
    with ThreadPoolExecutor(THREADS, "hash") as pool:
        hashed = pool.map(_hashed, [file for file, _ in places])
        for done, ((file, place), (sha256, error)) in enumerate(zip(places, hashed, strict=True), 1):
            sources += _sources(file, place, sha256, error, here, archived)
            if compared:
                compared(done, len(places))
    return sources


def place_of(path: Path) -> str:
    """A file's place as the store names it: whole, without links, as people read it."""
    return shown(path.resolve().as_posix())


def _places(files: Sequence[SourceFile]) -> list[tuple[SourceFile, str]]:
    """Each file with its place, each place once: a link beside the file that it means is left out."""
    folder_of = cache(lambda path: path.resolve())
    found: dict[Path, SourceFile] = {}
    for file in files:
        linked = file.path.is_symlink()
        place = file.path.resolve() if linked else folder_of(file.path.parent) / file.path.name
        if place not in found or (found[place].path.is_symlink() and not linked):
            found[place] = file
    return [(file, shown(place.as_posix())) for place, file in found.items()]


def _hashed(file: SourceFile) -> tuple[str, str]:
    if fault := file.error or unknown(file.path.name):
        return "", fault
    try:
        return digest(file.path), ""
    except JudianError as error:
        return "", str(error)


def _sources(
    file: SourceFile, place: str, sha256: str, error: str, here: Mapping[str, Kept], archived: Archived
) -> Iterator[Source]:
    own = Source(Found(file.name, place, sha256, error), file.path)
    kind = file.path.name
    if error or not holds_documents(kind):
        yield own
        return
    if is_document(kind):
        yield own
    held = [_part(own, member, "") for member in archived.get(sha256) or ()]
    if archived.get(sha256) is not None and all(part.found.path in here for part in held):
        yield from (_part(own, part.member, here[part.found.path].sha256) for part in held)
        return
    yield from _taken_apart(own, kind, archived)


def _taken_apart(own: Source, kind: str, archived: Archived) -> Iterator[Source]:
    parts: dict[str, Source] = {}
    fault = ""
    try:
        data = read_bytes(own.file)
        for member in inside(kind, data):
            sha256 = "" if member.error else hashlib.sha256(member.data).hexdigest()
            parts.setdefault(member.name, _part(own, member.name, sha256, member.error))
    except Exception as error:
        fault = reason(error)
    if not fault and not parts and not is_document(kind):
        fault = "压缩包里没有可以添加的文件。"
    yield from parts.values()
    if fault:
        within = "/附件" if is_document(kind) else ""
        yield Source(Found(own.found.name + within, own.found.path + within, "", fault), own.file)
    elif all(not part.found.error for part in parts.values()):
        archived.put(hashlib.sha256(data).hexdigest(), list(parts))


def _part(whole: Source, member: str, sha256: str, error: str = "") -> Source:
    """`member` is a name that a stranger gave: it is shown and compared, and nothing is ever opened by it."""
    name, path = (f"{front}/{shown(member)}" for front in (whole.found.name, whole.found.path))
    return Source(Found(name, path, sha256, error), whole.file, member)
