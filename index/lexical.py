"""Texts -> BM25 over Chinese character n-grams; the same search shape as dense. Grows and shrinks row by row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Rows, gram_keys
from index.derived.postings import Mask, Postings, count, merge, renumbered
from index.derived.pruning import Term, contenders

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Robertson et al. 1994) over single characters and character pairs of the search texts.

    Only counts are kept; what depends on the collection is worked out at the search, so that scores are the same
    whether the rows came at once or one by one. What stands in more than half of the rows weighs nothing; among a
    handful of passages the vectors decide. Never changes: updated() gives another that shares the parts.
    """

    parts: tuple[tuple[Postings, Mask], ...]  # with those of the rows known when it was made that count
    lengths: NDArray[np.uint32]  # n-grams of each row
    live: Mask
    _norms: NDArray[np.float32] = field(init=False, repr=False)  # what the length of each row makes of a count

    def __post_init__(self) -> None:
        average = float(self.lengths[self.live].sum(dtype=np.int64)) / max(1, int(self.live.sum()))
        norms = K1 * (1 - B + B * self.lengths / max(1.0, average))
        object.__setattr__(self, "_norms", norms.astype(np.float32))

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """From the search texts, row by row."""
        empty = cls((), np.zeros(0, np.uint32), np.zeros(0, bool))
        return empty.updated(np.ones(len(texts), bool), np.arange(len(texts), dtype=np.uint32), texts)

    def updated(self, live: Mask, rows: Rows, texts: Sequence[str]) -> LexicalIndex:
        """With `texts` in `rows`, which are new or held another text until now; afterwards `live` says what counts."""
        lengths = np.zeros(len(live), np.uint32)
        lengths[: len(self.lengths)] = self.lengths
        same = live.copy()
        same[rows] = False
        parts = [(postings, mask & same[: len(mask)]) for postings, mask in self.parts]
        if texts:
            own, lengths[rows] = count(texts, rows)
            parts.append((own, live))
        while len(parts) > 1 and len(parts[-2][0].rows) < 2 * len(parts[-1][0].rows):
            parts[-2:] = [(merge(parts[-2:]), live)]
        return LexicalIndex(tuple(parts), lengths, live)

    def compacted(self) -> LexicalIndex:
        """The live rows alone, counted anew, in one part."""
        if len(self.parts) == 1 and self.live.all():
            return self
        return _whole(renumbered(merge(self.parts), self.live), self.lengths[self.live])

    def search(self, query: str, k: int, within: Mask | None = None) -> dict[int, float]:
        """Passage row -> BM25 score of the k best rows, best first; rows without a shared n-gram are left out.

        `within` says which rows may be found; rarity is that in the whole collection all the same.
        """
        terms = self._terms(query, within)
        rows = contenders(terms, self._norms, k)
        scores = np.zeros(len(rows), np.float32)
        for term in terms:  # in the order of the query, so that a score is the same whatever was left out
            held, gained = term.of(rows, self._norms)
            scores[held] += gained
        order = np.argsort(-scores, kind="stable")[:k]
        return {int(rows[place]): float(scores[place]) for place in order}

    def _terms(self, query: str, within: Mask | None) -> list[Term]:
        grams = Counter(gram_keys([query])[0].tolist())
        total = int(self.live.sum())
        rarities = [
            times * math.log(max(1.0, (total - frequency + 0.5) / (frequency + 0.5)))
            for times, frequency in zip(grams.values(), self._frequencies(grams), strict=True)
        ]
        parts = []
        for postings, mask in self.parts:
            allowed = mask if within is None else mask & within[: len(mask)]
            parts.append((postings, None if allowed.all() else allowed, postings.spans(grams)))
        return [
            Term(np.float32(rarity), postings.rows[spans[place]], postings.counts[spans[place]], allowed)
            for place, rarity in enumerate(rarities)
            for postings, allowed, spans in parts
            if rarity and spans[place].stop > spans[place].start
        ]

    def coverage(self, query: str, texts: Sequence[str]) -> list[float]:
        """For each text the share, 0..1, of the query's n-grams that it holds, each weighed by its rarity here.

        An n-gram that stands nowhere in the collection weighs most: a text cannot answer what it never names.
        """
        grams = dict.fromkeys(gram_keys([query])[0].tolist())
        weights = dict(zip(grams, self._rarities(grams), strict=True))
        total = math.fsum(weights.values()) or 1.0  # exact, so that no share passes 1
        keys, rows = gram_keys(texts)
        shared = np.isin(keys, np.fromiter(weights, np.uint64, len(weights)))
        held: list[set[int]] = [set() for _ in texts]
        for key, row in zip(keys[shared].tolist(), rows[shared].tolist(), strict=True):
            held[row].add(key)
        return [math.fsum(weights[key] for key in own) / total for own in held]

    def save(self, folder: Path) -> None:
        """Write a compacted index into `folder`."""
        [(postings, _)] = self.parts
        postings.save(folder)
        np.save(folder / "lengths.npy", self.lengths)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what save() wrote. Raises when a file is missing."""
        return _whole(Postings.load(folder), np.load(folder / "lengths.npy"))

    def _rarities(self, grams: Collection[int]) -> list[float]:
        """Inverse document frequencies (Robertson and Spärck Jones), never negative."""
        total = int(self.live.sum())
        return [math.log(1 + (total - found + 0.5) / (found + 0.5)) for found in self._frequencies(grams)]

    def _frequencies(self, grams: Collection[int]) -> list[int]:
        """How many live rows hold each n-gram."""
        found = [0] * len(grams)
        for postings, mask in self.parts:
            whole = bool(mask.all())
            for place, span in enumerate(postings.spans(grams)):
                held = span.stop - span.start if whole else np.count_nonzero(mask[postings.rows[span]])
                found[place] += int(held)
        return found


def _whole(postings: Postings, lengths: NDArray[np.uint32]) -> LexicalIndex:
    everything = np.ones(len(lengths), bool)
    return LexicalIndex(((postings, everything),), lengths, everything)
