"""Retrieving: searched, reranked where the reranker may judge, neighbours joined; the shape of a Searcher."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import filled

from index.folding import fold
from index.search import Searcher
from index.sweep import Topic
from rag.retriever import RERANKED, WEIGHT, Retriever

FILES = {f"材料{n}.txt": f"第{n}条规定粮食储备的办法。" for n in "甲乙丙丁戊己庚辛壬癸子丑"}


class Prefers:
    """A reranker for whom only passages that hold a word are good; remembers what it read."""

    name = "prefers"

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[str] = []

    def scores(self, query: str, passages: Sequence[str]) -> list[float]:
        self.read = list(passages)
        return [float(self.word in passage) for passage in passages]


def test_the_reranker_reads_the_first_ten_with_their_headers_and_moves_them(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, FILES), HashEncoder())
    plain = searcher.search("粮食储备的办法", 12)
    last = plain[RERANKED - 1]
    reranker = Prefers(fold(last.header))
    hits = Retriever(searcher, reranker).search("粮食储备的办法", 12)
    assert reranker.read == [fold(h.header + h.text) for h in plain[:RERANKED]]
    moved = next(h for h in hits if h.document == last.document)
    assert moved.signals.rerank == 1.0
    assert moved.score == pytest.approx((last.score + WEIGHT) / (1 + WEIGHT))
    assert hits.index(moved) < RERANKED - 1
    assert {h.document for h in hits} == {h.document for h in plain}
    assert [h.signals.rerank for h in hits[RERANKED:]] == [None, None]
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_among_documents_of_several_years_the_order_of_the_search_stands(tmp_path: Path) -> None:
    reports = {f"报告{year}.txt": f"{year}年粮食产量增长。" for year in range(2011, 2016)}
    searcher = Searcher(filled(tmp_path, reports), HashEncoder())
    reranker = Prefers("2015")
    hits = Retriever(searcher, reranker).search("粮食产量", 5)
    assert (reranker.read, [h.signals.rerank for h in hits]) == ([], [None] * 5)
    assert hits == searcher.search("粮食产量", 5)


def test_a_first_hit_that_cannot_be_overtaken_is_not_read_again(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, FILES), HashEncoder())
    first, second, *_ = searcher.search("材料丙第丙条规定粮食储备的办法", 10)
    assert first.score - second.score > WEIGHT
    reranker = Prefers(second.document)
    assert Retriever(searcher, reranker, joined=False).search("材料丙第丙条规定粮食储备的办法", 10)[0] == first
    assert reranker.read == []


def test_neighbours_are_joined_unless_asked_otherwise(tmp_path: Path) -> None:
    text = "".join(f"第{n}项要求是把粮食储备做得更扎实一些，责任落实到每一个岗位。" for n in range(16))
    searcher = Searcher(filled(tmp_path, {"要求.txt": text}), HashEncoder())
    apart = Retriever(searcher, joined=False).search("粮食储备的要求", 5)
    [whole, *_] = Retriever(searcher).search("粮食储备的要求", 5)
    assert apart == searcher.search("粮食储备的要求", 5)
    assert len(apart) > 1
    assert len(whole.passages) == 2
    assert whole.text == text[whole.start : whole.end]


def test_many_questions_find_what_each_finds_alone_and_a_sweep_goes_through(tmp_path: Path) -> None:
    retriever = Retriever(Searcher(filled(tmp_path, FILES), HashEncoder()), Prefers("丙"))
    questions = ["粮食储备", "第丙条"]
    assert list(retriever.search_many(questions, 3)) == [retriever.search(q, 3) for q in questions]
    assert retriever.sweep(Topic("粮食", ("粮食",))).swept == len(FILES)
    assert retriever.store is retriever.searcher.store
