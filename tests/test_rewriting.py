"""A claim that nothing carries gives way to the source's own clauses, whole in meaning, or goes."""

from __future__ import annotations

import pytest
from claim_cases import NEAR_MISSES
from evidences import evidence, hit
from hypothesis import given
from hypothesis import strategies as st

from rag.carrying import carries
from rag.evidence import Evidence
from rag.rewriting import removal_note, rewritten


@pytest.mark.parametrize(
    ("claim", "source", "text"),
    [
        ("占全国28.3%。", "产业集群占全国27.3%，发展很快。", "产业集群占全国27.3%，"),
        (
            "被告李某已还清全部借款。",
            "原告诉称借款20万元；被告李某辩称已还清全部借款。",
            "被告李某辩称已还清全部借款。",
        ),
        ("火箭将于9月3日发射。", "如果天气允许，火箭将于9月3日发射。", "如果天气允许，火箭将于9月3日发射。"),
        ("疗程超过7天。", "饭后服用，疗程不超过7天。", "疗程不超过7天。"),
    ],
)
def test_the_clauses_it_was_about_take_its_place(claim: str, source: str, text: str) -> None:
    made = rewritten(claim, [evidence("推进农业节水。"), evidence(source)])
    assert made is not None
    assert made.text == text


@pytest.mark.parametrize("claim", ["火星移民计划将于明年启动。", "27.3%。", "？"])
def test_what_is_about_nothing_that_was_read_goes(claim: str) -> None:
    assert rewritten(claim, [evidence("产业集群占全国27.3%，发展很快。")]) is None
    assert rewritten(claim, []) is None


@pytest.mark.parametrize(("claim", "sources"), NEAR_MISSES)
def test_what_is_put_in_its_place_is_carried(claim: str, sources: tuple[str, ...]) -> None:
    found = hit(*sources)
    made = rewritten(claim, [Evidence(found, s.sentence, 0.5) for s in found.sentences])
    if made is not None:
        assert made.text == made.evidence.text[slice(*made.span)]
        assert carries(made.evidence.text, made.text)


@given(st.text(max_size=40))
def test_any_claim_gives_a_stretch_of_the_source_or_none(claim: str) -> None:
    source = "推进农业节水，加强水资源管理。"
    made = rewritten(claim, [evidence(source)])
    assert made is None or made.text in source


def test_the_user_is_told_how_many_were_removed() -> None:
    assert removal_note(1) == "（有 1 句在文档里找不到依据，已删去。）"
    assert removal_note(0) == ""
