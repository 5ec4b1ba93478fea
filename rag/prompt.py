"""Question + evidence -> messages for a language model. Pure.

Both prompts begin with the same words, so that what the model has read for the one need not be read for the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Message
from rag.evidence import Evidence

_SYSTEM = "你是严谨的文档问答助手。只根据资料回答，尽量照抄资料中的原话，不添加资料里没有的内容。"
_ANSWER = "请用一到三句完整的话直接回答问题，列举类问题要把各项列全。"
_JUDGE = "资料里有没有这个问题的答案？只回答“有”或“无”。"
JUDGE_OPTIONS = ("有", "无")


def answer_messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """Messages that ask for an answer from the evidence alone."""
    return _messages(question, evidence, _ANSWER)


def judge_messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """Messages that ask whether the evidence holds an answer; the reply is one of JUDGE_OPTIONS."""
    return _messages(question, evidence, _JUDGE)


def _messages(question: str, evidence: Sequence[Evidence], task: str) -> list[Message]:
    content = f"【资料】\n{_listed(evidence)}\n\n【问题】{question}\n\n{task}"
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": content}]


def _listed(evidence: Sequence[Evidence]) -> str:
    """The sentences under the name of their place, which is given once for neighbours."""
    lines: list[str] = []
    place = ""
    for e in evidence:
        here = "·".join(p for p in (e.hit.document.rsplit(".", 1)[0], e.hit.section) if p)
        if here != place:
            lines.append(f"〔{here}〕")
            place = here
        lines.append(e.text)
    return "\n".join(lines)
