"""The k best rows found by leaving most out, against the plain sum over all."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.derived.postings import Mask
from index.derived.pruning import Sums, Term, contenders


def drawn(seed: int, rows: int, terms: int, allowed: Mask | None) -> list[Term]:
    """Terms of which some are rare and heavy, some common and light, as in a language."""
    chance = np.random.default_rng(seed)
    made = []
    for share in chance.uniform(0.01, 1, terms) ** 3:
        held = np.flatnonzero(chance.random(rows) < share).astype(np.uint32)
        counts = chance.geometric(0.6, len(held)).astype(np.uint16)
        if len(held):
            made.append(Term(np.float32(np.log(1 + 1 / share)), held, counts, allowed))
    return made


def plain(terms: list[Term], norms: Sums) -> Sums:
    sums = np.zeros(len(norms), np.float32)
    for term in terms:
        rows, gained = term.all(norms)
        sums[rows] += gained
    return sums


@settings(max_examples=80)
@given(st.integers(0, 10_000), st.integers(1, 3000), st.integers(1, 25), st.integers(1, 50), st.booleans())
def test_no_row_of_the_best_is_left_out(seed: int, rows: int, count: int, k: int, masked: bool) -> None:
    chance = np.random.default_rng(seed + 1)
    norms = chance.uniform(0.4, 3, rows).astype(np.float32)
    terms = drawn(seed, rows, count, chance.random(rows) < 0.5 if masked else None)
    sums = plain(terms, norms)
    found = contenders(terms, norms, k)
    assert (np.diff(found.astype(int)) > 0).all()
    best = [row for row in np.argsort(-sums, kind="stable").tolist() if sums[row] > 0][:k]
    assert set(best) <= set(found.tolist())
    assert (sums[found] > 0).all()


def test_rows_with_common_ngrams_alone_stay_out() -> None:
    everywhere, norms = np.arange(100_000, dtype=np.uint32), np.ones(100_000, np.float32)
    rare = Term(np.float32(9), everywhere[::1000], np.ones(100, np.uint16), None)
    common = Term(np.float32(0.1), everywhere, np.ones(100_000, np.uint16), None)
    assert contenders([common, rare], norms, 10).tolist() == everywhere[::1000].tolist()


def test_without_terms_there_is_no_row() -> None:
    assert contenders([], np.ones(5, np.float32), 3).tolist() == []
