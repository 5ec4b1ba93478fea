"""What an answer opens with: a premise put right in the words of the source, or sources that differ."""

from __future__ import annotations

from evidences import evidence

from rag.compose import compose
from rag.evidence import Evidence
from rag.material import Material
from rag.remarks import openings, remarks

HELD = evidence("2024年3月，全省林业现场会在长沙召开，部署了秋季造林。", document="林业.txt", section="")
WRONG = "全省林业现场会2024年5月在长沙召开，部署了什么？"
RIGHT = "全省林业现场会2024年3月在长沙召开，部署了什么？"
THIS = evidence("甲公司成立于1998年，总部设在长沙。", document="年报.txt", section="")
THAT = evidence("甲公司成立于2001年，总部设在长沙。", document="新闻.txt", section="", start=50)
FOUNDED = "甲公司成立于哪一年？"


def material(*sentences: Evidence, sides: tuple[str, ...] = ()) -> Material:
    return Material(tuple(e.hit for e in sentences), sentences, sentences, sides)


def test_a_wrong_premise_is_put_right_by_its_sentence() -> None:
    said = remarks(WRONG, material(HELD))
    [only] = said.corrected
    assert said.differing == ()
    assert "3月" in only.text
    assert "5月" in only.text
    assert [(piece.evidence, piece.text) for piece in only.pieces] == [(HELD, HELD.text)]


def test_of_most_questions_nothing_is_said_first() -> None:
    assert remarks(RIGHT, material(HELD)).all == ()
    assert remarks(RIGHT, material()).all == ()


def test_sources_that_differ_are_both_named_with_what_they_write() -> None:
    said = remarks(FOUNDED, material(THIS, THAT))
    [only] = said.differing
    assert said.corrected == ()
    assert only.text == "各处说法不一：“年报”写“1998年”，“新闻”写“2001年”。"
    assert [piece.evidence for piece in only.pieces] == [THIS, THAT]


def test_in_one_document_they_are_told_apart_by_their_sections() -> None:
    first = evidence(THIS.text, document="年报.txt", section="第一篇")
    second = evidence(THAT.text, document="年报.txt", section="第二篇", start=50)
    [only] = remarks(FOUNDED, material(first, second)).differing
    assert only.text == "各处说法不一：“第一篇”写“1998年”，“第二篇”写“2001年”。"


def test_what_is_set_side_by_side_may_differ() -> None:
    assert remarks(FOUNDED, material(THIS, THAT, sides=("甲", "乙"))).all == ()


def test_the_answer_opens_with_the_remark_and_cites_what_proves_it() -> None:
    found = material(THIS, THAT)
    opened = openings(remarks(FOUNDED, found))
    made = compose(FOUNDED, "", found.evidence, lambda _: (), (), opened)
    assert made.text.startswith("各处说法不一：“年报”写“1998年”，“新闻”写“2001年”[1][2]。")
    assert made.claims[0].citations == (1, 2)
    assert [c.quote for c in made.citations[:2]] == [THIS.text, THAT.text]
