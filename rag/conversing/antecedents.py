"""A question with a pronoun, and what has been said -> the question with what the pronoun stands for. Pure."""

from __future__ import annotations

import re

from rag.conversing.context import Context, topics_of
from rag.conversing.items import pair
from rag.conversing.pointing import Pointing
from rag.conversing.subject import entity, named, subject
from rag.conversing.terms import terms
from rag.conversing.turns import plain

_WORKS = frozenset(
    "书 小说 电影 影片 片 动画 剧 电视剧 专辑 歌 歌曲 节目 作品 漫画 游戏 法 法律 条例 办法 规定 文件".split()  # noqa: SIM905
)
_YEARS = ("那年", "当年", "同年", "那时", "当时")
_PLACES = ("那里", "那儿", "当地", "这里")
_THINGS = ("它", "他", "她", "其", "牠", "it", "its", "he", "she", "his", "her", "him", "这", "此")
_THE = re.compile("该|[这那]一?(?:个|家|位|篇|场|座|条|份|次|部|本|项|所|届|支|款)")
_KIND = re.compile(r"[一-龥]{1,4}?(?=[的是有在为于和与被由从向将会能要提怎什谁哪多几成发出开]|$)")


def named_instead(question: str, point: Pointing, context: Context) -> str:
    """The pronoun's place taken by what it stands for."""
    core, word = point.core, plain(point.core)[point.start : point.end]
    before, after = core[: point.start], core[point.end :]
    thing, eaten = _antecedent(word, plain(after), context)
    if not thing:
        return ""
    after = after[eaten:]
    of = "的" if word in ("其", "its", "their") and after[:1] != "的" else ""
    return f"{before}{thing}{of}{after}{'?' if core.isascii() else '？'}"


def _antecedent(word: str, after: str, context: Context) -> tuple[str, int]:
    """What a pronoun stands for, and how many letters behind it go with it; "" where that is not sure."""
    asked, answer = context.question, context.answer
    if _THE.fullmatch(word):
        kind = _KIND.match(after)
        found = _of_kind(kind.group(), asked, answer) if kind else ""
        return (found, kind.end()) if kind and found else ("", 0)
    thing = ""
    if word in _YEARS:
        years = {term.text.removesuffix("年") for text in (asked, answer) for term in terms(text, "year")}
        thing = f"{years.pop()}年" if len(years) == 1 else ""
    elif word in _PLACES:
        places = {t.text for t in terms(asked, "place")} or {t.text for t in terms(answer, "place")}
        thing = places.pop() if len(places) == 1 else ""
    elif word in ("两者", "二者"):
        both = pair(asked) or list(context.topics[1::-1])
        thing = "和".join(both) if len(both) == 2 else ""
    elif word in _THINGS:
        thing = entity(asked, answer) or _topic(context)
    return (thing, 0) if thing not in after else ("", 0)


def _of_kind(kind: str, asked: str, answer: str) -> str:
    """The one company of “该公司”, the one title of “这部小说”."""
    titles = {term.text for term in terms(asked, "title")}
    return titles.pop() if len(titles) == 1 and kind in _WORKS else named(kind, asked, answer)


def _topic(context: Context) -> str:
    """What the last question was about, with what was asked of it where that is a thing of its own."""
    about = subject(context.question) if topics_of(context.question) else None
    if about is None:
        return context.topics[0] if context.topics else ""
    return about.whole if _asks_what(context.question) else about.thing


def _asks_what(question: str) -> bool:
    """Whether it is the attribute that is asked for, as a thing of its own: “《家》的作者是谁”."""
    return bool(re.search(r"(?:是|叫)(?:谁|哪一?[个家位座所部]|什么人)", question))
