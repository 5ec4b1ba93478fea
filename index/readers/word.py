"""Bytes of a .docx -> an Extract: headings by style and outline, numbers as people see them, tables, notes, boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.extract import Extract, Span
from index.readers import package
from index.readers.faults import guarded
from index.readers.lines import Lines, one_line, tidy
from index.readers.numbering import numbering_of
from index.readers.tables import ACROSS, flat, table_lines
from index.readers.wordxml import (
    Styles,
    W,
    blocks,
    cells,
    count,
    is_bold,
    is_count,
    is_on,
    notes_by_id,
    rows,
    value,
)

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element as Element

KIND = "Word 文件"
_NEEDED = re.compile(r"(^|/)(document\d*|footnotes|endnotes)\.xml$|^\[Content_Types\]|^_rels/")
# fmt: off
_LEFT_OUT = {
    "del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText", "delInstrText", "rt", "fldData", "binData",
}
# fmt: on
_SIGNS = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "-"}
_SYMBOLS = {"F0FE": "☑", "F052": "☑", "F0FC": "√", "F050": "√", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FB": "×"}
_LABELS = {"footnote": "注", "endnote": "尾注"}


def read(data: bytes) -> Extract:
    """The words of `data` in reading order. Raises LockedFileError, EmptyFileError, DamagedFileError."""
    if package.is_ole(data):
        from index.readers import legacy

        return legacy.read(data, ".doc")
    with guarded(KIND):
        import docx

        packed = package.repack(data, KIND, lambda name: _NEEDED.search(name) is not None)
        stated = package.stated_title(packed)
        reader = _Reader(docx.Document(packed))
        reader.add_blocks(reader.body)
        lines = reader.lines
        return lines.extract("".join(reader.title) or (stated if lines.begins_with(stated) else ""))


@dataclass(slots=True)
class _Words:
    """The words of a paragraph while they are gathered, and what hangs on it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[Span] = field(default_factory=list)  # of notes
    notes: list[tuple[str, Element]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)  # text boxes and inner tables

    def add(self, text: str, mark: bool = False) -> None:
        words = tidy(text)
        if mark:
            self.marks.append((self.length, self.length + len(words)))
        self.parts.append(words)
        self.length += len(words)

    @property
    def text(self) -> str:
        return "".join(self.parts)


