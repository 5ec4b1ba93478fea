"""The bytes of a SQLite file, whole or damaged -> the records that can still be read in it, wherever they lie. Pure.

Page by page and without the trees that lead to them, since any page may be lost, the first included. What is read may
be wrong: whoever asks checks it against a digest. https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from typing import Literal

Value = str | bytes | int | float | None
Kind = Literal["table", "index"]

_LEAF_TABLE, _INNER_INDEX, _LEAF_INDEX = 0x0D, 0x02, 0x0A
_LOG_MAGIC = (0x377F0682, 0x377F0683)
_FIXED = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes of an integer


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a record lies: `row` is its rowid in a table, 0 in an index; `columns` are its serial types."""

    kind: Kind
    row: int
    columns: tuple[int, ...]
    size: int
    page: int
    at: int


class Pages:
    """The pages of a file as the write-ahead log leaves them, numbered from 1."""

    def __init__(self, data: bytes | mmap, log: bytes, size: int) -> None:
        self.size = size
        self._data = data
        self._log = log
        self._moved = committed(log, size)
        self.count = max([-(-len(data) // size), *self._moved])

    def page(self, number: int) -> bytes:
        """A page; zeros where the file is cut short. Raises LookupError for a number that no page has."""
        if not 1 <= number <= self.count:
            raise LookupError(number)
        if number in self._moved:
            return self._log[self._moved[number] : self._moved[number] + self.size]
        return bytes(self._data[(number - 1) * self.size : number * self.size]).ljust(self.size, b"\0")

    def cells(self) -> Iterator[Cell]:
        """Every record that a page points to, but for those of indexes whose first column is no text."""
        for number in range(1, self.count + 1):
            page, head = self.page(number), 100 if number == 1 else 0
            kind = page[head]
            if kind not in (_LEAF_TABLE, _INNER_INDEX, _LEAF_INDEX):
                continue
            first = head + (12 if kind == _INNER_INDEX else 8)
            count = min(int.from_bytes(page[head + 3 : head + 5], "big"), (self.size - first) // 2)
            for (at,) in struct.iter_unpack(">H", page[first : first + 2 * count]):
                try:
                    cell = self._cell(page, number, kind, at)
                except (LookupError, ValueError):
                    continue
                if cell is not None:
                    yield cell

    def record(self, cell: Cell) -> tuple[Value, ...]:
        """The values of a record. Raises ValueError or LookupError when it cannot be read."""
        payload = self._payload(cell)
        at, _ = _varint(payload, 0)
        values: list[Value] = []
        for kind in cell.columns:
            value, at = _value(payload, at, kind)
            values.append(value)
        if at != len(payload):
            raise ValueError("a record of another length")
        return tuple(values)

    def _cell(self, page: bytes, number: int, kind: int, at: int) -> Cell | None:
        at += 4 if kind == _INNER_INDEX else 0
        size, at = _varint(page, at)
        row = 0
        if kind == _LEAF_TABLE:
            row, at = _varint(page, at)
        elif page[at + 1] < 13 or page[at + 1] % 2 == 0:
            return None
        if not 0 < size <= self.count * self.size:
            raise ValueError("no record is larger than the file")
        return Cell("table" if kind == _LEAF_TABLE else "index", row, _columns(page, at), size, number, at)

    def _payload(self, cell: Cell) -> bytes:
        """The bytes of a record: those on its page, then those of the pages that it runs over to."""
        most = self.size - 35 if cell.kind == "table" else (self.size - 12) * 64 // 255 - 23
        local = cell.size
        if local > most:
            least = (self.size - 12) * 32 // 255 - 23
            local = least + (cell.size - least) % (self.size - 4)
            local = local if local <= most else least
        page = self.page(cell.page)
        parts, left = [page[cell.at : cell.at + local]], cell.size - local
        following = page[cell.at + local : cell.at + local + 4]
        while left > 0:
            page = self.page(int.from_bytes(following, "big"))
            parts.append(page[4 : 4 + left])
            following, left = page[:4], left - len(parts[-1])
        return b"".join(parts)


def committed(log: bytes, size: int) -> Mapping[int, int]:
    """Page number -> where its last finished version lies in a write-ahead log, as far as the log is sound."""
    if len(log) < 32:
        return {}
    magic, _, page_size, _, *salts = struct.unpack(">6I", log[:24])
    order = "<" if magic == _LOG_MAGIC[0] else ">"
    sums = _sums(log[:24], order, (0, 0))
    if magic not in _LOG_MAGIC or page_size != size or sums != struct.unpack(">2I", log[24:32]):
        return {}
    found: dict[int, int] = {}
    begun: dict[int, int] = {}
    for at in range(32, len(log) - size - 23, size + 24):
        number, finished, *rest = struct.unpack(">6I", log[at : at + 24])
        sums = _sums(log[at : at + 8] + log[at + 24 : at + 24 + size], order, sums)
        if rest != [*salts, *sums]:
            break
        begun[number] = at + 24
        if finished:
            found, begun = found | begun, {}
    return found


def _sums(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    a, b = sums
    for x, y in struct.iter_unpack(f"{order}2I", data):
        a = (a + x + b) & 0xFFFFFFFF
        b = (b + y + a) & 0xFFFFFFFF
    return a, b


def _columns(page: bytes, at: int) -> tuple[int, ...]:
    """The serial types that a record begins with."""
    width, place = _varint(page, at)
    kinds: list[int] = []
    while place < at + width:
        kind, place = _varint(page, place)
        kinds.append(kind)
    return tuple(kinds)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and where it ends."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64 if value >> 63 else 0), at + 9


def _value(data: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return (None, 0, 1)[(0, 8, 9).index(kind)], at
    if kind in _FIXED:
        end = at + _FIXED[kind]
        return int.from_bytes(data[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack(">d", data[at : at + 8])[0], at + 8
    if kind < 12:
        raise ValueError("no such type")
    end = at + (kind - 12) // 2
    part = data[at:end]
    return (part.decode() if kind % 2 else part), end
