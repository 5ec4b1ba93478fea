"""Two sources that answer one question differently are found; those that tell of two things are not."""

from __future__ import annotations

import pytest
from evidences import evidence
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import chinese

from rag.conflicts import conflicts


def both(
    question: str, first: str, second: str, documents: tuple[str, str] = ("甲.txt", "乙.txt")
) -> list[tuple[str, str]]:
    found = conflicts(
        question, [evidence(text, document=d) for text, d in zip((first, second), documents, strict=True)]
    )
    assert all(side.evidence.text[slice(*side.span)] == side.value for c in found for side in (c.first, c.second))
    return [(c.first.value, c.second.value) for c in found]


@pytest.mark.parametrize(
    ("question", "first", "second", "expected"),
    [
        (
            "林业协会有多少个理事席位？",
            "林业协会理事会共有70个理事席位，由会员选举产生。",
            "林业协会理事会共有170个理事席位，由会员选举产生。",
            ("70个", "170个"),
        ),
        (
            "青山大桥通车时间？",
            "青山大桥于1937年7月7日正式通车，全长三公里。",
            "青山大桥于1931年9月18日正式通车，全长三公里。",
            ("1937年7月7日", "1931年9月18日"),
        ),
        (
            "2019年林业博览会在哪个城市举办？",
            "2019年林业博览会在武汉举办，吸引了众多展商。",
            "2019年林业博览会在成都举办，吸引了众多展商。",
            ("武汉", "成都"),
        ),
        (
            "电影《青山》的导演是谁？",
            "《青山》是一部讲述护林员的电影，导演为林大树，今年上映。",
            "《青山》是一部讲述护林员的电影，导演为周小河，今年上映。",
            ("林大树", "周小河"),
        ),
        (
            "青山大桥什么时候通车？",
            "据县志，青山大桥通车是在1937年7月。",
            "1935年5月，青山大桥通车，县长到场。",
            ("1937年7月", "1935年5月"),
        ),
    ],
)
def test_two_values_for_one_thing_are_a_conflict(
    question: str, first: str, second: str, expected: tuple[str, str]
) -> None:
    assert both(question, first, second) == [expected]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("林业协会有多少个席位？", "林业协会共有70个席位。", "林业协会共有70个席位，很多。"),
        ("长林汽车销量多少辆？", "长林汽车全年销量230万辆，创新高。", "长林汽车全年销量230.1万辆，创新高。"),
        ("青山大桥通车时间？", "青山大桥于2012年7月通车。", "青山大桥于2012年通车。"),
        ("第一季度利润是多少元？", "甲公司第一季度利润为20万元。", "乙公司第二季度利润为30万元。"),
        ("为什么要植树？", "为了保持水土，今年植树30万棵。", "为了保持水土，今年植树20万棵。"),
        ("会议有什么意义？", "会议推动林业发展，意义重大。", "会议促进林业发展，意义重大。"),
        ("", "一", "二"),
    ],
)
def test_what_may_both_be_true_is_no_conflict(question: str, first: str, second: str) -> None:
    assert both(question, first, second) == []


def test_a_passage_that_holds_both_values_is_no_conflict() -> None:
    first = "林业协会理事会共有70个理事席位，由会员选举产生，后来增至170个。"
    assert both("林业协会有多少个理事席位？", first, "林业协会理事会共有170个理事席位，由会员选举产生。") == []


def test_yearly_documents_tell_of_their_own_year() -> None:
    first, second = "今年植树目标是30万棵左右，造林要抓好。", "我们今年的植树目标定为20万棵，造林不能放松。"
    assert both("今年植树目标是多少棵？", first, second, ("报告2012.txt", "报告2013.txt")) == []


def test_names_in_one_document_are_of_two_things() -> None:
    first, second = "东站由青林公司经营，位于县城。", "东站由白水公司经营，位于县城。"
    assert both("东站由哪个公司经营？", first, second, ("甲.txt", "甲.txt")) == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(chinese, st.text()), st.lists(st.one_of(chinese, st.text()), max_size=4))
def test_both_sides_stand_in_their_evidence_whatever_the_text(question: str, texts: list[str]) -> None:
    own = [evidence(text, document=f"{n}.txt") for n, text in enumerate(texts)]
    for found in conflicts(question, own):
        for side in (found.first, found.second):
            assert side.evidence.text[slice(*side.span)] == side.value
        assert found.first.evidence.hit != found.second.evidence.hit
