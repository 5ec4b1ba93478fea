"""Question + history -> answer: the one composition of search, reading, writing and attribution."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.duplicates import corroborations
from index.hits import Hit
from index.search import Searcher
from index.sweep import Topic
from rag import prompt
from rag.absence import Absent, absent
from rag.answer import Answer, Message, Place, Timings, shown_place
from rag.attribute import attribute
from rag.compose import MAX_CLAIMS, compose, compose_draft
from rag.composition import Composition
from rag.confidence import confidence
from rag.conversation import checked, condense
from rag.evidence import BUDGET, Evidence, reading_order, within
from rag.generate import Generator, GeneratorError, Stopped
from rag.guarded import Guarded
from rag.injections import shown_name
from rag.material import Material, all_hits, read, search
from rag.reader import Reader
from rag.remarks import openings, remarks
from rag.retriever import Retriever
from rag.sweep import Swept, answer_sweep

MAX_TOKENS = 200  # of a draft; about 300 characters
CORRECTED = 0.9  # confidence in an answer that puts a premise right in the words of the source
MAX_STRAYED = 3  # sentences without support after which a draft is not continued
EXTRACTIVE = "extractive"  # what an answer names as its model when none read or wrote it


@dataclass(frozen=True, slots=True)
class Stage:
    """The step that begins now: searching, reading, writing, checking. `swept`: how many documents were gone through one by one."""

    name: Literal["检索", "阅读", "作答", "核对"]
    swept: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the model has written so far, not yet checked."""

    text: str


Event = Stage | Draft | Answer


class Answerer:
    """Answers from one store. Safe for several threads: the language model serves them in turn.

    With a `reader` the answer is made of the sentences that it chooses; a `generator` writes only where there is none.
    """

    def __init__(
        self,
        searcher: Searcher | Retriever,
        generator: Generator | None,
        passages: int = 5,
        max_question: int = 2000,
        reader: Reader | None = None,
    ) -> None:
        self.searcher = searcher
        self.generator = generator
        self.reader = reader
        self._guarded = Guarded(searcher)
        self._passages = passages
        self._max_question = max_question

    @property
    def model(self) -> str:
        """What an answer names as its model."""
        return self.reader.name if self.reader else self.generator.name if self.generator else EXTRACTIVE

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
        if swept := answer_sweep(self._guarded, standalone, collections, self._places):
            clock.retrieved()
            yield Stage("检索", swept.documents)
            yield _swept_answer(question, standalone, swept, clock)
            return
        found = search(self._guarded, standalone, collections, self._passages, read=self.reader is not None)
        clock.retrieved()
        if self.reader is not None:
            yield Stage("阅读")
        try:
            material = read(found, self.reader, stop)
        except Stopped:
            material = Material(all_hits(found), ())
        said = remarks(standalone, material)
        missing = [] if said.corrected else self._missing(standalone, material, collections)
        sure = confidence(standalone, material, missing)
        declined = sure.declined and not said.corrected
        draft = _Draft()
        if not declined and self.reader is None and self.generator is not None:
            yield Stage("作答")
            evidence = within(material.evidence, BUDGET)
            messages = prompt.answer_messages(standalone, reading_order(evidence))
            for text in draft.written(self.generator, messages, evidence, stop):
                clock.first_token()
                yield Draft(text)
        yield Stage("核对")
        if stop.is_set():
            made = _stopped(compose_draft(standalone, draft.text, material.evidence, self._places))
        elif declined:
            made = _refusal(standalone, material.hits, missing)
        else:
            opened = openings(said)
            made = compose(standalone, draft.text, material.evidence, self._places, material.sides, opened)
            made = draft.noted(made)
        yield Answer(
            question=question,
            standalone_question=standalone,
            text=made.text,
            refused=declined and not stop.is_set(),
            confidence=max(sure.probability, CORRECTED) if said.corrected else sure.probability,
            model=EXTRACTIVE if draft.failure else self.model,
            claims=made.claims,
            citations=made.citations,
            hits=material.hits,
            timings=clock.timings(),
        )

    def _missing(self, standalone: str, material: Material, collections: Sequence[str]) -> list[Absent]:
        """Named things of the question that stand nowhere in these collections."""

        def holds(term: str) -> bool:
            return self._guarded.sweep(Topic(term, (term,)), collections).holding > 0

        return absent(standalone, material.hits, self.searcher.names(), holds)

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


def _refusal(standalone: str, hits: Sequence[Hit], missing: Sequence[Absent]) -> Composition:
    """What was searched for, what the documents do not name, and the nearest passage, to judge for oneself."""
    text = f"文档里没有找到这个问题的答案。已检索：“{standalone}”。"
    if missing:
        text += f"文档里没有出现{'、'.join(f'“{thing.name}”' for thing in missing)}。"
    if hits:
        nearest = shown_name(shown_place(hits[0].document, hits[0].section, hits[0].page))
        text += f"最接近的内容在 {nearest}，可在出处栏查看。"
    return Composition(text, (), ())


@dataclass(slots=True)
class _Draft:
    """What the language model wrote, and why it wrote no more, where it failed."""

    text: str = ""
    failure: str = ""

    def written(
        self, generator: Generator, messages: Sequence[Message], evidence: Sequence[Evidence], stop: threading.Event
    ) -> Iterator[str]:
        """All that is written so far, each time that it grows; ends where more would not be shown."""
        pieces = generator.generate(messages, MAX_TOKENS, stop)
        try:
            for piece in pieces:
                self.text += piece
                yield self.text
                if any(c in piece for c in "。！？\n") and _has_said_enough(self.text, evidence):
                    break
        except GeneratorError as error:
            self.failure = str(error).split("\n", 1)[0]

    def noted(self, made: Composition) -> Composition:
        """The answer, behind which it says that the model failed."""
        if not self.failure:
            return made
        return replace(made, text=f"{made.text}（语言模型没有写完：{self.failure}以上是原文摘录。）")


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
