"""Where the wanted things stand in a ranked list -> recall, hit, all, MRR, nDCG. Pure.

A *rank* counts from 1; None means the thing is not in the list. Every metric is in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from eval.measures.folding import fold

Ranks = Sequence[int | None]
CUTOFFS = (1, 3, 5, 10)


def evidence_ranks(evidence: Sequence[str], hits: Sequence[str]) -> tuple[int | None, ...]:
    """For each evidence quote, the rank of the first hit whose folded text contains it, folded.

    A quote that lies across two hits is not found.
    """
    folded = [fold(hit) for hit in hits]
    return tuple(_first(fold(quote), folded) for quote in evidence)


def document_ranks(relevant: Sequence[str], ranked: Sequence[str]) -> tuple[int | None, ...]:
    """For each relevant document id its rank among the distinct ids of `ranked`."""
    order = {name: rank for rank, name in enumerate(dict.fromkeys(ranked), 1)}
    return tuple(order.get(name) for name in relevant)


def recall_at(ranks: Ranks, k: int) -> float:
    """Share of the wanted things within the first k: |found in top k| / |wanted|."""
    return sum(_within(rank, k) for rank in ranks) / len(ranks)


def hit_at(ranks: Ranks, k: int) -> float:
    """1 when any wanted thing is within the first k, else 0 (success@k)."""
    return float(any(_within(rank, k) for rank in ranks))


def all_at(ranks: Ranks, k: int) -> float:
    """1 when every wanted thing is within the first k, else 0."""
    return float(all(_within(rank, k) for rank in ranks))


def reciprocal_rank(ranks: Ranks, k: int = 10) -> float:
    """1 / rank of the first wanted thing, 0 beyond rank k; its mean is MRR@k (Voorhees 1999, TREC-8)."""
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)


def ndcg_at(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """nDCG@k with linear gain, as trec_eval counts it (Järvelin & Kekäläinen 2002).

    DCG = Σ grade / log2(rank + 1) over the first k distinct ids, divided by the DCG of the best order.
    """
    distinct = list(dict.fromkeys(ranked))[:k]
    best = sorted(grades.values(), reverse=True)[:k]
    ideal = _dcg(best)
    return min(1.0, _dcg([grades.get(name, 0) for name in distinct]) / ideal) if ideal else 0.0


def evidence_ndcg(ranks: Ranks, k: int = 10) -> float:
    """nDCG@k of evidence quotes, several of which may stand in one hit: the grade of a hit is how many quotes are
    first found in it, and every quote that was not found could have been a hit of its own (grade 1)."""
    grades: dict[str, int] = {}
    for number, rank in enumerate(ranks):
        name = f"hit {rank}" if rank is not None else f"missed {number}"
        grades[name] = grades.get(name, 0) + 1
    last = max((rank for rank in ranks if rank is not None), default=0)
    return ndcg_at([f"hit {rank}" for rank in range(1, last + 1)], grades, k)


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _first(wanted: str, folded_hits: Sequence[str]) -> int | None:
    return next((rank for rank, hit in enumerate(folded_hits, 1) if wanted in hit), None)


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k
