"""News, one article a line -> articles: a title where the line states one, and the text without the agency's front."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.lines import open_text

SHORTEST, LONGEST = 120, 6000  # characters of an article that is used

_FRONT = re.compile(r"^[^，]{0,40}，正文：")
_TITLE = re.compile(r"^(?:原标题[：:]\s*|【)(?P<title>[^。！？】\n]{6,40}?)(?:[】\s。丨|]|$)")


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `title` is "" where the line states none."""

    title: str
    text: str


def read_news(path: Path) -> list[Article]:
    """The articles of the file, in order, without those that are too short or too long."""
    articles = map(_article, open_text(path).splitlines())
    return [a for a in articles if SHORTEST <= len(a.text) <= LONGEST]


def draw(articles: Sequence[Article], count: int, seed: int) -> list[Article]:
    """`count` articles drawn with a fixed seed, none twice."""
    distinct = list({a.text[:60]: a for a in articles}.values())
    return random.Random(seed).sample(distinct, min(count, len(distinct)))


def _article(line: str) -> Article:
    text = _FRONT.sub("", line).strip()
    found = _TITLE.match(text)
    return Article(found["title"].strip() if found else "", text)
