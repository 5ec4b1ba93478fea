"""Lines, headings and pages in the order people read them -> an Extract."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.extract import Extract, FormatHeading, Span
from index.readers.faults import EmptyFileError

MAX_HEADING = 80  # characters; a longer paragraph in a heading's style is text that someone styled

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BULLETS = re.compile("[\uf06c\uf06e\uf075\uf076\uf0a7\uf0b2\uf0b7\uf0d8\uf0e0\uf0f0]")  # of Word's symbol fonts
_BLANKS = re.compile("[ \t\xa0]+")


def tidy(text: str) -> str:
    """`text` without control characters and lone surrogates, its breaks all \\n, its runs of blanks one space."""
    return _BLANKS.sub(" ", _BULLETS.sub("•", _UNPRINTABLE.sub("", _BREAKS.sub("\n", text))))


def one_line(text: str) -> str:
    """`text` tidied, its lines put together: without a space between Chinese characters, with one elsewhere."""
    return re.sub(r"(?<=[ -~])\s*\n\s*(?=[ -~])", " ", tidy(text).strip()).replace("\n", "")


class Lines:
    """The text of an Extract while it grows; every line ends with \\n."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._layout: list[Span] = []
        self._headings: list[FormatHeading] = []
        self._pages: list[int] = []

    def add(self, line: str, level: int = 0, dropped: Sequence[Span] = ()) -> None:
        """A line, or several with \\n between. `dropped` are spans of `line` for the cleaner to drop.

        `level` above 0 makes it a heading of that level, unless it is too long for one. Blank lines are left out.
        """
        kept = line if dropped else tidy(line)
        words = kept.strip()
        if not words:
            return
        start, end = self._length - (len(kept) - len(kept.lstrip())), self._length + len(words)
        spans = [(max(start + s, self._length), min(start + e, end)) for s, e in dropped]
        self._layout += [(s, e) for s, e in spans if s < e]
        if level and "\n" not in words and len(words) <= MAX_HEADING:
            self._headings.append(FormatHeading(level, self._length, self._length + len(words)))
        self._write(words + "\n")

    def add_layout(self, line: str) -> None:
        """A line that the cleaner drops whole, such as one of a table of contents."""
        words = tidy(line).strip()
        if words:
            self._layout.append((self._length, self._length + len(words) + 1))
            self._write(words + "\n")

    def begin_page(self) -> None:
        """The next line stands on a new page; a page without lines holds one line end."""
        if self._pages and self._pages[-1] == self._length:
            self._write("\n")
        self._pages.append(self._length)

    def extract(self, title: str = "", date: str = "") -> Extract:
        """All of it. Raises EmptyFileError when there are no words."""
        if self._pages and self._pages[-1] == self._length:
            self._write("\n")
        text = "".join(self._parts)
        if not any(c.isalnum() for c in text):
            raise EmptyFileError
        return Extract(text, tuple(self._layout), tuple(self._headings), tuple(self._pages), one_line(title), date)

    def begins_with(self, words: str, within: int = 2000) -> bool:
        """Whether `words` stand near the beginning of the text."""
        bare = "".join(words.split())
        return bool(bare) and bare in "".join("".join(self._parts)[:within].split())

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
