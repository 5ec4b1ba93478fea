"""A stretch of display text -> the spans of its sentences, the units of evidence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.cleanup.lines import CLOSERS, SENTENCE_END
from index.extract import Span

MAX_SENTENCE = 400  # a longer one (a table, a text without stops) is cut at its clauses
MAX_QUOTED = 80  # characters of words in quotes or brackets that no stop among them cuts

_STOP = re.compile(rf"[{SENTENCE_END}…]+[{re.escape(CLOSERS)}]*|[\n\f]+|(?<=[A-Za-z0-9)][.])[ \t]+(?=[A-Z])")
_QUOTED = re.compile(
    "|".join(f"{a}[^{a}{b}\n]{{1,{MAX_QUOTED}}}{b}" for a, b in ("“”", "‘’", "「」", "『』", "（）", "《》"))
    + rf"|\([^()\n]{{1,{MAX_QUOTED}}}\)"
)
_CLAUSE = re.compile(r"[；;]|[，,、\s]")
_ITEM = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．是要]|第[一二三四五六七八九十]{1,3}[，,、]|其[一二三四五六七八九十]|[①-⑳])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[^A-Za-z])(?:Mr|Mrs|Ms|Dr|Prof|No|Nos|Fig|Figs|Vol|pp?|vs|etc|al|Inc|Ltd|Co|Corp|St|Jr|Sr|Gen|Rev|cf|[A-Z]|[A-Za-z]\.[A-Za-z])\.$"
)
_ORDINAL = re.compile(r"(?:^|[\n。！？])\s*\d{1,3}\.$")


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """The sentences of [start, end) in order, without blanks at either end; every letter is in exactly one."""
    spans = (piece for s, e in _cut(text, start, end) for piece in _bounded(text, s, e))
    trimmed = (_trim(text, s, e) for s, e in spans)
    return [(s, e) for s, e in trimmed if any(c.isalnum() for c in text[s:e])]


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    quoted = [m.span() for m in _QUOTED.finditer(text, start, end)]
    at = 0
    for m in _STOP.finditer(text, start, end):
        while at < len(quoted) and quoted[at][1] <= m.start():
            at += 1
        if at < len(quoted) and quoted[at][0] < m.start() and _is_inside(text, m, quoted[at], start):
            continue
        if _ends(text, m, start, end):
            yield start, m.end()
            start = m.end()
    if start < end:
        yield start, end


def _is_inside(text: str, stop: re.Match[str], quoted: Span, start: int) -> bool:
    """Whether the stop belongs to a title, or to words quoted or bracketed in the middle of a sentence."""
    first, last = quoted
    opener = text[first]
    if opener == "《":
        return stop.start() < last - 1 and stop.end() <= last
    embedded = first > start and text[first - 1].isalnum()
    if not embedded or stop.end() < last:
        return embedded
    if opener in "（(":
        return True
    return stop[0][0] != "。" and text[stop.end() : stop.end() + 1].isalnum()


def _ends(text: str, stop: re.Match[str], start: int, end: int) -> bool:
    before, after = text[stop.start() - 1 : stop.start()], text[stop.end() : min(stop.end() + 1, end)]
    if stop[0][0] in "\n\f":
        return not (stop[0] == "\n" and re.match("[a-z,]", before) and re.match("[a-z]", after))
    if stop[0].isspace():
        front = text[max(start, stop.start() - 12) : stop.start()]
        return not (_ABBREVIATION.search(front) or _ORDINAL.search(front))
    if after and after in "，,、；;：:":
        return False
    if set(stop[0]) == {"…"}:
        return not (after and after in "的地得等了吧吗呢")
    return not (stop[0] in ("?", "!") and after and after.isascii() and (after.isalnum() or after in "=&/%_"))


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """The span in pieces of at most MAX_SENTENCE: cut between items, else at the last clause end, else at the bound."""
    while end - start > MAX_SENTENCE:
        first, last = start + MAX_SENTENCE // 2, start + MAX_SENTENCE
        cuts = [m.end() for m in _CLAUSE.finditer(text, first, last)]
        semicolons = [c for c in cuts if text[c - 1] in "；;"]
        between = next(([c] for c in reversed(semicolons or cuts) if _ITEM.match(text, c)), [])
        cut = (between or semicolons or cuts or [last])[-1]
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
