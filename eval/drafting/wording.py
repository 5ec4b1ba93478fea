"""A sentence and the words in it to ask for -> the language model's question, and its answer when asked it back.

What a question model writes holds when the same sentence, asked that question, answers with the words it was made for:
round-trip consistency (Alberti et al. 2019, Synthetic QA Corpora Generation with Roundtrip Consistency).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from eval.drafting.spans import Shape, Target, demanded
from rag.answer import Message
from rag.generate import Generator

MAX_TOKENS = 60  # of a question; 60 characters are some 40
MAX_ANSWER = 80  # tokens of the answer when it is asked back: the longest target has 60 characters

_WRITE = (
    "你给文档出考题。根据原句写一个问题，它的答案正好是指定的答案。问题要完整，没看过原句的人也能看懂；"
    "保留原句里的时间、名称和说法，不加原句没有的内容；不出现答案，不用“本文”“该”“上述”“它”这样的词。只写问题。"
)
_ANSWER = "根据原句回答问题。只写答案本身，照抄原句的词语，不要写成完整的句子，列举类问题要把各项列全。"
_HINTS: dict[Shape, str] = {
    "百分比": "用“多少”问",
    "数量": "用“多少”或“几”问",
    "地点": "用“哪里”问",
    "主体": "用“谁”“什么”或“哪”问",
    "列举": "用“哪些”问",
    "原因": "用“为什么”问",
    "做法": "用“怎样”“什么”或“靠什么”问",
}
_EXAMPLES: tuple[tuple[str, str, Shape, str], ...] = (  # sentence, words asked for, their shape, question
    (
        "截至2021年末,青山水库蓄水量为3.2亿立方米,比上年末多蓄4100万立方米。",
        "3.2亿立方米",
        "数量",
        "2021年末青山水库的蓄水量是多少立方米？",
    ),
    (
        "为方便老人就餐,各街道食堂推出送餐上门、分时用餐、口味定制等服务,受到欢迎。",
        "送餐上门、分时用餐、口味定制",
        "列举",
        "各街道食堂为方便老人就餐推出了哪些服务？",
    ),
    (
        "由于隧道内出现渗水,三号线南段的通车时间推迟到次年春季。",
        "隧道内出现渗水",
        "原因",
        "三号线南段的通车时间为什么推迟到次年春季？",
    ),
    (
        "馆方通过延长夜间开放时间,让上班族也能从容看展。",
        "延长夜间开放时间",
        "做法",
        "馆方靠什么办法让上班族也能从容看展？",
    ),
    (
        "危险废物的转移由市生态环境局审批,一般固体废物的转移报县级部门备案。",
        "市生态环境局",
        "主体",
        "危险废物的转移由哪个部门审批？",
    ),
)


def word(sentence: str, target: Target, generator: Generator) -> str:
    """The question as the language model words it, not yet checked."""
    written = _line(generator, _write_messages(sentence, target), MAX_TOKENS)
    return re.sub(r"(?<!\d),|,(?!\d)", "，", written).replace("?", "？")


def answer(question: str, sentence: str, generator: Generator) -> str:
    """What the language model answers to the question when it has the sentence alone."""
    return _line(generator, _answer_messages(question, sentence), MAX_ANSWER)


def _line(generator: Generator, messages: Sequence[Message], limit: int) -> str:
    written = "".join(generator.generate(messages, limit, threading.Event())).strip()
    return re.sub(r"^(?:问题|答案|回答)[：:]\s*", "", written.split("\n", 1)[0]).strip()


def _write_messages(sentence: str, target: Target) -> list[Message]:
    """The task, shown on examples: told alone, a small model answers or copies instead."""
    shown = [(s, Target(w, s.index(w), (w,), shape), q) for s, w, shape, q in _EXAMPLES]
    return _talk(_WRITE, [(_blank(s, t), q) for s, t, q in shown], _blank(sentence, target))


def _blank(sentence: str, target: Target) -> str:
    """The sentence without the words asked for: a small model that sees them in it asks for something else."""
    left = f"{sentence[: target.start]}【？】{sentence[target.end :]}"
    return f"原句：{left}\n挖去的：{target.words}\n问法：{_hint(sentence, target)}"


def _hint(sentence: str, target: Target) -> str:
    if target.shape == "日期":
        day, month = "日" in target.words, "月" in target.words
        return f"用“{'哪一天' if day else '哪年哪月' if month else '哪一年'}”问"
    return "用“怎么做”问" if demanded(sentence, target) else _HINTS[target.shape]


def _answer_messages(question: str, sentence: str) -> list[Message]:
    turns = [(f"原句：{s}\n问题：{q}", w) for s, w, _, q in _EXAMPLES]
    return _talk(_ANSWER, turns, f"原句：{sentence}\n问题：{question}")


def _talk(task: str, turns: Sequence[tuple[str, str]], last: str) -> list[Message]:
    messages: list[Message] = [{"role": "system", "content": task}]
    for asked, said in turns:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    return [*messages, {"role": "user", "content": last}]
