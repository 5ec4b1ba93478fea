"""Titles and dates that stand in a text; nothing where it states none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from samples import REPORTS, SAMPLE, texts

from index.cleaning import clean
from index.extract import FormatHeading
from index.structure.titles import find_date, find_title

BODY = "各单位要认真学习，抓好落实。中部地区要主动对接其他区域发展战略。" * 5


def test_the_ten_reports_have_the_title_and_the_date_of_their_heads() -> None:
    found = [
        (find_title(text), find_date(text)) for p in REPORTS for text in [clean(p.read_text(encoding="utf-8")).text]
    ]
    assert found == [(f"{year}年国务院政府工作报告", f"{year}-03-05") for year in range(2008, 2018)]


def test_the_sample_states_neither_on_a_line_of_its_own() -> None:
    text = clean(SAMPLE).text
    assert (find_title(text), find_date(text)) == ("", "")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("关于做好安全生产工作的通知\n各区、各部门：\n", "关于做好安全生产工作的通知"),
        ("坚定信心 共克时艰\n——在年度工作会议上的讲话\n张三\n", "坚定信心 共克时艰——在年度工作会议上的讲话"),
        (
            "某某市人民政府文件\n某政发〔2013〕5号\n某某市人民政府关于加强\n粮食安全工作的实施意见\n",
            "某某市人民政府关于加强粮食安全工作的实施意见",
        ),
        ("某某市人民法院\n民事判决书\n", "某某市人民法院民事判决书"),
        ("# 年度工作总结\n\n", "年度工作总结"),
        ("《中部规划》实施方案（试行）\n", "《中部规划》实施方案（试行）"),
        ("《关于做好工作的通知》\n", "关于做好工作的通知"),
        ("某某市人民法院\n", ""),
        ("各位代表：\n", ""),
        ("一、总体要求\n", ""),
        ("来源：某某日报\n", ""),
        ("2013-03-05 10:20\n", ""),
        ("", ""),
    ],
)
def test_the_title_is_the_line_set_apart_at_the_head(head: str, title: str) -> None:
    assert find_title(head + BODY) == title


@pytest.mark.parametrize(
    "text", ["", "\n", "工作总结", "工作总结\n张三\n李四\n王五", "白日依山尽\n黄河入海流", BODY, f"{BODY}\n{BODY}"]
)
def test_a_text_without_a_head_has_no_title(text: str) -> None:
    assert find_title(text) == ""


def test_the_first_heading_of_the_format_is_the_title_where_it_stands_at_the_head() -> None:
    text = f"内部资料\n年度 总结\n{BODY}"
    assert find_title(text, [FormatHeading(1, 5, 10)]) == "年度 总结"
    assert find_title(f"{BODY * 20}\n附录\n{BODY}", [FormatHeading(1, len(BODY) * 20 + 1, len(BODY) * 20 + 3)]) == ""


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2013年3月5日", "2013-03-05"),
        ("（2020年8月20日）", "2020-08-20"),
        ("二〇一三年三月五日", "2013-03-05"),
        ("二○一九年十二月二十八日", "2019-12-28"),
        ("二零二四年元月一日", "2024-01-01"),
        ("2013 年 3 月 5 日", "2013-03-05"),
        ("２０１３年３月５日", "2013-03-05"),
        ("2013年3月", "2013-03"),
        ("二〇一三年三月", "2013-03"),
        ("2013年", "2013"),
        ("发布时间：2013-03-05 10:20", "2013-03-05"),
        ("日期：2013/3/5", "2013-03-05"),
        ("2013.3.5", "2013-03-05"),
        ("——2013年3月5日在第十二届全国人民代表大会第一次会议上", "2013-03-05"),
        ("2013年2月30日", ""),
        ("2013年13月", ""),
        ("1213年3月5日", ""),
        ("2013年3月5日召开了会议。", ""),
        ("2012年3月5日至2013年3月5日", ""),
        ("3月5日", ""),
    ],
)
def test_a_date_of_the_head_is_given_as_exactly_as_it_is_stated(line: str, date: str) -> None:
    assert find_date(f"关于工作的通知\n{line}\n{BODY}") == date


def test_the_date_of_signing_is_at_the_end_and_gives_way_to_the_head() -> None:
    assert find_date(f"关于工作的通知\n{BODY}\n某某市人民政府\n二〇一三年三月五日\n（此件公开发布）") == "2013-03-05"
    assert find_date(f"关于工作的通知\n2012年1月1日\n{BODY}\n2013年3月5日") == "2012-01-01"


def test_two_dates_at_the_head_are_none() -> None:
    assert find_date(f"2012年1月1日\n2013年1月1日\n{BODY}") == ""


def test_a_stamp_in_front_of_running_text_is_its_date_and_a_date_within_it_is_not() -> None:
    assert find_date(f"2023-08-16 18:24:57，正文：{BODY}") == "2023-08-16"
    assert find_date(f"[ 2023/08/07 16:20 ]，正文：{BODY}") == "2023-08-07"
    assert find_date(f"2013年3月5日，会议在北京召开。{BODY}2014年1月1日起施行。") == ""


@given(texts)
def test_what_is_found_stands_in_the_text(text: str) -> None:
    title = find_title(text)
    letters = "".join(c for c in text if c.isalnum())
    assert "".join(c for c in title if c.isalnum()) in letters
    assert find_date(text)[:4] in ("", *(str(year) for year in range(1900, 2101)))


def test_hostile_heads_take_no_time() -> None:
    start = time.process_time()
    for text in (
        "2013年" * 50_000,
        "二〇一三年" * 50_000,
        "关于" * 100_000,
        "（" * 200_000,
        "——" * 100_000,
        "\n" * 200_000,
    ):
        find_title(text)
        find_date(text)
    assert time.process_time() - start < 5
