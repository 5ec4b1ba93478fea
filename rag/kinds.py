"""A question -> its kind, and the form that an answer of that kind takes: how many sentences, of what length. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from index.folding import fold
from index.structure.numerals import NUMERAL, parse_number

Kind = Literal[
    "fact", "list", "why", "how", "definition", "yes_no", "comparison", "several", "places", "summary", "open"
]
"""`fact`: one number, date, place, person or name; `several`: more than one thing at once; `open`: what, in general."""


@dataclass(frozen=True, slots=True)
class Form:
    """How much an answer shows: sentences, characters of all of them, characters of one that must be cut.

    `near` is the share of the best sentence's score that a further one must have.
    """

    claims: int
    room: int
    longest: int
    near: float


FORMS: dict[Kind, Form] = {
    "fact": Form(2, 140, 90, 0.55),
    "open": Form(3, 180, 130, 0.65),
    "definition": Form(2, 180, 130, 0.75),
    "yes_no": Form(2, 180, 130, 0.7),
    "why": Form(3, 220, 130, 0.65),
    "how": Form(3, 200, 130, 0.5),
    "list": Form(4, 220, 160, 0.5),
    "several": Form(4, 220, 190, 0.6),
    "comparison": Form(4, 220, 110, 0.6),
    "places": Form(3, 220, 130, 0.65),
    "summary": Form(7, 400, 120, 0.5),
}

MAX_ASPECTS = 6
ASPECT = 110  # characters for each of several ways that a question names

_N = f"(?:{NUMERAL}{{1,3}}|两|\\d{{1,2}})"
_UNIT = "个|项|条|种|类|大|点|方面|件|层|步|对|组|批"
_WHAT = "什么|啥|哪些|哪几"
_PIECE = "[篇章讲编节]"
_PLACES = re.compile(
    rf"哪[一几两]?{_PIECE}|[各几两]{_PIECE}|第[^，。？,?]{{1,3}}{_PIECE}.*第[^，。？,?]{{1,3}}{_PIECE}|出处|哪一?段|哪一?页"
)
_COMPARISON = re.compile(
    r"比较|对比|相比|有(?:什么|何|哪些)?(?:不同|区别|差异|差别)|(?:区别|差异|差别|异同)(?:是|在)|哪(?:个|家|一个|一家|边|方|者|种|类|款)[^,]{0,6}更|"
    r"谁更|哪(?:一?[年个家省市月]).{0,12}(?:更|最)[高低大小多少快慢早晚好强长短]|更[高低大小多少快慢早晚好强长短]的?是|"
    r"(?:多|高|大|快|好|早|增|升|涨)了?还是(?:少|低|小|慢|坏|晚|减|降|跌)|与.{1,12}相比|比.{1,16}(?:多|少|高|低|大|小|快|慢|早|晚)(?:了|出)?(?:多少|几)"
)
_VERSUS = re.compile(r"(?<!对)比较(?=[好高低大小多少快慢强弱重容难])|比较优势|对比度")
_WHY = re.compile(
    r"为什么|为何|为啥|因何|何以|何故|怎么会|(?:原因|缘由|缘故|理由|根源|依据)(?!分析)(?:$|是|在|有|何在|和|与)|凭什么|出于(?:什么|何种|哪些)|"
    r"(?:什么|哪些|何种|主要)(?:原因|缘故|理由)|由于什么|因为什么"
)
_YES_NO = re.compile(
    r"(?<![什怎那这要])[吗么嘛]$|是不是|是否|有没有(?!什么|哪)|能不能|会不会|要不要|可不可以|行不行|对不对|算不算|需不需要|该不该|"
    r"能否|可否|应否|属不属于|必不必须|合不合|(?:对|行|成|可以|正确)不$"
)
_POLITE = re.compile(
    r"^(?:请问|请教|想问一?下?|麻烦|帮我|你?(?:能|能否|能不能|可以|可否)(?:帮我|给我|请)?(?=说|讲|介绍|告诉|列|查|总结|解释)|"
    r"我?想知道|我?想了解|告诉我|说说|查一?下|你?知道|[,:、 ])+"
)
_MEANING = re.compile(
    r"^什么是|^什么叫做?|^何为|^何谓|^所谓|什么意思|(?:的)?(?:含义|定义|概念|涵义)(?:是什么|是啥|为何)?$|"
    r"(?:指的?是|是指|指|意味着|代表|称为|叫)(?:什么|啥|的是什么)(?!名)|如何(?:定义|理解|界定)|怎[么样](?:定义|理解|界定)|(?:应该?|该)?怎么解释"
)
_BARE_WHAT = re.compile(
    r"^[^,;:的第和与把将对从要想会能]{2,12}(?<![标点容务施向果值])(?<!分别)是(?:什么|啥)(?:东西|概念|样的)?$"
)
_SUMMARY = re.compile(
    r"^(?:请|试|结合.{1,40}|根据.{1,40}|简要|简单)?(?:总结|概括|概述|归纳|综述|梳理|介绍|简述|简介|描述|阐述|汇总)|"
    r"[,](?:请|试|简要)?(?:总结|概括|概述|归纳|综述|梳理|简述)"
    r"|主要(?:内容|讲|说|写)(?:是|了|的|些)?(?:什么|啥)|大意|讲了(?:什么|些什么|啥)|要点(?:是什么|有哪些)?$|整体情况"
)
_LIST = re.compile(
    rf"哪些|哪几|哪[“‘]?(?!一){_N}(?:{_UNIT}|[^,的年月日号]{{1,4}})|(?:包括|包含|涵盖|分为|分成|涉及|含)了?(?:{_WHAT}|几)|"
    rf"(?:有|是|提了|干了|做了)(?:{_WHAT})(?:$|[^么])?(?:方面|内容|种类|措施|要求|条件|特点|任务)|都?有(?:些)?(?:什么|啥)$|"
    rf"(?:列举|列出|列一下|罗列|逐一|逐条|一一)|几(?:{_UNIT})(?:方面|要求|任务|措施|内容|原则|步骤|重点)?(?:是什么|分别)|"
    rf"(?:这|那)?{_N}(?:{_UNIT})[^,]{{0,10}}(?:是|为|叫|指)(?:的是|的)?(?:{_WHAT})|{_N}(?:{_UNIT})[^,]{{0,8}}(?:分别|各自|各)|"
    rf"分(?:哪几|几)(?:{_UNIT}|步)|哪样|有何(?:要求|措施|举措|规定|条件)"
)
_APART = re.compile(r"分别|各自|各(?=是|有|为|占|要|用|给|提|在|由|强|讲|说|谈|怎|如何|多少|什么|需|应|达|增|做|作)")
_HOW = re.compile(
    r"如何|怎样|怎么(?!回事|会)|咋|(?:通过|靠)什么|(?:采取|采用|用|以)了?(?:什么|哪种|何种)(?:方式|办法|途径|手段|方法|措施|形式|步骤)|"
    r"什么(?:办法|措施|做法|方法|途径|流程|步骤|手续|对策|打算|态度)|往哪儿?使劲|从何(?:入手|做起)|何种(?:方式|办法|途径)|凭借什么"
)
_FACT = re.compile(
    r"多少|几|谁|哪[个位家所座年月天日国省市区县条项次届种部份只支名一款股期块段]|何时|何地|何处|何人|何年|哪里|哪儿|在哪|到哪|多[大高长远久重快深宽厚]|"
    r"什么(?:时候|地方|人|名称|名字|职务|称号|时间|级别|日期|年份|机构|单位|部门|城市|公司|任务|系统|设施|地位|性质|学校|专业|颜色|型号|类型|标准|"
    r"比例|水平|程度|文件|会议|活动|项目|奖项?|角色|身份|罪名?|法|条款|平台|战略|工程|卷|牌子?|位置|等级|形态|目的|关键|底线|精神|理论|思想|道路|称呼|"
    r"样的[^,]{1,10}|[^么样,是有了做过讲说]{2,8})$|(?:率|额|量|数|比重|比例|占比|价格|成本|人口|面积|总值|金额|日期|时间|电话|地址|名称|编号|版本号?|期限)"
    r"(?:有|是|为|达到?)?(?:多少|几何|什么)?$|啥时候?|啥地方|多会儿|百分之"
)
_AMOUNT = re.compile(
    rf"(?<!分)(?:共|总共|一共|有|设|建了?|分(?![为成]))[^,哪]{{0,4}}几(?:{_UNIT}|[^,]{{1,3}})[^,]{{0,8}}$"
)
_ASKS = re.compile(rf"{_WHAT}|多少|几(?![乎])|谁|何(?!况)|哪|如何|怎[么样]|为什么|(?<=[^什怎])呢$|[吗]$")
_EACH_WHAT = re.compile(
    r"(?:它们|他们|这些|其)?(?:又|都)?(?:分别|各自?|具体)?(?:都)?(?:是|有|指|叫|为)(?:的是)?(?:什么|啥|哪些|哪几[个项条])$|怎么[了样]|(?:那么?)?(?:为什么|为何)$"
)
_COUNTED = re.compile(
    rf"(?<!第)(?<!\d)({NUMERAL}{{1,2}}|两|\d{{1,2}})(?:{_UNIT}|[句张支根道把类篇份家座省市]|(?=[“\"])|(?=[^”\"]{{1,3}}[”\"]))"
)


_THROUGH = re.compile(
    r"(?:通过|借助|依靠)(.{4,80}?)(?:等(?:措施|方式|手段|举措)?)?(?:来|以(?![及内外上下前后来])|从而|(?:最终)?(?:提升|提高|改善|实现|支持|促进|推动|增强|加强))"
)
_AND = re.compile(r"、|以及|(?<![共平温总亲])[和与及]")
_PAIR = re.compile(r"([^,的在是、\s]{2,8})(?:以及|(?<![共平温总亲])[和与]|、)([^,的是在有分、\s]{2,8})")


def aspects(question: str) -> tuple[str, ...]:
    """The parts of a question that each need a sentence of their own: what something was done through (“通过A、B和C来…”),
    the clauses of one that asks several things, or the two things of which one fact each is asked (“女子和男子…是谁”);
    empty where it has but one."""
    text = fold(question).strip().rstrip("?!。. ")
    through = _THROUGH.search(text) if kind(question) in ("how", "list") else None
    if through:
        parts = [part for part in _AND.split(through[1]) if len(part) > 1]
    else:
        parts = (
            [part for part in re.split("[,;?。、]", text) if _ASKS.search(part)] if kind(question) == "several" else []
        )
    if not parts and kind(question) == "fact" and (pair := _PAIR.search(text)):
        parts = [pair[1], pair[2]]
    return tuple(parts[:MAX_ASPECTS]) if len(parts) > 1 else ()


def kind(question: str) -> Kind:
    """The kind that decides what an answer needs; “open” where the words say nothing surer."""
    text = _POLITE.sub("", fold(question).strip().rstrip("?!。. ;")) or fold(question)
    for name, is_kind in _ORDER:
        if is_kind(text):
            return name
    return "open"


def form(question: str) -> Form:
    """The form of the question's kind; one that says how many things it asks for gets a sentence for each, and one more."""
    own, parts = FORMS[kind(question)], len(aspects(question))
    if kind(question) == "how" and parts:
        return Form(2 * parts, max(own.room, ASPECT * parts), own.longest, own.near)
    if kind(question) == "fact" and parts:
        return Form(parts + 1, FORMS["several"].room, own.longest, own.near)
    number = asked_number(question)
    return Form(max(own.claims, min(number, 9) + 1), own.room, own.longest, own.near) if number else own


