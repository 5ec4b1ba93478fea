"""A question and its answer -> what “它” in the next question stands for; and what is asked about that. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.conversing.terms import KINDS
from rag.conversing.turns import plain

MAX_SUBJECT = 20  # letters; what is longer is more than a name
MAX_ENTITY = 16

ATTRIBUTE = (
    "收入|利润|营收|成本|费用|支出|资产|负债|票房|价格|售价|销量|销售额|产量|产值|增速|增长率|占比|比重|比例|比率|总额|数额|金额|数量|数目|人数|人口|面积|"
    "首都|省会|作者|导演|主演|编剧|总部|创始人|董事长|总经理|总裁|校长|市长|省长|院长|主席|总统|负责人|法人|法定代表人|股东|成员|妻子|丈夫|父亲|母亲|儿子|女儿|"
    "国籍|职业|职务|出生地|籍贯|年龄|学历|专业|代表作|任务|目标|目的|措施|举措|办法|做法|原则|要求|标准|条件|期限|时间|日期|地点|地址|原因|理由|"
    "意义|作用|影响|结果|效果|特点|特征|优点|缺点|优势|劣势|好处|坏处|风险|步骤|流程|内容|主题|背景|依据|定义|含义|职责|权限|电话|邮箱|规模|产能|"
    "高度|长度|全长|身高|体重|宽度|深度|温度|重量|寿命|症状|病因|治疗方法|疗法|副作用|剂量|用量|用法|学名|别名|分布|习性|前提|范围|重点|难点|进展|现状|前景|方向|路径|例子|区别|关系"
)
_ATTRIBUTE_END = re.compile(rf"(?:{ATTRIBUTE})$")
_QUOTED = re.compile(r"《[^》]{1,40}》|“[^”]{2,30}”|「[^」]{2,30}」|『[^』]{2,30}』")
_FRAME = re.compile(
    r"^(?:请问|请|麻烦|那么|根据|结合|依据|按照|告诉我|我想知道|关于|对于|什么是|什么叫|何为|何谓|如何理解|怎样理解|怎么理解|介绍一下|解释一下|[，, ])+"
)
_SECTION = re.compile(
    rf"^(?:在|从)?{KINDS['article'].pattern}(?:里|中)?(?:提出|指出|强调|说|讲|把|将|要求|提到|认为|中)?(?:的(?!“))?"
)
_PREDICATE = re.compile(
    r"(?<=..)(?:(?<![总先但凡国])是|(?<![国私公所只])有(?![效限机色])|存在|(?<![存现内所])在(?![线建职])|(?<![关由])于(?!是)|为什么|为何|(?<![行人作成认])为(?!了)|如何|怎么|怎样|什么|哪|多少|几|谁|何时|"
    r"何地|何处|由|占|属于|位于|达到|提出|(?<![主需重必])要(?![求素闻])|应该?|(?<![功职性产技])能(?![源力量耗])|会(?![议计员长战])|可以|需要|需|包括|规定|负责|成立|发布|发表|出版|发明|生产|采用|召开|举行|开始|结束|"
    r"上映|出生|去世|毕业|获得|拥有|建成|建于|实现|实施|担任|持有|购买|收购|发生|属|讲(?![话师])|说|用了|花了|把|被|从|到(?=\d)|包含|分为|叫)"
)
_TIME = re.compile(
    r"^(?:到|在|截至|自|从)(?:19|20)\d{2}年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:底|末|初|以来|时)?[，,]?(?!的)"
)
_RELATIVE = re.compile(
    r"(?:提出|规定|要求|实施|发布|发表|出版|发明|生产|采用|召开|举行|获得|拥有|持有|购买|收购|担任|负责|建成)(?:的|[^，,。的是有]{1,6}的)(?=.*[是有为占达])"
)
_VERB_FIRST = re.compile(
    r"(?:要|会(?!议|计)|能(?!源|力)|应|有|是|为|被|把|由|对|怎|如何|为什么|实现|提出|可以|需要|不)"
)
_ASKS_ENTITY = re.compile(
    r"谁|哪(?:一?[个家位座所部本篇条款场国省市县届支种名]|里)|什么(?:人|公司|地方|城市|国家|机构|药|书)|\bwho\b|\bwhich \w+|capital"
)
_NO_NAME = re.compile(r"[，,；;：:。]|^(?:这|那|它|是|有|在|为|不|没)|(?:的|了)$")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about: the thing, and the attribute of it that is asked for ("" when it asks for another thing)."""

    thing: str
    attribute: str

    @property
    def whole(self) -> str:
        """“湖北的目标”."""
        return f"{self.thing}的{self.attribute}" if self.attribute else self.thing


