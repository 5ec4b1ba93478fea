"""What an answer is made from: sentences under the reader's judgement, one for each thing set side by side."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from evidences import evidence
from fake_encoder import HashEncoder
from fake_reader import FakeReader
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import filled

from index.search import Searcher
from rag.evidence import BUDGET, READ_WIDE, Evidence
from rag.generate import Stopped
from rag.guarded import Guarded
from rag.material import HITS, NEAR, Found, all_hits, read, search

FILES = {
    "甲厂.txt": "甲厂去年的产量为三百吨。甲厂建在河边，厂区很大。甲厂的职工住在附近的镇上。",
    "乙厂.txt": "乙厂去年的产量为五百吨。乙厂建在山脚，厂区不大。乙厂的厂长和书记是同一个人。",
}
BOTH = "甲厂和乙厂的产量分别是多少？"
RIVER = evidence("甲厂建在河边，厂区很大。", start=12, score=0.7)
YIELD = evidence("甲厂去年的产量为三百吨。", score=0.4)
HILL = evidence("乙厂建在山脚，厂区不大。", document="乙厂.txt", score=0.6)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    encoder = HashEncoder()
    return Guarded(Searcher(filled(tmp_path_factory.mktemp("库"), FILES, encoder), encoder))


def found(*sentences: Evidence, question: str = "甲厂的产量是多少？") -> Found:
    return Found(question, tuple(e.hit for e in sentences), sentences, sentences)


def test_without_a_reader_the_order_of_the_search_stands() -> None:
    material = read([found(RIVER, HILL, YIELD)], None)
    assert material.evidence == material.near == (RIVER, HILL, YIELD)
    assert (material.sides, material.head) == ((), None)
    assert material.hits == (RIVER.hit, HILL.hit, YIELD.hit)


def test_the_sentence_that_the_reader_is_surest_of_comes_first() -> None:
    material = read([found(RIVER, HILL, YIELD)], FakeReader(odds={"三百吨": 8.0, "河边": -8.0}))
    assert [e.sentence for e in material.evidence] == [YIELD.sentence, HILL.sentence, RIVER.sentence]
    assert material.near == (RIVER, HILL, YIELD)  # by the search's own judgement


def test_the_reader_reads_each_document_together_and_its_sentences_as_they_stand() -> None:
    reader = FakeReader()
    read([found(RIVER, HILL, YIELD)], reader)
    assert reader.read == [("甲厂的产量是多少？", [YIELD.text, RIVER.text, HILL.text])]


def test_what_the_reader_says_of_the_whole_decides_the_head() -> None:
    sure, unsure = (read([found(RIVER, YIELD)], FakeReader(odds)).head for odds in (6.0, -6.0))
    assert sure is not None
    assert unsure is not None
    assert unsure < 0 < sure


def test_nothing_found_is_nothing_to_read() -> None:
    reader = FakeReader()
    material = read([Found("甲？", (), (), ())], reader)
    assert (material.hits, material.evidence, material.near, material.head) == ((), (), (), None)
    assert reader.read == []


@given(st.lists(st.floats(-20, 20), min_size=3, max_size=3))
@settings(max_examples=50)
def test_scores_are_probabilities_and_fall(odds: list[float]) -> None:
    told = dict(zip((RIVER.text, HILL.text, YIELD.text), odds, strict=True))
    scores = [e.score for e in read([found(RIVER, HILL, YIELD)], FakeReader(odds=told)).evidence]
    assert all(0 < score < 1 for score in scores)
    assert all(a >= b for a, b in pairwise(scores))


def test_a_stop_ends_the_reading() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        read([found(RIVER)], FakeReader(), stop)


def test_one_question_is_searched_for_once_and_read_within_the_budget(searcher: Guarded) -> None:
    for reads, most in ((False, BUDGET), (True, READ_WIDE)):
        [only] = search(searcher, "甲厂的产量是多少？", (), 5, read=reads)
        assert only.question == "甲厂的产量是多少？"
        assert sum(len(e.text) for e in only.evidence) <= most
        assert sum(len(e.text) for e in only.near) <= NEAR
        assert len(only.hits) <= HITS


def test_each_thing_set_side_by_side_is_searched_for_and_read_on_its_own(searcher: Guarded) -> None:
    reader = FakeReader(odds={"产量": 5.0})
    parts = search(searcher, BOTH, (), 5, read=True)
    material = read(parts, reader)
    assert len(parts) == len(reader.read) == 2
    assert ["甲厂" in question for question, _ in reader.read] == [True, False]
    assert ["乙厂" in question for question, _ in reader.read] == [False, True]
    assert [e.text for e in material.evidence[: len(material.sides)]] == [
        "甲厂去年的产量为三百吨。",
        "乙厂去年的产量为五百吨。",
    ]
    texts = [e.text for e in material.evidence]
    assert len(texts) == len(set(texts))


def test_a_sentence_that_is_best_for_both_sides_speaks_for_both() -> None:
    both = evidence("甲厂和乙厂的产量都是三百吨。", score=0.9)
    material = read([found(both, RIVER), found(both, HILL, question="乙厂的产量是多少？")], None)
    assert material.sides == ("乙厂的产量是多少？",)
    assert [e.text for e in material.evidence] == [both.text, RIVER.text, HILL.text]


def test_the_head_of_two_sides_lies_between_theirs() -> None:
    reader = FakeReader(lambda question, _: 6.0 if "甲厂" in question else -6.0)
    sides = [found(RIVER), found(RIVER, question="乙厂的产量是多少？")]
    one, other = (read([side], reader).head for side in sides)
    head = read(sides, reader).head
    assert one is not None
    assert other is not None
    assert head == pytest.approx((one + other) / 2)


def test_the_hits_of_the_sides_come_in_turn_each_once(searcher: Guarded) -> None:
    hits = all_hits(search(searcher, BOTH, (), 5, read=False))
    assert {Path(hit.document).stem for hit in hits[:2]} == {"甲厂", "乙厂"}
    assert len({(hit.document, hit.start) for hit in hits}) == len(hits) <= HITS


def test_two_facts_asked_in_one_breath_are_searched_for_one_by_one(searcher: Guarded) -> None:
    parts = search(searcher, "甲厂和乙厂去年产量是多少？", (), 5, read=True)
    assert [part.question for part in parts] == ["甲厂去年产量是多少", "乙厂去年产量是多少"]


def test_two_things_that_a_source_names_in_one_breath_are_one(searcher: Guarded) -> None:
    parts = search(searcher, "乙厂的厂长和书记是谁？", (), 5, read=True)
    assert [part.question for part in parts] == ["乙厂的厂长和书记是谁？"]


def test_a_sentence_that_names_the_other_thing_alone_speaks_for_the_other() -> None:
    red, blue = evidence("红队获得冠军。", score=0.9), evidence("蓝队也上了场。", start=20, score=0.2)
    material = read([found(red, blue, question="红队得了什么"), found(red, blue, question="蓝队得了什么")], None)
    assert [e.text for e in material.evidence] == [red.text, blue.text]
