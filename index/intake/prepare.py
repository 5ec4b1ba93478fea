"""A file -> its documents ready to be encoded: read, cleaned, split, with the texts whose vectors are wanted.

What is done here is what child processes do ahead of the encoder; nothing here knows the store or a model.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from index.cleaning import CleanText, clean
from index.documents import Document, document, inside
from index.errors import JudianError
from index.extract import Extract
from index.intake.files import read_bytes
from index.passages import Passage, shown_headings, split
from index.reading import Repair
from index.repair.propose import propose
from index.repair.words import Words
from index.searchtext import search_text
from index.structure.titles import find_date, find_title


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file: the file itself, or what lies in it as `member`. `name` is what it will be called."""

    number: int
    name: str
    path: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read once, for these of its documents."""

    file: Path
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document and its passages. `texts` are to be encoded, each once; `rows` says which of them are the vectors of
    the passages, in order, and then of their sentences, in order."""

    number: int
    document: Document
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def characters(self) -> int:
        """Of all texts to be encoded."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that could not be read; `reason` is Chinese."""

    number: int
    reason: str


Result = Prepared | Refused


class Reader(Protocol):
    """Reads files, here or elsewhere."""

    def results(self, jobs: Iterable[Job]) -> Generator[Result, None, None]:
        """A result for each part of each job, job by job."""
        ...

    def stop(self) -> None:
        """Let results() end soon; may be called from another thread."""
        ...


class Here:
    """Reads in this process: for files that are known to be sound."""

    def __init__(self) -> None:
        self._stopped = False

    def results(self, jobs: Iterable[Job]) -> Generator[Result, None, None]:
        """A result for each part of each job, job by job."""
        for job in jobs:
            if self._stopped:
                return
            yield from prepare(job)

    def stop(self) -> None:
        """Nothing after the file in hand."""
        self._stopped = True


def prepare(job: Job) -> Iterator[Result]:
    """A result for each part of the job; whatever a reader raises becomes a Refused."""
    try:
        data = read_bytes(job.file)
    except Exception as error:
        yield from (Refused(part.number, reason(error)) for part in job.parts)
        return
    wanted = {part.member: part for part in job.parts}
    if own := wanted.pop("", None):
        yield _prepared(own, job.file.name, data)
    if wanted:
        yield from _of_members(job.file.name, data, wanted)


def _of_members(name: str, data: bytes, wanted: Mapping[str, Part]) -> Iterator[Result]:
    waiting = dict(wanted)
    fault = "文件里已经没有这一份了（添加时文件改动过）。请再添加一次。"
    try:
        for member in inside(name, data):
            part = waiting.pop(member.name, None)
            if part is not None:
                yield _prepared(part, member.name, member.data)
            if not waiting:
                return
    except Exception as error:
        fault = reason(error)
    yield from (Refused(part.number, fault) for part in waiting.values())


def _prepared(part: Part, name: str, data: bytes) -> Result:
    """`name` is that of the bytes, whose suffix tells their kind."""
    try:
        return _split(part.number, replace(document(name, part.path, data), name=part.name))
    except Exception as error:
        return Refused(part.number, reason(error))


def _split(number: int, read: Document) -> Prepared:
    extract = read.extract
    cleaned = clean(extract.text, extract.layout, extract.pages)
    extract = with_title(extract, cleaned)
    passages = split(cleaned, extract.headings, extract.pages, doubtful(cleaned.text))
    if not passages:
        raise JudianError("清理后没有剩下可以检索的文字。")

    def searched(section: str, text: str) -> str:
        return search_text(read.name, section, text, extract.title, extract.date)

    texts = [searched(p.section, p.reading) for p in passages]
    texts += [searched(p.section, s.reading) for p in passages for s in p.sentences]
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    return Prepared(
        number, replace(read, extract=extract), tuple(passages), tuple(rows), tuple(rows[text] for text in texts)
    )


def with_title(extract: Extract, cleaned: CleanText) -> Extract:
    """The extract with the title and date that its text states, where its format states none."""
    title = extract.title or find_title(cleaned.text, shown_headings(cleaned, extract.headings))
    return replace(extract, title=title, date=extract.date or find_date(cleaned.text))


def doubtful(text: str) -> tuple[Repair, ...]:
    """Readings offered for damaged characters of a display text, by its own words and by what is generally known."""
    return tuple(propose(text, Words([text])))


def reason(error: BaseException) -> str:
    """Why a file could not be read, in Chinese, whatever a library raised."""
    if isinstance(error, JudianError):
        return str(error)
    if isinstance(error, MemoryError):
        return "内存不够，读不了这份文件。请关闭别的程序，或把文件分成几份后再添加。"
    if isinstance(error, RecursionError):
        return "文件的结构层层嵌套，太深，读不了。请用原来的程序打开、另存后再添加。"
    detail = f"{type(error).__name__}：{error}" if str(error) else type(error).__name__
    return f"读取时出错（{detail[:200]}）。文件可能已损坏：请用原来的程序打开、另存后再添加。"
