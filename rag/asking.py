"""Question -> whether it asks for the whole collection, in which way, and about what. Pure.

“哪几篇提到…”, “各篇怎么说…”, “一共提到几次”, “最早出现在哪一年的报告”: five passages cannot answer these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.folding import fold
from index.structure.numerals import chinese_number, parse_number

Kind = Literal["which", "each", "times", "first", "last", "more"]

MAX_TERM = 16  # letters; a longer topic is a proposition, and is matched by meaning as well

_PIECE = "篇|份|讲(?!的|了|到|过|话)|章(?!程)"
_PAPER = (
    "(?:政府)?(?:工作)?报告|讲话稿?|发言稿?|文章|文稿|文件|文档|文献|材料|资料|公告|通知|年报|合同|纪要|公报|规划|"
    "制度|办法|方案|案例|判决书?|裁定书?|论文|新闻|报道|稿子|篇目"
)
_IN = r"(?:(?:里面|当中|之中|里|中|内|上)(?![部央国共]))?"
_ONE = "[一几两二三四五六七八九十些]|\\d{1,2}"
_YEARS = rf"哪(?:{_ONE})?(?:个)?(?:年度|年份|年)"
_PICKED = (
    rf"(?:{_YEARS}的?(?:{_PAPER})|{_YEARS}(?=[^的]|$)|哪(?:{_ONE})?个?(?:{_PIECE})(?:的?(?:{_PAPER}))*"
    rf"|哪(?:{_ONE})?个?(?:{_PAPER}))"
)
_SOME = rf"(?:[几多]少?(?:{_PIECE})(?:的?(?:{_PAPER}))*|[几多]少?(?:个|年的?)(?:{_PAPER}))"
_TELL = (
    "提及|提到|提过|提了|提出|说到|说过|说起|讲到|讲过|讲述|谈到|谈过|谈及|谈论|论及|论述|讨论|涉及|写到|写过|写入|写进|写明|"
    "强调|出现|用到|用过|用了|包含|包括|含有|部署|介绍|引用|主张|要求|规定|关注|阐述|指出|认为|使用|列出|列入|突出|重申|有|讲|谈|提|说"
)
_STRONG = "提及|提到|提过|说到|说过|讲到|讲过|谈到|谈过|谈及|论及|涉及|写到|写入|写进|出现|强调"
_DONE = "(?:了|过|着)?"
_HOW = (
    "(?:分别|各自|各|都)?(?:又)?(?:是)?(?:怎么样?|如何|怎样)(?:地|来|去|样)?(?:论述|表述|描述|阐述|部署|强调|要求|评价|看待|说|讲|谈|提|写|看|"
    "理解|规定|安排|对待|定义|界定|介绍)(?:的|到)?"
)
_WHAT = (
    "(?:(?:分别|各自|各|都)(?:是|有)?(?:说|讲|谈|提|写|提出|作|做|给出|给|有|用|指|列出|强调|要求)?(?:到|了|出|过)?(?:些)?(?:什么|哪些|啥|多少|几)?"
    "(?:样的?|说法|内容|要求|观点|看法|表述|提法|做法|措施|举措|目标|理由|方面)*)"
)
_ALL = (
    rf"(?:这|那)?(?:各|每一?)个?(?:{_PIECE})(?:的?(?:{_PAPER}))*|(?:各|每一?)个?(?:年度?的?)?(?:{_PAPER})|历年的?(?:各?[篇份])?的?(?:{_PAPER})|"
    rf"逐[篇年份]|按篇|分篇|(?:所有|全部|全体)的?(?:{_PAPER})|(?:这|那)?(?:两|[二三四五六七八九十]{{1,3}}|\d{{1,3}})[篇份](?:的?(?:{_PAPER}))+"
)

_OPENING = re.compile(
    r"^(?:请问?|麻烦|帮[我忙]|替我|能否|能不能|可以|想知道|我想知道|你?知道|告诉我|(?:查|找|看|列|数|统计|汇总|归纳|总结|梳理|对比|比较)"
    r"(?:一下|看看|找找|一查|一看|出来?|下)?|一下|看看|[，,、：:\s])+"
)
_WHICH = re.compile(rf"{_PICKED}")
_HOW_MANY = re.compile(rf"{_SOME}")
_TIMES = re.compile(r"(?:一共|总共|总计|共|累计|合计)?(?:有)?(?:几|多少)(?:次|遍|回|处)|次数|频次")
_FIRST = re.compile("最早|最先|最初|首次|首先是?在|头一次|第一次")
_LAST = re.compile("最后一次|最近一次|最晚|最后(?=出现|提到|提及)")
_SINCE = re.compile(rf"从(?:哪(?:{_ONE})?(?:年度|年份|年)(?:的?(?:{_PAPER}))?|哪一?[篇份])(?:开始|起)")
_EACH = re.compile(_ALL)
_QUOTED = re.compile(r"[“\"「『《‘']([^”\"」』》’']{1,40})[”\"」』》’']")
_TELLS = re.compile(rf"(?:{_TELL})")
_NOT_TELLING = re.compile(r"没(?:有)?(?:提|说|讲|谈|涉|出现|写|强调)|未(?:提|曾|涉|出现)|不(?:提|谈|含|包)")
_SILENT = re.compile(
    rf"(?:[都也还并]|始终|压根)?(?:没有?|从?未曾?|不曾|并未|只字未|只字不|不)(?:有|曾|被)?(?=(?:{_TELL}))(?!有)"
)
_HAS_NOT = re.compile("有没有|是不是没|是否没|没有一[篇份]|没有哪")
_MORE = re.compile(
    r"^(?P<a>[^,，?？]{2,20}?)(?:和|与|跟|同|、|还是)(?P<b>[^,，?？]{2,20}?)[,，]?(?:这?两个?(?:词|概念|说法|提法)?)?[,，]?"
    r"(?:在?(?:全文|文中|文档|报告|讲话|发言)[里中]?)?(?:哪一?个(?:词|概念|说法|提法)?|谁|哪者)(?:被)?(?:提及|提到|提|说|讲|谈|出现|用)(?:到|及)?(?:得|的)?(?:次数)?(?:更|最|比较)?多"
)
_TIMES_LONE = re.compile(
    r"提(?:了|过|到)?(?:一共|总共|共)?(?:有)?(?:几|多少)(?:次|遍|回)|^[^,，的]{2,12}?(?:一共|总共|共)?(?:出现|提)(?:了|过)?(?:几|多少)(?:次|回)$"
)
_WORD = re.compile(
    r"(?:这一?个?|该)?(?:词语?|术语|概念|说法|提法|字样|字眼|表述|短语|口号|名词|关键词|话题|主题|议题)|一词|二字|四字|几个字"
)
_TAIL = re.compile(
    r"(?:的?(?:重要性|必要性|重要意义|意义|相关内容|有关内容|内容|问题|情况|事情|事|方面|话题|说法|提法|表述|论述|部署|地位|作用|字样))+$"
)
_GLUE = re.compile(
    "^(?:的|了|过(?![剩渡程度])|到(?![期位])|在(?![建线职校岗])|里|中(?![部国央小医西华介等期原东药外心])|是|有(?![效序色机限关利])|被|把(?!关)|"
    "对于|对(?![外内口接策话标等应抗象比冲])|说(?![明法服])|关于|就(?![业医学近地])|于|以及|和(?![平谐])|都(?!市)|也|曾经?|还(?![款贷债])|"
    "又|同时|明确|专门|着重|及|所(?![得有])|其中|会(?![议计展])|要(?![素求])|一共|总共|共(?![同享建产青识赢])|之|出(?![口租生版台让行])|这|那|它)+"
    "|(?:的?[次频]数|的|了|(?<![通超])过|(?<!达)到|(?<![存现所])在|(?<!公)里|(?<![初高集])中|是|(?<![国私公所])有|被|(?<![首成])都|也|还|曾|一共|"
    "总共|(?<![公中])共|(?<![普涉])及|于|之|(?<![支输演])出|分别|各自|各|又|对于?|关于|吗|呢|吧|啊|么|这|那)+$"
)


_NUMBER = r"([一二三四五六七八九十百零〇]{1,4}|\d{1,3})"
_ARTICLE = re.compile(rf"第{_NUMBER}([篇讲章编])(?:的?(?:{_PAPER}))?{_IN}")
_ARTICLES = re.compile(rf"{_ARTICLE.pattern}(?:\s*(?:[、,和与及跟同比]|以及|相比)+\s*{_ARTICLE.pattern})*")
_ARTICLE_RANGE = re.compile(
    rf"第{_NUMBER}([篇讲章编])?(?:到|至|[-—~～]+)第?{_NUMBER}([篇讲章编])(?:的?(?:{_PAPER}))?{_IN}"
)
_YEAR_RANGE = re.compile(r"((?:19|20)\d\d)(?:年?(?:到|至|[-—~～]+)((?:19|20)\d\d))?")
_OF_YEARS = re.compile(
    rf"(?:在|从)?(?:(?:19|20)\d\d年?(?:到|至|[-—~～]+|[、和与及跟同]|以及)?)+(?:之间|期间|间|这(?:几|[一二两三四五六七八九十\d]+)年)?的?(?:[,，]?(?:各|每|历)(?:年度?|份|篇)的?)?(?:{_PAPER}){_IN}"
)
_DIFFER = re.compile("不同|异同|区别|差别|差异|多[讲提说]|少[讲提说]")
_SIDE_BY_SIDE = re.compile("各|分别|都|比较|对比|不同|异同|区别|差别|差异|相比|比|多[讲提说]|少[讲提说]|一样|相同|共同")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the collection is asked for.

    `topic` is the question without its frame; `term` the words that count as a mention by themselves, "" for a
    proposition; `names` the articles (第六篇) or years of reports (2013) that are asked about, empty for all; `strict` when they were put in quotation marks, so that nothing else will do. `dated` when it is years
    that are asked for: it makes sense only of documents that have one. `counted` when a number is asked for, `differ` when it is in what the named
    ones differ, `without` when those are asked for that do not mention it. `rivals` are two terms of which it asks for
    the one that stands there more often.
    """

    kind: Kind
    topic: str
    term: str
    names: tuple[str, ...] = ()
    strict: bool = False
    dated: bool = False
    counted: bool = False
    differ: bool = False
    without: bool = False
    rivals: tuple[str, ...] = ()


