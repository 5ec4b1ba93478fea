"""BM25 against its formula (Robertson et al. 1994), and coverage against its definition."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import LETTERS, chinese

from index.folding import ngrams
from index.lexical import LexicalIndex

K1, B = 1.2, 0.75
collections = st.lists(st.text(alphabet=LETTERS[:14] + "，。", max_size=20), min_size=1, max_size=8)


def bm25(query: str, texts: list[str]) -> dict[int, float]:
    """Term by term from the formula; terms in more than half of the texts weigh nothing."""
    documents = [Counter(ngrams(t) or [""]) for t in texts]
    average = sum(d.total() for d in documents) / len(documents)
    scores = dict.fromkeys(range(len(texts)), 0.0)
    for gram in ngrams(query):
        frequency = sum(gram in d for d in documents)
        if not frequency:
            continue
        rarity = max(0.0, math.log((len(texts) - frequency + 0.5) / (frequency + 0.5)))
        for row, d in enumerate(documents):
            scores[row] += rarity * d[gram] / (d[gram] + K1 * (1 - B + B * d.total() / average))
    return {row: score for row, score in scores.items() if score > 1e-9}


@given(st.text(alphabet=LETTERS[:14] + "，", max_size=12), collections)
def test_scores_are_those_of_the_formula(query: str, texts: list[str]) -> None:
    found = LexicalIndex.build(texts).search(query, 100)
    assert found == pytest.approx(bm25(query, texts), rel=1e-4)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_score_worked_by_hand() -> None:
    texts = ["粮食", "能源", "生态", "开放", "粮"]  # 3, 3, 3, 3 and 1 n-grams: 13 / 5 = 2.6 on average
    found = LexicalIndex.build(texts).search("粮食", 10)
    rare, shared = math.log(4.5 / 1.5), math.log(3.5 / 2.5)  # 食 and 粮食 stand in one of five, 粮 in two
    long, short = 1.2 * (0.25 + 0.75 * 3 / 2.6), 1.2 * (0.25 + 0.75 * 1 / 2.6)
    assert found == pytest.approx({0: (2 * rare + shared) / (1 + long), 4: shared / (1 + short)}, rel=1e-5)
    assert list(found) == [0, 4]


def test_only_the_k_best_are_named() -> None:
    texts = ["粮食粮食", "粮食和能源", "能源", "生态", "开放", "人才", "城市", "绿色"]
    assert list(LexicalIndex.build(texts).search("粮食", 1)) == [0]
    assert list(LexicalIndex.build(texts).search("粮食", 9)) == [0, 1]


@pytest.mark.parametrize("query", ["", "？？", "完全无关"])
def test_a_query_without_a_shared_ngram_finds_nothing(query: str) -> None:
    assert LexicalIndex.build(["粮食", "能源", "生态"]).search(query, 5) == {}


@given(chinese, collections)
def test_coverage_is_a_share(query: str, texts: list[str]) -> None:
    shares = LexicalIndex.build(texts).coverage(query, [*texts, query, ""])
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 0
    assert shares[-2] == (1 if ngrams(query) else 0)


def test_coverage_worked_by_hand() -> None:
    index = LexicalIndex.build(["粮食", "能源", "粮仓"])
    absent, one, two = (math.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in (0, 1, 2))
    total = two + 2 * one + 2 * absent  # 粮 stands in two texts, 食 and 粮食 in one, 价 and 食价 in none
    assert index.coverage("粮食价", ["粮食", "粮", "价"]) == pytest.approx(
        [(two + 2 * one) / total, two / total, absent / total]
    )


def test_an_empty_text_counts_as_one_ngram_long() -> None:
    found = LexicalIndex.build(["粮食", "", "能源", "生态"]).search("粮食", 9)
    assert found == pytest.approx(bm25("粮食", ["粮食", "", "能源", "生态"]), rel=1e-4)


def test_only_rows_within_are_found_and_scored_as_in_the_whole() -> None:
    texts = ["粮食", "粮食安全", "能源", "生态", "开放", "人才", "城市"]
    index = LexicalIndex.build(texts)
    everything = index.search("粮食", 9)
    within = np.array([False, True, True, True, False, False, False])
    assert index.search("粮食", 9, within) == {1: everything[1]}


edits = st.lists(
    st.tuples(
        st.lists(st.text(alphabet=LETTERS[:14] + "，", max_size=12), max_size=3),
        st.sets(st.integers(0, 12), max_size=3),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(st.text(alphabet=LETTERS[:14], max_size=8), edits)
def test_row_by_row_or_at_once_scores_are_the_same(query: str, steps: list[tuple[list[str], set[int]]]) -> None:
    index, texts, live = LexicalIndex.build([]), list[str](), np.zeros(0, bool)
    for added, touched in steps:
        old = [row for row in sorted(touched) if row < len(texts)]
        gone, again = [row for row in old if row % 2], [row for row in old if row % 2 == 0 and live[row]]
        live[gone] = False
        for row in again:
            texts[row] += "改"
        rows = [*again, *range(len(texts), len(texts) + len(added))]
        texts += added
        live = np.concatenate([live, np.ones(len(added), bool)])
        index = index.updated(live, np.array(rows, np.uint32), [texts[row] for row in rows])
    left = np.flatnonzero(live).tolist()
    fresh = LexicalIndex.build([texts[row] for row in left])
    assert index.search(query, 5) == {left[row]: score for row, score in fresh.search(query, 5).items()}
    assert index.compacted().search(query, 5) == fresh.search(query, 5)
    assert index.coverage(query, texts) == fresh.coverage(query, texts)


def test_many_small_additions_leave_few_parts() -> None:
    index = LexicalIndex.build(["粮食能源生态开放" * 4])
    for row in range(1, 65):
        index = index.updated(np.ones(row + 1, bool), np.array([row], np.uint32), ["人才城市"])
    assert len(index.parts) <= 8
    assert len(index.search("人才", 99)) == 0  # in more than half of the rows
    assert list(index.search("粮食", 99)) == [0]


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    index = LexicalIndex.build(["粮食和能源", "能源", "生态保护", "开放"])
    index.compacted().save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.search("粮食能源", 9) == index.search("粮食能源", 9)
    assert loaded.coverage("粮食能源", ["能源"]) == index.coverage("粮食能源", ["能源"])
    grown = loaded.updated(np.ones(5, bool), np.array([4], np.uint32), ["粮仓"])
    assert grown.search("粮仓", 9) == pytest.approx(bm25("粮仓", ["粮食和能源", "能源", "生态保护", "开放", "粮仓"]))
