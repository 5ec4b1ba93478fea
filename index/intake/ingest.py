"""Files -> the store in step with them: says of each what happened."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.documents import SourceFile
from index.encoder import Encoder, Vectors
from index.intake.archived import Archived
from index.intake.files import missing, size
from index.intake.folder import Comparison, Outcome, Step, compare
from index.intake.kinds import suffix
from index.intake.pipeline import CHUNK, RefusedError, Written, run
from index.intake.prepare import Here, Job, Part, Prepared, Reader, Result, reason
from index.intake.progress import Work
from index.intake.survey import Source, place_of, survey
from index.store import Store, StoreError

__all__ = ["CHUNK", "Verdict", "add"]

Counted = Callable[[int, int], None]
"""(done, total)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened to one file; `reason` is Chinese and empty unless it failed, `before` the name that it had."""

    name: str
    outcome: Outcome
    passages: int
    reason: str
    before: str = ""


def add(
    store: Store,
    encoder: Encoder,
    files: Sequence[SourceFile],
    encoded: Counted | None = None,
    *,
    collection: str = "",
    roots: Sequence[Path] = (),
    prune: bool = False,
    reader: Reader | None = None,
    compared: Counted | None = None,
) -> Generator[Verdict, None, None]:
    """Bring `collection` into step with `files`: a verdict each, in order, then those of documents that vanished.

    Every document is one transaction; a bad file fails alone and leaves what was there. `roots` are folders and
    archives that `files` is all of: what else the collection has from them has vanished, and is taken out with
    `prune`. `encoded(done, total)` counts characters, `compared(done, total)` files. Raises StoreError when the store
    itself cannot be written; what was done before stays, as it does when the iterator is closed early.
    """
    kept = store.documents()
    here = {d.path: d for d in kept if d.collection == collection}
    archived = Archived(store.folder)
    sources = survey(files, here, archived, compared)
    places = {source.found.path for source in sources}
    gone = {path for path in here if path not in places and missing(path)}
    inside = [place_of(root) for root in roots]
    comparison = compare([s.found for s in sources], kept, collection, gone, inside, prune)
    passages = {d.name: d.passages for d in kept}
    _move(store, comparison)
    if prune and comparison.vanished:
        store.remove(comparison.vanished)
    outcome: Outcome = "removed" if prune else "vanished"
    yield from _verdicts(
        store, encoder, _Plan(sources, comparison.steps, collection, reader or Here()), passages, encoded
    )
    yield from (Verdict(name, outcome, passages[name], "") for name in comparison.vanished)
    archived.save()


@dataclass(frozen=True, slots=True)
class _Plan:
    sources: Sequence[Source]
    steps: Sequence[Step]
    collection: str
    reader: Reader


def _move(store: Store, comparison: Comparison) -> None:
    for step in comparison.steps:
        if step.outcome == "renamed" and not step.encode:
            store.rename(step.before, step.name, step.found.path)


def _verdicts(
    store: Store,
    encoder: Encoder,
    plan: _Plan,
    passages: Mapping[str, int],
    encoded: Counted | None,
) -> Iterator[Verdict]:
    """One for each step, in order, as soon as all before it are known."""
    known = {n: _settled(step, passages) for n, step in enumerate(plan.steps) if not step.encode}
    next_one = 0
    with closing(_done(store, encoder, plan, encoded)) as done:
        while next_one < len(plan.steps):
            if next_one in known:
                yield known.pop(next_one)
                next_one += 1
                continue
            number, passage_count, fault = next(done)
            step = plan.steps[number]
            outcome: Outcome = "failed" if fault else step.outcome
            known[number] = Verdict(step.name, outcome, passage_count, fault, "" if fault else step.before)


def _settled(step: Step, passages: Mapping[str, int]) -> Verdict:
    count = 0 if step.outcome == "failed" else passages.get(step.before or step.name, 0)
    return Verdict(step.name, step.outcome, count, step.found.error, step.before)


def _done(
    store: Store, encoder: Encoder, plan: _Plan, encoded: Counted | None
) -> Generator[tuple[int, int, str], None, None]:
    """(step, passages, fault) of every step that has something to encode, in order."""
    jobs = _jobs(plan)
    if not jobs:
        return
    work = Work({part.number: _weight(job, part) for job in jobs for part in job.parts})

    def write(prepared: Prepared, vectors: Vectors) -> None:
        step = plan.steps[prepared.number]
        try:
            store.replace(prepared.document, prepared.passages, vectors, plan.collection, step.before)
        except StoreError:
            raise
        except Exception as error:
            raise RefusedError(reason(error)) from error

    def read(result: Result) -> None:
        work.read(result.number, result.characters if isinstance(result, Prepared) else 0)

    def counted(characters: int) -> None:
        work.encoded(characters)
        if encoded:
            encoded(work.done, work.total)

    with store.held_open(), closing(run(plan.reader, jobs, encoder, write, read, counted)) as results:
        for result in results:
            if isinstance(result, Written):
                yield result.number, result.passages, ""
            else:
                yield result.number, 0, result.reason


def _weight(job: Job, part: Part) -> tuple[str, int]:
    return suffix(part.member or job.file.name), size(job.file) // len(job.parts)


def _jobs(plan: _Plan) -> list[Job]:
    """The files to be read, each once, in order, with their documents."""
    jobs: dict[Path, list[Part]] = {}
    for number, (source, step) in enumerate(zip(plan.sources, plan.steps, strict=True)):
        if step.encode:
            part = Part(number, step.name, source.found.path, source.member)
            jobs.setdefault(source.file, []).append(part)
    return [Job(file, tuple(parts)) for file, parts in jobs.items()]
