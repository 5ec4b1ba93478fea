"""A question and passages -> how well each answers it, 0..1: the reranker protocol and its cross-encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

MODEL = Path(__file__).with_name("reranking") / "model"

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class Reranker(Protocol):
    """Reads question and passage together, which vectors made apart cannot; for the few best of a search."""

    name: str

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        """For each passage how well it answers, 0..1, higher is better, in order.

        A passage is given as it is indexed, with its header (index.searchtext.search_text).
        """
        ...


class CrossEncoder:
    """The small BERT of a folder (rag/reranking/model: trained here, see its MODEL_CARD.md).

    Reads at most rag.reranking.tokens.MAX_PAIR tokens of question and passage. May be called from several threads.
    """

    def __init__(self, folder: Path) -> None:
        from rag.reranking.artefact import load

        self.name, self._network, self._tokens = load(folder)

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        """One pass over all passages."""
        import torch

        from rag.reranking.network import pack

        if not passages:
            return []
        with torch.inference_mode():
            packed = pack(self._tokens.pairs(query, passages))
            found: list[float] = torch.sigmoid(self._network(packed)).tolist()
        return found


def open_reranker(folder: Path = MODEL) -> CrossEncoder:
    """The reranker kept in the repository. Raises RerankerDamagedError when its files are not what was trained."""
    return CrossEncoder(folder)


def years_differ(headers: Sequence[str]) -> bool:
    """Whether the headers of the candidates (index.searchtext.header) name more than one year.

    Then their order is left as the search made it: the report that states a year's result is the next year's, which
    the search knows and the cross-encoder does not (60 questions on yearly reports: 77 % right at first, 67 % with it).
    """
    return len({found[0] for header in headers if (found := _YEAR.search(header))}) > 1
