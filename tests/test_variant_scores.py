"""Answers from changed documents: found by place, judged by what they say."""

from __future__ import annotations

from dataclasses import replace

from test_eval_samples import GRAIN, GREEN, MISSING, SOURCE, answered, citation, display, gold, record, refusal

from eval.measures.citations import Display
from eval.measures.scores import score
from eval.robustness.judged import places_right, score_variant
from eval.robustness.perturbations import damage, to_traditional
from eval.robustness.variants import VARIANTS

BAD = damage(SOURCE, 0.5, "k")
DAMAGED = VARIANTS["document-ocr-20"]
TRADITIONAL = VARIANTS["traditional-documents"]


def shown(text: str) -> Display:
    return lambda document, start, end: text[start:end] if document == "讲话.txt" else ""


def places(text: str, *quotes: str) -> list[dict[str, object]]:
    """Hits where these words of the clean source stand, with the words of `text` there."""
    found = [(SOURCE.index(quote), len(quote)) for quote in quotes]
    return [
        {"document": "讲话.txt", "section": "", "start": s, "end": s + n, "score": 1.0, "text": text[s : s + n]}
        for s, n in found
    ]


def from_scan(**changes: object) -> dict[str, object]:
    """A right answer, found second, that quotes the scan to the letter."""
    quote = BAD[SOURCE.index(GRAIN) :][: len(GRAIN)]
    told = citation(quote=quote, start=SOURCE.index(GRAIN), end=SOURCE.index(GRAIN) + len(GRAIN))
    claim = {"text": f"{quote}[1]", "citations": [1], "verdict": "supported"}
    values = {"citations": [told], "claims": [claim], "hits": places(BAD, GREEN, GRAIN)}
    return {**answered(), **values, **changes}


def test_evidence_is_found_by_its_place_however_it_is_spelt() -> None:
    assert score(gold(), record(from_scan()), None).ranks == (None,)
    assert score_variant(gold(), record(from_scan()), DAMAGED, shown(BAD), display).ranks == (2,)


def test_evidence_that_was_not_found_has_no_rank() -> None:
    missed = from_scan(hits=places(BAD, GREEN))
    assert score_variant(gold(), record(missed), DAMAGED, shown(BAD), display).ranks == (None,)


def test_a_quote_is_checked_against_the_document_it_was_taken_from() -> None:
    found = score_variant(gold(), record(from_scan()), DAMAGED, shown(BAD), display)
    assert (found.citations.quotes, found.citations.valid, found.cites_evidence) == (1, 1, True)
    assert found.citations.carried == (True,)
    assert score_variant(gold(), record(from_scan()), DAMAGED, display, display).citations.valid == 0


def test_a_misread_fact_is_wrong_and_the_cause_is_not_the_search() -> None:
    found = score_variant(gold(), record(from_scan(answer="占全国的很多[1]。")), DAMAGED, shown(BAD), display)
    assert (found.right, found.why, found.faults) == (False, "wrong_fact", ("wrong_fact",))


def test_a_claim_without_citation_is_told_beside_the_cause() -> None:
    claim = {"text": "占全国的很多。", "citations": [], "verdict": "unsupported"}
    bare = record(from_scan(answer="占全国的很多。", claims=[claim], hits=places(BAD, GREEN)))
    found = score_variant(gold(), bare, DAMAGED, shown(BAD), display)
    assert found.faults == ("not_retrieved", "citation_missing")


def test_the_right_place_cited_tells_a_misread_answer_from_a_wrong_one() -> None:
    wrong = citation(quote=GREEN, start=SOURCE.index(GREEN), end=SOURCE.index(GREEN) + len(GREEN))
    assert places_right(gold(), record(from_scan(answer="误读")), display)
    assert not places_right(gold(), record(from_scan(citations=[wrong])), display)
    assert not places_right(gold(), record(refusal()), display)
    assert places_right(MISSING, record(refusal(MISSING)), display)
    assert not places_right(MISSING, record(answered(MISSING)), display)


def test_a_hit_without_offsets_keeps_its_words() -> None:
    told = record(from_scan(hits=[{"text": SOURCE}]))
    assert score_variant(gold(), told, DAMAGED, shown(BAD), display).ranks == (1,)


def in_traditional(**changes: object) -> dict[str, object]:
    source = to_traditional(SOURCE)
    quote = to_traditional(GRAIN)
    told = citation(quote=quote, start=SOURCE.index(GRAIN), end=SOURCE.index(GRAIN) + len(GRAIN))
    claim = {"text": f"{quote}[1]", "citations": [1], "verdict": "supported"}
    values = {"answer": f"{quote}[1]", "citations": [told], "claims": [claim], "hits": places(source, GRAIN)}
    return {**answered(), **values, **changes}


def test_an_answer_in_traditional_script_states_its_facts() -> None:
    asked = gold(must=(("重要的粮食生产基地",),))
    assert not score(asked, record(in_traditional()), None).right
    found = score_variant(asked, record(in_traditional()), TRADITIONAL, shown(to_traditional(SOURCE)), display)
    assert (found.right, found.ranks, found.citations.valid, found.citations.carried) == (True, (1,), 1, (True,))


def test_a_quote_in_another_script_than_its_source_is_not_to_the_letter() -> None:
    found = score_variant(gold(), record(in_traditional()), VARIANTS["traditional"], display, display)
    assert (found.right, found.citations.valid) == (True, 0)


def test_a_variant_of_the_questions_is_judged_as_ever() -> None:
    for value in (answered(), refusal()):
        told = record(value)
        assert score_variant(gold(), told, VARIANTS["question-ocr-5"], display, display) == score(gold(), told, display)


def test_a_refusal_is_a_refusal_in_any_script() -> None:
    told = replace(record(refusal()), text="資料中沒有找到。")
    assert score_variant(gold(), told, TRADITIONAL, display, display).why == "refused_wrongly"
