"""Source text -> CleanText: what is not the author's is dropped, and every kept character knows its place. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.extract import Span

SENTENCE_END = "。！？!?"
CLOSERS = "”’」』）)》】\"'"

_LINE = re.compile(r"[^\n]*\n?")
_SEGMENT = re.compile(r"(\d{1,5})、")
_PAGE = re.compile(
    r"\s*(?:第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?|[-—–]+\s*\d+\s*[-—–]+|\d+\s*/\s*\d+"
    r"|[Pp]age\s*\d+(?:\s*of\s*\d+)?)\s*"
)
_SHARING = re.compile(r"会员分享|在线阅读|更多相关|珍藏版|上搜索|下载可编辑|如有侵权|版权归原作者|仅供学习参考|文库")
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff])[ \u00a0](?=[\u4e00-\u9fff])")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_NEW_ITEM = re.compile(
    r"[\s　]|[（(]?[一二三四五六七八九十\d]+[）)、.．]|第[一二三四五六七八九十百\d]+[章节条篇编部]|[-—•●*#]"
)

ITEM_END = SENTENCE_END + CLOSERS + "；;：:"
MIN_SEGMENTS = 3  # fewer numbered lines than this are a list, not a cut file
MIN_SEGMENT_LENGTH = 80  # characters; the items of real lists are mostly shorter and end a sentence
MIN_CUT_SHARE = 0.3  # of the numbered lines begin in the middle of a sentence


@dataclass(frozen=True, slots=True)
class CleanText:
    """Display text; `offsets[i]` is the place of `text[i]` in the source text, strictly rising."""

    text: str
    offsets: tuple[int, ...]

    def source_span(self, start: int, end: int) -> Span:
        """The half-open source span of the non-empty display span [start, end)."""
        return self.offsets[start], self.offsets[end - 1] + 1


def clean(source: str, layout: Sequence[Span] = (), pages: Sequence[int] = ()) -> CleanText:
    """Drop markers, boilerplate, page marks, broken line ends and stray spaces; never add or change a character.

    `layout` and `pages` are those of the Extract.
    """
    kept = bytearray(b"\x01") * len(source)
    for start, end in [*layout, *_dropped(source)]:
        kept[start:end] = bytes(end - start)
    joined = "".join(c if k else "\0" for c, k in zip(source, kept, strict=True))
    for start, end in _line_joins(source, joined):
        kept[start:end] = bytes(end - start)
    offsets = tuple(i for i, k in enumerate(kept) if k)
    return CleanText("".join(source[i] for i in offsets), offsets)


def _dropped(source: str) -> Iterator[Span]:
    lines = [(m.start(), m.end()) for m in _LINE.finditer(source) if m.end() > m.start()]
    yield from _boilerplate(source, lines)
    yield from _segment_markers(source, lines)
    yield from ((s, e) for s, e in lines if _PAGE.fullmatch(source[s:e]))
    for pattern in (_SPACE, _UNSEEN):
        yield from (m.span() for m in pattern.finditer(source))


def _boilerplate(source: str, lines: list[Span]) -> Iterator[Span]:
    """Lines that a sharing site puts at either end: two or more of its set phrases in one short line."""
    for start, end in {*lines[:3], *lines[-3:]}:
        if end - start < 400 and len(set(_SHARING.findall(source[start:end]))) >= 2:
            yield start, end


def _segment_markers(source: str, lines: list[Span]) -> Iterator[Span]:
    """Markers such as “\\n12、” that cut a text into equal pieces, told from a numbered list by three signs.

    They count 1, 2, 3 … without a gap, their lines are long, and many begin in mid-sentence.
    """
    marks = [(m, s, e) for s, e in lines if (m := _SEGMENT.match(source, s, e))]
    run: list[tuple[re.Match[str], int, int]] = []
    for mark in marks:
        if int(mark[0].group(1)) == len(run) + 1:  # others are items of lists inside a piece
            run.append(mark)
    if len(run) < MIN_SEGMENTS or median(e - s for _, s, e in run) < MIN_SEGMENT_LENGTH:
        return
    cuts = [s for m, s, e in run[1:] if source[:s].rstrip()[-1:] not in ITEM_END]
    if len(cuts) < MIN_CUT_SHARE * (len(run) - 1):
        return
    for n, (m, start, _) in enumerate(run):
        yield (start - 1 if n and source[start - 1 : start] == "\n" else start), m.end()


def _line_joins(source: str, text: str) -> Iterator[Span]:
    """Line ends inside a sentence, in a text whose lines were broken at a fixed width or by a page mark.

    `text` is `source` with NUL for what was dropped; a line end among that was the one of a page mark.
    """
    lines = [m.span() for m in re.finditer(r"[^\n\0][^\n]*", text) if m.group().strip("\0 \t　")]
    widths = sorted(len(text[s:e].replace("\0", "").strip()) for s, e in lines)
    wide = widths[int(len(widths) * 0.9)] if widths else 0
    wrapped = 15 <= wide <= 120 and sum(w >= 0.85 * wide for w in widths) >= 0.5 * len(widths)
    for (start, end), (after, after_end) in itertools.pairwise(lines):
        line, following = text[start:end].strip("\0"), text[after:after_end].strip("\0")
        full = wrapped and len(line.strip()) >= 0.85 * wide
        paged = source.count("\n", end, after) > text.count("\n", end, after)
        if (full or paged) and _runs_on(line, following):
            yield end, after


def _runs_on(line: str, following: str) -> bool:
    last = line.rstrip()[-1:]
    return bool(last) and last not in SENTENCE_END + CLOSERS + "：:；;" and not _NEW_ITEM.match(following)
