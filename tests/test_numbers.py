"""Numbers in their other spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.numbers import respelled


@pytest.mark.parametrize(
    ("text", "spellings"),
    [
        ("百分之十二点五", ("12.5%",)),
        ("１２．５％", ("百分之十二点五",)),
        ("二〇一二年增长百分之七点七", ("7.7%", "2012年")),
        ("2012年", ("二〇一二年", "二零一二年")),
        ("一点四亿人", ("1.4亿",)),
        ("6.8亿", ("六点八亿",)),
        ("三千二百万吨", ("3200万",)),
        ("一百三十个", ("130",)),
        ("一万二千人", ("12000",)),
        ("从12.5%到百分之十二点五", ()),
    ],
)
def test_a_number_is_spelled_the_other_way(text: str, spellings: tuple[str, ...]) -> None:
    assert respelled(text) == spellings


@pytest.mark.parametrize(
    "text",
    [
        "第三篇",
        "第五十三条",
        "十二五规划",
        "两个一百年",
        "一带一路",
        "三分之二",
        "千方百计",
        "统一",
        "百姓",
        "5000多万",
        "百十九",
    ],
)
def test_what_only_looks_like_a_count_stays(text: str) -> None:
    assert respelled(text) == ()


@given(st.text(st.sampled_from("第百分之十一二三四五六七八九零〇两千万亿点年月0123456789.%％的"), max_size=30))
def test_any_text_is_taken_and_no_spelling_stands_there_already(text: str) -> None:
    assert all(spelling not in text for spelling in respelled(text))
