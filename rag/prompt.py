"""Question + evidence -> messages for a language model. Pure.

Both prompts begin with the same words, so that what the model has read for the one need not be read for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Message
from rag.evidence import Evidence
from rag.injections import neutral, shown_name

_SYSTEM = "你是严谨的文档问答助手。只根据资料回答，尽量照抄资料中的原话，不添加资料里没有的内容。"
_ANSWER = "请用一到三句完整的话直接回答问题，列举类问题要把各项列全。"
_JUDGE = "资料里有没有这个问题的答案？只回答“有”或“无”。"
JUDGE_OPTIONS = ("有", "无")
_READ = "资料里有没有这个问题的答案？"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader (rag/reader.py) reads, in pieces that are made into tokens apart: the front, which is always the same,
    the question, for each sentence the line of its place ("" where it stands in the place before) and its own, and the end."""

    front: str
    question: str
    sentences: tuple[tuple[str, str], ...]
    end: str


def reading_parts(question: str, evidence: Sequence[Evidence]) -> Reading:
    """The pieces, in the form that the probes were trained on; all end with a line."""
    sentences, before = [], ""
    for e in evidence:
        here = _place(e)
        sentences.append((f"〔{here}〕\n" if here != before else "", neutral(e.text).replace("\n", " ") + "\n"))
        before = here
    front = f"<|im_start|>system\n{_SYSTEM}<|im_end|>\n<|im_start|>user\n"
    return Reading(front, f"【问题】{neutral(question)}\n\n【资料】\n", tuple(sentences), f"\n{_READ}")


def answer_messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """Messages that ask for an answer from the evidence alone."""
    return _messages(question, evidence, _ANSWER)


def judge_messages(question: str, evidence: Sequence[Evidence]) -> list[Message]:
    """Messages that ask whether the evidence holds an answer; the reply is one of JUDGE_OPTIONS."""
    return _messages(question, evidence, _JUDGE)


def _messages(question: str, evidence: Sequence[Evidence], task: str) -> list[Message]:
    content = f"【资料】\n{_listed(evidence)}\n\n【问题】{neutral(question)}\n\n{task}"
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": content}]


def _listed(evidence: Sequence[Evidence]) -> str:
    """The sentences under the name of their place, which is given once for neighbours."""
    lines: list[str] = []
    place = ""
    for e in evidence:
        here = _place(e)
        if here != place:
            lines.append(f"〔{here}〕")
            place = here
        lines.append(neutral(e.text))
    return "\n".join(lines)


def _place(e: Evidence) -> str:
    """The document without its suffix, and the section."""
    names = (shown_name(name) for name in (e.hit.document.rsplit(".", 1)[0], e.hit.section))
    return "·".join(name for name in names if name)