def asked(question: str) -> Asked | None:
    """What it asks of the whole collection; None when it asks for a fact, as most questions do."""
    whole = _OPENING.sub("", fold(question).strip().split("?")[0].rstrip("。!~ "))
    names, text = _named(whole)
    if (more := _MORE.search(text)) and (rivals := _rivals(more)):
        return Asked("more", "、".join(rivals), "", names, rivals=rivals)
    without = bool(_SILENT.search(text)) and not _HAS_NOT.search(text)
    text = _SILENT.sub("", text) if without else text
    quoted = _QUOTED.search(text)
    kind, counted = _kind(text, bool(quoted))
    if without and kind != "which":
        return None
    if kind is None and len(names) > 1 and _SIDE_BY_SIDE.search(whole):
        kind = "each"
    if kind is None:
        return None
    topic = quoted[1] if quoted and _is_all(text, quoted[0]) else _topic(text)
    if not any(c.isalnum() for c in topic):
        return None
    strict = quoted is not None and topic == quoted[1]
    term = topic if strict or _is_term(topic) else quoted[1] if quoted else ""
    differ = len(names) > 1 and bool(_DIFFER.search(whole))
    return Asked(kind, topic, term, names, strict, bool(re.search(_YEARS, text)), counted, differ, without)


def _rivals(more: re.Match[str]) -> tuple[str, ...]:
    """The two terms, bare of signs; nothing where one is a clause."""
    terms = tuple(_topic(_QUOTED.sub(r"\1", more[name])) for name in ("a", "b"))
    return terms if all(_is_term(term) and len(term) > 1 for term in terms) else ()