def subject(question: str) -> Subject | None:
    """What stands before the predicate, without what a polite asker or the named section puts in front; None where unsure."""
    text = plain(question)
    found = None if text.isascii() else _subject(text)
    return (
        Subject(_as_written(found.thing, text, question), _as_written(found.attribute, text, question))
        if found
        else None
    )


def _as_written(part: str, folded: str, text: str) -> str:
    """The characters of `text` in the place that `part` has in its folded form."""
    at = folded.find(part)
    return text[at : at + len(part)] if at >= 0 and len(folded) == len(text) else part


def _subject(question: str) -> Subject | None:
    text = _FRAME.sub("", question.strip()).strip(" ?？。!！")
    text = _SECTION.sub("", text).lstrip("，,") or text
    text = _TIME.sub("", text) or text
    clause = max(re.finditer("[^，,]+", _masked(text)), key=lambda m: len(m.group()), default=None)
    text = text[clause.start() : clause.end()] if clause else text
    found = _PREDICATE.search(_masked(text))
    if found and (relative := _RELATIVE.match(_masked(text), found.start())):
        found = _PREDICATE.search(_masked(text), relative.end())
    words = text[: found.start()] if found else text
    if found and found.group()[0] in "什多哪几谁何" and words[-1] in "吃喝用叫住写做买卖产种养学教靠走跑去来考拿像":
        words = words[:-1]
    if not 1 < len(words) <= MAX_SUBJECT + 10 or _VERB_FIRST.match(words) or re.search("[；;]", words):
        quoted = _QUOTED.findall(text)
        return Subject(quoted[0], "") if len(quoted) == 1 else None
    words = re.sub("(?:具体|到底|究竟|分别)+$", "", words)
    return _parted(words.rstrip("的都也还又将已曾共就主要一和与及"))


def _masked(text: str) -> str:
    """`text` with what is quoted blotted out, place for place: no predicate is looked for inside a title."""
    return _QUOTED.sub(lambda m: "〇" * len(m[0]), text)


def _parted(words: str) -> Subject | None:
    """“《红楼梦》的作者” -> the book and its 作者; “甲公司2017年营业收入” -> the company's year and 营业收入."""
    cut = max(_masked(words).rfind("的"), _masked(words).rfind("年"))
    tail = words[cut + 1 :]
    if cut > 0 and _ATTRIBUTE_END.search(tail):
        thing = words[: cut + 1] if words[cut] == "年" else words[:cut]
        return Subject(thing, tail) if len(thing) <= MAX_SUBJECT else None
    own = _ATTRIBUTE_END.search(words)
    if own and own.start() >= 2 and not words.endswith("》"):
        return Subject(words[: own.start()], own.group())
    return Subject(words, "") if 1 < len(words) <= MAX_SUBJECT else None


def entity(question: str, answer: str) -> str:
    """The one name that an answer gives to “谁”, “哪个城市”…; "" when it asks for none or the name cannot be told."""
    asks = _ASKS_ENTITY.search(plain(question).lower())
    first = re.split(r"[。！？!?\n]", answer.strip())[0].strip(" “”.")
    if not asks or not first:
        return ""
    before, after = question[: asks.start()][-4:], question[asks.end() :].strip("？?。的呢 ")[:4]
    if len(first) <= MAX_ENTITY and not _NO_NAME.search(first) and not re.search("[、和]", first):
        name = first.removeprefix(question[: asks.start()]).removeprefix("是")
        name = name[: name.index(after)] if after and after in name else name
        return name if len(name) > 1 else ""
    if len(before) >= 2 and before in first:
        name = re.split(r"[，,、；;（(]", first.partition(before)[2])[0]
        return name if 1 < len(name) <= MAX_ENTITY else ""
    if len(after) >= 3 and after in first:
        name = re.split(r"[，,、；;：:]", first.partition(after)[0])[-1].removeprefix("是").removesuffix("在")
        return name if 1 < len(name) <= 8 else ""
    return ""


def named(kind: str, *texts: str) -> str:
    """The one thing in the first of `texts` that ends with `kind`, such as the 公司 of “该公司”; "" when there are more."""
    pattern = re.compile(
        rf"[^，,。；;：:、？?！!\s的在和与由对把被向从为是比年将哪什几各多某《》“”]{{1,16}}{re.escape(kind)}"
    )
    for text in texts:
        found = {m for m in pattern.findall(text) if not re.match(r"(?:[这那该每各某本贵我]|第?[一二三两])", m)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""
