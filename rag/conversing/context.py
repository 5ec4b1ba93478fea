"""What has been said so far: the last question as it stands alone, its answer, the lists and topics before. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rag.conversing.items import lists
from rag.conversing.subject import subject
from rag.conversing.terms import kind_of

END = " ?？。!！"  # what a question ends with


@dataclass(frozen=True, slots=True)
class Context:
    """What has been said: the last question as it stands alone, its answer, and the answer that lists things.

    `root` is the question that the last one was put behind when it could not be resolved, else the last question;
    `tail` are then its own words. `listings` are the answers that list things and `topics` what was asked about, newest first.
    """

    question: str
    root: str
    answer: str
    listings: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    item: str = ""  # of a listing, where the last question asked for one
    tail: str = ""


def listings_of(answer: str) -> tuple[str, ...]:
    """The answer, when it lists things."""
    return (answer,) if lists(answer) else ()


def topics_of(question: str) -> tuple[str, ...]:
    """What a question is about, unless that is only a time."""
    about = subject(question)
    return (about.thing,) if about and kind_of(about.thing) not in ("year", "date", "quarter", "article") else ()
