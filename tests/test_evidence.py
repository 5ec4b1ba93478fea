"""Choosing evidence: the best sentences first, each once, within a budget."""

from __future__ import annotations

from dataclasses import replace

from evidences import hit
from hypothesis import given
from hypothesis import strategies as st
from samples import plain_sentences

from rag.evidence import MIN_LENGTH, choose, reading_order

GRAIN, CITY, TALENT = "粮食产量稳定在六亿吨以上。", "支持许昌建设无废城市试点。", "人才因产业而聚集起来。"


def test_the_best_sentence_comes_first_whatever_its_place() -> None:
    found = hit(GRAIN, CITY, TALENT, dense=(0.2, 0.9, 0.5), coverage=(0.1, 0.8, 0.4))
    chosen = choose([found])
    assert [e.sentence.text for e in chosen] == [CITY, TALENT, GRAIN]
    assert all(e.hit is found for e in chosen)


def test_a_sentence_said_twice_is_chosen_once() -> None:
    chosen = choose([hit(GRAIN, CITY), hit(CITY, start=500, document="别的.txt")])
    assert sorted(e.sentence.text for e in chosen) == sorted([GRAIN, CITY])


def test_at_least_one_sentence_is_chosen_however_small_the_budget() -> None:
    chosen = choose([hit(GRAIN, CITY, dense=(0.1, 0.9))], budget=1)
    assert [e.sentence.text for e in chosen] == [CITY]


def test_headings_and_slogans_are_no_evidence() -> None:
    short = "一、总则。"
    assert sum(c.isalnum() for c in short) < MIN_LENGTH
    assert [e.sentence.text for e in choose([hit(short, GRAIN)])] == [GRAIN]
    assert choose([]) == [] == choose([hit(short)])


@given(
    st.lists(st.lists(plain_sentences, min_size=1, max_size=4), max_size=5),
    st.integers(1, 300),
    st.lists(st.floats(-1, 1), min_size=20, max_size=20),
)
def test_the_chosen_are_best_first_each_once_and_within_the_budget(
    groups: list[list[str]], budget: int, cosines: list[float]
) -> None:
    hits = [hit(*group, start=1000 * n, dense=cosines[4 * n :]) for n, group in enumerate(groups)]
    chosen = choose(hits, budget)
    scores, said = [e.score for e in chosen], [e.sentence.text for e in chosen]
    assert scores == sorted(scores, reverse=True)
    assert len(set(said)) == len(said)
    assert sum(map(len, said)) <= budget or len(said) == 1
    assert bool(chosen) == bool(groups)
    assert all(e.sentence in [s.sentence for s in e.hit.sentences] for e in chosen)


def test_evidence_is_read_document_by_document_in_the_order_of_the_text() -> None:
    first = hit(GRAIN, CITY, dense=(0.3, 0.9), document="甲.txt", start=700)
    second = hit(TALENT, dense=(0.6,), document="乙.txt")
    third = hit("更早的一句话在前面。", dense=(0.1,), document="甲.txt", start=5)
    read = reading_order(choose([first, second, third]))
    assert [(e.hit.document, e.sentence.start) for e in read] == [
        ("甲.txt", 5),
        ("甲.txt", 700),
        ("甲.txt", 700 + len(GRAIN)),
        ("乙.txt", 0),
    ]


def test_what_stands_where_the_question_points_comes_before_what_is_said_elsewhere() -> None:
    there, elsewhere = hit(GRAIN, section="第六篇"), hit(CITY, start=500, coverage=(0.6,))
    named = replace(there, signals=replace(there.signals, scope=1.0))
    assert choose([there, elsewhere])[0].hit is elsewhere
    assert choose([named, elsewhere])[0].hit is named
