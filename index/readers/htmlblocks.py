"""The tree of a web page -> its blocks in order: paragraphs, headings, items and table rows, with what tells menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.readers.lines import one_line, tidy
from index.readers.tables import ACROSS, table_lines

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_SPAN = 200  # columns or rows that one cell may claim
MAX_CELL = 300  # characters; a table with longer cells is the layout of a page
DENSE = 0.6  # of a block's characters are links: a menu

# fmt: off
_NEVER = {
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "select", "option",
    "textarea", "button", "head", "map", "math",
}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "img", "input",
}
# fmt: on
_FURNITURE = {"nav", "footer", "aside", "menu"}
_WIDE = "[\u2e80-\u9fff\uff00-\uffef“”‘’…—]"  # needs no space beside it
_LINE_END = re.compile(rf"(?<={_WIDE})[ \t\r\f]*\n[ \t\r\n\f]*(?={_WIDE})")
_GROUPS = {"div", "td", "section", "article", "main", "center"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(frozen=True, slots=True)
class Block:
    """One line people see. `level` is 1 to 6 for a heading; `links` how many of its characters are links.

    `group` tells which blocks stand side by side; `furniture`: it is inside what the page itself marks as a menu.
    """

    text: str
    level: int = 0
    links: int = 0
    anchors: int = 0
    group: int = 0
    furniture: bool = False

    @property
    def dense(self) -> bool:
        """Whether it is mostly links."""
        return self.links > DENSE * len("".join(self.text.split()))


def spaced(text: str) -> str:
    """Words of a page's source as a browser sets them: a run of blanks is one, a line end amid Chinese none."""
    return re.sub("[ \t\r\n\f\x00\xa0]+", " ", _LINE_END.sub("", text))


class _Walk:
    """Gathers words into blocks while the tree is walked."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._words: list[str] = []
        self._links = self._anchors = 0
        self.inside_link = self.inside_pre = self.furniture = 0
        self.level = 0
        self.counts: list[int | None] = []  # of the lists that are open; None: not numbered
        self.groups = [0]
        self._seen = 0
        self.marker = ""  # of an item whose words are still to come

    def add(self, text: str | None) -> None:
        if not text:
            return
        self._words.append(text if self.inside_pre else spaced(text))
        if self.inside_link:
            self._links += len("".join(text.split()))

    def anchor(self) -> None:
        self._anchors += 1

    def begin_group(self) -> None:
        self._seen += 1
        self.groups.append(self._seen)

    def flush(self) -> None:
        text = tidy("".join(self._words)).strip()
        if text:
            words = self.marker + (one_line(text) if self.level else text)
            self.marker = ""
            self.blocks.append(
                Block(words, self.level, self._links, self._anchors, self.groups[-1], self.furniture > 0)
            )
            self._words.clear()
        self._words.clear()
        self._links = self._anchors = 0


def blocks(body: Element) -> list[Block]:
    """The blocks of `body`; scripts, styles, forms' fields and hidden parts never."""
    from lxml import etree

    walk = _Walk()
    walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in ("comment", "pi"):
            walk.add(element.tail)
        elif event == "start":
            if _left_out(element):
                walker.skip_subtree()
            elif element.tag == "table" and _is_data(element):
                _add_table(walk, element)
                walker.skip_subtree()
            else:
                _open(walk, element)
        else:
            _close(walk, element, body)
    walk.flush()
    return walk.blocks


def _left_out(element: Element) -> bool:
    return (
        element.tag in _NEVER
        or element.get("hidden") is not None
        or _HIDDEN.search(element.get("style", "")) is not None
    )


