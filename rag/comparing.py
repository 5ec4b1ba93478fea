"""“Which is more?” + what the sources say of each side -> which it is, where one value on each side settles it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from index.folding import fold
from rag.wording import canonical

NEAR = 24  # letters between the name of a thing and its amount, at most

_ASKED = re.compile(
    r"哪(?:一)?(?:家|个|边|方|者|年|季度|省|市|国)?(?:公司|集团|企业|机构|单位|地区|省份|城市|国家|产品|项目|报告|的)?(?P<rest>[^,;?。]{0,24}?更(?P<more>[大高多早晚迟小低少长短快慢]))(?P<end>[^,;?。]{0,8})$"
)
_LARGER = frozenset("大高多长快")
_SMALLER = frozenset("小低少短慢")
_EARLIER = frozenset("早")
_LATER = frozenset("晚迟")
_SIZES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_AMOUNT = re.compile(
    r"(?<![\d.])(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万亿|百万|千万|[千万亿])?\s*(元(?:人民币)?|人民币|美元|港元|欧元|日元|英镑|%|千瓦时|个百分点|平方公里|平方米|公里|吨|亩|人次|人|家|个|项|名|户|分|岁|天|年(?=[^\d月]|$))"
)
_DATE = re.compile(r"((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")


def conclusion(question: str, names: Sequence[str], texts: Sequence[str]) -> str:
    """“乙公司的净利润更高。” of “…，哪家公司的净利润更高？”; “” where it is not asked or not settled.

    `texts` say what the sources tell of each of `names`, in order. Each must hold exactly one value of the kind asked
    for, all in one unit, and one of them must lead.
    """
    asked = _ASKED.search(fold(question).strip().rstrip("?!。. "))
    if not asked or len(names) < 2 or len(names) != len(texts):
        return ""
    timed = asked["more"] in _EARLIER | _LATER
    thing = asked["rest"].split("更")[0].lstrip("的")
    found = [_date(text) if timed else _amount(text, thing) for text in texts]
    values = [value for value in found if value is not None]
    if len(values) < len(texts) or len({value[0] for value in values}) > 1:
        return ""
    amounts = [value[1] for value in values]
    first = min(amounts) if asked["more"] in _SMALLER | _EARLIER else max(amounts)
    if amounts.count(first) != 1:
        return ""
    name, rest = names[amounts.index(first)], asked["rest"] + asked["end"]
    return f"{name}{'' if rest.startswith(('的', '更')) else '的'}{rest}。"


def _amount(text: str, thing: str) -> tuple[str, Fraction] | None:
    """Unit and size of the amount of the thing, else of the one amount of a text; None where that is not clear."""
    plain = _DATE.sub("", canonical(text))
    near = [m for m in _AMOUNT.finditer(plain) if thing and _belongs(plain, m, thing)]
    found = {_value(m) for m in near or _AMOUNT.finditer(plain)}
    return found.pop() if len(found) == 1 else None


def _belongs(text: str, amount: re.Match[str], thing: str) -> bool:
    """Whether an amount stands right behind the name of the thing, or right in front of it."""
    before, after = text[max(0, amount.start() - NEAR) : amount.start()], text[amount.end() : amount.end() + 1]
    return bool(re.search(rf"{re.escape(thing)}[^,;。\d]*$", before)) or text[amount.end() :].removeprefix(
        "的" if after == "的" else ""
    ).startswith(thing)


def _value(found: re.Match[str]) -> tuple[str, Fraction]:
    unit = found[3].replace("元人民币", "元").replace("人民币", "元")
    return unit, Fraction(found[1].replace(",", "")) * _SIZES[found[2] or ""]


def _date(text: str) -> tuple[str, Fraction] | None:
    """How exact the one date of a text is, and the date as a number."""
    found = {(m[1], m[2], m[3]) for m in _DATE.finditer(canonical(text))}
    if len(found) != 1:
        return None
    year, month, day = found.pop()
    exact = "日" if day else "月" if month else "年"
    return exact, Fraction(int(year) * 10000 + int(month or 0) * 100 + int(day or 0))
