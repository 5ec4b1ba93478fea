"""Citations: valid to the letter, carrying the claim, needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import GRAIN, GREEN, SOURCE, answered, citation, display, record, refusal

from eval.measures.citations import CitationCounts, carries, cites_evidence, count_citations, is_valid
from eval.records import CitedQuote

QUOTE = record(answered()).citations[0]


def quoted(text: str) -> CitedQuote:
    return replace(QUOTE, quote=text)


def counts(claims: list[tuple[str, list[int]]], *quotes: str) -> CitationCounts:
    value = answered(
        claims=[{"text": text, "citations": numbers, "verdict": "supported"} for text, numbers in claims],
        citations=[citation(n, quote) for n, quote in enumerate(quotes, 1)],
    )
    return count_citations(record(value), display)


@pytest.mark.parametrize(
    ("claim", "carried"),
    [
        ("中部地区粮食产量占全国的29.5%[1]。", True),
        ("1. 中部地区粮食产量占全国29.5%", True),
        ("（2）中部地区的粮食产量，占到全国的 ２９．５％", True),
        ("第一篇提到，中部地区粮食产量占全国的29.5%", True),
        ("中部地区粮食产量占全国的28.5%", False),
        ("中部地区粮食产量占全国的29.5", False),
        ("中部地区三省粮食产量占全国的29.5%", False),
        ("要加快构建现代化产业体系", False),
        ("是的。", False),
        ("", False),
    ],
)
def test_a_claim_is_carried_by_its_words_and_numbers(claim: str, carried: bool) -> None:
    assert carries([quoted(GRAIN)], claim) is carried


@pytest.mark.parametrize(("section", "carried"), [("第七篇", True), ("第一篇", False), ("七", False)])
def test_a_section_named_in_a_claim_is_the_cited_one(section: str, carried: bool) -> None:
    assert carries([replace(QUOTE, section=section, document="七篇讲话.txt")], f"第七篇指出，{GRAIN}") is carried


def test_numbers_do_not_run_together_over_a_sign() -> None:
    assert carries([quoted("投入达到五千亿元；二是深化改革开放")], "二是深化改革开放")


def test_two_quotes_may_carry_a_claim_together() -> None:
    both = "中部地区粮食产量占全国的29.5%，坚持绿色发展，守住生态底线。"
    assert [carries([quoted(q) for q in quotes], both) for quotes in ([GRAIN], [GREEN], [GRAIN, GREEN])] == [
        False,
        False,
        True,
    ]


def test_a_good_answer_counts_in_full() -> None:
    good = counts([(GRAIN, [1]), (GREEN, [2])], GRAIN, GREEN)
    assert good == CitationCounts((True, True), supported=2, citations=2, precise=2, quotes=2, valid=2, unsupported=0)


def test_a_dropped_citation_lowers_recall_alone() -> None:
    dropped = counts([(GRAIN, [1]), (GREEN, [])], GRAIN)
    assert dropped == CitationCounts(
        (True, False), supported=2, citations=1, precise=1, quotes=1, valid=1, unsupported=0
    )


def test_a_needless_citation_lowers_precision_alone() -> None:
    needless = counts([(GRAIN, [1, 2])], GRAIN, GREEN)
    assert needless == CitationCounts((True,), supported=1, citations=2, precise=1, quotes=2, valid=2, unsupported=0)


def test_citations_needed_together_are_both_precise() -> None:
    both = counts([(GRAIN + GREEN, [1, 2])], GRAIN, GREEN)
    assert both == CitationCounts((True,), supported=1, citations=2, precise=2, quotes=2, valid=2, unsupported=0)


def test_a_citation_of_other_words_lowers_both() -> None:
    wrong = counts([(GRAIN, [1])], GREEN)
    assert wrong == CitationCounts((False,), supported=1, citations=1, precise=0, quotes=1, valid=1, unsupported=0)


def test_a_number_without_citation_behind_it_is_imprecise() -> None:
    assert counts([(GRAIN, [7])]) == CitationCounts((False,), 1, 1, 0, 0, 0, 0)


def test_a_refusal_has_no_claims() -> None:
    assert count_citations(record(refusal()), display) == CitationCounts((), 0, 0, 0, 0, 0, 0)


def test_without_a_source_validity_is_not_measured() -> None:
    assert count_citations(record(answered()), None).valid is None


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({}, True),
        ({"quote": GRAIN[:-1]}, False),
        ({"quote": GRAIN.replace(",", "，")}, False),
        ({"start": 1}, False),
        ({"document": "别的.txt"}, False),
        ({"document": "别的.txt", "quote": ""}, False),
    ],
)
def test_a_quote_is_its_source_slice_to_the_letter(changes: dict[str, Any], valid: bool) -> None:
    assert is_valid(replace(QUOTE, **changes), display) is valid


@pytest.mark.parametrize(
    ("quote", "overlap"),
    [(GRAIN, True), (SOURCE, True), ("占全国的29.5%", True), (GRAIN[6:] + GREEN, True), (GREEN, False), ("", False)],
)
def test_a_citation_overlaps_the_evidence(quote: str, overlap: bool) -> None:
    assert cites_evidence(record(answered(citations=[citation(1, quote)])), [GRAIN]) is overlap


def test_a_set_phrase_in_common_is_no_overlap() -> None:
    cited = record(answered(citations=[citation(1, "推动中部地区高质量发展，要靠改革开放。")]))
    assert not cites_evidence(cited, ["湖南在中部地区高质量发展中大有可为。"])


@given(st.text(alphabet="中部地区粮食产量占全国29.5%。,"))
def test_a_quote_carries_its_own_words(words: str) -> None:
    longer = f"{words}，粮食产量"
    assert carries([quoted(longer)], longer)


@given(st.permutations([GRAIN, GREEN, SOURCE]), st.sampled_from([GRAIN, GREEN, SOURCE, "别的话题"]))
def test_the_order_of_quotes_does_not_matter(quotes: list[str], claim: str) -> None:
    assert carries(map(quoted, quotes), claim) is carries(map(quoted, [GRAIN, GREEN, SOURCE]), claim)
