"""Pages as lines in reading order -> Extract: paragraphs across columns and pages, heads and notes in their places."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.extract import Extract, FormatHeading, Span
from index.readers.columns import Region, all_gutters, regions
from index.readers.layout import Line
from index.readers.paragraphs import SIZE_STEP, Habit, Place, habit, hyphened, join, paragraphs, places

MAX_HEADING = 60  # characters
MAX_TITLE_HEADING = 90  # of those in the largest letters, which may fill three lines
SMALLER = 0.93  # times the text's size, the letters of a note at most
NOTE_ZONE = 0.45  # of the page's height, above which no note stands

_NOTE = re.compile(r"[\[［〔(（]?([①-⑳]|\d{1,2}|[*＊†‡])[\]］〕)）]?[\s　.、]*(?![\d.,年月])")
_LETTERHEAD = re.compile(r"文\s*件$|[.…·]{3,}\s*\d+$")  # of an office, above the title; a line of a table of contents
_SENTENCE = re.compile(r"[。！？!?；;，,：:、]$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page sorted: `lines` in no order, what belongs to the page at its `head` and `foot`, and its height."""

    lines: tuple[Line, ...]
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    height: float = 842.0


class _Writer:
    """Text under way, with its layout, pages and headings."""

    def __init__(self, sheets: Sequence[Sheet], words: set[str]) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.layout: list[Span] = []
        self.headings: list[FormatHeading] = []
        self.pages: list[int] = []
        self._sheets, self._words = sheets, words

    def write(self, text: str, layout: bool = False) -> None:
        if text:
            if layout:
                self.layout.append((self.length, self.length + len(text)))
            self.parts.append(text)
            self.length += len(text)

    def join(self, before: str, after: str) -> None:
        """End a line inside a paragraph: its end, and the hyphen of a word that goes on, are layout."""
        between, hyphen = join(before, after, self._words)
        if hyphen:
            self.layout.append((self.length - hyphen, self.length))
        self.write(between[:-1])
        self.write("\n", layout=True)

    def turn(self, page: int) -> None:
        """Begin every page up to `page`: the foot of the last and the head of the new one are layout."""
        while len(self.pages) <= page:
            if self.pages:
                self._furniture(self._sheets[len(self.pages) - 1].foot)
            self.pages.append(self.length)
            self._furniture(self._sheets[len(self.pages) - 1].head)

    def end(self) -> None:
        """Begin the pages that are left and write the last one's foot."""
        self.turn(len(self._sheets) - 1)
        self._furniture(self._sheets[-1].foot)

    def _furniture(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.write(line + "\n", layout=True)


def bind(sheets: Sequence[Sheet], outline: Sequence[tuple[int, str, int]] = (), title: str = "") -> Extract:
    """The document of these pages. `outline` holds level, title and page, from 0, of the format's own bookmarks.

    `title` is what the format states; it counts only when the first pages show it, too: many are a template's.
    """
    if not sheets:
        return Extract("")
    found = list(places(_flow(sheets)))
    how = habit(found)
    body, notes = _parted(found, sheets, how)
    groups = paragraphs(body, how)
    levels = _levels(groups, how, outline)
    writer = _Writer(sheets, hyphened(p.line for p in found))
    after = _note_places(groups, notes)
    marks = {(n[0].page, m.group(1)) for n in notes if (m := _NOTE.match(n[0].line.text))}
    for number, (group, level) in enumerate(zip([[], *groups], [0, *levels], strict=True)):
        if group:
            _write(writer, group, level, marks)
        for note in after.get(number, ()):
            _write_note(writer, note)
    writer.end()
    text = "".join(writer.parts)
    return Extract(text, _tidy(writer.layout), tuple(writer.headings), tuple(writer.pages), _stated(title, groups))


def _flow(sheets: Sequence[Sheet]) -> list[list[Region]]:
    """The regions of each page; a page too short to show its columns has those of the others."""
    gutters = [g for sheet in sheets for g in all_gutters(sheet.lines)]
    common = [g for g in gutters if len(sheets) < 4 or sum(abs(g - other) < 6 for other in gutters) >= 2]
    known = [g for n, g in enumerate(common) if all(abs(g - other) >= 6 for other in common[:n])]
    flow = [regions(sheet.lines, known) for sheet in sheets]
    widths = sorted(r.right - r.left for page in flow for r in page if len(r.lines) >= 8)
    return [[_widened(r, widths) for r in page] for page in flow]


def _widened(region: Region, widths: Sequence[float]) -> Region:
    """A region of few lines reaches as far as a full one of the other pages, or it would seem full itself."""
    if len(region.lines) >= 8 or not widths:
        return region
    fitting = [w for w in widths if w >= region.right - region.left - 1]
    width = fitting[len(fitting) // 2] if fitting else region.right - region.left
    return replace(region, right=region.left + width)


def _tidy(spans: list[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch as one."""
    tidy: list[Span] = []
    for start, end in sorted(spans):
        if tidy and start <= tidy[-1][1]:
            tidy[-1] = (tidy[-1][0], max(end, tidy[-1][1]))
        else:
            tidy.append((start, end))
    return tuple(tidy)


def _parted(found: list[Place], sheets: Sequence[Sheet], how: Habit) -> tuple[list[Place], list[list[Place]]]:
    """The lines of the text, and the notes at the foot of a column."""
    body: list[Place] = []
    notes: list[list[Place]] = []
    for _, column in itertools.groupby(found, key=lambda p: (p.page, p.region)):
        lines = list(column)
        cut = len(lines)
        for i in range(len(lines) - 1, -1, -1):
            p = lines[i]
            if p.line.rows or p.line.size > SMALLER * how.size or p.line.y < NOTE_ZONE * sheets[p.page].height:
                break
            if _NOTE.match(p.line.text):
                cut = i
        body += lines[:cut]
        for p in lines[cut:]:
            if _NOTE.match(p.line.text):
                notes.append([])
            notes[-1].append(p)
    return body, notes


def _note_places(groups: list[list[Place]], notes: list[list[Place]]) -> dict[int, list[list[Place]]]:
    """After how many paragraphs each note stands: behind that which points to it, unless that runs over the page."""
    after: dict[int, list[list[Place]]] = {}
    for note in notes:
        page = note[0].page
        on_page = [n for n, g in enumerate(groups) if g[0].page <= page <= g[-1].page]
        pointing = [n for n in on_page if groups[n][-1].page == page and _points(groups[n], note)]
        if pointing:
            at = pointing[0] + 1
        elif on_page:
            last = on_page[-1]
            at = last if groups[last][0].page == page < groups[last][-1].page else last + 1
        else:
            at = sum(g[-1].page <= page for g in groups)
        after.setdefault(at, []).append(note)
    return after


def _points(group: list[Place], note: list[Place]) -> bool:
    m = _NOTE.match(note[0].line.text)
    page = note[0].page
    raised = (p.line.text[a:b] for p in group if p.page == page for a, b in p.line.raised)
    return m is not None and any(m.group(1) == mark.strip("[]［］〔〕()（） ") for mark in raised)


def _write(writer: _Writer, group: list[Place], level: int, marks: set[tuple[int, str]]) -> None:
    start = writer.length
    for number, place in enumerate(group):
        if place.line.rows:
            writer.turn(place.page)
            writer.write("\n".join(place.line.rows) + "\n")
            return
        if number:
            writer.join(group[number - 1].line.text, place.line.text)
        writer.turn(place.page)
        start = start if number else writer.length
        _write_line(writer, place, marks)
    if level:
        writer.headings.append(FormatHeading(level, start, writer.length))
    writer.write("\n")


def _write_line(writer: _Writer, place: Place, marks: set[tuple[int, str]]) -> None:
    """The line; the small figures that point to a note of this page are layout."""
    end, text = 0, place.line.text
    for a, b in place.line.raised:
        if (place.page, text[a:b].strip("[]［］〔〕()（） ")) in marks:
            writer.write(text[end:a])
            writer.write(text[a:b], layout=True)
            end = b
    writer.write(text[end:])


def _write_note(writer: _Writer, note: list[Place]) -> None:
    writer.turn(note[0].page)
    text = ""
    for place in note:
        line = place.line.text
        m = _NOTE.match(line)
        if not text and m:
            line = f"〔注{_plain(m.group(1))}〕{line[m.end() :]}"
        if text:
            writer.join(text, line)
        writer.write(line)
        text = line
    writer.write("\n")


def _plain(mark: str) -> str:
    return str(int(unicodedata.numeric(mark))) if "①" <= mark <= "⑳" else mark


def _levels(groups: list[list[Place]], how: Habit, outline: Sequence[tuple[int, str, int]]) -> list[int]:
    """The level of each paragraph that is a heading, else 0: by the bookmarks when they name them, else by its letters."""
    marked = {(page, _bare(title)): level for level, title, page in outline if len(_bare(title)) > 1}
    named = [marked.get((g[0].page, _bare(_words(g))), 0) for g in groups]
    if sum(map(bool, named)) >= max(2, 0.5 * len(marked)):
        return [min(level, 6) for level in named]
    texts = [p for g in groups for p in g if not p.line.rows and abs(p.line.size - how.size) < 0.5]
    bold_text = sum(p.line.bold for p in texts) > 0.5 * len(texts)
    keys = [_style(g, how, bold_text) for g in groups]
    ranks = {key: min(n, 6) for n, key in enumerate(sorted({k for k in keys if k}, reverse=True), 1)}
    return [ranks[key] if key else 0 for key in keys]


def _style(group: list[Place], how: Habit, bold_text: bool) -> tuple[float, bool] | None:
    """Size and weight of a heading, None for what is none."""
    line, words = group[0].line, _words(group)
    large = line.size > SIZE_STEP * how.size
    if line.rows or not (large or (line.bold and not bold_text and line.size > 0.95 * how.size)):
        return None
    limit = MAX_TITLE_HEADING if large else MAX_HEADING
    if (
        len(words) > limit
        or sum(c.isalpha() for c in words) < 2
        or _SENTENCE.search(words)
        or _LETTERHEAD.search(words)
    ):
        return None
    return round(line.size * 2) / 2, line.bold


def _words(group: list[Place]) -> str:
    return "".join(p.line.text for p in group)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _stated(title: str, groups: list[list[Place]]) -> str:
    title = " ".join(title.split())
    shown = "".join(_bare(_words(g)) for g in groups[:40] if g[0].page < 2)
    fits = 4 <= len(title) <= MAX_TITLE_HEADING and _bare(title) in shown
    return title if fits else ""