def _open(walk: _Walk, element: Element) -> None:
    tag = element.tag
    if tag not in _INLINE:
        walk.flush()
    if tag in _GROUPS:
        walk.begin_group()
    if tag == "a":
        walk.inside_link += 1
        walk.anchor()
    elif tag == "pre":
        walk.inside_pre += 1
    elif tag in ("ul", "ol"):
        walk.counts.append(0 if tag == "ol" else None)
    elif tag == "li" and walk.counts and walk.counts[-1] is not None:
        walk.counts[-1] += 1
        walk.marker = f"{walk.counts[-1]}. "
    elif re.fullmatch("h[1-6]", tag):
        walk.level = int(tag[1])
    walk.furniture += tag in _FURNITURE
    walk.add(element.text)


def _close(walk: _Walk, element: Element, body: Element) -> None:
    tag = element.tag
    opened = not (_left_out(element) or (tag == "table" and element.get("data-read") is not None))
    if opened:
        if tag not in _INLINE:
            walk.flush()
        if tag in _GROUPS:
            walk.groups.pop()
        walk.inside_link -= tag == "a"
        walk.inside_pre -= tag == "pre"
        walk.furniture -= tag in _FURNITURE
        if tag in ("ul", "ol"):
            walk.counts.pop()
        elif re.fullmatch("h[1-6]", tag):
            walk.level = 0
    if element is not body:
        walk.add(element.tail)


def _add_table(walk: _Walk, table: Element) -> None:
    walk.flush()
    table.set("data-read", "")
    rows = list(table.iter("tr"))
    heads = next((n for n, row in enumerate(rows) if any(c.tag == "td" for c in row)), 0)
    captions = [one_line(_text(caption)) for caption in table.iterfind("caption")]
    for line in [*captions, *table_lines(_grid(rows), heads)]:
        if line:
            walk.blocks.append(Block(line, group=walk.groups[-1], furniture=walk.furniture > 0))


def _is_data(table: Element) -> bool:
    """Whether a table holds data and not the layout of the page."""
    if table.find(".//table") is not None or table.find(".//form") is not None:
        return False
    rows = [[_text(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    words = sum(len(cell) for row in rows for cell in row)
    links = sum(len(_text(a)) for a in table.iter("a"))
    wide = sum(len(row) > 1 for row in rows)
    return wide >= 2 and links <= DENSE * words and all(len(cell) <= MAX_CELL for row in rows for cell in row)


def _grid(rows: list[Element]) -> Iterator[list[str]]:
    """Rows of cells; a merged cell repeats downwards and is marked as covered to the right."""
    held: dict[int, tuple[int, str]] = {}  # column -> rows that it still covers, words
    for row in rows:
        line: list[str] = []
        for cell in [c for c in row if c.tag in ("td", "th")]:
            _take_held(line, held)
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            words = [_text(cell)] + [ACROSS] * (across - 1)
            if down > 1:
                held |= {len(line) + i: (down - 1, word) for i, word in enumerate(words)}
            line += words
        _take_held(line, held)
        yield line


def _take_held(line: list[str], held: dict[int, tuple[int, str]]) -> None:
    while len(line) in held:
        left, words = held.pop(len(line))
        if left > 1:
            held[len(line)] = (left - 1, words)
        line.append(words)


def _span(cell: Element, name: str) -> int:
    text = cell.get(name, "1").strip()
    return max(1, min(int(text), MAX_SPAN)) if re.fullmatch("[0-9]{1,6}", text) else 1


def _text(element: Element) -> str:
    """The words of a cell, a line a paragraph or break."""
    words: list[str] = []
    _gather(element, words)
    return "\n".join(line.strip() for line in tidy("".join(words)).split("\n") if line.strip())


def _gather(element: Element, words: list[str]) -> None:
    """A deep cell is no reason to stop, so its tree is walked without recursion."""
    from lxml import etree

    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, part in walker:
        edge = "" if part.tag in _INLINE else "\n"
        if event == "start":
            if _left_out(part):
                walker.skip_subtree()
            else:
                words += [edge, spaced(part.text or "")]
        elif event == "end" and not _left_out(part):
            words.append(edge)
        if event != "start" and part is not element:
            words.append(spaced(part.tail or ""))
