"""The pages of a damaged store -> its whole documents, and the names of the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from index.storage import rows
from index.storage.pages import Cell, Pages, Value
from index.storage.rows import PassageRow
from index.storage.schema import HEADER
from index.storage.soundness import DocumentRows

_UNREADABLE = (LookupError, ValueError, TypeError)
_COLUMNS = len(HEADER) + 2  # of a document's row: id and seal beside what the seal covers
_PASSAGE_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A document that cannot be put together again; `path` is empty where only the name can still be read."""

    name: str
    path: str
    collection: str


@dataclass(slots=True)
class _Places:
    """Where the parts of documents lie, by id."""

    headers: dict[int, tuple[tuple[Value, ...], str]] = field(default_factory=dict)
    contents: dict[int, Cell] = field(default_factory=dict)
    passages: dict[int, dict[int, Cell]] = field(default_factory=lambda: defaultdict(dict))
    vectors: dict[int, Cell] = field(default_factory=dict)
    torn: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


class Wreck:
    """What can be read of a store. `manifest` and `sequence` (table -> highest id given) hold what is left of them."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._found = _Places()
        self.manifest: dict[str, str] = {}
        self.sequence: Counter[str] = Counter()
        for cell in pages.cells():
            try:
                self._note(cell)
            except _UNREADABLE:
                continue

    def documents(self) -> Iterator[tuple[int, DocumentRows]]:
        """Every whole document with its id, each name once: the latest."""
        seen: set[Value] = set()
        for number in sorted(self._found.headers, reverse=True):
            header, seal = self._found.headers[number]
            if header[0] in seen:
                continue
            try:
                document = self._whole(number, header, seal)
            except _UNREADABLE:
                continue
            if document.intact():
                seen.add(header[0])
                yield number, document

    def lost(self, kept: Sequence[str]) -> list[Named]:
        """The documents whose name can be read and that are not among `kept`, in order of name."""
        parts = self._found  # a row whose seal is broken counts only where no sound copy of it is left
        torn = [header for number, header in parts.torn.items() if number not in parts.headers]
        found = {name: Named(name, "", "") for number, name in parts.names.items() if number not in parts.headers}
        for header in [*torn, *(sealed for sealed, _ in parts.headers.values())]:
            name, collection, path = (str(value) for value in header[:3])
            found[name] = Named(name, path, collection)
        return [found[name] for name in sorted(set(found) - set(kept))]

    def _note(self, cell: Cell) -> None:
        match cell.kind, len(cell.columns):
            case _, columns if columns == _COLUMNS:
                self._note_header(cell)
            case "table", 3:
                self._found.contents[cell.row] = cell
            case "table", columns if columns == _PASSAGE_COLUMNS:
                self._found.passages[cast(int, self._pages.record(cell)[1])][cell.row] = cell
                self.sequence["passages"] = max(self.sequence["passages"], cell.row)
            case "table", 2 if cell.columns[0] == 0:
                self._found.vectors[cell.row] = cell
            case _, 2:
                self._note_pair(*self._pages.record(cell))

    def _note_header(self, cell: Cell) -> None:
        """A document's row, or its copy in the index by name."""
        values = self._pages.record(cell)
        number = cell.row if cell.kind == "table" else cast(int, values[-1])
        fields = values[1:] if cell.kind == "table" else values[:-1]
        header, seal = fields[:-1], fields[-1]
        if seal == rows.seal(header):
            self._found.headers[number] = header, str(seal)
            self.sequence["documents"] = max(self.sequence["documents"], number)
        elif isinstance(header[0], str) and isinstance(header[2], str):
            self._found.torn[number] = header

    def _note_pair(self, first: Value, second: Value) -> None:
        """A line of the manifest, the highest id of a table, or a name in the index of names."""
        if not isinstance(first, str):
            return
        if isinstance(second, str):
            self.manifest[first] = second
        elif isinstance(second, int) and first in ("documents", "passages"):
            self.sequence[first] = max(self.sequence[first], second)
        elif isinstance(second, int):
            self._found.names[second] = first

    def _whole(self, number: int, header: tuple[Value, ...], seal: str) -> DocumentRows:
        record = self._pages.record
        _, text, extract = record(self._found.contents[number])
        made = tuple(
            (i, _passage_row(record(cell)[2:], record(self._found.vectors[i])[1]))
            for i, cell in sorted(self._found.passages.get(number, {}).items())
        )
        return DocumentRows(header, seal, cast(str, text), cast(bytes, extract), made)


def _passage_row(values: tuple[Value, ...], matrix: Value) -> PassageRow:
    section, page, start, end, text, repairs, sentences, keys = values
    return PassageRow(
        cast(str, section),
        cast("int | None", page),
        cast(int, start),
        cast(int, end),
        cast(str, text),
        cast(str, repairs),
        cast(str, sentences),
        cast(bytes, keys),
        cast(bytes, matrix),
    )
