"""A gold question and an answer's text -> right or not, and refusals counted in both directions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eval.folding import holds, without_marks
from eval.questions import GoldQuestion

Fact = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """Questions counted by whether they were refused and whether they should have been.

    `put_right` are false premises answered with the true facts: neither a hit nor a miss.
    """

    refused_rightly: int
    refused_wrongly: int
    missed: int
    put_right: int
    answerable: int

    @property
    def precision(self) -> float | None:
        """Refusals that were due / all refusals; None without refusals."""
        return _ratio(self.refused_rightly, self.refused_rightly + self.refused_wrongly)

    @property
    def recall(self) -> float | None:
        """Due refusals given / questions to refuse, false premises put right left out; None without any."""
        return _ratio(self.refused_rightly, self.refused_rightly + self.missed)

    @property
    def over_refusal(self) -> float | None:
        """Refused answerable questions / answerable questions; None without any."""
        return _ratio(self.refused_wrongly, self.answerable)


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
    """The facts of `must` of which the answer holds no wording (see `eval.folding.holds`)."""
    text = without_marks(answer_text)
    return tuple(fact for fact in question.must if not any(holds(text, wording) for wording in fact))


def is_too_long(question: GoldQuestion, answer_text: str) -> bool:
    """Whether the answer, citation marks removed, exceeds `longest_answer` characters."""
    return len(without_marks(answer_text).strip()) > longest_answer(question)


def longest_answer(question: GoldQuestion) -> int:
    """120 + 4 × the characters of the reference answer: dumping passages is not answering."""
    return 120 + 4 * len(question.answer)


def count_refusals(judged: Iterable[tuple[GoldQuestion, bool, bool]]) -> RefusalCounts:
    """Counts over (question, refused, right); the positive class is refusing."""
    rows = list(judged)
    due = [(refused, right) for question, refused, right in rows if not question.answerable]
    answerable = [refused for question, refused, _ in rows if question.answerable]
    return RefusalCounts(
        refused_rightly=sum(refused for refused, _ in due),
        refused_wrongly=sum(answerable),
        missed=sum(not refused and not right for refused, right in due),
        put_right=sum(not refused and right for refused, right in due),
        answerable=len(answerable),
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
