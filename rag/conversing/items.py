"""An answer -> the things that it lists, and which of them “第二条”, “最后一个”, “前者” means. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.structure.numerals import parse_number

MAX_NAME = 24  # letters of an item by which it is called; a longer one is called by its first clause
MAX_LISTED = 20  # letters of a thing in an enumeration with “、”

_COUNTED = "条|点|项|个|种|类|方面|句|段|位|家|座|所|部|张|本|件|步|款|名|者"
_UNIT = f"{_COUNTED}|篇|次|届|起"
_ORDINAL = re.compile(
    rf"第(?P<n>[一二两三四五六七八九十\d]{{1,3}})(?:{_COUNTED})"
    rf"|(?P<last>最后|末尾|末了)(?:那|的|面)?一?(?:{_UNIT})"
    rf"|(?P<next>(?<![以之])下(?:面)?(?:那|的)?一(?:{_UNIT}))(?!步|代|任)"
    rf"|(?P<previous>(?<![以之])上(?:面)?(?:那|的)?一(?:{_UNIT}))(?!步|代|任)"
    rf"|(?P<latter>后者|后(?:面)?(?:那|的)?一?(?:{_UNIT}))(?!人|世|代)"
    rf"|(?P<former>前者|(?<![之以])前(?:面)?(?:那|的)?一(?:{_UNIT})|首(?:条|项|个))"
    rf"|(?P<other>另外?(?:那|的)?一(?:{_UNIT})|(?:剩下|余下|其余)的?那?一?(?:{_UNIT}))"
    r"|the (?P<en>first|second|third|fourth|fifth|last|former|latter)(?: (?:one|point|item))?\b"
)
_ENGLISH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "former": 1, "latter": -1}
_STARTS = (
    re.compile(
        r"(?m)^[ \t]*(?:\d{1,2}[.、．)）]|[-•*·]|[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)[ \t]*"
    ),
    re.compile(r"[一二三四五六七八九十](?:是|要)(?!一[是要])|其[一二三四五六][,，是]"),
    re.compile(r"第[一二三四五六七八九十][,，、：:是]"),
    re.compile(r"[(（](?:[一二三四五六七八九十]|\d{1,2})[)）]|[①②③④⑤⑥⑦⑧⑨⑩]"),
    re.compile(r"首先[,，是]?|其次[,，是]?|再次[,，是]?|最后[,，是]?"),
)
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_AND = re.compile(r"[、]|(?<![共平温总缓柔])和(?![平谐解睦])|以及|及(?!其|时|格)|(?<![参给赠])与(?!会|否|此)")
_FRONT = re.compile(
    r".*(?:[,，:：]|分别[是为有在]|(?:包括|即|共有|主要有|提到|涉及|答好|抓好|做好|建设|加快|推进|促进|支持|涵盖|属于|来自|就是|叫作?|有|是|为|在)(?=.))"
)
_BEHIND = re.compile(
    r"(?:等)?(?:地区?)?(?:都|均|分别|(?<!第)[一二三四五六七八九十两\d]+(?:个|项|条|种|篇|类|张|方面|大|点|者|地|家|座|省|市))|等"
)


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in a list: from 1, -1 for the last, 0 for the one that was not spoken of; where it stands in the question.

    `pair` when it points into two things set side by side; `step` is 1 or -1 for the one after or before the last one.
    """

    number: int
    start: int
    end: int
    pair: bool
    step: int = 0


def find_ordinal(text: str) -> Ordinal | None:
    """The first ordinal of folded `text`."""
    m = _ORDINAL.search(text)
    if m is None:
        return None
    if m["n"]:
        return Ordinal(int(parse_number(m["n"].replace("两", "二"))), m.start(), m.end(), False)
    if m["en"]:
        return Ordinal(_ENGLISH[m["en"]], m.start(), m.end(), m["en"] in ("former", "latter"))
    if m["next"] or m["previous"]:
        return Ordinal(0, m.start(), m.end(), False, 1 if m["next"] else -1)
    if m["other"]:
        return Ordinal(0, m.start(), m.end(), True)
    number = 1 if m["former"] else -1
    return Ordinal(number, m.start(), m.end(), not m["last"])


