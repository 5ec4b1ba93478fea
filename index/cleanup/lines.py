"""Text -> its lines, and what tells a line that goes on from one that begins something new. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.extract import Span

SENTENCE_END = "。！？!?"
CLOSERS = "”’」』)）》】\"'"
BLANK = "[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"

_LINE = re.compile(r"[^\n\f]+")
_NUMERAL = "[一二三四五六七八九十百零〇]"
_NEW_ITEM = re.compile(
    rf"[（(\[【]?(?:{_NUMERAL}{{1,4}}|\d{{1,3}})(?:[）)\]】、]|[.．](?!\d))|第(?:{_NUMERAL}{{1,5}}|\d{{1,4}})"
    rf"(?:[章节篇编部]|条{BLANK})|[①-⑳⑴-⒇❶-❿]|——|[-–—•●■◆▪◦*#](?!\d)|[|｜]"
)


def is_chinese(character: str) -> bool:
    """Whether it is a Chinese character, 〇 included."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or character == "〇"
        or character >= "\U00020000"
    )


class Line(NamedTuple):
    """A line with something on it: [start, end) without its line end, and its words without blanks at either end."""

    start: int
    end: int
    words: str

    @property
    def indent(self) -> int:
        """How many characters stand in front of the words."""
        return self.end - self.start - len(self.words)


def lines_of(text: str) -> list[Line]:
    """The lines of `text` that are not blank; a form feed ends a line as well."""
    found = ((m.start(), m.group()) for m in _LINE.finditer(text))
    return [Line(start, start + len(raw.rstrip()), words) for start, raw in found if (words := raw.strip())]


def whole(text: str, line: Line) -> Span:
    """The span of `line` with its line end."""
    end = line.end
    while end < len(text) and text[end] not in "\n\f":
        end += 1
    return line.start, end + (text[end : end + 1] == "\n")


def is_open(words: str) -> bool:
    """Whether a sentence may go on behind this line: it ends with no stop, colon or semicolon."""
    last = words.rstrip(CLOSERS)[-1:] or words[-1:]
    return last not in SENTENCE_END + "：:；;…"


def begins_item(words: str) -> bool:
    """Whether a line is the start of a list item or a heading by its sign: 一、 （二） 3. 第四章 ① •"""
    return bool(_NEW_ITEM.match(words))
