"""An answer's claim + the sentences it cites -> its numbers, dates, names and quotations that stand in none of them. Pure.

The last guard before a claim is shown, and blind to how it was made: what it returns is to be empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.folding import bare, fold
from rag.wording import canonical

_MARK = re.compile(r"\[\d{1,3}\]")
_DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月\d{1,2}[日号]|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?")
_QUANTITY = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:%|‰)?(?:万亿|[百千万亿])*(?:平方公里|公里|立方米|平方米|个百分点|美元|[元人个年月日号吨亩户家项次岁天米倍成件条名届章篇])?"
)
_QUOTED = re.compile(r"“([^”]+)”|‘([^’]+)’|「([^」]+)」|『([^』]+)』|《([^》]+)》|\"([^\"]+)\"")
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-.'&][a-z0-9]+)*")
_CALLED = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:公司|集团|大学|学院|银行|法院|检察院|委员会|研究院|研究所|协会|基金会|联盟|医院|学校|中学|小学"
    r"|出版社|报社|日报|电视台|机场|车站|大桥|[省市县区州镇乡村国部厅局署])"
)
_PERSON = re.compile(
    r"(?:[欧司上诸东皇慕][阳马官葛方甫容]|[赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹窦章苏潘葛范彭郎鲁韦马苗方任袁柳"
    r"史唐费薛雷贺倪汤滕罗毕郝邬安常傅卞齐伍余顾孟黄穆萧尹姚邵汪祁毛狄贝臧戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾江童郭梅林钟徐邱骆高夏蔡田樊胡凌"
    r"霍虞万柯卢莫丁邓洪包左石崔吉龚程邢裴陆翁段侯武刘景龙叶白赖乔阎谭温曾关游习])"
    r"[\u4e00-\u9fff]{1,2}?(?=先生|女士|教授|博士|院士|主席|总理|总统|书记|部长|省长|市长|县长|局长|院长|校长|主任|经理|董事长|律师|医生|法官"
    r"|同志|表示|指出|认为|强调|介绍|说|称|任|担任|出任|出生|生于|当选|获奖|辞职|去世)"
)
_BEFORE = re.compile("^.*[和与及在于从向对为是的把被将由赴到至了年月日任经占并]")
_COMMON = re.compile(
    "(?:城|都|上|超|股|楼|夜|地|社|园|片|辖|农|山|全|我|各|外|本|贫困|新|特|开发|示范|内|局|中国)[市区村国部]$"
)


def unproved(text: str, cited: Sequence[str], places: Sequence[str] = ()) -> list[str]:
    """What `text` says that no cited sentence does, in order, each once; empty when all of it is proved.

    `cited` are the whole cited sentences as they are read (damaged words under their confident readings). `places` are
    names of sections and documents that a claim may be headed by, such as 第二篇; they prove nothing inside it. Widths,
    scripts and ways of writing numbers do not count: 百分之五 is proved by ５％.
    """
    headed = _without_heading(fold(_MARK.sub("", text)), {fold(place) for place in places})
    said = canonical(headed)
    sources = [canonical(source) for source in cited]
    found = [
        *(q for q in _quotations(headed) if not any(bare(q) in bare(source) for source in (*cited, *sources))),
        *(d for d in _DATE.findall(said) if not _stands(d, sources)),
        *(n for n in _QUANTITY.findall(said) if not _stands(n, sources)),
        *(n for n in _names(said) if not any(bare(n) in bare(source) for source in sources)),
    ]
    return list(dict.fromkeys(found))


def _without_heading(text: str, places: set[str]) -> str:
    """What stands behind 第二篇、第三篇： or 第七篇提出, where these are `places`."""
    left = text
    while place := next((p for p in sorted(places, key=len, reverse=True) if p and left.startswith(p)), ""):
        left = left[len(place) :]
        if left[:1].isdigit() or left[:1] in ("年", "月", "%", "."):
            return text
        left = left.removeprefix("、").removeprefix(":")
    return left


def _quotations(text: str) -> Iterator[str]:
    return ("".join(groups) for groups in _QUOTED.findall(text) if bare("".join(groups)))


def _stands(number: str, sources: Sequence[str]) -> bool:
    """Whether a number stands in a source, by itself: 5 does not stand in 15, 1.5 or 5%."""
    bounded = (
        r"(?![\d%‰]|[.,:/]\d|[万亿千百])"
        if number[-1].isdigit()
        else "(?![万亿千百])"
        if number[-1] in "万亿千百"
        else ""
    )
    pattern = re.compile(rf"(?<!\d)(?<!\d[.,:/]){re.escape(number)}{bounded}")
    return any(pattern.search(source) for source in sources)


def _names(text: str) -> Iterator[str]:
    """Names by their form: persons in front of an office or a verb of saying, organisations, places, Latin words."""
    yield from _PERSON.findall(text)
    called = (_BEFORE.sub("", name) for name in _CALLED.findall(text))
    yield from (name for name in called if len(name) > 2 or (len(name) == 2 and not _COMMON.search(f"__{name}")))
    yield from _LATIN.findall(text)
