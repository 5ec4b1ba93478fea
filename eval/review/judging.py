"""What a person did with a proposal -> the queue and the gold file, changed together; each step can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.drafting.proposals import Proposal, to_gold
from eval.drafting.queue import Queue, set_state, state_of
from eval.goldfile import put, take_out
from eval.lines import DatasetError
from eval.measures.folding import fold
from eval.questions import GoldQuestion, read_question
from index.errors import JudianError

TAKEN = ("accepted", "edited")  # the states whose line stands in the gold file
OR = "|"  # between the accepted wordings of one fact, full-width or not

Fields = Mapping[str, Sequence[str]]
"""The fields of a form, each with all its values."""


class FormError(JudianError):
    """The form cannot become a gold question; the message names the fields, a line each."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as they stand on the page: what was proposed, or what the person made of it."""

    question: str
    answer: str
    facts: tuple[str, ...]
    kind: str
    answerable: bool
    quotes: tuple[bool, ...]
    evidence: str


def proposed_form(proposal: Proposal) -> Form:
    """The form before anybody touched it."""
    taken = proposal.kind != "unanswerable"
    return Form(
        question=proposal.question,
        answer=proposal.answer,
        facts=tuple(f" {OR} ".join(fact) for fact in proposal.must),
        kind=proposal.kind,
        answerable=proposal.answerable,
        quotes=tuple(taken for _ in proposal.quotes),
        evidence="",
    )


def sent_form(fields: Fields, proposal: Proposal) -> Form:
    """The form as it was sent."""

    def one(name: str) -> str:
        return (fields.get(name) or [""])[0].replace("\r\n", "\n").strip()

    return Form(
        question=one("question"),
        answer=one("answer"),
        facts=tuple(f.strip() for f in fields.get("fact", ()) if f.strip()),
        kind=one("type"),
        answerable=one("answerable") == "yes",
        quotes=tuple(str(n) in fields.get("quote", ()) for n in range(len(proposal.quotes))),
        evidence=one("evidence"),
    )


def gold_question(form: Form, proposal: Proposal, documents: Sequence[str]) -> GoldQuestion:
    """The gold question of a form. Raises FormError; added evidence must stand in one of the documents, if any."""
    added = [line.strip() for line in form.evidence.split("\n") if line.strip()]
    quotes = [q.quote for q, taken in zip(proposal.quotes, form.quotes, strict=True) if taken]
    value = {
        "id": proposal.id,
        "type": form.kind,
        "question": form.question,
        "history": [dict(m) for m in proposal.history],
        "answer": form.answer,
        "must": [[w.strip() for w in f.replace("｜", OR).split(OR) if w.strip()] for f in form.facts],
        "evidence": list(dict.fromkeys([*quotes, *added])),
        "answerable": form.answerable,
    }
    found = read_question(value, "表单", [])
    problems = found.split("\n") if isinstance(found, str) else []
    folded = [fold(text) for text in documents]
    problems += [
        f"表单：补充的证据“{words}”在文档里找不到。请照抄原文的一句。"
        for words in added
        if folded and not any(fold(words) in text for text in folded)
    ]
    if form.answerable and not form.answer:
        problems.append("表单：可回答的题要写答案。")
    if problems or isinstance(found, str):
        raise FormError("\n".join(_named(p) for p in problems))
    return found


def accept(queue: Queue, gold: Path, proposal: Proposal, question: GoldQuestion) -> None:
    """Put the question into the gold file; the queue remembers whether it was changed."""
    with queue.transaction() as connection:  # nobody else with this queue writes the file meanwhile
        _check_there(state_of(connection, proposal.id))
        line = put(gold, question)
        set_state(connection, proposal.id, "accepted" if question == to_gold(proposal) else "edited", line)


def drop(queue: Queue, gold: Path, proposal: Proposal) -> None:
    """Set it aside; an accepted one leaves the gold file."""
    _settle(queue, gold, proposal, dropped=True)


def undo(queue: Queue, gold: Path, proposal: Proposal) -> None:
    """Let it wait again; an accepted one leaves the gold file."""
    _settle(queue, gold, proposal, dropped=False)


def _settle(queue: Queue, gold: Path, proposal: Proposal, *, dropped: bool) -> None:
    with queue.transaction() as connection:
        state = state_of(connection, proposal.id)
        _check_there(state)
        if state and state[0] in TAKEN and gold.exists():  # a waiting one has put nothing there: the line is another's
            take_out(gold, proposal.id)
        set_state(connection, proposal.id, "dropped" if dropped else "waiting")


def _check_there(state: object) -> None:
    if state is None:
        raise DatasetError("这条题目已不在待审列表里（可能反馈已被撤回）。请看下一条。")


def _named(problem: str) -> str:
    """The problem in the words of the page."""
    names = {
        "question": "题目",
        "answer": "答案",
        "must": "答案要点",
        "type": "题型",
        "evidence": "证据",
        "history": "上文",
    }
    text = problem.removeprefix("表单：")
    for field, name in names.items():
        text = text.replace(f"字段 {field} ", f"“{name}”").replace(f"字段 {field}", f"“{name}”")
    if "可回答的题至少要有一个事实" in text:
        return "“答案要点”是空的：可回答的题至少要有一个要点；如果文档里没有答案，请选“无答案”。"
    return text
