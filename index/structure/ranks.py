"""Headings -> the same with levels that agree: numbered as the format's own are, they stand as those do. Pure.

In many files only some headings are set as headings: 一、 and 二、 are, 三、 is a bold line. It belongs beside them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from index.structure.headings import ANNEX, BOOK, CLAUSE, Heading, form_of

STEP = 100  # between two levels of the format; between them stand forms that it does not use


def ranked(headings: Sequence[Heading]) -> list[Heading]:
    """`headings`, in order, with levels that can only be compared with each other."""
    stated = [(h.start, form, h.level) for h in headings if ANNEX <= h.level < BOOK and (form := form_of(h.label))]
    return [replace(h, level=_level(h, stated)) for h in headings]


def _level(heading: Heading, stated: Sequence[tuple[int, int, int]]) -> int:
    """That of the nearest stated one of its form, in front before behind; above stated ones of a lower form."""
    if not BOOK <= heading.level <= CLAUSE:
        return heading.level * STEP
    alike = [(start, level) for start, form, level in stated if form == heading.level]
    if alike:
        return alike[max(bisect_right(alike, (heading.start, CLAUSE)) - 1, 0)][1] * STEP
    lower = [(level, form) for _, form, level in stated if form > heading.level]
    if lower:
        level, form = min(lower)
        return level * STEP - (form - heading.level)
    return heading.level * STEP
