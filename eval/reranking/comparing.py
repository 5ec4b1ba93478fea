"""Report halves and sets kept from training -> a table: the first stage, and with the reranker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from eval.measures.intervals import SEED
from eval.questions import half
from eval.report.tables import lay_out, share
from eval.reranking.building import Places, mined_set
from eval.reranking.choosing import HELD_OUT, TRAINED
from eval.reranking.labelled import is_development, read_labelled
from eval.reranking.measuring import Scored, best_weight, hits, scored

if TYPE_CHECKING:
    from eval.reranking.mining import Mined
    from index.encoder import Encoder
    from rag.rerank import Reranker

DEPTH = 10
AT_MOST = 300  # questions of one set
CUTOFFS = (1, 5)

Row = Mapping[str, Any]


def compare(data: Path, work: Path, encoder: Encoder, reranker: Reranker) -> list[Row]:
    """One row a set; the weight is fitted on the development part of the tune halves alone."""
    places = Places(data, work, None)
    fitted: list[Scored] = []
    judged: dict[str, list[Scored]] = {}
    for name in (*TRAINED, *HELD_OUT):
        mined, labels = mined_set(places, name, encoder), read_labelled(data / name)
        whole = name in HELD_OUT
        report = drawn([m for m in mined if whole or half(m.id) == "report"])
        judged[name] = scored(report, labels, reranker, DEPTH)
        if not whole:
            kept = drawn([m for m in mined if half(m.id) == "tune" and is_development(m.id)])
            fitted += scored(kept, labels, reranker, DEPTH)
    weight = best_weight(fitted, DEPTH)
    return [row(name, questions, weight) for name, questions in judged.items()]


def drawn(mined: Sequence[Mined]) -> list[Mined]:
    """At most AT_MOST of them, drawn with a fixed seed."""
    import random

    return random.Random(SEED).sample(mined, AT_MOST) if len(mined) > AT_MOST else list(mined)


def row(name: str, questions: Sequence[Scored], weight: float) -> Row:
    """hit@k of one set without the reranker and with it, by questions, so that runs can be compared in pairs."""
    found: dict[str, Any] = {"set": name, "n": len(questions), "weight": weight}
    for label, used in (("first", 0.0), ("reranked", weight)):
        found |= {f"{label}@{k}": fmean(hits(questions, used, DEPTH, k)) for k in CUTOFFS}
    return found


def show(rows: Sequence[Row]) -> str:
    """The table, in Chinese."""
    head = ["集合", "题数", *(f"{label} @{k}" for label in ("第一段", "重排后") for k in CUTOFFS)]
    body = [
        [r["set"], str(r["n"]), *(share(r[f"{label}@{k}"]) for label in ("first", "reranked") for k in CUTOFFS)]
        for r in rows
    ]
    return f"{lay_out([head, *body])}\n\n权重 {rows[0]['weight']}，只在调试半份里没有训练过的部分上拟合"
