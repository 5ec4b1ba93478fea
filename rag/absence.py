"""Question + hits -> the named things in it that stand in none of them: 第八篇 of seven, 《…》, “…”, a model. Pure.

Only what is proper counts: ordinals of articles, years of reports, titles, quoted words, Latin names and models,
organisations, persons with their office. A question may call its topic what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.folding import bare
from index.hits import Hit
from index.structure.numerals import parse_number
from rag.values import DATES, QUOTED, SHARE, TITLE, YEAR, Value, flattened, stands, values

Kind = Literal["article", "report", "year", "title", "quoted", "latin", "organisation", "person", "number"]

ALIGNED = 2 / 3  # of a name's letters in their places: damaged characters do not make it another one

_ARTICLE = re.compile(r"第([一二三四五六七八九十百零〇\d]{1,4})([篇编章讲])")
_REPORT = re.compile(r"((?:19|20)\d\d)年?度?的?(?:那?[份篇]|[^,，。？?和与、]{0,6}(?:报告|年报|公报|白皮书|讲话))")
_REPORT_YEAR = re.compile(r"(?:19|20)\d\d")
_LATIN = re.compile(r"(?<![a-z\d])(?=[a-z\d.+-]*[a-z])[a-z\d][a-z\d.+-]*[a-z\d+](?![a-z\d%])")
_FORMER = "在|由|和|与|对|向|给|从|为|是|的|了|把|被|及|到|请问|问|说|关于|根据|按照|结合|比较|分析|介绍|总结|指出|就"
_ORGANISATION = re.compile(
    rf"(?:^|(?<=[,，、。？?“”\"《》:：；;()（） ])|(?<=[{_FORMER.replace('|', '')}\d年月日]))"
    r"([一-龥a-z]{2,14}?)(股份有限公司|有限责任公司|有限公司|集团|大学|银行|医院|研究院|研究所|出版社|基金会|协会)"
)
_PERSON = re.compile(
    "([赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华魏陶姜谢邹章苏潘葛范彭鲁韦马凤花方俞袁柳鲍史唐费薛雷贺倪汤罗毕郝邬安常傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛"
    "狄贝臧戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍虞万管卢莫经房裘缪解应宗丁宣邓洪石崔龚程陆荣翁甄曲封井段焦谷车侯全班仇"
    "宁栾甘厉祖武符刘景詹龙叶黎白蒲从赖卓蔺池乔翟谭劳姬申扶堵冉桑桂牛寿边燕尚农温庄晏柴瞿阎慕连习易廖耿满匡国文寇广东欧沃利蔚越][一-龥]{1,2})(?=先生|女士|总理|主席|教授|院士|博士|市长|省长|书记|部长|校长|董事长|总经理|主任|法官)"
)
_COMMON = re.compile(
    "^(?:该|本|这|那|哪|某|几|多少|什么|上市|母|子|分|总|全资|两家|各|此|哪[一些个家])|[的是来年月日如何过个些哪]|什么|进行|通过|提升"
)
_FRAMES = ("说法", "提法", "是什么", "什么意思")


@dataclass(frozen=True, slots=True)
class Absent:
    """A named thing that the documents do not hold, as the question writes it."""

    kind: Kind
    name: str

    @property
    def sure(self) -> bool:
        """Whether that alone is a reason to decline; a year or a number may be reckoned, or stand in other words."""
        return self.kind not in ("year", "number")


def absent(
    question: str, hits: Sequence[Hit], names: Sequence[str] = (), holds: Callable[[str], bool] | None = None
) -> list[Absent]:
    """What is named and not there, in order, each once.

    `names` are those of all documents and sections, as far as they are known; `holds` says whether the whole store
    holds a term, where the hits do not. Without hits nothing is said to be absent. Never raises.
    """
    if not hits:
        return []
    found = _Found.of(hits, names)
    flat = flattened(question)
    missing = [
        thing
        for thing in _things(question, flat, found)
        if holds is None or not _is_term(thing) or not holds(thing.name)
    ]
    return list({bare(thing.name): thing for thing in missing}.values())


@dataclass(frozen=True, slots=True)
class _Found:
    """All that the hits and the names say: letters alone, folded text, values."""

    letters: tuple[str, ...]
    flat: str
    values: tuple[Value, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, hits: Sequence[Hit], names: Sequence[str]) -> _Found:
        own = [name for hit in hits for name in (hit.document, hit.section, hit.header)]
        texts = [f"{hit.text}\n{''.join(s.sentence.reading for s in hit.sentences)}" for hit in hits]
        every = [*texts, *own, *names]
        flat = "\n".join(flattened(text) for text in dict.fromkeys(every))
        return cls(tuple(map(bare, dict.fromkeys(every))), flat, tuple(values(flat)), tuple({*own, *names}))

    def has(self, name: str, whole: bool = False) -> bool:
        """Whether a name stands there; `whole`: its every letter must."""
        letters = bare(name)
        if not letters or any(letters in text for text in self.letters):
            return True
        return not whole and len(letters) > 2 and any(_aligned(letters, text) for text in self.letters)

    def states(self, value: Value) -> bool:
        """Whether a value stands there, in whatever spelling."""
        return stands(value, self.flat, self.values)


def _things(question: str, flat: str, found: _Found) -> Iterator[Absent]:
    yield from _articles(question, flat, found)
    yield from _reports(question, flat, found)
    yield from _values(question, flat, found)
    for match in _LATIN.finditer(flat):
        if not _stands(match[0], found.flat):
            yield Absent("latin", question[slice(*match.span())])
    for match in _ORGANISATION.finditer(flat):
        if not _COMMON.search(match[1]) and not found.has(match[1][-4:]):
            yield Absent("organisation", question[slice(*match.span())])
    for match in _PERSON.finditer(flat):
        if not any(found.has(match[1][:length], whole=True) for length in (2, 3)):
            yield Absent("person", question[slice(*match.span(1))])


def _values(question: str, flat: str, found: _Found) -> Iterator[Absent]:
    """Titles, quoted words, years and exact numbers."""
    for value in values(question):
        if value.kind in (TITLE, QUOTED) and not _is_asked(flat, value) and not found.has(value.text):
            yield Absent("title" if value.kind == TITLE else "quoted", value.text)
        elif value.kind == YEAR and not found.states(value):
            yield Absent("year", value.text)
        elif _is_exact(value) and not found.states(value):
            yield Absent("number", value.text)


def _is_asked(flat: str, value: Value) -> bool:
    """Whether the quoted words are what is asked for (哪“三化”), or count things without naming them (“三治”)."""
    counts = len(value.key) <= 3 and value.key[0] in "一二两三四五六七八九十百0123456789"
    return counts or bool(re.search('[哪几][个些]?[“"「《]?$', flat[: value.start]))


def _is_exact(value: Value) -> bool:
    """Whether a number is one that nobody would write who had not read it somewhere: 27.3%, 1.2亿元, 四分之一."""
    return value.kind == SHARE or (sum(c.isdigit() for c in value.text) >= 2 and value.kind not in (YEAR, "年", *DATES))


def _articles(question: str, flat: str, found: _Found) -> Iterator[Absent]:
    """第八篇 where the collection has others and not this one."""
    there = {(parse_number(m[1]), m[2]) for name in found.names for m in _ARTICLE.finditer(flattened(name))}
    units = {unit for _, unit in there}
    for match in _ARTICLE.finditer(flat):
        if match[2] in units and (parse_number(match[1]), match[2]) not in there:
            yield Absent("article", question[slice(*match.span())])


def _reports(question: str, flat: str, found: _Found) -> Iterator[Absent]:
    """2020年的报告 where the documents are those of other years."""
    years = {year for name in found.names for year in _REPORT_YEAR.findall(flattened(name))}
    if len(years) < 2:
        return
    for match in _REPORT.finditer(flat):
        if match[1] not in years and match[1] not in found.flat:
            yield Absent("report", question[slice(*match.span())])


def _stands(word: str, flat: str) -> bool:
    """Whether a Latin name or a model stands there, hyphens and spaces aside, and in no longer one."""
    parts = [re.escape(part) for part in re.findall(r"[a-z]+|\d+|[+]", word)]
    return bool(
        re.search(r"(?<![a-z])" + r"[\s._·-]*".join(parts) + (r"(?![a-z])" if word[-1].isalpha() else r"(?!\d)"), flat)
    )


def _aligned(name: str, text: str) -> bool:
    """Whether ALIGNED of the letters of a name stand somewhere in their places."""
    least = ALIGNED * len(name)
    places = {at - n for n, letter in enumerate(name) for at in _places(letter, text)}
    return any(sum(a == b for a, b in zip(name, text[max(0, at) :], strict=False)) >= least for at in places if at >= 0)


def _places(letter: str, text: str) -> Iterator[int]:
    at = text.find(letter)
    while at >= 0:
        yield at
        at = text.find(letter, at + 1)


def _is_term(thing: Absent) -> bool:
    """Whether the store can be asked for it word for word."""
    return thing.kind not in ("article", "report")
