"""Engines that answer on this machine, and questions -> seconds of each to the first words and to the whole text.

The product is timed with its search and its checks, the two that write a draft from the prompt onwards: what is said
of the product errs to its disadvantage.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from eval.questions import GoldQuestion
from eval.report.tables import MISSING, lay_out, number, seconds
from index.errors import JudianError

if TYPE_CHECKING:
    from rag.answer import Message
    from rag.answerer import Answerer
    from rag.settings import Settings

PRODUCT, TRANSFORMERS, LLAMACPP = "product", "transformers", "llamacpp"
TEXT = {PRODUCT: "据典的回答", TRANSFORMERS: "transformers 的草稿", LLAMACPP: "llama.cpp 的草稿"}
SHORT = {PRODUCT: "据典", TRANSFORMERS: "transformers"}
OURS = (PRODUCT, TRANSFORMERS)  # those that llama.cpp is compared with


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for the product, and the prompt from which the drafts are written."""

    question: GoldQuestion
    messages: tuple[Message, ...]


Engine = Callable[[Asked], Iterable[str]]
"""The text in pieces, as they come."""


@dataclass(frozen=True, slots=True)
class Engines:
    """`asked` are measured, `warm` is not: its prompt is another, so that no engine has read a measured one before.

    `count` gives the tokens of a text, for all engines by the same tokenizer.
    """

    model: str
    engines: Mapping[str, Engine]
    warm: Asked
    asked: Sequence[Asked]
    count: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds until the first piece and until the end, and how many tokens were written."""

    first_token_s: float
    total_s: float
    tokens: int


def measure_engines(
    given: Engines, told: Callable[[str, int, int], None], clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Each question goes to one engine after another, so that what else the machine does falls on all alike."""
    for engine in given.engines.values():
        _spent(engine, given.warm, given.count, clock)
    rows: list[dict[str, Any]] = []
    for done, asked in enumerate(given.asked):
        told("比较引擎", done, len(given.asked))
        spent = {name: _spent(engine, asked, given.count, clock) for name, engine in given.engines.items()}
        quicker = {name: spent[LLAMACPP].total_s / spent[name].total_s for name in OURS}
        rows.append({"id": asked.question.id, **{k: asdict(s) for k, s in spent.items()}, "times_quicker": quicker})
    told("比较引擎", len(given.asked), len(given.asked))
    medians = {name: {f: median(row[name][f] for row in rows) for f in Spent.__slots__} for name in given.engines}
    ratios = {name: median(row["times_quicker"][name] for row in rows) for name in OURS}
    return {"model": given.model, "questions": rows, "median": medians, "times_quicker": ratios}


def _spent(engine: Engine, asked: Asked, count: Callable[[str], int], clock: Callable[[], float]) -> Spent:
    begun = clock()
    first, text = None, ""
    for piece in engine(asked):
        first = clock() - begun if first is None else first
        text += piece
    total = clock() - begun
    return Spent(total if first is None else first, total, count(text))


def show_engines(figures: Mapping[str, Any]) -> str:
    """What the terminal shows: medians, then how many times longer llama.cpp takes, question by question."""
    rows = [["中位", "首字", "全部完成", "词元", "llama.cpp 的用时是它的"]]
    for name, spent in figures["median"].items():
        ratio = figures["times_quicker"].get(name)
        times = (seconds(spent["first_token_s"]), seconds(spent["total_s"]), number(spent["tokens"], 0))
        rows.append([TEXT[name], *times, MISSING if ratio is None else _times(ratio)])
    each = [
        [
            "逐题，全部完成",
            *(TEXT[name] for name in figures["median"]),
            *(f"llama.cpp ÷ {SHORT[name]}" for name in OURS),
        ]
    ]
    for row in figures["questions"]:
        spent = [f"{seconds(row[name]['total_s'])} {row[name]['tokens']} 词元" for name in figures["median"]]
        each.append([row["id"], *spent, *(_times(row["times_quicker"][name]) for name in OURS)])
    about = f"{figures['model']}，{len(figures['questions'])} 个问题；据典的用时含检索和核对，草稿的只含读提示和书写"
    return f"{lay_out(rows)}\n\n{lay_out(each)}\n\n{about}"


def _times(ratio: float) -> str:
    return f"{number(ratio, 1)} 倍"


@contextmanager
def open_engines(store: Path | None, questions: Sequence[GoldQuestion]) -> Iterator[Engines]:
    """The engines on a store (that of the settings when None); the first of the questions warms them up.

    Raises JudianError that names the command when the package, the GGUF or a model is missing, before what is slow.
    """
    from rag.engine import checked_store, open_answerer
    from rag.generators.llamacpp import LlamaCppGenerator, find_gguf
    from rag.generators.local import TransformersGenerator
    from rag.models import ModelStore
    from rag.settings import load_settings

    settings = load_settings(store=store)
    name = f"{settings.language_model}-gguf"
    file = find_gguf(ModelStore(settings.models).locate(name))
    if file is None:
        raise JudianError(f"模型 {name} 的文件夹里没有 GGUF 文件。请重新下载：python -m rag models fetch {name}")
    checked_store(settings)
    llamacpp = LlamaCppGenerator(file, name, tuned=False)
    try:
        answerer = open_answerer(settings)
        local = answerer.generator
        if answerer.reader is None or not isinstance(local, TransformersGenerator):
            raise JudianError(
                f"{settings.language_model} 没有在本机阅读，不能比较引擎。请用默认的设置：reader = builtin，server = none"
            )
        drafts = {TRANSFORMERS: _drafts(local.generate), LLAMACPP: _drafts(llamacpp.generate)}
        warm, *asked = (Asked(q, _messages(q, answerer, settings)) for q in questions)
        yield Engines(name, {PRODUCT: _answers(answerer), **drafts}, warm, asked, lambda t: len(local.local.encode(t)))
    finally:
        llamacpp.close()


def _answers(answerer: Answerer) -> Engine:
    def engine(asked: Asked) -> Iterator[str]:
        yield answerer.answer(asked.question.question, asked.question.history).text

    return engine


def _drafts(generate: Callable[[Sequence[Message], int, threading.Event], Iterable[str]]) -> Engine:
    from rag.answerer import MAX_TOKENS

    return lambda asked: generate(asked.messages, MAX_TOKENS, threading.Event())


def _messages(question: GoldQuestion, answerer: Answerer, settings: Settings) -> tuple[Message, ...]:
    """The prompt of a draft, as the product makes it where it has no reader."""
    from rag.conversation import condense
    from rag.evidence import BUDGET, reading_order, within
    from rag.guarded import Guarded
    from rag.material import read, search
    from rag.prompt import answer_messages

    standalone = condense(question.question, question.history)
    found = search(Guarded(answerer.searcher), standalone, (), settings.passages, read=False)
    evidence = within(read(found, None).evidence, BUDGET)
    return tuple(answer_messages(standalone, reading_order(evidence)))
