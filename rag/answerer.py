"""Question + history -> answer: the one composition of search, evidence, writing and attribution."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.duplicates import corroborations
from index.hits import Hit
from index.search import Searcher
from rag import prompt
from rag.answer import Answer, Message, Place, Timings, shown_place
from rag.attribute import attribute
from rag.compose import MAX_CLAIMS, Composition, compose, compose_draft
from rag.confidence import THRESHOLD, confidence, missing_numbers
from rag.conversation import checked, condense
from rag.evidence import Evidence, choose, choose_each, in_turn, reading_order
from rag.generate import Generator
from rag.retriever import Retriever
from rag.sides import sides
from rag.sweep import Swept, answer_sweep

HITS = 10  # passages kept with an answer; the first few are read
MAX_TOKENS = 200  # of a draft; about 300 characters
MAX_STRAYED = 3  # sentences without support after which a draft is not continued
EXTRACTIVE = "extractive"  # what an answer names as its model when none wrote it


@dataclass(frozen=True, slots=True)
class Stage:
    """The step that begins now: searching, writing, checking. `swept`: how many documents were gone through one by one."""

    name: Literal["检索", "作答", "核对"]
    swept: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the model has written so far, not yet checked."""

    text: str


Event = Stage | Draft | Answer


class Answerer:
    """Answers from one store. Safe for several threads: the language model serves them in turn."""

    def __init__(
        self, searcher: Searcher | Retriever, generator: Generator | None, passages: int = 5, max_question: int = 2000
    ) -> None:
        self.searcher = searcher
        self.generator = generator
        self._passages = passages
        self._max_question = max_question

    def answer(self, question: str, history: Sequence[Message] = (), collections: Sequence[str] = ()) -> Answer:
        """The answer, all at once, from these collections (empty: all).

        Raises JudianError for an empty or overlong question, an empty store, an unknown collection.
        """
        for event in self.stream(question, history, None, collections):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[Message] = (),
        stop: threading.Event | None = None,
        collections: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Stages and drafts as they come, the answer last. With `stop` set, the answer is made of what was written."""
        clock = _Clock()
        stop = stop or threading.Event()
        standalone = condense(checked(question, self._max_question), history)
        yield Stage("检索")
        if swept := answer_sweep(self.searcher, standalone, collections, self._places):
            clock.retrieved()
            yield Stage("检索", swept.documents)
            yield _swept_answer(question, standalone, swept, clock)
            return
        parts = sides(standalone)
        searches = [self.searcher.search(part, HITS, collections) for part in parts or (standalone,)]
        hits = in_turn(searches)[:HITS]
        evidence = (
            choose_each([found[: self._passages] for found in searches]) if parts else choose(hits[: self._passages])
        )
        clock.retrieved()
        sure = confidence(standalone, hits, evidence, self.generator)
        draft = ""
        if sure >= THRESHOLD and self.generator is not None:
            yield Stage("作答")
            messages = prompt.answer_messages(standalone, reading_order(evidence))
            for piece in self.generator.generate(messages, MAX_TOKENS, stop):
                draft += piece
                clock.first_token()
                yield Draft(draft)
                if any(c in piece for c in "。！？\n") and _has_said_enough(draft, evidence):
                    break
        yield Stage("核对")
        refused = sure < THRESHOLD
        if refused:
            made = _refusal(standalone, hits)
        elif stop.is_set():
            made = _stopped(compose_draft(standalone, draft, evidence, self._places))
        else:
            made = compose(
                standalone, draft, evidence, self._places, sum(e.score == 1.0 for e in evidence) if parts else 0
            )
        yield Answer(
            question=question,
            standalone_question=standalone,
            text=made.text,
            refused=refused,
            confidence=sure,
            model=self.generator.name if self.generator else EXTRACTIVE,
            claims=made.claims,
            citations=made.citations,
            hits=tuple(hits),
            timings=clock.timings(),
        )

    def _places(self, evidence: Evidence) -> list[Place]:
        """Other places in the store that say what this sentence says."""
        hit, sentence = evidence.hit, evidence.sentence
        found = corroborations(self.searcher.store, sentence.text, hit.document, hit.section, sentence.start)
        return [Place(p.document, p.section, p.start, p.end, p.page) for p in found]


def _swept_answer(question: str, standalone: str, swept: Swept, clock: _Clock) -> Answer:
    """The answer gathered from the whole collection; no language model has a part in it."""
    made = swept.made
    return Answer(
        question=question,
        standalone_question=standalone,
        text=made.text,
        refused=swept.refused,
        confidence=swept.confidence,
        model=EXTRACTIVE,
        claims=made.claims,
        citations=made.citations,
        hits=swept.hits,
        timings=clock.timings(),
    )


def _refusal(standalone: str, hits: Sequence[Hit]) -> Composition:
    """What was searched for, what the documents do not name, and the nearest passage, to judge for oneself."""
    text = f"文档里没有找到这个问题的答案。已检索：“{standalone}”。"
    if absent := missing_numbers(standalone, hits):
        text += f"相关段落里没有出现问题中的 {'、'.join(absent)}。"
    if hits:
        nearest = shown_place(hits[0].document, hits[0].section, hits[0].page)
        text += f"最接近的内容在 {nearest}，可在出处栏查看。"
    return Composition(text, (), ())


def _has_said_enough(draft: str, evidence: Sequence[Evidence]) -> bool:
    """Whether more of this draft would not be shown: it has its sentences, or has strayed from the evidence for good."""
    verdicts = Counter(a.verdict for a in attribute(draft, evidence))
    return verdicts["supported"] >= MAX_CLAIMS or verdicts["unsupported"] >= MAX_STRAYED


def _stopped(made: Composition) -> Composition:
    """What was written and proved before the stop."""
    return made if made.claims else Composition("（已停止，还没有写出可以核对的句子。）", (), ())


class _Clock:
    """Seconds since the question came."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._retrieved = 0.0
        self._first = 0.0

    def retrieved(self) -> None:
        self._retrieved = time.perf_counter() - self._start

    def first_token(self) -> None:
        self._first = self._first or time.perf_counter() - self._start

    def timings(self) -> Timings:
        total = time.perf_counter() - self._start
        return Timings(self._retrieved, self._first or total, total)