def _named(text: str) -> tuple[tuple[str, ...], str]:
    """The articles and years of reports that it names, in order, and the question without them."""
    names: list[str] = []
    for m in _ARTICLE_RANGE.finditer(text):
        first, last = parse_number(m[1]), parse_number(m[3])
        names += [f"第{chinese_number(n)}{m[2] or m[4]}" for n in range(first, min(last, first + 50) + 1)]
    text = _ARTICLE_RANGE.sub(" ", text)
    names += [f"第{chinese_number(parse_number(m[1]))}{m[2]}" for m in _ARTICLE.finditer(text)]
    text = _ARTICLES.sub(" ", text)
    for years in _OF_YEARS.finditer(text):
        for m in _YEAR_RANGE.finditer(years.group()):
            names += [str(year) for year in range(int(m[1]), min(int(m[2] or m[1]), int(m[1]) + 50) + 1)]
    return tuple(dict.fromkeys(names)), _OF_YEARS.sub(" ", text)


def _kind(text: str, quoted: bool) -> tuple[Kind | None, bool]:
    """The kind, and whether a number is asked for."""
    if _NOT_TELLING.search(text):
        return None, False
    if (since := _SINCE.search(text)) and re.match(rf"(?:才|就)?(?:{_TELL})", text[since.end() :]):
        return "first", False
    picked = _WHICH.search(text)
    if _TIMES.search(text) and _counts_mentions(text, quoted):
        return "times", True
    if picked and _picks_by_mention(text, picked.group(), quoted):
        if _FIRST.search(text):
            return "first", False
        return ("last" if _LAST.search(text) else "which"), False
    some = _HOW_MANY.search(text)
    if some and re.search(rf"(?:{_STRONG})", text):
        return "which", True
    if _EACH.search(text) and (re.search(_HOW, text) or re.search(_WHAT, text) or _TELLS.search(text)):
        return "each", False
    return None, False


