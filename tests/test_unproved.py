"""The last guard: what an answer says that its citations do not is named, and what they say never is."""

from __future__ import annotations

import re

import pytest
from claim_cases import FAITHFUL
from hypothesis import assume, given
from hypothesis import strategies as st
from samples import SAMPLE

from index.cleaning import clean
from index.passages import split
from rag.unproved import unproved
from rag.wording import canonical

SENTENCES = [s.text for p in split(clean(SAMPLE)) for s in p.sentences]
SOURCE = "2021年2月，华夏公司在武汉投资1.2亿元，占15%，王某表示“稳中求进”。"


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (SOURCE, []),
        ("二〇二一年二月，华夏公司投资一点二亿元，占百分之十五[1]。", []),
        ("２０２１年2月，華夏公司在武漢投資１.２億元。", []),
        ("华夏公司投资1.2万元。", ["1.2万元"]),
        ("华夏公司投资2亿元。", ["2亿元"]),
        ("占5%。", ["5%"]),
        ("占15。", ["15"]),
        ("2021年12月投资。", ["2021年12月", "12月"]),
        ("王某表示“稳中有进”。", ["稳中有进"]),
        ("《狂人日记》", ["狂人日记"]),
        ("李明表示投资。", ["李明"]),
        ("长沙市投资。", ["长沙市"]),
        ("XeSS投资。", ["xess"]),
        ("第七篇：投资。", []),
        ("第七篇、第二篇：投资。", []),
        ("第三篇：投资。", ["3篇"]),
    ],
)
def test_what_stands_in_no_cited_sentence_is_named(claim: str, found: list[str]) -> None:
    assert unproved(claim, [SOURCE], ["第七篇", "第二篇"]) == found


@pytest.mark.parametrize(("claim", "sources"), FAITHFUL)
def test_nothing_of_a_faithful_claim_is_named(claim: str, sources: tuple[str, ...]) -> None:
    assert unproved(claim, sources, ["第七篇"]) == []


@given(st.sampled_from(SENTENCES))
def test_nothing_of_a_sentence_is_named_by_itself(text: str) -> None:
    assert unproved(text, [text]) == []
    for clause in re.split("[，,；;]", text):
        assert unproved(clause, [text]) == []


@given(st.sampled_from(SENTENCES), st.integers(0, 10**6), st.sampled_from(["{}", "{}%", "{}年", "约{}亿元", "{}人"]))
def test_a_foreign_number_is_always_named(text: str, number: int, form: str) -> None:
    assume(str(number) not in canonical(text))
    assert unproved(text[:-1] + "，" + form.format(number) + "。", [text])


@given(st.sampled_from(SENTENCES), st.text(alphabet="甲乙丙丁戊己庚辛", min_size=2, max_size=6))
def test_a_foreign_quotation_is_always_named(text: str, quoted: str) -> None:
    named = unproved(f"{text[:-1]}“{quoted}”。", [text])
    assert any(quoted in words for words in named)  # an earlier quotation that is not closed takes it in


def test_two_citations_prove_together_what_each_says_apart() -> None:
    assert unproved("增长5%，下降3%。", ["增长5%。", "下降3%。"]) == []
