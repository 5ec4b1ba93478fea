"""Texts -> BM25 over Chinese character n-grams; the same search shape as dense. Grows and shrinks row by row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.derived.grams import Rows, gram_keys
from index.derived.postings import Mask, Postings, count, merge, renumbered

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
        grams = Counter(gram_keys([query])[0].tolist())
        total = int(self.live.sum())
        rarities = [
            times * math.log(max(1.0, (total - frequency + 0.5) / (frequency + 0.5)))
            for times, frequency in zip(grams.values(), self._frequencies(grams), strict=True)
        ]
        average = float(self.lengths[self.live].sum(dtype=np.int64)) / max(1, total)
        norms = (K1 * (1 - B + B * self.lengths / max(1.0, average))).astype(np.float32)
        scores = np.zeros(len(self.live), np.float32)
        for postings, mask in self.parts:
            own = np.zeros(len(mask), np.float32)
            for rarity, span in zip(rarities, postings.spans(grams), strict=True):
                if rarity:
                    rows, counts = postings.rows[span], postings.counts[span]
                    own[rows] += np.float32(rarity) * (counts / (counts + norms[rows]))
            own[~mask] = 0
            scores[: len(mask)] += own
        if within is not None:
            scores[~within] = 0
        return {int(row): float(scores[row]) for row in _best(scores, k)}

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


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The rows of the k highest scores above 0, best first, the earlier of two alike before the later."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
    return rows[np.argsort(-scores[rows], kind="stable")][:k]