def _picks_by_mention(text: str, picked: str, quoted: bool) -> bool:
    """Whether documents are picked by what they mention, not by what they are: “根据哪两篇文章命名”."""
    rest = text.replace(picked, "", 1)
    if re.search(rf"(?:{_STRONG})", rest):
        return True
    if "年" in picked and not re.search(_PAPER, picked):
        return False
    return bool(_tells(text, picked)) or (
        quoted and bool(re.search(rf"^.{{0,3}}(?:{_TELL})", text.partition(picked)[2]))
    )


def _tells(text: str, picked: str) -> re.Match[str] | None:
    """The verb of telling next to what is picked: “哪几篇讲”, “讲…的是哪几篇”."""
    after = text.partition(picked)[2]
    before = text.partition(picked)[0]
    behind = re.match(
        rf"^{_IN}(?:[都也还曾只又就]|同时|明确|专门|重点|着重|特别|对[^，]{{1,12}})*(?:{_TELL}){_DONE}", after
    )
    in_front = re.match(rf"^(?:{_TELL})(?:了|过|到)?.+?的(?:是|有|在)$", before)
    return behind or in_front


def _counts_mentions(text: str, quoted: bool) -> bool:
    """Whether it is mentions that are counted, not what happened: “出现了几次故障”."""
    if re.search(
        r"(?:提及|提到|说到|讲到|谈到|强调|写到)(?:了|过)?(?:一共|总共|共)?(?:有)?(?:几|多少)(?:次|遍|回|处)", text
    ):
        return True
    if _TIMES_LONE.search(text) and not re.search(r"\d{4}年|[会故]议|故障|事故|地震", text):
        return True
    if re.search(r"(?:几|多少)(?:次|遍|回|处)(?:提及|提到|说到|讲到|谈到|强调|写到)|(?:提及|提到)的?次数", text):
        return True
    told = re.search(r"出现|用到|用过|用了|提了|说了|讲了|使用", text)
    return bool(told) and (quoted or bool(_WORD.search(text)))


def _is_all(text: str, quoted: str) -> bool:
    """Whether the quotation is the topic, not a word of a longer one: the rest is frame."""
    return len(_bare_topic(text.replace(quoted, "", 1))) <= 2


def _topic(text: str) -> str:
    return _TAIL.sub("", _bare_topic(text)) or _bare_topic(text)


_FRAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_SINCE.pattern}(?:{_TELL}){_DONE}",
        rf"(?:在|是在|是|于)?{_PICKED}{_IN}",
        rf"(?:在|是在|是|于)?{_SOME}{_IN}",
        rf"(?:在|于)?(?:{_ALL}){_IN}",
        rf"(?:被)?提(?:了|过|到)?(?:{_TIMES.pattern})",
        _TIMES.pattern,
        "有没有|^(?:全文|全篇|通篇|全书)(?=[ 提])",
        r"最早|最先|最初|首次|头一次|第一次|最后一次|最近一次|最晚|最后(?=出现|提到|提及)",
        _HOW,
        _WHAT,
        r"(?:有)?(?:哪些|什么|啥|何)(?:样的?)?(?:说法|内容|要求|观点|看法|表述|提法|做法|措施|举措|异同|不同|区别)?",
        rf"(?:^|(?<=[，,都也还曾])|(?<=被))(?:明确|专门|重点|着重|特别)?(?:{_TELL}){_DONE}(?:到|出|了)?",
        rf"(?:被|所)?(?:{_STRONG}){_DONE}(?:到|出|了)?",
        _WORD.pattern,
        rf"^(?:{_PAPER}){_IN}(?=[ 多对])",
        r"(?:全文|文中|文章|全书|库里|库中|资料|文档|文件)(?:里面?|中|当中|库)+",
        r"[，,。；;：:“”\"「」『』《》‘’]",
    )
)


def _bare_topic(text: str) -> str:
    """The question without the words that make it one."""
    rest = text
    for frame in _FRAMES:
        rest = frame.sub(" ", rest).strip()
    before = None
    while before != rest:
        before, rest = rest, _GLUE.sub("", rest.strip())
    return " ".join(rest.split())


def _is_term(topic: str) -> bool:
    """Whether it is a name or a short phrase, whose words are a mention by themselves."""
    return (
        " " not in topic
        and sum(c.isalnum() for c in topic) <= MAX_TERM
        and not re.search("[要应须]|为什么|是否|不", topic)
    )
