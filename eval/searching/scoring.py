"""A query's rows of hits and what is known to be right -> every ranking metric of it. Pure.

Three things are looked for: the judged documents, the evidence quotes inside the passages found, and groups of
documents each of which holds a part of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.datasets import Dataset
from eval.measures.folding import fold
from eval.measures.ranking import (
    CUTOFFS,
    Ranks,
    all_at,
    document_ranks,
    evidence_ranks,
    hit_at,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)
from eval.searching.hits import Row

EVIDENCE, GROUPS = "evidence", "groups"  # what metrics of quotes and of groups begin with
FAMILIES: Mapping[str, tuple[str, str, str, str]] = {
    "": ("hit", "recall", "all", "mrr@10"),
    EVIDENCE: (EVIDENCE, f"{EVIDENCE}_recall", f"{EVIDENCE}_all", f"{EVIDENCE}_mrr@10"),
    GROUPS: (GROUPS, f"{GROUPS}_recall", f"{GROUPS}_all", f"{GROUPS}_mrr@10"),
}
"""What is looked for ("": documents) -> its metrics: any, share and all within the first k, MRR."""


def score_row(dataset: Dataset, row: Row) -> dict[str, float]:
    """Every metric that the dataset can measure on this query."""
    query_id = row["id"]
    found: dict[str, float] = {}
    if grades := dataset.qrels.get(query_id):
        found |= score_query(grades, row)
    if quotes := dataset.evidence.get(query_id):
        found |= score_evidence(quotes, row)
    if groups := dataset.groups.get(query_id):
        found |= score_groups(groups, row)
    return found


def score_query(grades: Mapping[str, int], row: Row) -> dict[str, float]:
    """Every metric of the documents, whose `grades` are passage id -> grade."""
    ranked = [hit["document"] for hit in row["hits"]]
    found = _family("", document_ranks(list(grades), ranked))
    return {**found, "ndcg@10": ndcg_at(ranked, grades, 10)}


def score_evidence(quotes: Sequence[str], row: Row) -> dict[str, float]:
    """Every metric of the quotes, each of which must stand inside one passage; none where no quote has words."""
    wanted = [quote for quote in quotes if fold(quote)]
    return _family(EVIDENCE, evidence_ranks(wanted, [hit["text"] for hit in row["passages"]])) if wanted else {}


def score_groups(groups: Sequence[Sequence[str]], row: Row) -> dict[str, float]:
    """Every metric of the groups; a group is found where the first of its documents is."""
    ranked = [hit["document"] for hit in row["hits"]]
    ranks = [[rank for rank in document_ranks(group, ranked) if rank is not None] for group in groups]
    return _family(GROUPS, [min(own, default=None) for own in ranks])


def _family(kind: str, ranks: Ranks) -> dict[str, float]:
    hit, recall, every, reciprocal = FAMILIES[kind]
    return {
        **{f"{hit}@{k}": hit_at(ranks, k) for k in CUTOFFS},
        **{f"{recall}@{k}": recall_at(ranks, k) for k in CUTOFFS},
        **{f"{every}@{k}": all_at(ranks, k) for k in CUTOFFS},
        reciprocal: reciprocal_rank(ranks, 10),
    }
