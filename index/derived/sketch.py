"""Vectors -> half a byte for every two numbers of each, by which the likely nearest are found in a moment.

Product quantisation (Jégou et al. 2011) with 16 values for each pair of numbers, read by tables held in the processor's
registers (André et al. 2017). A sketch orders roughly: what it names is to be compared exactly afterwards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.derived.postings import Mask
from index.encoder import Vectors

Half = NDArray[np.float16]

SAMPLE = 20_000  # vectors from which the 16 values of each pair are learnt
GROWTH = 4  # times as many vectors as it was learnt among: then it is learnt anew, lest the kind of text has changed
STEP = 1 << 16  # vectors widened to 32 bits together


@dataclass(frozen=True, slots=True)
class Sketch:
    """Codes of vectors, in order. Never changes; `learnt` is the number of vectors among which the values were."""

    index: Any  # of FAISS
    learnt: int

    @classmethod
    def of(cls, vectors: Half) -> Sketch:
        """A sketch of the vectors (n, dim); the same whenever it is made of the same."""
        faiss = _faiss()
        count, dim = vectors.shape
        index = faiss.IndexPQFastScan(dim, dim // 2 if dim % 2 == 0 else dim, 4, faiss.METRIC_INNER_PRODUCT)
        chosen = np.random.default_rng(0).choice(count, min(count, SAMPLE), replace=False)
        index.train(vectors[np.sort(chosen)].astype(np.float32))
        _add(index, vectors)
        return cls(index, count)

    def grown(self, keep: Mask, more: Half) -> Sketch:
        """That of the vectors that `keep` names, and of `more` behind them; learns anew only after much growth."""
        faiss = _faiss()
        index = faiss.clone_index(self.index)
        if not keep.all():
            gone = np.packbits(~keep, bitorder="little")
            index.remove_ids(faiss.IDSelectorBitmap(gone))
        _add(index, more)
        return Sketch(index, self.learnt)

    @property
    def size(self) -> int:
        """How many vectors it is of."""
        return int(self.index.ntotal)

    def serves(self, size: int) -> bool:
        """Whether it may still be grown to so many vectors without learning anew."""
        return size <= GROWTH * self.learnt

    def save(self, folder: Path) -> None:
        """Write sketch.faiss and sketch.json into `folder`."""
        _faiss().write_index(self.index, str(folder / "sketch.faiss"))
        (folder / "sketch.json").write_text(json.dumps({"learnt": self.learnt}))

    @classmethod
    def load(cls, folder: Path) -> Sketch | None:
        """Read what save() wrote; None when it wrote nothing. Raises when a file is damaged."""
        if not (folder / "sketch.json").exists():
            return None
        learnt = int(json.loads((folder / "sketch.json").read_text())["learnt"])
        return cls(_faiss().read_index(str(folder / "sketch.faiss")), learnt)


def refined(sketch: Sketch, exact: Any, query: Vectors, count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:  # noqa: ANN401
    """Exact scores and places of the `count` vectors that the sketch puts first, best first."""
    faiss = _faiss()
    both = faiss.IndexRefine(sketch.index, exact)
    scores, places = both.search(query, count, params=faiss.IndexRefineSearchParameters(k_factor=1))
    return scores[0], places[0]


def _add(index: Any, vectors: Half) -> None:  # noqa: ANN401
    for start in range(0, len(vectors), STEP):
        index.add(vectors[start : start + STEP].astype(np.float32))


def _faiss() -> Any:  # noqa: ANN401  # its stubs do not know what its Python layer takes
    import faiss

    return faiss
