"""A long sentence + what is asked -> the stretch of its clauses that answers, word for word. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from index.folding import bare

MAX_LENGTH = 130  # characters shown of one sentence; a shorter sentence is shown whole
OVERLONG = 2.0  # times the length allowed that a clause may have: an enumeration is cut only beyond it
HELD = 0.35  # of the weight of all that is asked for: what the expected words are worth beside it
SAYS = 8  # letters without a figure that say something by themselves
ENOUGH = 0.97  # of the weight of the best stretch: a shorter one with as much is taken

_CLAUSE_END = re.compile(r"[，,；;：:][”’」』）)]?|[。！？!?][”’」』）)]?")
_ITEM_END = re.compile(r"[，,；;：:、][”’」』）)]?|[。！？!?][”’」』）)]?")

_LEADS_ON = re.compile(r"(?:来|时|前|之?后|之际|情况下|条件下|基础上|的同时|期间|为了?[^，,]*)[，,]$")

Expects = Callable[[str], float]


def _nothing(_: str) -> float:
    return 0.0


def snip(
    text: str,
    weights: Mapping[str, float],
    longest: int = MAX_LENGTH,
    expects: Expects = _nothing,
    *,
    whole: bool = True,
) -> tuple[int, int]:
    """The half-open span of whole clauses, at most `longest` characters, that holds most of what is asked.

    `weights` says what each pair of the question or draft is worth, each counted once; `expects` how far, 0..1, a
    stretch holds what an answer should hold. A clause that enumerates is not cut unless it is more than OVERLONG times
    too long. With `whole` a sentence that fits is returned whole and the span is filled up with the clauses that
    follow; else the shortest span with as much is taken.
    """
    if len(text) <= longest and whole:
        return 0, len(text)
    best = _best(text, clauses(text, longest), weights, longest, expects)
    return _filled(text, best, longest) if whole else _finished(text, best, longest)


def clauses(text: str, longest: int = MAX_LENGTH) -> list[tuple[int, int]]:
    """The clauses in order, signs included; the items of one that is far too long."""
    found: list[tuple[int, int]] = []
    for start, end in _cut(text, 0, len(text), _CLAUSE_END):
        far = end - start > OVERLONG * longest
        found += _cut(text, start, end, _ITEM_END) if far else [(start, end)]
    return found


def _cut(text: str, start: int, end: int, sign: re.Pattern[str]) -> list[tuple[int, int]]:
    ends = [m.end() for m in sign.finditer(text, start, end) if m.end() < end and not _inside_number(text, m.start())]
    return list(zip([start, *ends], [*ends, end], strict=True))


def _inside_number(text: str, place: int) -> bool:
    return text[place] in ",:" and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def _best(
    text: str, parts: list[tuple[int, int]], weights: Mapping[str, float], longest: int, expects: Expects
) -> tuple[int, int]:
    """Most of what is asked; of spans with as much the shorter, then the earlier."""
    found: list[tuple[float, int, int]] = []
    total = _worth(text, weights)
    for i, (start, _) in enumerate(parts):
        for j in range(i, len(parts)):
            end = parts[j][1]
            if end - start > longest and j > i:
                break
            stretch = text[start:end]
            found.append((_worth(stretch, weights) + HELD * total * expects(stretch), start, end))
    least = ENOUGH * max(worth for worth, _, _ in found)
    _, start, end = min((f for f in found if f[0] >= least), key=lambda f: (f[2] - f[1], f[1]))
    return start, end


def _filled(text: str, span: tuple[int, int], longest: int) -> tuple[int, int]:
    """The span with the clauses behind it, then those before it, as far as they fit."""
    start, end = span
    parts = clauses(text, longest)
    for _, after in parts:
        if after > end and after - start <= longest:
            end = after
    for before, _ in reversed(parts):
        if before < start and end - before <= longest:
            start = before
    return start, end


def _finished(text: str, span: tuple[int, int], longest: int) -> tuple[int, int]:
    """The span with the clause behind it where it only leads to that (自去年召开会议以来，……) or says too little, and that fits."""
    start, end = span
    words = text[start:end]
    says = len(bare(words)) >= SAYS or any(c.isdigit() for c in words)
    if says and not _LEADS_ON.search(words):
        return span
    after = next((after for before, after in clauses(text, longest) if before == end), end)
    return (start, after) if after - start <= longest else span


def _worth(stretch: str, weights: Mapping[str, float]) -> float:
    letters = bare(stretch)
    return sum(weights.get(pair, 0.0) for pair in {letters[i : i + 2] for i in range(len(letters) - 1)})