def sentences(answer: str) -> list[list[str]]:
    """The sentences of an answer as one list, by the names of their openings."""
    return _of_two([_SENTENCE.findall(answer)])


def lists(answer: str) -> list[list[str]]:
    """The lists in an answer, the plainest first: numbered, with “；”, with “、”; two things or more in each."""
    return [*numbered(answer), *_of_two([_enumerated(sentence) for sentence in _SENTENCE.findall(answer)])]


def numbered(answer: str) -> list[list[str]]:
    """The lists that say so themselves: “一是……二是……”, “1. ……”, “……；……”."""
    found = [_split(answer, start) for start in _STARTS]
    return _of_two([*found, [part for part in re.split(r"[；;]", answer) if len(part.strip()) > 1]])


def _of_two(found: list[list[str]]) -> list[list[str]]:
    named = [[item_name(item) for item in items] for items in found if len(items) > 1]
    return [items for items in named if all(items)]


def pick(ordinal: Ordinal, found: list[list[str]], spoken: str = "") -> str:
    """The thing that `ordinal` means in the first list that is so long, "" when none is; `spoken` is what was asked about."""
    for items in found:
        if ordinal.step:
            at = next((n for n, item in enumerate(items) if item in spoken), -1)
            if at >= 0 and 0 <= at + ordinal.step < len(items):
                return items[at + ordinal.step]
            continue
        if ordinal.pair and len(items) != 2 and ordinal.number != -1:
            continue
        if ordinal.number == 0:
            left = [item for item in items if item not in spoken]
            if len(left) == 1:
                return left[0]
        elif ordinal.number == -1 or ordinal.number <= len(items):
            return items[-1 if ordinal.number == -1 else ordinal.number - 1]
    return ""


def pair(question: str) -> list[str]:
    """The two things that a question sets side by side, [] when it does not set two."""
    items = _enumerated(re.split(r"[?？]", question)[0])
    return items if len(items) == 2 else []


def item_name(item: str) -> str:
    """The words by which an item is called: all of it when it is short, else its first clauses."""
    item = item.strip(" \t\n。！？!?；;，,、：:")
    if len(item) <= MAX_NAME:
        return item.strip("“”\"'")
    name = ""
    for clause in re.split(r"(?<=[，,：:])", item):
        if len(name) >= 4:
            break
        name += clause
    return name.strip(" ，,：:“”")[: MAX_NAME * 2]


def _split(answer: str, start: re.Pattern[str]) -> list[str]:
    """The stretches that begin at each match and end at the next one, or with the sentence of the last."""
    starts = list(start.finditer(answer))
    if len(starts) < 2:
        return []
    edges = [m.start() for m in starts[1:]] + [len(answer)]
    items = [answer[m.end() : edge] for m, edge in zip(starts, edges, strict=True)]
    last = re.match(r"\s*[^。！？\n]*", items[-1])
    return [*items[:-1], last.group() if last else items[-1]]


def _enumerated(sentence: str) -> list[str]:
    """“武汉、郑州和长沙” of “要建设武汉、郑州和长沙等国家中心城市。”; [] when a part is too long to be a name."""
    parts = _AND.split(sentence.strip(" 。！？!?"))
    if len(parts) < 2:
        return []
    front = _FRONT.match(parts[0])
    parts[0] = parts[0][front.end() :] if front else parts[0]
    behind = _BEHIND.search(parts[-1])
    parts[-1] = parts[-1][: behind.start()] if behind and behind.start() else parts[-1]
    parts[-1] = re.split(
        r"[,，：:]|(?:分别|各自)?(?:有什么|有何|有哪些|哪个|谁|是什么|的(?=区别|关系|异同|不同))", parts[-1]
    )[0]
    parts = [part.strip(" “”\"'") for part in parts]
    return parts if all(0 < len(part) <= MAX_LISTED for part in parts) else []