class _Reader:
    """Walks the body of one document, counts its lists and notes, and writes its lines."""

    def __init__(self, document: Document) -> None:
        related = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in document.part.rels.values() if not rel.is_external}
        wanted = [kind for kind in ("footnotes", "endnotes", "numbering") if kind in related]
        roots = {kind: package.root_of(related[kind].target_part.blob) for kind in wanted}
        self.body = document.element.body
        self.lines = Lines()
        self.title: list[str] = []
        self._titled = False  # the paragraphs of the title are behind
        self._styles = Styles(document.styles.element)
        self._numbering = numbering_of(roots.get("numbering"))
        self._notes = {kind: notes_by_id(roots.get(f"{kind}s")) for kind in _LABELS}
        self._counts = dict.fromkeys(_LABELS, 0)
        self._held = _Words()  # of a paragraph whose end was deleted

    def add_blocks(self, container: Element) -> None:
        """Every paragraph and table in `container`, in order."""
        for block in blocks(container):
            if block.tag == f"{W}tbl":
                self._add_table(block)
            elif block.tag == f"{W}sdt":
                for line in block.iter(f"{W}p"):
                    self.lines.add_layout(self._words(line).text)
            else:
                self._add_paragraph(block)

    def _add_paragraph(self, paragraph: Element) -> None:
        words = self._words(paragraph, self._held)
        if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            self._held = words
            return
        self._held = _Words()
        style = value(paragraph, "pPr/pStyle")
        name = self._styles.name(style)
        self._note_title(name, words.text)
        if name.startswith("toc "):
            self.lines.add_layout(words.text)
        else:
            level = self._heading_level(paragraph, style)
            text = one_line(words.text) if level and not words.marks else words.text
            self.lines.add(text, level, words.marks)
        self._add_attached(words)

    def _note_title(self, style_name: str, text: str) -> None:
        if text.strip() and not self._titled:
            if style_name in ("title", "标题"):
                self.title.append(one_line(text))
            self._titled = bool(self.title) and style_name not in ("title", "标题")

    def _heading_level(self, paragraph: Element, style: str) -> int:
        """1 to 9 for a heading, 0 for text: by the paragraph's own outline level, then by its style."""
        own = value(paragraph, "pPr/outlineLvl")
        if is_count(own):
            return int(own) + 1 if int(own) < 9 else 0
        return self._styles.heading_level(style)

    def _add_attached(self, words: _Words) -> None:
        """Notes, text boxes and inner tables, behind the paragraph or row that they hang on."""
        for label, note in words.notes:
            inner = _Words()
            for paragraph in note.iter(f"{W}p"):
                self._gather(paragraph, inner)
                inner.add("\n")
            self.lines.add(f"{label}{flat(inner.text)}")
        for box in words.boxes:
            if box.tag == f"{W}tbl":
                self._add_table(box)
            else:
                self.add_blocks(box)

    def _words(self, paragraph: Element, held: _Words | None = None) -> _Words:
        words = held or _Words()
        if not words.length:
            words.add(self._number(paragraph))
        self._gather(paragraph, words)
        return words

    def _gather(self, element: Element, words: _Words) -> None:
        """The words in `element`, without deleted and hidden ones and the fallbacks of newer drawings."""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            kind = child.tag.rsplit("}", 1)[-1]
            if kind == "t":
                words.add(child.text or "")
            elif kind == "br":
                words.add("" if child.get(f"{W}type") in ("page", "column") else "\n")
            elif kind in _SIGNS or kind == "sym":
                words.add(_SIGNS.get(kind) or _SYMBOLS.get(child.get(f"{W}char", "").upper(), ""))
            elif kind in ("footnoteReference", "endnoteReference"):
                self._refer(kind.removesuffix("Reference"), child.get(f"{W}id", ""), words)
            elif kind == "AlternateContent":
                self._gather(child[0] if len(child) else child, words)
            elif kind == "txbxContent":
                words.boxes.append(child)
            elif kind not in _LEFT_OUT and not (kind == "r" and is_on(child, "rPr/vanish")):
                self._gather(child, words)

    def _refer(self, kind: str, identity: str, words: _Words) -> None:
        note = self._notes[kind].pop(identity, None)
        if note is not None:
            self._counts[kind] += 1
            label = f"〔{_LABELS[kind]}{self._counts[kind]}〕"
            words.add(label, mark=True)
            words.notes.append((label, note))

    def _number(self, paragraph: Element) -> str:
        """The automatic number of a paragraph; "" when it has none."""
        style = value(paragraph, "pPr/pStyle")
        styled_list, styled_level = self._styles.list_of(style)
        own = value(paragraph, "pPr/numPr/numId")
        list_id = own or styled_list
        if not list_id or list_id == "0":
            return ""
        level = value(paragraph, "pPr/numPr/ilvl") or ("" if own else styled_level)
        return self._numbering.number(
            list_id, int(level) if is_count(level) else self._numbering.level_of(list_id, style)
        )

    def _add_table(self, table: Element) -> None:
        found = list(rows(table))
        if all(len(list(cells(row))) <= 1 for row in found):  # a frame around text
            for cell in (cell for row in found for cell in cells(row)):
                self.add_blocks(cell)
            return
        grid: list[list[str]] = []
        attached = _Words()
        for row in found:
            grid.append(self._grid_row(row, grid[-1] if grid else [], attached))
        heads = next((n for n, row in enumerate(found) if not is_on(row, "trPr/tblHeader")), 0)
        bold = [is_bold(row) for row in found]
        for line in table_lines(grid, heads, headed=bold[0] and not all(bold)):
            self.lines.add(line)
        self._add_attached(attached)

    def _grid_row(self, row: Element, above: list[str], attached: _Words) -> list[str]:
        found = [""] * count(row, "trPr/gridBefore", 0)
        for cell in cells(row):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val") != "restart" and len(found) < len(above)
            words = above[len(found)] if covered else self._cell(cell, attached)
            found += [words] + [ACROSS] * (count(cell, "tcPr/gridSpan", 1) - 1)
        return found

    def _cell(self, cell: Element, attached: _Words) -> str:
        """The words of a cell, a line a paragraph; its inner tables, boxes and notes are handed to `attached`."""
        lines = []
        for block in blocks(cell):
            if block.tag == f"{W}p":
                words = self._words(block)
                lines.append(words.text)
                attached.notes += words.notes
                attached.boxes += words.boxes
            elif block.tag == f"{W}tbl":
                attached.boxes.append(block)
        return "\n".join(lines)
