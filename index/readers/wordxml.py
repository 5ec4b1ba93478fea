"""Elements of a Word file -> their blocks, rows, cells, values and styles, wrappers and deletions seen through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_SPAN = 200  # columns that one cell of a damaged table may claim
MAX_CHAIN = 20  # styles based on one another

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])")
_WRAPPERS = {f"{W}{name}" for name in ("ins", "moveTo", "customXml", "smartTag", "sdt", "sdtContent")}


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    outline: int | None
    list_id: str
    level: str


class Styles:
    """The paragraph styles of a document, each with what it takes over from the one it is based on."""

    def __init__(self, root: Element) -> None:
        self._styles = {e.get(f"{W}styleId", ""): _style(e) for e in root.iterfind(f"{W}style")}

    def name(self, style: str) -> str:
        """The name of a style in small letters; a nameless one's is that of its base."""
        return next((s.name for s in self._chain(style) if s.name), "")

    def list_of(self, style: str) -> tuple[str, str]:
        """The list that paragraphs of a style belong to, and the level in it; "" for none."""
        chain = list(self._chain(style))
        return next((s.list_id for s in chain if s.list_id), ""), next((s.level for s in chain if s.level), "")

    def heading_level(self, style: str) -> int:
        """1 to 9 for a style of headings, 0 for others."""
        for found in self._chain(style):
            if named := _HEADING.fullmatch(found.name):
                return int(named[1])
            if found.outline is not None:
                return found.outline + 1 if found.outline < 9 else 0
        return 0

    def _chain(self, style: str) -> Iterator[_Style]:
        for _ in range(MAX_CHAIN):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = found.based_on


def _style(e: Element) -> _Style:
    outline = value(e, "pPr/outlineLvl")
    return _Style(
        name=value(e, "name").lower(),
        based_on=value(e, "basedOn"),
        outline=int(outline) if is_count(outline) else None,
        list_id=value(e, "pPr/numPr/numId"),
        level=value(e, "pPr/numPr/ilvl"),
    )


def blocks(container: Element) -> Iterator[Element]:
    """Paragraphs, tables, and contents tables as their w:sdt; other wrappers are opened."""
    for child in container:
        if child.tag in (f"{W}p", f"{W}tbl") or _is_contents(child):
            yield child
        elif child.tag in _WRAPPERS:
            yield from blocks(child)


def _is_contents(e: Element) -> bool:
    return e.tag == f"{W}sdt" and value(e, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"


def rows(table: Element) -> Iterator[Element]:
    """The rows of a table that are not deleted."""
    for child in table:
        if child.tag == f"{W}tr" and child.find(f"{W}trPr/{W}del") is None:
            yield child
        elif child.tag in _WRAPPERS:
            yield from rows(child)


def cells(row: Element) -> Iterator[Element]:
    """The cells of a row, a merged one once."""
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag in _WRAPPERS:
            yield from cells(child)


def value(element: Element, path: str) -> str:
    """The w:val at `path` (names without prefix, / between); "" when there is none."""
    found = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return "" if found is None else found.get(f"{W}val", "")


def count(element: Element, path: str, otherwise: int) -> int:
    """The number of columns at `path`, within bounds; `otherwise` when none is given."""
    text = value(element, path)
    return min(int(text), MAX_SPAN) if is_count(text) else otherwise


def is_count(text: str) -> bool:
    """Whether `text` is a small whole number."""
    return text.isascii() and text.isdigit() and len(text) < 9


def is_on(element: Element, path: str) -> bool:
    """Whether the switch at `path`, such as rPr/b, is there and not turned off."""
    found = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return found is not None and found.get(f"{W}val") not in ("0", "false", "off")


def is_bold(row: Element) -> bool:
    """Whether all words of `row` are bold."""
    runs = [r for r in row.iter(f"{W}r") if r.find(f"{W}t") is not None]
    return bool(runs) and all(is_on(r, "rPr/b") for r in runs)


def notes_by_id(root: Element | None) -> dict[str, Element]:
    """Footnotes or endnotes by their id, without the lines that part them from the text."""
    if root is None:
        return {}
    return {e.get(f"{W}id", ""): e for e in root if isinstance(e.tag, str) and e.get(f"{W}type") is None}
