"""A part of a public set -> the product that answers its cases, each over the passages it is given."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.benchmarks.cases import Case, Part, digest
from eval.datasets import DatasetPassage
from eval.product import Ask, Product, source_display
from eval.questions import GoldQuestion
from eval.searching.corpus import open_corpus, texts_to_encode
from eval.searching.encoding import Encode, in_processes
from eval.searching.vectors import CachedEncoder, Watch, unwatched
from rag.answer import to_json
from rag.answerer import Answerer

if TYPE_CHECKING:
    from rag.generate import Generator
    from rag.reader import Reader


@dataclass(frozen=True, slots=True)
class Tools:
    """What answers: encoder, language model (None: extracts), passages read, and the settings a report keeps.

    `encode` makes the vectors of many passages beforehand.
    """

    encoder: CachedEncoder
    encode: Encode
    generator: Generator | None
    passages: int
    max_question: int
    settings: Mapping[str, Any]
    reader: Reader | None = None


def open_tools(*, extractive: bool, cache: bool, jobs: int) -> Tools:
    """The encoder and language model of the settings. Raises JudianError with the command that fetches a missing one."""
    from eval.searching.vectors import cache_folder, cached, fingerprint
    from rag.answerer import EXTRACTIVE
    from rag.engine import NO_MODEL, open_encoder, open_generator, open_reader
    from rag.settings import load_settings

    settings = load_settings(language_model=NO_MODEL if extractive else None)
    generator = open_generator(settings)
    about = {
        "encoder": settings.encoder,
        "encoder_fingerprint": fingerprint(settings),
        "language_model": generator.name if generator else EXTRACTIVE,
        "passages": settings.passages,
        "max_question": settings.max_question,
    }
    encoder = cached(open_encoder(settings), cache_folder(settings) if cache else None)
    encode = in_processes(encoder.inner, partial(open_encoder, settings), jobs)
    reader = open_reader(generator, settings)
    return Tools(encoder, encode, generator, settings.passages, settings.max_question, about, reader)


@contextmanager
def answering(
    part: Part, cases: Sequence[Case], collection: Sequence[DatasetPassage], tools: Tools, watch: Watch = unwatched
) -> Iterator[Product]:
    """The product for these cases of the part; what must be encoded for them is encoded first, all in one go."""
    given = [case.passages for case in cases if case.passages is not None]
    searched = given or [tuple(collection)]
    texts = {text for passages in searched for text in texts_to_encode(passages)}
    tools.encoder.fill(sorted(texts, key=lambda text: (len(text), text)), tools.encode, watch)
    settings = {**tools.settings, "part": part.name, "content": digest(part.cases, collection)}
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        if given:
            yield Product(_over_given(cases, tools, Path(folder)), None, settings)
        else:
            yield _over_all(collection, tools, Path(folder), settings)


def _over_all(collection: Sequence[DatasetPassage], tools: Tools, folder: Path, settings: Mapping[str, Any]) -> Product:
    corpus = open_corpus(collection, tools.encoder, folder)
    answerer = Answerer(corpus.searcher, tools.generator, tools.passages, tools.max_question, tools.reader)

    def ask(question: GoldQuestion) -> Mapping[str, Any]:
        return to_json(answerer.answer(question.question), question.id)

    return Product(ask, source_display(corpus.store), settings)


def _over_given(cases: Sequence[Case], tools: Tools, folder: Path) -> Ask:
    by_id = {case.question.id: case for case in cases}

    def ask(question: GoldQuestion) -> Mapping[str, Any]:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            corpus = open_corpus(by_id[question.id].passages or (), tools.encoder, Path(own))
            answerer = Answerer(corpus.searcher, tools.generator, tools.passages, tools.max_question, tools.reader)
            return to_json(answerer.answer(question.question), question.id)

    return ask
