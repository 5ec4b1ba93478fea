"""Names and titles of documents -> their stems, which those of one series share, and their years. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.derived.state import Filed
from index.scoping.letters import folded_lines, letters

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

YEARLY = 0.5  # of the documents of one stem, at least, have a year: else it is a number like any other
LONGEST = 80  # characters of a name or a title that count

_FOLDER = re.compile(r"^.*/(?=[^\n])", re.MULTILINE)
_SUFFIX = re.compile(r"\.[a-z][a-z0-9]{0,4}$", re.MULTILINE)
_YEAR = r"(?<!\d)(?:19|20)\d\d"
_DATE = re.compile(
    rf"{_YEAR}(?:[-./_]\d\d?(?:[-./_]\d\d?)?(?!\d)|年\d\d?月(?:\d\d?日)?|(?:0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)|年(?!度)|(?!\d))"
    r"|[一二][〇零○九][〇零○一二三四五六七八九]{2}年?"
)
_DRAFT = re.compile(
    r"[(\[【][^()\[\]【】\n]{0,8}(?:稿|版|本|件|final|copy|v?[\d.]{1,6})[)\]】]"
    r"|(?:定稿|终稿|最终版|最终稿|修改稿|修订稿|副本|final|copy)$",
    re.MULTILINE,
)
_EDGES = re.compile(r"^[(\[【]?\d{1,5}[)\]】]?[-_.、, ]+(?=[^\n])|(?<!\d)\d{1,5}[)\]]?$", re.MULTILINE)
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_FOUND = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Stems:
    """What documents go by; a document has one or two stems, places in `stems`, all without years and numbers.

    `own` has two columns, the stems of name and title, -1 where there is no title. `document_of` lists the documents
    in order of their stems, those of a stem from `first[stem]` to `first[stem + 1]`.
    `years` is the year in the name or title, else that of the date, else 0; `dated` where it is the date's.
    `published` is the date's year, 0 where there is none. `spelt` is the name
    of each document in letters with its numbers, `whole` leads from it to the documents.
    """

    stems: tuple[str, ...]
    own: Numbers
    document_of: Numbers
    first: Numbers
    years: Numbers
    dated: Mask
    published: Numbers
    spelt: tuple[str, ...]
    whole: dict[str, list[int]]

    @classmethod
    def build(cls, documents: Sequence[Filed]) -> Stems:
        """The stems of these documents; those with an empty name have none."""
        titled = [place for place, document in enumerate(documents) if document.title.strip()]
        names = _FOLDER.sub("", folded_lines([d.name[-LONGEST:] for d in documents]))
        titles = folded_lines([documents[place].title[:LONGEST] for place in titled])
        names = _SUFFIX.sub("", names)
        spelt = letters(names).split("\n")[: len(documents)]
        lines = f"{names}\n{titles}"
        owners = np.concatenate([np.arange(len(documents)), np.array(titled, np.int64)])
        cores = letters(_EDGES.sub("", _DRAFT.sub("", _DATE.sub("", lines)))).split("\n")[: len(owners)]
        numbers: dict[str, int] = {}
        stem_of = np.array([numbers.setdefault(core, len(numbers)) for core in cores], np.int64)
        own = np.full((len(documents), 2), -1, np.int64)
        own[:, 0], own[titled, 1] = stem_of[: len(documents)], stem_of[len(documents) :]
        ordered, document_of = np.divmod(np.unique(stem_of * max(1, len(documents)) + owners), max(1, len(documents)))
        first = np.searchsorted(ordered, np.arange(len(numbers) + 1))
        years, dated, published = _years(documents, lines.split("\n"), owners, own[:, 0])
        whole = _whole(spelt)
        return cls(tuple(numbers), own, document_of, first, years, dated, published, tuple(spelt), whole)

    def documents(self, stem: int) -> Numbers:
        """Places of the documents that go by this stem, ascending."""
        return self.document_of[self.first[stem] : self.first[stem + 1]]

    def stems_of(self, documents: Numbers) -> Numbers:
        """The stems of these documents, each once."""
        stems = np.unique(self.own[documents])
        return stems[stems >= 0]

    def called(self, document: int) -> str:
        """The stems of a document, one behind the other."""
        return " ".join(self.stems[stem] for stem in self.own[document].tolist() if stem >= 0)


def _years(
    documents: Sequence[Filed], lines: list[str], owners: Numbers, stem_of: Numbers
) -> tuple[Numbers, Mask, Numbers]:
    years = np.zeros(len(documents), np.int64)
    for owner, line in zip(reversed(owners.tolist()), reversed(lines[: len(owners)]), strict=True):
        if found := _DATE.search(line):  # the name is looked at last and has the last word
            years[owner] = int(found[0][:4].replace("九", "9").translate(_DIGITS))
    shares = np.bincount(stem_of, years > 0) / np.maximum(np.bincount(stem_of), 1)
    years[shares[stem_of] < YEARLY] = 0  # 资料2011 among 资料1 to 资料3000 is of no year
    published = np.array([int(found[0]) if (found := _FOUND.match(d.date)) else 0 for d in documents], np.int64)
    dated = (years == 0) & (published > 0)
    return np.where(dated, published, years), dated, published


def _whole(names: Sequence[str]) -> dict[str, list[int]]:
    whole: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name:
            whole.setdefault(name, []).append(place)
    return whole
