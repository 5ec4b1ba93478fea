"""A passage and its document -> the text that is embedded and indexed: folded, with a header in front. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from index.folding import bare, fold

MAX_TITLE = 80  # characters of a title that stand in front of every passage

_YEAR = re.compile(r"(?:19|20)\d{2}")


def header(document: str, section: str, title: str = "", date: str = "") -> str:
    """What stands in front of a passage when it is indexed: the document's name and the section's path.

    The title stands between them where it says more than the name, and the year of the date where neither has one.
    """
    names = [Path(document).stem]
    title = " ".join(title[:MAX_TITLE].split())
    if bare(title) not in bare(names[0]):
        names.append(title)
    if year := year_of(document, title, date):
        names.append(year)
    return f"{' '.join([*names, *([section] if section else [])])}："


def search_text(document: str, section: str, text: str, title: str = "", date: str = "") -> str:
    """Folded text of a passage or sentence with its header, as it is embedded and indexed."""
    return fold(header(document, section, title, date) + text)


def year_of(document: str, title: str, date: str) -> str:
    """The year of the date, where neither the document's name nor its title names a year; else ""."""
    found = _YEAR.match(date)
    return found[0] if found and not _YEAR.search(fold(document + title)) else ""
