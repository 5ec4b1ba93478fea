"""A gold question and an answer's text -> right or not. Pure."""

from __future__ import annotations

from eval.measures.folding import holds, without_marks
from eval.questions import GoldQuestion

Fact = tuple[str, ...]


def is_right(question: GoldQuestion, answer_text: str, refused: bool) -> bool:
    """Whether an answer counts as right.

    Answerable: not refused, states every fact of `must`, not too long. Unanswerable: refused.
    False premise (unanswerable with facts): refused, or states every fact and is not too long.
    """
    if refused:
        return not question.answerable
    return states_facts(question, answer_text) and not is_too_long(question, answer_text)


def states_facts(question: GoldQuestion, answer_text: str) -> bool:
    """Whether the question has facts and the answer holds a wording of each; citation marks do not count."""
    return bool(question.must) and not missing_facts(question, answer_text)


def missing_facts(question: GoldQuestion, answer_text: str) -> tuple[Fact, ...]:
    """The facts of `must` of which the answer holds no wording (see `eval.measures.folding.holds`)."""
    text = without_marks(answer_text)
    return tuple(fact for fact in question.must if not any(holds(text, wording) for wording in fact))


def is_too_long(question: GoldQuestion, answer_text: str) -> bool:
    """Whether the answer, citation marks removed, exceeds `longest_answer` characters."""
    return len(without_marks(answer_text).strip()) > longest_answer(question)


def longest_answer(question: GoldQuestion) -> int:
    """120 + 4 × the characters of the reference answer: dumping passages is not answering."""
    return 120 + 4 * len(question.answer)
