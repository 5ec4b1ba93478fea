"""What the figures mean, in plain words: every statement follows from numbers, and none is made without them."""

from __future__ import annotations

from typing import Any

import pytest

from eval.report.reading import headline, interval_line, sentences


def part(**changes: object) -> dict[str, Any]:
    return {"n": 20, "accuracy": 0.65, "intervals": {"accuracy": [0.45, 0.85]}, "by_type": {}, "times": {}, **changes}


def group(n: int, accuracy: float, *interval: float) -> dict[str, Any]:
    return {"n": n, "accuracy": accuracy, "interval": list(interval) or None}


def report(whole: dict[str, Any], causes: list[str | None] | None = None, **parts: object) -> dict[str, Any]:
    rows = [{"right": why is None, "why": why} for why in causes or []]
    return {"metrics": {"all": whole, **parts}, "questions": rows, "settings": {}}


def test_the_headline_counts_right_answers() -> None:
    assert headline(report(part(n=3, accuracy=2 / 3), [None, None, "not_used"])) == "答对 2 / 3 题，66.7%"


def test_the_line_below_tells_the_interval_and_both_halves() -> None:
    tune = part(n=12, accuracy=0.75, intervals={"accuracy": [0.5, 0.9]})
    made = report(part(), tune=tune, report=part(n=0, accuracy=None, intervals={}))
    assert interval_line(made) == "95% 区间 45.0%–85.0%；调参半 75.0%（12 题，区间 50.0%–90.0%）；报告半未评"


def test_without_intervals_and_halves_the_line_is_empty() -> None:
    assert interval_line(report(part(intervals={}))) == ""


def test_the_whole_is_told_in_tens() -> None:
    told = "每 10 个问题，大约答对 6 个。换一批同类的题，答对率大致在 45.0%–85.0% 之间。"
    assert sentences(report(part(accuracy=0.64)))[0] == told


def test_few_questions_say_nothing_of_the_whole() -> None:
    made = report(part(n=9, declined_or_corrected=0.5), ["not_used"] * 9)
    assert sentences(made) == ["只有 9 题，还看不出高低。", "答错的 9 题里，最常见的原因是“检索到未用上”（9 题）。"]


def test_the_strongest_and_the_weakest_type_are_named_with_their_doubt() -> None:
    kinds = {"list": group(5, 0.4, 0, 0.8), "factoid": group(5, 1.0, 0.7, 1.0), "follow_up": group(5, 0.4, 0, 0.8)}
    assert sentences(report(part(by_type=kinds)))[1] == (
        "答得最好的是“事实”，100.0%；最差的是“列举”“追问”，40.0%（两者的区间重叠，差别可能出于偶然）。"
    )
    kinds["list"]["interval"] = [0.1, 0.6]
    del kinds["follow_up"]
    assert sentences(report(part(by_type=kinds)))[1] == "答得最好的是“事实”，100.0%；最差的是“列举”，40.0%。"


def test_a_type_with_few_questions_is_neither() -> None:
    kinds = {"list": group(5, 0.4), "factoid": group(5, 0.8), "follow_up": group(4, 0.0)}
    assert (
        "在至少有 5 题的题型里，答得最好的是“事实”，80.0%；最差的是“列举”" in sentences(report(part(by_type=kinds)))[1]
    )


@pytest.mark.parametrize("kinds", [{"list": group(9, 0.4)}, {"list": group(9, 0.4), "factoid": group(9, 0.4)}])
def test_types_that_do_not_differ_are_not_compared(kinds: dict[str, Any]) -> None:
    assert len(sentences(report(part(by_type=kinds)))) == 1


def test_causes_that_are_equally_common_are_all_named() -> None:
    made = report(part(), [None, "not_used", "too_long", "not_used", "too_long", "wrong_fact"])
    assert sentences(made)[1] == "答错的 5 题里，最常见的原因是“检索到未用上”“过长”（各 2 题）。"


def test_no_wrong_answer_is_said_so() -> None:
    assert sentences(report(part(), [None]))[1] == "没有答错的题。"


def test_refusals_and_citations_are_told_as_far_as_they_were_measured() -> None:
    whole = part(declined_or_corrected=0.348, over_refusal=0.044, citation_recall=0.989, quotes_valid=1.0)
    assert sentences(report(whole))[1:] == [
        "资料里没有答案、或前提有误的问题，34.8% 如实拒答或按原文纠正；能回答的问题，4.4% 被误拒。",
        "回答里 98.9% 的句子有引文可证，100.0% 的引文与原文逐字相符。",
    ]
    assert sentences(report(part(over_refusal=0.0)))[1:] == ["能回答的问题，0.0% 被误拒。"]


@pytest.mark.parametrize(
    ("ends", "said"), [([0.5, 0.8], "重叠，差别可能出于偶然"), ([0.1, 0.3], "不重叠，差别不像是偶然")]
)
def test_the_half_that_was_not_tuned_on_is_compared(ends: list[float], said: str) -> None:
    kept = part(n=10, accuracy=0.6, intervals={"accuracy": ends})
    told = sentences(report(part(), tune=part(n=10, accuracy=0.7, intervals={"accuracy": [0.4, 0.9]}), report=kept))[-1]
    assert told == f"报告半（不用来调参的一半）答对 60.0%，最接近遇到新问题时的情形；与调参半（70.0%）的区间{said}。"
