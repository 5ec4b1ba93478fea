"""Display text -> its sections: articles of a file and numbered headings, as one unbroken run of spans. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.articles import Mark, find_marks, parse_number, starts_sentence
from index.cleaning import CLOSERS, SENTENCE_END

MAX_HEADING_LENGTH = 42  # characters; longer first sentences of a numbered paragraph are text, not headings
MIN_INLINE_LENGTH = 150  # characters of a section whose heading stands inside running text

_NUMBER = "[一二三四五六七八九十]{1,3}"
_LEVELS = (
    re.compile(rf"第{_NUMBER}[章编讲][\s　]*"),
    re.compile(rf"第{_NUMBER}节[\s　]*"),
    re.compile(rf"({_NUMBER})、"),
    re.compile(rf"[（(]({_NUMBER})[）)]"),
)
_INLINE = _LEVELS[3]
_MARKDOWN = re.compile(r"(#{1,6})\s+")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the display text under one heading; `label` names its path, such as 第七篇 · (二)着力…

    The mark of an article (第七篇) is not part of the section; a heading with words of its own is.
    """

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    label: str
    start: int
    body: int  # where the section's own text begins


def find_sections(text: str) -> list[Section]:
    """Sections in order; together they hold every character but article marks and the title before the first one."""
    marks = find_marks(text)
    headings = sorted(
        [_article(text, m) for m in marks] + _line_headings(text, marks) + _inline_headings(text), key=lambda h: h.start
    )
    if not headings or headings[0].start > 0:
        headings.insert(0, _Heading(0, "", 0, 0))
    sections: list[Section] = []
    path: list[_Heading] = []
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        path = [h for h in path if h.level < heading.level] + [heading]
        label = " · ".join(h.label for h in path if h.label)
        end = following.start if following else len(text)
        if text[heading.body : end].strip():
            sections.append(Section(label, heading.body, end))
    return sections


def _article(text: str, mark: Mark) -> _Heading:
    """The heading of an article: its mark, and the title when that alone fills the rest of a line."""
    end = text.find("\n", mark.end)
    rest = text[mark.end : end].strip(" 　：:") if end >= 0 else ""
    titled = rest and len(rest) <= MAX_HEADING_LENGTH and _titular(rest)
    return _Heading(0, f"{mark.label} {rest}" if titled else mark.label, mark.start, mark.end)


def _titular(line: str) -> bool:
    return line[-1] not in SENTENCE_END + CLOSERS + "；;，,："


def _line_headings(text: str, marks: list[Mark]) -> list[_Heading]:
    """Lines that are headings by their number, short and without the end of a sentence, or Markdown's #."""
    taken = {m.start for m in marks}
    headings = []
    for m in re.finditer(r"[^\n]+", text):
        line = m.group().strip(" 　")
        start = m.start() + m.group().index(line[0]) if line else m.start()
        if not line or start in taken:
            continue
        if mark := _MARKDOWN.match(line):
            headings.append(_Heading(len(mark.group(1)), line[mark.end() :].strip(), start, start))
            continue
        level = next((n for n, p in enumerate(_LEVELS, 1) if p.match(line)), 0)
        short = len(line) <= MAX_HEADING_LENGTH and _titular(line)
        if level and short:
            headings.append(_Heading(level, line, start, start))
        elif level >= 3 and (title := _first_sentence(line)):
            headings.append(_Heading(level, title, start, start))
    return headings


def _first_sentence(line: str) -> str:
    """The first sentence of a numbered paragraph when it is short enough to be its heading, else nothing."""
    end = re.search(f"[{SENTENCE_END}]", line)
    title = line[: end.start()] if end else ""
    return title if 4 <= len(title) <= MAX_HEADING_LENGTH and not re.search("[，,；;]", title) else ""


def _inline_headings(text: str) -> list[_Heading]:
    """Headings (一)…。(二)…。 inside running text: a run that counts from one, each with a long section behind it."""
    found = [
        (parse_number(m.group(1)), m.start(), title)
        for m in _INLINE.finditer(text)
        if starts_inside(text, m.start()) and (title := _first_sentence(text[m.start() : m.start() + 80]))
    ]
    headings: list[_Heading] = []
    for number, start, title in found:
        counts = number == 1 or bool(headings)
        far = not headings or start - headings[-1].start >= MIN_INLINE_LENGTH
        if counts and far:
            headings.append(_Heading(4, title, start, start))
    return headings if len(headings) >= 2 else []


def starts_inside(text: str, position: int) -> bool:
    """Whether a numbered heading may stand at `position` of running text: after a sentence, or after a title."""
    before = text[max(0, position - 30) : position]
    return "\n" not in before[-1:] and (
        starts_sentence(text, position) or bool(re.search(r"第.[篇编章讲][^。，,；;]{0,27}$", before))
    )
