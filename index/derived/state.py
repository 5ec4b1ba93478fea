"""What searching needs of a store in memory, row by row: ids, names, collections, and the two indexes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.dense import DenseIndex
from index.derived.postings import Mask
from index.errors import JudianError
from index.lexical import LexicalIndex
from index.searchtext import year_of

DEFAULT = "默认"  # how the collection "" is shown

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Filed:
    """A document as the indexes know it; `content` tells it from another of the same name."""

    name: str
    collection: str
    title: str
    date: str
    content: str


@dataclass(frozen=True, slots=True)
class Indexes:
    """One state of a store, row by row in order of passage id; rows that are not `live` are of passages now gone.

    Never changes, so that a search may go on with it while another state takes its place.
    """

    generation: int
    ids: Numbers
    documents: tuple[Filed, ...]
    sections: tuple[str, ...]
    document_of: Numbers  # row -> place in documents
    section_of: Numbers  # row -> place in sections
    dense: DenseIndex
    lexical: LexicalIndex

    @property
    def live(self) -> Mask:
        """Rows of passages that are in the store."""
        return self.lexical.live

    @property
    def worn(self) -> bool:
        """Whether more rows are gone than are there."""
        return 2 * int(self.live.sum()) < len(self.live)

    def document(self, row: int) -> Filed:
        """The document of a passage."""
        return self.documents[int(self.document_of[row])]

    def names(self, row: int) -> tuple[str, ...]:
        """All that a question may call the passage by: section, document, title, year."""
        document = self.document(row)
        year = year_of(document.name, document.title, document.date)
        return (self.sections[self.section_of[row]], document.name, document.title, year)

    def within(self, collections: Sequence[str]) -> Mask | None:
        """The rows of these collections; None for all, when none is named. Raises JudianError for an unknown one."""
        if not collections:
            return None
        present = np.unique(self.document_of[self.live])
        known = {self.documents[place].collection for place in present}
        wanted = {"" if c == DEFAULT and DEFAULT not in known else c for c in collections}
        if unknown := sorted(wanted - known):
            listed = "、".join(sorted(c or DEFAULT for c in known))
            asked = "、".join(c or DEFAULT for c in unknown)
            raise JudianError(f"没有名为 {asked} 的文档集。现有：{listed}\n查看全部：python -m index list")
        chosen = np.array([document.collection in wanted for document in self.documents])
        mask: Mask = chosen[self.document_of] & self.live
        return mask


def nothing(dim: int) -> Indexes:
    """The state of a store that holds nothing."""
    none = np.zeros(0, np.int64)
    dense = DenseIndex.build(np.zeros((0, dim), np.float16), none.astype(np.uint32))
    return Indexes(-1, none, (), (), none, none, dense, LexicalIndex.build([]))
