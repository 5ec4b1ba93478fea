"""What a reader makes of one file: its source text, and what the format itself says of pages, headings and layout."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]  # half-open, characters of the source text


@dataclass(frozen=True, slots=True)
class FormatHeading:
    """A heading that the file's format marks as one: 1 is the highest level; its words are [start, end)."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extract:
    """The source text of a file, never altered afterwards; every offset counts its characters.

    `layout` are spans of the page and not of the author, rising and disjoint: line ends inside a paragraph, running
    heads, page numbers, watermarks. `pages` says where each page or slide begins, the first at 0; empty when the
    format has none. `date` is ISO 8601 (2013-03-05, 2013-03 or 2013); it and `title` are empty when not stated.
    """

    text: str
    layout: tuple[Span, ...] = ()
    headings: tuple[FormatHeading, ...] = ()
    pages: tuple[int, ...] = ()
    title: str = ""
    date: str = ""
