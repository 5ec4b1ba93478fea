"""The one composition: what is refused, what is answered, what a stop leaves, and the object handed out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from samples import SAMPLE, filled

from index.cleaning import clean
from index.errors import JudianError
from index.search import Searcher
from index.store import EmptyStoreError, Store
from rag.answer import Answer, to_json
from rag.answerer import EXTRACTIVE, Answerer, Draft, Stage
from rag.confidence import THRESHOLD
from rag.generate import Generator

QUESTION = "无废城市建设试点支持哪些地方？"
PILOTS = "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。"
NAME = "七篇.txt"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder()
    twin = "另一份材料转述。支持许昌、铜陵、瑞金等地，深入推进“无废城市”建设试点。"
    return Searcher(filled(tmp_path_factory.mktemp("库"), {NAME: SAMPLE, "转述.txt": twin}, encoder), encoder)


def answerer(searcher: Searcher, generator: Generator | None = None) -> Answerer:
    return Answerer(searcher, generator)


def display(text: str, start: int, end: int) -> str:
    kept = clean(text)
    return "".join(c for c, o in zip(kept.text, kept.offsets, strict=True) if start <= o < end)


def check_citations(answer: Answer, searcher: Searcher) -> None:
    """Each quote is its slice of the source without markers; each number is in the text."""
    for citation in answer.citations:
        assert display(searcher.store.text(citation.document), citation.start, citation.end) == citation.quote
        assert f"[{citation.n}]" in answer.text
        for place in citation.also_in:
            assert display(searcher.store.text(place.document), place.start, place.end)


def test_a_draft_that_quotes_the_source_is_the_answer_with_its_citation(searcher: Searcher) -> None:
    answer = answerer(searcher, FakeGenerator(PILOTS)).answer(QUESTION)
    assert not answer.refused
    assert answer.model == "fake"
    assert answer.claims[0].text == PILOTS
    assert answer.claims[0].verdict == "supported"
    assert "许昌、铜陵、瑞金" in answer.citations[0].quote
    assert answer.confidence >= THRESHOLD
    assert {c.document for c in answer.citations} | {p.document for c in answer.citations for p in c.also_in} >= {
        NAME,
        "转述.txt",
    }
    check_citations(answer, searcher)


@pytest.mark.parametrize("draft", ["", "火星移民计划明年启动。", "[9]许昌有99个试点。\n\n", "？！。"])
def test_whatever_the_model_writes_only_words_of_the_source_are_cited(searcher: Searcher, draft: str) -> None:
    answer = answerer(searcher, FakeGenerator(draft)).answer(QUESTION)
    assert answer.claims
    assert "火星" not in answer.text
    assert "99" not in answer.text
    check_citations(answer, searcher)


def test_without_a_language_model_the_answer_is_an_extract(searcher: Searcher) -> None:
    answer = answerer(searcher).answer(QUESTION)
    assert (answer.model, answer.refused) == (EXTRACTIVE, False)
    assert "许昌" in answer.text
    check_citations(answer, searcher)


def test_below_the_threshold_the_question_is_declined_without_citations(searcher: Searcher) -> None:
    generator = FakeGenerator(PILOTS, sure=0.0001)
    answer = answerer(searcher, generator).answer("火星殖民地的税率是多少？")
    assert answer.confidence < THRESHOLD
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    assert "火星殖民地的税率是多少？" in answer.text
    assert "[1]" not in answer.text
    assert answer.hits
    assert generator.written == 0


def test_a_follow_up_is_searched_for_with_what_it_points_at(searcher: Searcher) -> None:
    history = [{"role": "user", "content": "第五篇讲了什么？"}, {"role": "assistant", "content": "人才[1]。"}]
    answer = answerer(searcher, FakeGenerator("x", sure=0.0001)).answer("第六篇呢？", history)
    assert (answer.question, answer.standalone_question) == ("第六篇呢？", "第六篇讲了什么？")
    assert "第六篇讲了什么？" in answer.text


def test_stages_and_drafts_come_in_order_and_the_answer_last(searcher: Searcher) -> None:
    events = list(answerer(searcher, FakeGenerator(PILOTS, size=9)).stream(QUESTION))
    drafts = [e.text for e in events if isinstance(e, Draft)]
    assert drafts == [PILOTS[: n + 9] for n in range(0, len(PILOTS), 9)]
    stages = [e.name for e in events if isinstance(e, Stage)]
    assert stages == ["检索", "作答", "核对"]
    assert isinstance(events[-1], Answer)
    assert sum(isinstance(e, Answer) for e in events) == 1


def test_a_stop_leaves_an_answer_made_of_what_was_written(searcher: Searcher) -> None:
    stop = threading.Event()
    rest = "要大力发展县域经济，形成新的增长点。" * 5
    pieces = len(PILOTS) // 4 + 2

    def between(n: int) -> None:
        if n == pieces:
            stop.set()

    generator = FakeGenerator(PILOTS + rest, between=between)
    events = list(answerer(searcher, generator).stream(QUESTION, stop=stop))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert generator.written == pieces
    assert [c.text for c in answer.claims] == [PILOTS]
    assert not answer.refused
    check_citations(answer, searcher)


def test_a_stop_before_the_first_word_leaves_an_answer_too(searcher: Searcher) -> None:
    stop = threading.Event()
    stop.set()
    answer = list(answerer(searcher, FakeGenerator(PILOTS)).stream(QUESTION, stop=stop))[-1]
    assert isinstance(answer, Answer)
    assert answer.text
    check_citations(answer, searcher)


def test_times_run_forward(searcher: Searcher) -> None:
    timings = answerer(searcher, FakeGenerator(PILOTS)).answer(QUESTION).timings
    assert 0 < timings.retrieve_s <= timings.first_token_s <= timings.total_s


@pytest.mark.parametrize("question", ["", "  ", "\n　"])
def test_an_empty_question_is_refused(searcher: Searcher, question: str) -> None:
    with pytest.raises(JudianError, match="问题是空的"):
        answerer(searcher).answer(question)


def test_a_question_of_fifty_thousand_characters_is_refused_with_its_length_and_the_limit(searcher: Searcher) -> None:
    with pytest.raises(JudianError, match="问题有 50000 字，超过上限 2000 字"):
        answerer(searcher).answer("问" * 50_000)


def test_an_empty_store_is_refused(tmp_path: Path) -> None:
    encoder = HashEncoder()
    empty = Searcher(Store.create(tmp_path, encoder.name, encoder.dim), encoder)
    with pytest.raises(EmptyStoreError):
        answerer(empty).answer(QUESTION)


def keys(value: object) -> dict[str, Any] | None:
    """The keys of an object and of the objects in its lists."""
    if isinstance(value, dict):
        return {k: keys(v) for k, v in value.items()}
    return keys(value[0]) if isinstance(value, list) and value and isinstance(value[0], dict) else None


PLACE = dict.fromkeys(["document", "section", "start", "end"])
CONTRACT = {
    **dict.fromkeys(["id", "question", "standalone_question", "answer", "refused", "confidence", "model"]),
    "claims": dict.fromkeys(["text", "citations", "verdict"]),
    "citations": {
        **dict.fromkeys(["n", "document", "section", "page", "start", "end", "quote"]),
        "also_in": PLACE,
    },
    "hits": {**PLACE, "score": None, "text": None},
    "timings": dict.fromkeys(["retrieve_s", "first_token_s", "total_s"]),
}


def test_the_object_handed_out_has_the_keys_of_the_contract(searcher: Searcher) -> None:
    answer = answerer(searcher, FakeGenerator(PILOTS)).answer(QUESTION)
    value = to_json(answer, "q1")
    told = keys(value)
    assert told is not None
    assert told["hits"].pop("also_in", PLACE) == PLACE  # where passages say the same
    assert told == CONTRACT
    assert list(value) == list(CONTRACT)
    assert (value["id"], value["question"], value["answer"]) == ("q1", QUESTION, answer.text)
    assert value["refused"] is False
    assert 0 <= value["confidence"] <= 1
    assert [c["n"] for c in value["citations"]] == [c.n for c in answer.citations]
    assert value["hits"] == sorted(value["hits"], key=lambda h: -h["score"])


def test_a_refusal_has_the_same_keys(searcher: Searcher) -> None:
    value = to_json(answerer(searcher, FakeGenerator(sure=0.0001)).answer("火星殖民地的税率是多少？"))
    assert list(value) == list(CONTRACT)
    assert (value["refused"], value["claims"], value["citations"]) == (True, [], [])