def asks_sections(question: str) -> bool:
    """Whether the question asks in which section something stands, or sets several sections side by side."""
    return bool(_PLACES.search(fold(question)))


def asked_number(question: str) -> int:
    """How many things a question for a list names: 3 of “哪三条思路”, “三个赋分点各是什么”; 0 where it names none."""
    text = fold(question)
    found = _COUNTED.findall(text) if kind(question) in ("list", "several") else []
    values = [2 if value == "两" else parse_number(value) for value in found]
    return next((value for value in values if 2 <= value <= 12), 0)


def _is_several(text: str) -> bool:
    """Two things asked in two clauses, or one of each of several things."""
    clauses = [part for part in re.split("[,;?。]", text) if part]
    asking = [part for part in clauses if _ASKS.search(part) and not _EACH_WHAT.match(part)]
    return len(asking) > 1 or (bool(_APART.search(text)) and not _is_list(text))


def _is_comparison(text: str) -> bool:
    return bool(_COMPARISON.search(_VERSUS.sub("", text)))


def _is_list(text: str) -> bool:
    return bool(_LIST.search(text)) and not _AMOUNT.search(text)


def _is_definition(text: str) -> bool:
    return bool(_MEANING.search(text) or _BARE_WHAT.search(text))


_ORDER: tuple[tuple[Kind, Callable[[str], bool]], ...] = (
    ("places", lambda text: bool(_PLACES.search(text))),
    ("summary", lambda text: bool(_SUMMARY.search(text))),
    ("comparison", _is_comparison),
    ("why", lambda text: bool(_WHY.search(text))),
    ("several", _is_several),
    ("yes_no", lambda text: bool(_YES_NO.search(text))),
    ("definition", _is_definition),
    ("list", _is_list),
    ("how", lambda text: bool(_HOW.search(text))),
    ("fact", lambda text: bool(_FACT.search(text))),
)  # the first that fits
