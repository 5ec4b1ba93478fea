"""A question that a language model worded -> why it is not taken, in Chinese, or "": form, kind, leaks, additions, round trip. Pure.

Everything is compared with the sentence that holds the answer and with the question made from that sentence's words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from eval.drafting import checks
from eval.drafting.spans import Shape, Target, demanded
from eval.measures.folding import fold, holds
from index.folding import bare

SHORTEST, LONGEST = 8, 60  # characters of a question
SHARED = 0.6  # of its pairs of letters that the sentence or its place must hold, asking words aside
LEAKED = 0.5  # of the answer's pairs that stand nowhere else in the sentence; more of them in the question give it away
FOREIGN = 3  # letters in a row that stand nowhere in the sentence: a name, not a joining word
ANSWERED = 0.7  # of the pairs of an answer in words that must come back
WORDY = 2.5  # times as long as the answer, an answer asked back copies the sentence and shows nothing
SPARE = 12  # letters that it may have beyond that

_ASKING = re.compile(
    r"什么时候|什么时间|什么|哪[一二三四五六七八九几]?[些个种年天项类家里]?(?:方面)?|多少|多[大长久高远]|几[个种项年天]?|"
    r"谁|怎么样?|怎样|如何|为何|何[时地处]|办法|方式|方法|原因|具体|分别|[的了是在有中]"
)
_KINDS: dict[Shape, re.Pattern[str]] = {
    "日期": re.compile(r"哪|何时|什么时[候间]|(?:日期|时间)是|几[年月日号]"),
    "百分比": re.compile(r"多少|多[大高]|百分之几|几成"),
    "数量": re.compile(r"多少|几|多[大长久高远重]"),
    "地点": re.compile(r"哪|何[地处]|什么地[方点]"),
    "主体": re.compile(r"谁|哪|什么"),
    "列举": re.compile(r"哪|什么|几"),
    "原因": re.compile(r"为什么|为何|原因|因为什么|由于什么|怎么会"),
    "做法": re.compile(r"什么|怎|如何|哪|靠谁"),
}
_NOTHING_ASKED = re.compile(r"(?<![有是为括])哪些[？?]$")  # 哪些 wants the word for what is asked
_PARTS = re.compile(r"(?:包括|包含|涵盖|分为|有)了?哪些[\u4e00-\u9fff]{2}")
_WHICH = re.compile(r"哪(?:一?个|些|一)?([\u4e00-\u9fff]{2})")
_HOW = re.compile(r"怎|如何|做什么|做些什么|采取什么|采取哪些")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*[%％]?|[零一二三四五六七八九十百千万亿两]{2,}|第[一二三四五六七八九十]+")
_DATE = re.compile(r"(?:19|20)\d{2}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日")
_QUOTED = re.compile(r"[《“「]([^《》“”「」]+)[》”」]")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def fault(question: str, template: str, sentence: str, place: str, target: Target) -> str:
    """Why the question does not say what the sentence says; `place` names document and section, `template` may be ""."""
    return (
        checks.form(question, SHORTEST, LONGEST)
        or ("与照原句写的一样" if bare(question) == bare(template) else "")
        or leaks(question, sentence, target)
        or other_kind(question, sentence, target)
        or adds(question, sentence + place)
        or loses(question, template)
    )


def leaks(question: str, sentence: str, target: Target) -> str:
    """Whether the question says the answer, a number of it, or most of what only the answer says."""
    if said := checks.gives_away(question, [*target.facts, *_NUMBER.findall(target.words)]):
        return said
    rest = sentence[: target.start] + "\n" + sentence[target.end :]
    own = checks.pairs(target.words) - _pairs(rest)
    told = own & checks.pairs(question)
    return "题目里已有大半个答案" if own and len(told) > LEAKED * len(own) else ""


def other_kind(question: str, sentence: str, target: Target) -> str:
    """Whether it asks for something else than such words: a year where a day is the answer, two things where one is."""
    wrong = f"问法不对（问的是{target.shape}）"
    if not _KINDS[target.shape].search(question) or (demanded(sentence, target) and not _HOW.search(question)):
        return wrong
    if target.shape == "日期" and not _same_grain(question, target.words):
        return "问法不对（年、月、日对不上）"
    if target.shape == "列举" and not _names_items(question, sentence, target):
        return "没有说清列举的是什么"
    said = sentence[target.end :]  # 人才优势是一个地区的优势 does not answer 哪个地区
    if target.shape == "主体" and said.startswith("是") and (m := _WHICH.search(question)) and m[1] in said:
        return wrong
    return "一题问了几件事" if "分别" in question and "分别" not in sentence else ""


def _names_items(question: str, sentence: str, target: Target) -> bool:
    """Whether the class of the items is named: their common tail, or a word after 哪些 that is not just what follows them."""
    after = bare(sentence[target.end :])[:2]
    if _NOTHING_ASKED.search(question) or (after and f"哪些{after}" in bare(question)):
        return False
    return len(target.tail) < 2 or target.tail in question or bool(_PARTS.search(question))


def _same_grain(question: str, words: str) -> bool:
    if re.search(r"哪一?年|几年", question) and "月" not in question:
        return "年" in words and "月" not in words
    return not re.search(r"哪一?[天日]|几[日号]", question) or "日" in words


def adds(question: str, source: str) -> str:
    """Whether it holds a number, a title, a foreign word or a name that the source does not."""
    for pattern in (_NUMBER, _QUOTED, _LATIN):
        for m in pattern.finditer(_ASKING.sub("\n", question) if pattern is _NUMBER else question):
            if not holds(source, m.group()):
                return f"多出原句没有的“{m.group()}”"
    said = _ASKING.sub("\n", question)
    if foreign := next((r for r in _foreign(said, set(fold(source))) if len(r) >= FOREIGN), ""):
        return f"多出原句没有的“{foreign}”"
    asked = _pairs(said)
    return "与原句的词句相差太远" if len(asked & _pairs(source)) < SHARED * len(asked) else ""


def _foreign(text: str, letters: Set[str]) -> list[str]:
    """Runs of characters that are none of the letters."""
    return "\n".join("".join(" " if c in letters else c for c in fold(part)) for part in text.split("\n")).split()


def loses(question: str, template: str) -> str:
    """Whether a date that the sentence ties to the answer is left out."""
    lost = next((d for d in _DATE.findall(template) if not holds(question, d)), "")
    return f"丢了时间“{lost}”" if lost else ""


def astray(answer: str, sentence: str, target: Target) -> str:
    """Whether the answer given when the question is asked back, on the sentence alone, is not the target.

    It must hold every fact (of a figure, its number), no other number of the sentence, and be no copy of the sentence.
    """
    shown = f"只看原句反过来作答，答成“{answer}”"
    if len(fold(answer)) > WORDY * len(fold(target.words)) + SPARE:
        return shown
    others = [n for n in _NUMBER.findall(sentence) if not holds(target.words, n)]
    figure = target.shape in ("日期", "百分比", "数量")
    if figure and any(holds(answer, n) for n in others):
        return shown
    return "" if all(_given(f, answer, target.shape) for f in _facts(target)) else shown


def _facts(target: Target) -> Sequence[str]:
    return [target.words] if target.shape in ("原因", "做法") else target.facts


def _given(fact: str, answer: str, shape: Shape) -> bool:
    number = _NUMBER.search(fact) if shape in ("百分比", "数量") else None
    if holds(answer, fact) or (number and holds(answer, number.group())):
        return True
    wanted = checks.pairs(fact)
    return shape in ("原因", "做法") and len(wanted & checks.pairs(answer)) >= ANSWERED * len(wanted)


def _pairs(text: str) -> set[str]:
    """Pairs of letters that do not reach over a break."""
    return set().union(*(checks.pairs(part) for part in text.split("\n")))
