"""Neighbours among the hits are one hit; nothing is lost and nothing comes twice."""

from __future__ import annotations

from dataclasses import replace

from evidences import hit
from hypothesis import given
from hypothesis import strategies as st

from index.hits import Hit
from index.joining import LONGEST, WITHIN, join


def part(number: int, *, size: int = 20, section: str = "第一篇", document: str = "甲.txt") -> Hit:
    """A passage of `size` letters that is the number-th of its document."""
    made = hit(f"{number}" * size, document=document, section=section, start=1000 * number)
    return replace(made, passages=(number,))


def test_two_neighbours_are_joined_at_the_better_place_in_the_order_of_the_text() -> None:
    first, second, third = join([part(7), part(3), part(2)])[0], part(2), part(3)
    assert first.passages == (7,)
    joined = join([part(7), part(3), part(2)])[1]
    assert joined.passages == (2, 3)
    assert (joined.start, joined.end) == (second.start, third.end)
    assert joined.text == f"{second.text}\n{third.text}"
    assert joined.sentences == (*second.sentences, *third.sentences)
    assert (joined.score, joined.signals) == (third.score, third.signals)


def test_a_text_without_a_gap_is_joined_without_a_break() -> None:
    whole = replace(part(2), end=part(3).start)
    assert join([whole, part(3)])[0].text == whole.text + part(3).text


def test_what_stands_in_another_section_or_document_stays_apart() -> None:
    hits = [part(1), part(2, section="第二篇"), part(3, section="第二篇", document="乙.txt")]
    assert join(hits) == hits


def test_a_joined_hit_has_a_bound_and_far_hits_are_left_alone() -> None:
    assert [h.passages for h in join([part(1, size=350), part(2, size=350)])] == [(1,), (2,)]
    apart = [part(2 * n) for n in range(WITHIN)]
    assert join([*apart, part(1)]) == [*apart, part(1)]


@given(st.lists(st.integers(0, 15), unique=True), st.integers(1, 9))
def test_no_passage_is_lost_or_told_twice(numbers: list[int], size: int) -> None:
    hits = [part(number, size=20 * size) for number in numbers]
    joined = join(hits)
    assert sorted(n for h in joined for n in h.passages) == sorted(numbers)
    assert all(len(h.text) <= LONGEST for h in joined)
    assert [h.score for h in joined] == sorted((h.score for h in joined), reverse=True)
