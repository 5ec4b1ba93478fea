"""Text -> the terms of the kinds that take each other's place: years, dates, articles, titles, places, organisations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"[一二三四五六七八九十百零〇\d]{1,4}"
_PLACES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国|美国|英国|法国|德国|日本|韩国|朝鲜|印度|俄罗斯|苏联|意大利|西班牙|葡萄牙|荷兰|瑞士|瑞典|挪威|芬兰|丹麦|"
    "希腊|土耳其|埃及|以色列|伊朗|伊拉克|沙特|巴西|阿根廷|墨西哥|加拿大|澳大利亚|新西兰|泰国|越南|马来西亚|新加坡|印尼|菲律宾|蒙古|乌克兰|波兰|南非|"
    "亚洲|欧洲|非洲|美洲|北美|南美|大洋洲|欧盟|东盟|中部|东部|西部|东北|华北|华东|华南|华中|西南|西北|长三角|珠三角|京津冀|"
    "武汉|长沙|郑州|合肥|南昌|太原|广州|深圳|杭州|南京|苏州|成都|西安|济南|青岛|大连|沈阳|长春|哈尔滨|石家庄|福州|厦门|昆明|贵阳|南宁|海口|兰州|银川|"
    "西宁|拉萨|乌鲁木齐|呼和浩特|宁波|无锡|洛阳|襄阳|宜昌|东京|纽约|伦敦|巴黎|柏林|莫斯科|首尔|罗马"
)
_ORGANISATION = "公司|集团|银行|医院|大学|学院|中学|小学|法院|检察院|研究院|研究所|委员会|协会|基金会|俱乐部|出版社|电视台|博物馆|图书馆|购物中心|有限合伙|事务所"
_EDGE = r"，,。；;：:、？?！!“”\"《》（）()\s的在和与由对把被向从为是比年将给"

KINDS: dict[str, re.Pattern[str]] = {
    "title": re.compile(r"《[^》]{1,40}》"),
    "date": re.compile(r"(?:(?:19|20)\d{2}年)?\d{1,2}月(?:份|\d{1,2}[日号])?"),
    "year": re.compile(
        r"(?<!\d)(?:1[0-9]|20)\d{2}(?:年(?:代)?(?!\d{1,2}月))?(?:[到至]?底)?(?!\d)|[今去前明后]年|本世纪中叶"
    ),
    "quarter": re.compile(r"第?[一二三四1-4]季度|[上下]半年"),
    "article": re.compile(rf"第{_NUMBER}[篇章节条款部卷册期届次集回季编]"),
    "organisation": re.compile(rf"[^{_EDGE}]{{2,20}}?(?:{_ORGANISATION})+"),
    "place": re.compile(
        rf"(?:{_PLACES})(?:特别行政区|自治区|自治州|省|市|区域|地区|州|国)?(?!大学|银行|公司|集团|[路报语族]|日报)"
    ),
    "english": re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z0-9-]*(?: [A-Z][A-Za-z0-9-]*)*"),
}
_UNITED = re.compile(r"(?:[和与跟、及]|以及)")


@dataclass(frozen=True, slots=True)
class Term:
    """A term in a text: its kind and where it stands."""

    kind: str
    start: int
    end: int
    text: str


def terms(text: str, kind: str) -> Iterator[Term]:
    """The terms of that kind in `text`, in order; several joined by “和” or “、” are one."""
    held: Term | None = None
    for m in KINDS[kind].finditer(text):
        if held and _UNITED.fullmatch(text[held.end : m.start()]):
            held = Term(kind, held.start, m.end(), text[held.start : m.end()])
            continue
        if held:
            yield held
        held = Term(kind, m.start(), m.end(), m.group())
    if held:
        yield held


def kind_of(text: str) -> str:
    """The kind of a text that is one term and nothing else, "" when it is none."""
    for kind in KINDS:
        found = next(terms(text, kind), None)
        if found and found.start == 0 and found.end == len(text):
            return kind
    return ""


def scope(question: str) -> str:
    """What a question says it is about, to be kept when the next one leaves it out: “第五篇”, “《公司法》”."""
    for kind in ("title", "article"):
        if found := next(terms(question, kind), None):
            return found.text
    return ""
