"""Names in a sentence -> questions about a property of them that the collection must not state. Pure.

A question that nothing answers is easy to make and hard to make well: it must be one a reader could ask. So a meeting
is asked for its attendance, a project for its cost, a regulation for its articles; where the words of that property
stand near the name anywhere in the collection, the question is not proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_NAME = re.compile(
    r"(?:^|[、，,；;。“”《和及与以在对]|创建|建设|推进|实施|打造|设立|支持|召开|参加|发展|推动|加强|开展|依托|发挥|深化)"
    r"(?P<name>[\u4e00-\u9fff（）()“”]{2,22}?(?P<class>座谈会|大会|论坛|博览会|年会|研讨会|"
    r"示范区|试验区|实验区|开发区|新区|产业园|都市圈|城市群|工程|项目|生产线|铁路|高速公路|机场|大桥|医疗中心|科学中心|"
    r"条例|办法|规定|细则|公司|集团|研究院|大学|医院|银行))(?=[、，,；;。”》和与及等]|在|将|已|的|$|建成|建设|首次|正式|召开|开工|投产)"
)
_QUOTED = re.compile(r"《(?P<name>[^《》\n]{3,40})》")
_VERB = re.compile(
    r"^(?:的|和|与|及|了|在|对|将|把|以|并|要|等|为|是|中|主持|召开|支持|推进|推动|加强|加快|建设|打造|创建|设立|实施|发挥|积极|大力|"
    r"开展|参加|发展|依托|深化|鼓励|建立|健全|做好|抓好|重点|一批|若干|多个|各类|各项|有关|相关|其他|完善|统筹|提升|培育|高标准|世界|国内|国外|全面|认真|严格|国家|县级|市级|省级|主要|大型|新建|一流|这|该|本|此)"
)

_INSIDE = re.compile(
    r"主持召开|召开|推进|发挥|特别是|支持|自(?=上)|同时|大力|支撑|举办|参加|出席|正在|已经|包括|促进|落实|实施|贯彻|执行|制定|修订|颁布|出台|公布|发布|开工建设|继续"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A question about `name`; it is answerable where a sentence with the name matches `words`."""

    name: str
    question: str
    words: str


_EVENT = (
    ("有多少人参加了{}？", r"\d+[余多]?[人名位]|参会|参加.{0,6}人"),
    ("{}由哪家单位承办？", r"承办|协办|主办"),
    ("{}一共开了几天？", r"为期|会期|\d天|[一二三四五]天"),
)
_PROJECT = (
    ("{}的总投资是多少亿元？", r"投资|亿元|万元|资金|造价"),
    ("{}由谁担任负责人？", r"负责人|主任|总指挥|牵头人|院长"),
    ("{}预计哪一年完工？", r"完工|竣工|建成|年底?前|\d{4}年"),
)
_ZONE = (
    ("{}的规划面积是多少平方公里？", r"面积|平方|亩|公顷"),
    ("{}有多少家企业入驻？", r"入驻|家企业|落户"),
    ("{}是哪一年获批设立的？", r"获批|批准|批复|设立于|\d{4}年"),
)
_RULE = (("{}一共有多少条？", r"共.{0,4}条|第.{1,4}条"), ("{}由哪个部门负责解释？", r"解释"))
_BODY = (("{}有多少名员工？", r"员工|职工|人员|\d+[余多]?[人名]"), ("{}成立于哪一年？", r"成立|创办|创建|组建|年"))
_ASKED = {
    **dict.fromkeys(("座谈会", "大会", "论坛", "博览会", "年会", "研讨会"), _EVENT),
    **dict.fromkeys(("条例", "办法", "规定", "细则", "书名"), _RULE),
    **dict.fromkeys(("工程", "项目", "生产线", "铁路", "高速公路", "机场", "大桥"), _PROJECT),
    **dict.fromkeys(("公司", "集团", "研究院", "大学", "医院", "银行"), _BODY),
}


def missing(sentence: str) -> Iterator[Missing]:
    """Questions about the names in a sentence."""
    found = [(_INSIDE.split(m["name"])[-1], m["class"]) for m in _NAME.finditer(sentence)]
    found += [(f"《{m['name']}》", "书名") for m in _QUOTED.finditer(sentence)]
    for name, kind in found:
        if (
            len(name) >= 5
            and not _VERB.match(name)
            and name.count("“") == name.count("”")
            and not re.search("[的等]", name)
        ):
            yield from (Missing(name, form.format(name), words) for form, words in _ASKED.get(kind, _ZONE))


def stated(asked: Missing, sentences: Iterable[str]) -> bool:
    """Whether one of the sentences speaks of the name and of that property."""
    core = asked.name.strip("《》")[-6:]
    return any(core in s and re.search(asked.words, s) for s in sentences)
