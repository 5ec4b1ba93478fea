"""A drafted question -> why it must not be proposed, in Chinese, or "". Deterministic; each check stands alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from eval.drafting.spans import Target, single_figures
from eval.measures.folding import fold, holds
from index.folding import bare
from index.hits import Hit

SHORTEST, LONGEST = 10, 110  # characters of a question
SAME = 0.7  # of two questions' pairs of letters (Jaccard); above it they ask the same
RIVAL = 0.6  # of a question's pairs in another sentence: that sentence could be meant as well

_POINTING = re.compile(
    r"本文|本篇|本句|本段|该(?!不|怎|如)|上述|下列|以下|以上(?=内容|资料|材料|句)|这[一个些篇段句种项份里]|那[一个些篇段句种项份里]|"
    r"文中|文章|资料|(?<!原)材料|原文|句中|句子|段落|作者|他们?|她们?|它们?|[?？].*[?？]|(?<!尤)其(?!他|它|次|实|余|间)|答案|题目"
)
_FLOATING = re.compile(r"近日|日前|昨[日天]|今[日天年]|去年|明年|本[月年周]|目前|最近")
_ASKING = re.compile(r"什么|哪|多少|几|谁|怎|为何|如何|是否|吗|多[长久大高远重]|何[时地处人]")


def form(question: str, shortest: int = SHORTEST, longest: int = LONGEST) -> str:
    """Whether it is one whole question that can be understood without the passage, of so many characters."""
    if not question.endswith(("？", "?")):
        return "不以问号结尾"
    if not shortest <= len(question) <= longest:
        return "太短或太长"
    if not _ASKING.search(question):
        return "没有疑问词"
    if m := _POINTING.search(question):
        return f"离开原文看不懂（“{m.group()}”）"
    if m := _FLOATING.search(question):
        return f"时间不明（“{m.group()}”）"
    return ""


def gives_away(question: str, facts: Iterable[str]) -> str:
    """Whether the question states a fact of its answer."""
    said = next((f for f in facts if holds(question, f)), "")
    return f"题目里已有答案“{said}”" if said else ""


def grounded(facts: Iterable[str], evidence: str) -> str:
    """Whether every fact stands in the evidence, letter by letter."""
    missing = next((f for f in facts if f not in evidence), "")
    return f"答案“{missing}”不在原句里" if missing else ""


def found(evidence: str, hits: Sequence[Hit]) -> str:
    """Whether the search brings the evidence."""
    wanted = bare(evidence)
    return "" if any(wanted in bare(h.text) for h in hits) else f"前 {len(hits)} 段检索结果里没有证据"


def ambiguous(question: str, target: Target, evidence: str, hits: Sequence[Hit]) -> str:
    """Whether another sentence found fits the question as well and says something else."""
    asked, own = pairs(question), bare(evidence)
    for h in hits:
        for s in h.sentences:
            text = bare(s.sentence.text)
            close = len(asked & pairs(s.sentence.text)) >= RIVAL * len(asked)
            if close and text not in own and own not in text and _differs(s.sentence.text, target):
                return "别处有相近的句子，答案不同"
    return ""


def _differs(text: str, target: Target) -> bool:
    """Whether a sentence says something else than the target: for figures, another one of its shape."""
    if target.shape not in ("日期", "百分比", "数量", "地点"):
        return not all(holds(text, fact) for fact in target.facts)
    same = [f.words for f in single_figures(text) if f.shape == target.shape]
    return any(w not in target.words and target.words not in w for w in same)


def repeats(question: str, others: Iterable[str]) -> str:
    """Whether nearly the same is asked already."""
    own = pairs(question)
    for other in others:
        theirs = pairs(other)
        if own and len(own & theirs) > SAME * len(own | theirs):
            return "与已有的题几乎相同"
    return ""


def pairs(text: str) -> set[str]:
    """Neighbouring letters of the folded text."""
    letters = fold(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
