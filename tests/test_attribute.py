"""Attribution: a claim is proved by the letters, numbers and names of one source sentence, or it is not."""

from __future__ import annotations

import pytest
from evidences import evidence
from hypothesis import given
from hypothesis import strategies as st
from samples import SAMPLE

from index.cleaning import clean
from index.passages import split
from rag.attribute import attribute, numbers, overlap, pairs

SHARE = evidence("国家级战略性新兴产业集群和国家先进制造业集群占全国比重分别达27.3%和17.8%。", section="第六篇")
PILOTS = evidence("支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。", section="第七篇", start=100)
WATER = evidence("坚持以水而定、量水而行，把水资源作为最大刚性约束，严格取用水管理。", section="第七篇", start=200)
ALL = [SHARE, PILOTS, WATER]
SENTENCES = [s.text for p in split(clean(SAMPLE)) for s in p.sentences if 14 <= len(pairs(s.text)) <= 120]


def verdicts(draft: str) -> list[str]:
    return [a.verdict for a in attribute(draft, ALL)]


def test_words_of_the_source_are_supported_by_it() -> None:
    [first, second] = attribute(
        "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。把水资源作为最大刚性约束,严格取用水管理。", ALL
    )
    assert (first.evidence, first.verdict, first.share) == (PILOTS, "supported", 1.0)
    assert (second.evidence, second.verdict) == (WATER, "supported")


def test_a_claim_of_which_half_stands_in_the_source_is_not_supported() -> None:
    assert verdicts("许昌、铜陵、瑞金等地推进“无废城市”建设试点并获得中央财政专项资金重点奖励。") == ["partial"]


def test_a_claim_without_a_source_is_unsupported() -> None:
    assert verdicts("火星移民计划将于明年启动招募宇航员。") == ["unsupported"]


@pytest.mark.parametrize("number", ["28.3%", "17.9%", "2733", "50"])
def test_a_number_that_is_not_in_the_source_is_unsupported(number: str) -> None:
    claim = f"国家级战略性新兴产业集群和国家先进制造业集群占全国比重分别达{number}和17.8%。"
    assert verdicts(claim) == ["unsupported"]


def test_another_section_than_the_source_stands_in_is_unsupported() -> None:
    assert verdicts("第三篇提出支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。") == ["unsupported"]
    assert verdicts("第七篇提出支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。") == ["supported"]


def test_a_turned_negation_is_unsupported() -> None:
    assert verdicts("不支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。") == ["unsupported"]


def test_marks_that_the_model_made_up_are_dropped() -> None:
    [only] = attribute("1、支持许昌、铜陵、瑞金[1][12]等地深入推进〔第七篇〕“无废城市”建设试点[3]。", ALL)
    assert only.text == "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。"
    assert only.verdict == "supported"


def test_each_sentence_of_a_draft_is_a_claim_of_its_own_in_order() -> None:
    draft = "一是节水。\n- 二是开放？三是“绿色。”\n\n。。\n答：完"
    assert [a.text for a in attribute(draft, ALL)] == ["一是节水。", "二是开放？", "三是“绿色。”", "完"]


@pytest.mark.parametrize("draft", ["", "。。。\n", "[1]"])
def test_nothing_said_is_nothing_claimed(draft: str) -> None:
    assert attribute(draft, ALL) == []


def test_without_evidence_nothing_can_be_claimed() -> None:
    assert attribute("支持许昌。", []) == []


@given(st.text(max_size=80), st.lists(st.sampled_from(SENTENCES), max_size=4))
def test_any_draft_is_attributed_to_evidence_it_was_given(draft: str, sentences: list[str]) -> None:
    given_evidence = [evidence(s, start=1000 * n) for n, s in enumerate(sentences)]
    for a in attribute(draft, given_evidence):
        assert a.evidence in given_evidence
        assert 0 <= a.share <= 1


def test_numbers_and_pairs_are_folded() -> None:
    assert numbers("２７．３％，共1,200个，2024年") == {"27.3%", "1,200", "2024"}
    assert pairs("國務院。A") == {"国务", "务院", "院a"}
    assert overlap("国务院", "國務院發布") == 1.0
    assert overlap("", "国") == 0.0


@pytest.mark.parametrize("text", ["推进资源循环利用。", "不断提高城乡居民生活水平和经济增长的质量效益。"])
def test_a_short_verbatim_sentence_is_supported(text: str) -> None:
    assert [a.verdict for a in attribute(text, [evidence(text)])] == ["supported"]


@given(st.sampled_from([s.text for p in split(clean(SAMPLE)) for s in p.sentences]))
def test_a_verbatim_sentence_is_always_supported(text: str) -> None:
    assert {a.verdict for a in attribute(text, [evidence(text)])} == {"supported"}


def test_the_number_of_an_official_paper_stays() -> None:
    text = "根据国发〔2023〕12号文件要求，各地要加快推进公共服务体系建设工作。"
    assert attribute(text, [evidence(text)])[0].text == text


def test_numbers_of_the_sentence_and_its_section_do_not_run_together() -> None:
    text = "试点城市的总数一共达到了25"
    assert attribute(text, [evidence(text, section="2024年工作")])[0].verdict == "supported"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("守住绿色发展底线是一道“附加题”。", "守住绿色发展底线是一道“必答题”,而不是一道可有可无的“附加题”,要守住。"),
        (
            "区域中心城市有武汉、郑州、长沙、南昌。",
            "加快武汉、郑州国家中心城市建设,增强长沙、南昌等区域中心城市辐射带动能力。",
        ),
        ("经济总量稳定在全国21%。", "经济总量近年来稳定在全国21%以上。"),
        (
            "长株潭要建设郑州电子信息、长株潭装备制造产业集群。",
            "在长江沿线建设中国光谷,在京广沿线建设郑州电子信息、长株潭装备制造产业集群,在京九沿线建设南昌产业集群。",
        ),
        ("战略性新兴产业集群占全国比重达17.8%。", "战略性新兴产业集群和先进制造业集群占全国比重分别达27.3%和17.8%。"),
        ("人口占全国的20%。", "人口约占全国的20%。"),
    ],
)
def test_words_of_the_source_that_say_something_else_are_not_supported(claim: str, source: str) -> None:
    assert [a.verdict for a in attribute(claim, [evidence(source)])] != ["supported"]


def test_the_year_in_a_documents_name_proves_no_year() -> None:
    source = evidence("城镇新增就业1312万人。", document="政府工作报告2016.txt", section="一、2015年工作回顾")
    assert [a.verdict for a in attribute("2016年城镇新增就业1312万人。", [source])] == ["unsupported"]
