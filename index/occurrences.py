"""A term and a text -> how often it stands there word for word, widths, script, spaces and signs folded. Pure."""

from __future__ import annotations

import re

from index.folding import bare, fold

_OWN_SIGNS = re.compile(r"[a-z\d+#%&]")  # in a term that is not of Chinese letters alone
_SIGNS = re.compile(r"[^\w+#%&.]+|(?<!\d)\.|\.(?!\d)")
_SPACES = re.compile(r"(?<![a-z\d]) +| +(?![a-z\d])")  # but for those between Latin words


def occurrences(term: str, text: str) -> int:
    """How often; never inside a longer number or Latin word. “互联网+” is not “互联网”."""
    if not _OWN_SIGNS.search(folded := fold(term)):
        letters = bare(folded)
        return bare(text).count(letters) if letters else 0
    letters = _apart(folded)
    before = "(?<![\\d.])" if letters[:1].isdigit() else "(?<![a-z])" if letters[:1].isascii() else ""
    after = "(?!\\d)" if letters[-1:].isdigit() else "(?![a-z])" if letters[-1:].isascii() else ""
    return len(re.findall(before + re.escape(letters) + after, _apart(fold(text))))


def _apart(folded: str) -> str:
    """Folded text without signs and spaces, but for a space between two Latin words."""
    return _SPACES.sub("", _SIGNS.sub(" ", folded))
