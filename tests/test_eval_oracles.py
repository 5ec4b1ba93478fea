"""The metrics beside the field's own tools: trec_eval for ranking, rouge-chinese for ROUGE-L."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from rouge_chinese import Rouge

from eval.measures.overlap import rouge_l, segments
from eval.measures.ranking import document_ranks, evidence_ndcg, hit_at, ndcg_at, recall_at, reciprocal_rank

NAMES = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, min_size=1, max_size=14)
GRADES = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 3), min_size=1)
MEASURES = {"ndcg_cut_10", "ndcg_cut_5", "recall_5", "recall_10", "success_1", "success_5", "recip_rank"}


def trec(ranked: list[str], grades: Mapping[str, int]) -> Mapping[str, float]:
    run = {"q": {name: float(len(ranked) - place) for place, name in enumerate(ranked)}}
    found: Mapping[str, float] = pytrec_eval.RelevanceEvaluator({"q": dict(grades)}, MEASURES).evaluate(run)["q"]
    return found


@given(NAMES, GRADES)
def test_ranking_metrics_are_those_of_trec_eval(ranked: list[str], grades: dict[str, int]) -> None:
    ranks, oracle = document_ranks(list(grades), ranked), trec(ranked, grades)
    assert {
        "ndcg_cut_10": ndcg_at(ranked, grades, 10),
        "ndcg_cut_5": ndcg_at(ranked, grades, 5),
        "recall_5": recall_at(ranks, 5),
        "recall_10": recall_at(ranks, 10),
        "success_1": hit_at(ranks, 1),
        "success_5": hit_at(ranks, 5),
        "recip_rank": reciprocal_rank(ranks, len(ranked)),
    } == pytest.approx(oracle)


@given(st.lists(st.none() | st.integers(1, 12), min_size=1, max_size=6))
def test_the_ndcg_of_quotes_is_that_of_the_hits_they_stand_in(ranks: list[int | None]) -> None:
    names = [f"hit {rank}" if rank else f"missed {n}" for n, rank in enumerate(ranks)]
    grades = {name: names.count(name) for name in names}
    assert evidence_ndcg(ranks) == pytest.approx(trec([f"hit {n}" for n in range(1, 13)], grades)["ndcg_cut_10"])


@given(
    st.text(alphabet="中部地区发展2a", min_size=1, max_size=15),
    st.text(alphabet="中部地区发展2a", min_size=1, max_size=15),
)
def test_rouge_l_is_that_of_rouge_chinese(left: str, right: str) -> None:
    [scores] = Rouge(metrics=["rouge-l"]).get_scores(" ".join(segments(left)), " ".join(segments(right)))
    assert rouge_l(left, [right]) == pytest.approx(scores["rouge-l"]["f"], abs=1e-6)
