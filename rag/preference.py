"""Evidence -> the same, scored by how well it suits the kind of question; what can answer nothing is left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.folding import bare, fold
from rag.evidence import Evidence
from rag.expectation import Expectation
from rag.kinds import Kind, asked_number
from rag.listing import announced, inner

LACKING = 0.7  # of its score is left to a sentence without the amount, date … that is asked for
PLANNED = 0.75  # to a plan, where a result is asked for, and to a result where a plan is
UNCAUSED = 0.85  # to a sentence that gives no reason
TOO_FEW = 0.8  # to one without as many things as are asked for
UNDEFINED = 0.8  # to one that does not say what the thing is
MAX_HEADING = 36  # letters of a numbered line without a stop inside that is a heading
MAX_TOPIC = 16  # letters of “关于…。”

_NUMBERED = re.compile(
    r"^\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]{1,4}[章节篇编部]|\d{1,2}(?:[.．]\d{1,2}){0,3}[、.．]?\s)"
)
_CONTENTS = re.compile(r"[.…·．]{3,}\s*\d{1,4}\s*$|^.{2,40}\s\d{1,4}$|^目\s*录$")
_SLOGAN = re.compile(r"[！!][”’」』）)]*$")
_QUESTION = re.compile(r"[？?][”’」』）)]*$")
_PLAN = re.compile(
    r"目标|预期|力争|计划|拟安排|拟|安排|打算|争取|确保.{0,12}以上|将(?!近|军)|控制在.{0,8}[左右以内]{2}|要(?=[完实达保新增])"
)
_RESULT = re.compile(
    r"已|达到|完成|实现.{0,8}目标|全面实现|实现了|取得|回落|扭转|超过|创|增长了|下降了|高于上年|比上年|同比|去年|一年来|五年"
)
_ASKS_PLAN = re.compile(r"目标|预期|计划|安排|打算|要求|要(?!求)|将|力争|应|准备|拟|提出|定在|今后|未来|明年|规划|任务")
_PAST = re.compile(r"(?:19|20)\d\d年?|\d\d年|实际|完成|去年|上年|结果|增长了|了多少|达到")
_REASON = re.compile(
    r"因为|由于|因此|所以|因而|根本在于|关键|原因|是为了|以便|从而|才能|离不开|有利于|有助于|缘于|旨在|为了|是因|致使|导致|使得|归因"
)


def suited(question: str, kind: Kind, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Best first. Headings, questions, slogans and lines of a contents page are left out, unless nothing else is there."""
    speaking = [e for e in evidence if not is_mute(e)] or list(evidence)
    expectation = Expectation.of(question) if kind in ("fact", "several", "comparison", "places") else Expectation(())
    number = asked_number(question)
    shares = [_share(question, kind, expectation, number, e) for e in speaking]
    scored = [
        e if share == 1.0 else replace(e, score=e.score * share) for e, share in zip(speaking, shares, strict=True)
    ]
    return sorted(scored, key=lambda e: -e.score)


def is_mute(evidence: Evidence) -> bool:
    """Whether a sentence says nothing by itself: a heading, a line of the contents, a question, a slogan."""
    text = evidence.text.strip()
    words = bare(text)
    if _QUESTION.search(text) or _CONTENTS.search(text) or (_SLOGAN.search(text) and len(words) <= MAX_HEADING):
        return True
    parts = [part for part in evidence.hit.section.split(" · ") if part]
    titled = any(words == bare(part) for part in parts)
    stopped = re.search(r"[，,；;：:]", text)
    heading = bool(_NUMBERED.match(text)) and not stopped and len(words) <= MAX_HEADING
    topic = text.startswith("关于") and not stopped and len(words) <= MAX_TOPIC
    return titled or heading or topic


def gives_reason(text: str) -> bool:
    """Whether a text says why, in so many words."""
    return bool(_REASON.search(text))


def _holds_as_many(text: str, number: int) -> bool:
    """Whether a (folded) text has a run of exactly so many things, or announces them."""
    runs = (len(re.findall("、|以及|[和与及]", run)) + 1 for run in re.split(r"[,;:。，；：]", text))
    return number in runs or announced(text) == number or len(inner(text)) == number


def _share(question: str, kind: Kind, expectation: Expectation, number: int, evidence: Evidence) -> float:
    """What part of its score a sentence keeps."""
    asked, text = fold(question), fold(evidence.text)
    share = 1.0
    if expectation.patterns:
        share *= LACKING + (1 - LACKING) * expectation.share(text)
        share *= _timely(asked, text)
    if kind == "why" and not gives_reason(text):
        share *= UNCAUSED
    if number and not _holds_as_many(text, number):
        share *= TOO_FEW
    if kind == "definition" and not defines(asked, text):
        share *= UNDEFINED
    return share


def _timely(asked: str, text: str) -> float:
    """Less for a plan where the question asks what came of it, and the other way round."""
    plan, result = bool(_PLAN.search(text)), bool(_RESULT.search(text))
    if _ASKS_PLAN.search(asked):
        return PLANNED if result and not plan and re.search("目标|预期|计划|打算", asked) else 1.0
    return PLANNED if plan and not result and _PAST.search(asked) else 1.0


def defines(asked: str, text: str) -> bool:
    """Whether a (folded) sentence says what the thing of the (folded) question is: X是…, X是指…, 所谓X."""
    term = re.sub(
        r"什么是|何为|何谓|所谓|是什么.*|指的?是.*|是指.*|指(?:什么|啥).*|的?(?:含义|定义|概念|意思).*|叫(?:什么|做).*|什么意思.*|[“”\"?？]|请问",
        "",
        asked,
    )
    words = re.escape(bare(term)[-8:])
    return bool(words) and bool(
        re.search(
            rf"{words}(?:是(?!不是|否)|指|即|[,，]?(?:就是|意味着|称为|又称)|[：:—]|[”\"]?[，,]?(?:是|指))|(?:所谓|称为|叫做?|即){words}",
            text,
        )
    )
