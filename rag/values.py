"""Text -> the typed values that it states: dates, amounts, shares, ordinals, places, quoted words, each with its span. Pure.

Equal values in other spelling have equal keys: 百分之二十 and 20%, 2 万人 and 20000 人, 二〇一二年 and 2012年.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cn2an import cn2an

from index.folding import bare, fold


@dataclass(frozen=True, slots=True)
class Value:
    """One value. `kind` is what it can be exchanged with (年, 元, 第篇, 地名 …), `key` what it says, `text[start:end]` it."""

    kind: str
    key: str
    start: int
    end: int
    text: str


YEAR, MONTH, DAY, SHARE, PLACE, QUOTED, TITLE = "年份", "月份", "日子", "比例", "地名", "引语", "书名"
DATES = (YEAR, MONTH, DAY)

_DIGIT = "零〇○一二三四五六七八九"
_CHINESE = "(?:[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)"
_ARABIC = r"(?:\d+(?:,\d{3})*(?:\.\d+)?)"
_NUMBER = rf"(?<![\d.])(?:{_ARABIC}|(?<![第之点几数]){_CHINESE})"
_UNITS = (
    "个百分点|百分点|平方公里|平方千米|平方米|立方米|千瓦时|千瓦|周年|年前|年后|年来|余年|个月|小时|分钟|公里|千米|厘米|毫米|英里|海里|公斤|千克|"
    "公顷|美元|欧元|日元|港元|人次|方面|人|名|位|家|个|项|条|件|款|部|所|座|次|倍|岁|票|席|集|页|米|吨|亩|元|天|周|度|层|分|秒|首|张|场|轮|"
    "种|类|大|点|株|头|只|辆|台|艘|架|户|枚|支|年|篇|份|章|卷|册|°c|‰|km|kg|cm|mm|g|gb|mah|w"
)
_ORDINAL_UNITS = "篇|章|条|节|届|次|位|名|季|期|集|轮|代|批|任|卷|回|款|项|号|大|局|版|世"

_YEAR = re.compile(
    rf"(?<![\d.a-z])(?P<a>(?:1\d|20)\d\d(?=年(?!前(?![一二三四两半\d])|[后来间]))|(?:19|20)\d\d(?=[-/]\d|(?![\d.,年]|\s*(?:{_UNITS}|[万亿%]))))年?|(?P<c>[一二][{_DIGIT}]{{3}})年"
)
_MONTH = re.compile(
    rf"(?<![\d.个])(?P<a>1[0-2]|0?[1-9])月(?![均薪])|(?<![{_DIGIT}十个几])(?P<c>十[一二]?|[一二三四五六七八九])月(?![均薪])"
)
_DAY = re.compile(
    r"(?<![\d.])(?P<a>3[01]|[12]\d|0?[1-9])[日号](?![元均线楼])|(?<=月)(?P<c>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
)
_SHARE = re.compile(
    rf"百分之(?P<p>{_CHINESE}|{_ARABIC})|(?P<d>{_ARABIC})\s*%|(?P<b>{_CHINESE}|\d+)分之(?P<t>{_CHINESE}|\d+)|(?<![\d/])(?P<n>[1-9])/(?P<m>[1-9]\d?)(?![\d/])"
)
_AMOUNT = re.compile(
    rf"(?P<n>{_NUMBER})\s*(?:多|余)?(?P<s>万亿|亿|万|千|百)?\s*(?:多|余)?(?P<u>{_UNITS})(?![一-龥]?之一)"
)
_ORDINAL = re.compile(rf"第(?P<n>{_CHINESE}|\d+)\s*个?(?P<u>{_ORDINAL_UNITS})")
_QUOTED = re.compile(r"[“\"「『‘]([^“”\"「」『』‘’]{1,30})[”\"」』’]")
_TITLED = re.compile(r"《([^《》]{1,40})》")
_PLACES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|石家庄|太原|沈阳|大连|长春|哈尔滨|南京|苏州|无锡|徐州|常州|南通|杭州|宁波|温州|绍兴|合肥|芜湖|福州|厦门|泉州|"
    "南昌|九江|景德镇|济南|青岛|烟台|潍坊|郑州|洛阳|开封|武汉|宜昌|襄阳|长沙|株洲|湘潭|岳阳|广州|深圳|珠海|东莞|佛山|汕头|南宁|桂林|海口|三亚|成都|绵阳|"
    "贵阳|遵义|昆明|大理|丽江|拉萨|西安|咸阳|兰州|西宁|银川|乌鲁木齐|呼和浩特|包头|台北|高雄|"
    "美国|英国|法国|德国|日本|韩国|朝鲜|俄罗斯|印度尼西亚|印度|巴西|南非|加拿大|澳大利亚|新西兰|意大利|西班牙|葡萄牙|荷兰|比利时|瑞士|瑞典|挪威|芬兰|丹麦|"
    "波兰|乌克兰|土耳其|伊朗|伊拉克|以色列|沙特阿拉伯|阿联酋|卡塔尔|埃及|墨西哥|阿根廷|智利|泰国|越南|马来西亚|新加坡|菲律宾|巴基斯坦|哈萨克斯坦|希腊|"
    "奥地利|匈牙利|爱尔兰|蒙古国|缅甸|柬埔寨|老挝|"
    "伦敦|巴黎|柏林|东京|大阪|首尔|纽约|华盛顿|洛杉矶|莫斯科|罗马|马德里|悉尼|墨尔本|多伦多|迪拜|里约热内卢|曼谷|雅典|日内瓦|维也纳"
)
_PLACE = re.compile(rf"(?:(?:{_PLACES})(?:特别行政区|自治区|省|市(?!场|值))?)+")
_NAME = re.compile(_PLACES)
_AS_DIGITS = str.maketrans(_DIGIT, "000123456789")
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "万亿": 1_000_000_000_000}


def values(text: str) -> list[Value]:
    """The values that `text` states, in order, none inside another of its own sort. Never raises."""
    flat = flattened(text)
    found = [Value(kind, key, start, end, text[start:end]) for kind, key, start, end in _all(flat)]
    return sorted(found, key=lambda v: (v.start, -v.end))


def same(first: Value, second: Value) -> bool:
    """Whether they say the same; of places it is enough that one holds the other (湖南省长沙市, 长沙)."""
    if first.kind == PLACE:
        return not set(first.key.split()).isdisjoint(second.key.split())
    return first.key == second.key


def stands(value: Value, flat: str, held: Sequence[Value]) -> bool:
    """Whether a value stands in a flattened text that holds the values `held`, in whatever spelling."""
    words = flattened(value.text)
    before, after = r"(?<![\d.])" if words[:1].isdigit() else "", r"(?![\d.])" if words[-1:].isdigit() else ""
    written = re.search(before + re.escape(words) + after, flat)
    return bool(written) or any(v.kind == value.kind and same(v, value) for v in held)


def flattened(text: str) -> str:
    """`text` folded place for place: what folds to more or fewer characters stays as it is."""
    return "".join(folded if len(folded := fold(c)) == 1 else c for c in text)


def _all(flat: str) -> Iterator[tuple[str, str, int, int]]:
    taken = flat
    for pattern, read in _READERS:
        for found in pattern.finditer(taken):
            if (value := read(found)) is not None:
                yield (*value, *found.span())
                taken = taken[: found.start()] + "·" * (found.end() - found.start()) + taken[found.end() :]
    for pattern, kind in ((_QUOTED, QUOTED), (_TITLED, TITLE)):
        yield from ((kind, key, *m.span(1)) for m in pattern.finditer(flat) if (key := bare(m[1])))
    yield from ((PLACE, " ".join(_NAME.findall(m[0])), *m.span()) for m in _PLACE.finditer(flat))


def _year(found: re.Match[str]) -> tuple[str, str] | None:
    return YEAR, found["a"] or found["c"].translate(_AS_DIGITS)


def _part(kind: str, found: re.Match[str]) -> tuple[str, str] | None:
    number = _number(found["a"] or found["c"])
    return None if number is None else (kind, _written(number))


def _month(found: re.Match[str]) -> tuple[str, str] | None:
    return _part(MONTH, found)


def _day(found: re.Match[str]) -> tuple[str, str] | None:
    return _part(DAY, found)


def _share(found: re.Match[str]) -> tuple[str, str] | None:
    whole = found["b"] or found["m"]
    part = _number(found["p"] or found["d"] or found["t"] or found["n"])
    of = _number(whole) if whole else 100.0
    return None if part is None or not of else (SHARE, f"{part / of:.5f}")


def _ordinal(found: re.Match[str]) -> tuple[str, str] | None:
    number = _number(found["n"])
    return None if number is None else (f"第{found['u']}", _written(number))


def _amount(found: re.Match[str]) -> tuple[str, str] | None:
    number = _number(found["n"])
    few = number == 1 and not found["n"][0].isdigit()  # 一个, 一项: no number at all
    if number is None or few or found[0] == "十分":
        return None
    return found["u"].removeprefix("个") or "个", _written(number * _SCALES.get(found["s"] or "", 1))


def _number(text: str) -> float | None:
    plain = text.replace(",", "")
    if plain[:1].isdigit() and plain.isascii():
        return float(plain)
    try:
        return float(cn2an(plain.replace("〇", "零"), "smart"))
    except (ValueError, KeyError, IndexError):
        return None


def _written(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")


_READERS = ((_YEAR, _year), (_SHARE, _share), (_ORDINAL, _ordinal), (_MONTH, _month), (_DAY, _day), (_AMOUNT, _amount))
