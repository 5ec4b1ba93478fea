"""The one composition: what is refused, what is answered, what a stop leaves, and the object handed out."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from fake_reader import FakeReader
from samples import SAMPLE, filled

from index.cleaning import clean
from index.errors import JudianError
from index.search import Searcher
from index.store import EmptyStoreError, Store
from rag.answer import Answer, to_json
from rag.answerer import EXTRACTIVE, Answerer, Draft, Stage
from rag.evidence import READ_WIDE
from rag.generate import Generator, GeneratorError
from rag.reader import Reader

QUESTION = "无废城市建设试点支持哪些地方？"
PILOTS = "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。"
NAME = "七篇.txt"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    encoder = HashEncoder()
    twin = "另一份材料转述。支持许昌、铜陵、瑞金等地，深入推进“无废城市”建设试点。"
    return Searcher(filled(tmp_path_factory.mktemp("库"), {NAME: SAMPLE, "转述.txt": twin}, encoder), encoder)


def answerer(searcher: Searcher, generator: Generator | None = None, reader: Reader | None = None) -> Answerer:
    return Answerer(searcher, generator, reader=reader)


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
    assert answer.confidence > 0.5
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


def test_what_is_not_in_the_documents_is_declined_without_citations(searcher: Searcher) -> None:
    generator = FakeGenerator(PILOTS)
    answer = answerer(searcher, generator).answer("火星殖民地的税率是多少？")
    assert answer.confidence < 0.5
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    assert "火星殖民地的税率是多少？" in answer.text
    assert "[1]" not in answer.text
    assert answer.hits
    assert generator.written == 0


def test_what_the_reader_finds_unanswered_is_declined_and_what_it_finds_answered_is_not(searcher: Searcher) -> None:
    declined, answered = (answerer(searcher, reader=FakeReader(odds)).answer(QUESTION) for odds in (-9.0, 9.0))
    assert (declined.refused, declined.claims, declined.citations) == (True, (), ())
    assert not answered.refused
    assert declined.confidence < answered.confidence
    assert declined.hits == answered.hits
    check_citations(answered, searcher)


def test_the_model_does_not_decide_whether_there_is_an_answer(searcher: Searcher) -> None:
    generator = FakeGenerator(PILOTS, sure=0.0001)
    assert not answerer(searcher, generator).answer(QUESTION).refused
    assert len(generator.read) == 1  # what it wrote from; nothing else was put to it


def test_a_follow_up_is_searched_for_with_what_it_points_at(searcher: Searcher) -> None:
    history = [{"role": "user", "content": "第五篇讲了什么？"}, {"role": "assistant", "content": "人才[1]。"}]
    answer = answerer(searcher, reader=FakeReader(-9.0)).answer("第六篇呢？", history)
    assert (answer.question, answer.standalone_question) == ("第六篇呢？", "第六篇讲了什么？")
    assert "第六篇讲了什么？" in answer.text


def test_with_a_reader_the_surest_sentence_answers_and_no_draft_is_written(searcher: Searcher) -> None:
    generator, reader = FakeGenerator("长江经济带。"), FakeReader(odds={"许昌": 9.0})
    events = list(answerer(searcher, generator, reader).stream(QUESTION))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert [e.name if isinstance(e, Stage) else type(e).__name__ for e in events] == ["检索", "阅读", "核对", "Answer"]
    assert (generator.read, generator.written) == ([], 0)
    assert "许昌、铜陵、瑞金" in answer.claims[0].text
    assert answer.model == "fake-reader"
    check_citations(answer, searcher)


def test_the_reader_reads_the_standalone_question_and_the_sentences_as_they_stand(searcher: Searcher) -> None:
    reader = FakeReader()
    answer = answerer(searcher, reader=reader).answer(QUESTION)
    (question, sentences), *others = reader.read
    assert (question, others) == (answer.standalone_question, [])
    assert set(sentences) <= {s.sentence.reading for hit in answer.hits for s in hit.sentences}
    assert sum(map(len, sentences)) <= READ_WIDE


def test_a_stop_while_the_reader_reads_ends_the_answer_at_once(searcher: Searcher) -> None:
    stop = threading.Event()
    events = answerer(searcher, reader=FakeReader(slow=60)).stream(QUESTION, stop=stop)
    last: object = None
    for event in events:
        last = event
        if isinstance(event, Stage) and event.name == "阅读":
            threading.Timer(0.05, stop.set).start()
            before = time.perf_counter()
    assert time.perf_counter() - before < 5
    assert isinstance(last, Answer)
    assert (last.refused, last.claims, last.text) == (False, (), "（已停止，还没有写出可以核对的句子。）")
    assert last.hits


def test_a_model_that_breaks_off_leaves_an_extract_and_says_so(searcher: Searcher) -> None:
    def between(n: int) -> None:
        if n == 3:
            raise GeneratorError("语言模型服务没有应答。\n请稍后再问")

    answer = answerer(searcher, FakeGenerator(PILOTS, between=between)).answer(QUESTION)
    assert (answer.model, answer.refused) == (EXTRACTIVE, False)
    assert "许昌、铜陵、瑞金" in answer.citations[0].quote
    assert answer.text.endswith("（语言模型没有写完：语言模型服务没有应答。以上是原文摘录。）")
    assert "请稍后再问" not in answer.text
    check_citations(answer, searcher)


def test_a_sentence_of_a_draft_that_nothing_carries_is_removed_and_the_removal_is_told(searcher: Searcher) -> None:
    answer = answerer(searcher, FakeGenerator("火星移民计划明年启动，由各地财政承担费用。" + PILOTS)).answer(QUESTION)
    assert "火星" not in answer.text
    assert answer.claims[0].text == PILOTS
    assert answer.text.endswith("（有 1 句在文档里找不到依据，已删去。）")


def test_a_wrong_premise_is_put_right_in_the_words_of_the_source_and_not_declined(searcher: Searcher) -> None:
    """The reader may be sure that such a question has no answer; the correction is one."""
    question = "习近平总书记5月20日在湖南省长沙市主持召开了什么座谈会？"
    answer = answerer(searcher, reader=FakeReader(-9.0)).answer(question)
    assert answer.text.startswith("文中写的是“3月”，而非“5月”[1]。")
    assert not answer.refused
    assert "3月20日" in answer.citations[0].quote
    check_citations(answer, searcher)


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
