"""Text and links from outside -> what is safe in HTML, and what a link means. Pure.

Links are the only controls inside that HTML, because they survive every sanitizer: `#t3-c2` is citation 2 of turn 3,
`#t3-c2-p0` the first other place of it, `#t3-h1` the best passage that was found, `#t3-h1-p0` the first other place of
that, `#t3-vu` the thumb up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TARGET = re.compile(r"#t(\d{1,9})-([ch])([1-9]\d{0,3})(?:-p(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: `kind` is c (citation, from 1) or h (hit, from 1); `place` is an other place, from 0."""

    turn: int
    kind: str
    number: int
    place: int | None


def literal(text: str) -> str:
    """`text` with every ASCII sign as a numeric entity: nothing for HTML, Markdown or a template to act on."""
    return "".join(c if c.isalnum() or c == " " or ord(c) > 127 else f"&#{ord(c)};" for c in text)


def read_target(href: str) -> Target | None:
    """The target of a link, or None when it is none of ours."""
    m = _TARGET.fullmatch(href)
    return Target(int(m[1]), m[2], int(m[3]), int(m[4]) if m[4] else None) if m else None
