"""Question for one fact of two things -> a question for each: “国葬的时间和地点” -> “国葬的时间”, “国葬的地点”. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.folding import fold
from rag.kinds import kind

MAX_ALIKE = 5  # letters of things that end alike (德国队和法国队)
SURELY_ALIKE = 3  # of those beside 分别 (女子和男子)
MAX_FOCUS = 6  # letters of what is asked for (主演和导演)
MAX_NAMED = 24  # letters of a question without a word that asks
USUAL = 2  # letters of a thing whose bounds no sign tells

_AND = re.compile(r"以及|(?<![共平温总附缓柔调])和(?![平谐解睦蔼会而])|(?<=[^波普涉])及(?![时格其])")
_BOTH = re.compile(r"男女(?=[子单双])")
_ONE_BY_ONE = re.compile("分别|各自|各(?=是|有|为|占|达|增|多少|什么)")
_ASKS = re.compile(r"什么|啥|多少|几|谁|何|哪|怎|为|吗$|呢$|是否|是不是|有没有")
_SIGN = re.compile(r"[的,:;、。》”)]|(?<=\d)[年月]")  # behind which a thing begins
_TOGETHER = re.compile(r"关系|共同|一[起同道]|联合|合[作办计并共]|之间|距离|相[距差比互同]|总[共和计]")
_OPEN = re.compile(r"《[^》]*$|“[^”]*$|\([^)]*$")
_NO_NAME = re.compile(r"[要应将是有在把被由对向从跟与就]")  # with which no thing begins
_FOCUS = re.compile(r"([^的是为有在,:;、。》”]{2,6})(?=(?:分别)?[是为有在](?:谁|什么|啥|多少|几|哪)[^,]{0,4}$|$)")
_DATE = re.compile(r"((?:19|20)\d\d年?|\d{1,2}月)$")
_DATED = re.compile(r"(?:19|20)\d\d年?|\d{1,2}月")
_WORD = re.compile(r"[a-z][a-z0-9.-]*$")
_WORDS = re.compile(r"[a-z][a-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Coordinated:
    """`joined` is the words that name both things; where a source writes just these, they are no two things to it."""

    joined: str
    parts: tuple[str, str]


def coordinated(question: str) -> Coordinated | None:
    """The question taken apart, where its words show how far the two things reach; None for any other question.

    They do when both are years, end alike (德国队和法国队), are what is asked for (导演和主演是谁), or begin the
    question (上海和北京的……). What sets things of any length side by side by 分别 and 的 is left to rag.sides.
    """
    text = fold(question).strip().rstrip("?!。. ")
    if not _is_for_a_fact(text) or _TOGETHER.search(text):
        return None
    if both := _BOTH.search(text):
        return Coordinated("男女", (_without(text, both, "男"), _without(text, both, "女")))
    ands = list(_AND.finditer(text))
    if len(ands) != 1 or ands[0].start() < USUAL or len(text) - ands[0].end() < USUAL:
        return None
    front, behind = text[: ands[0].start()], text[ands[0].end() :]
    if _ASKS.match(behind) or _OPEN.search(front) or not (things := _things(front, behind)):
        return None
    first, second = things
    parts = (front + behind[len(second) :], front[: len(front) - len(first)] + behind)
    joined = f"{first}{ands[0][0]}{second}"
    return Coordinated(joined, (_ONE_BY_ONE.sub("", parts[0]), _ONE_BY_ONE.sub("", parts[1])))


def _is_for_a_fact(text: str) -> bool:
    """Whether one fact is asked for, be it by a name alone: “国葬的时间和地点”."""
    own = kind(text)
    return (
        own == "fact" or (own == "several" and "," not in text) or (len(text) <= MAX_NAMED and not _ASKS.search(text))
    )


def _without(text: str, found: re.Match[str], instead: str) -> str:
    return text[: found.start()] + instead + text[found.end() :]


def _things(front: str, behind: str) -> tuple[str, str] | None:
    """The end of `front` and the start of `behind` that are the two things."""
    for ends, starts in ((_DATE, _DATED), (_WORD, _WORDS)):
        if (first := ends.search(front)) and (second := starts.match(behind)):
            return first[0], second[0]
    own, one_by_one = _unsigned(front), _ONE_BY_ONE.search(behind)
    if not own[-1].isalnum() or front[: -len(own)].endswith("、"):
        return None
    alike = behind.find(front[-1], 1, SURELY_ALIKE if one_by_one else MAX_ALIKE)
    if alike > 0 and "一" <= front[-1] <= "龥":
        return own[-alike - 1 :], behind[: alike + 1]
    if _NO_NAME.match(own):
        return None
    if one_by_one:
        bounded = "的" in behind[: one_by_one.start()]
        return None if bounded or len(own) > USUAL + 1 else (own, behind[: len(own)])
    if len(own) < len(front) and (asked := _FOCUS.match(behind)) and len(own) <= MAX_FOCUS:
        return own, asked[0]
    return (own, behind[: len(own)]) if USUAL <= len(own) <= USUAL + 1 < len(behind) else None


def _unsigned(front: str) -> str:
    """What stands behind the last sign of it."""
    ends = [m.end() for m in _SIGN.finditer(front) if m.end() < len(front)]
    return front[ends[-1] :] if ends else front
