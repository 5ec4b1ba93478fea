"""Settings -> the product as the evaluation sees it: something to ask, and a source to check quotes against."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.bench import Parts
from eval.measures.citations import Display
from eval.questions import GoldQuestion

if TYPE_CHECKING:
    from index.store import Store
    from rag.settings import Settings

Ask = Callable[[GoldQuestion], Mapping[str, Any]]
"""A question -> the answer as an object of the contract (see rag.answer.to_json)."""

AskAll = Callable[[Sequence[GoldQuestion]], Iterable[Mapping[str, Any]]]
"""Questions -> their answers as they come, in whatever order."""

_SECRET = ("key", "token", "secret", "password")
_IDLE = ("host", "port", "models")  # settings that change no answer


@dataclass(frozen=True, slots=True)
class Product:
    """`settings` holds all that may change an answer: store, documents, encoder, models …"""

    ask: Ask
    display: Display | None
    settings: Mapping[str, Any]
    ask_all: AskAll | None = None  # where several are asked at once; else `ask`, one after another


def open_product(store: Path | None, *, extractive: bool) -> Product:
    """The product on a store (that of the settings when None); `extractive` leaves the language model out.

    Raises JudianError when the store or a model is missing.
    """
    from index.store import Store
    from rag.answer import to_json
    from rag.engine import open_warm_answerer

    settings = _settings(store, extractive=extractive)
    kept = Store.open(settings.store)
    answerer = open_warm_answerer(settings)
    return Product(
        ask=lambda question: to_json(answerer.answer(question.question, question.history), question.id),
        display=source_display(kept),
        settings=describe(settings, kept),
    )


def open_products(store: Path | None, *, extractive: bool, jobs: int) -> Product:
    """The product in `jobs` processes; this one loads no model. Raises JudianError as `open_product` does."""
    from eval.workers import ask_in_processes
    from rag.engine import checked_store

    if jobs == 1:
        return open_product(store, extractive=extractive)
    settings = _settings(store, extractive=extractive)
    kept = checked_store(settings)

    def ask_all(questions: Sequence[GoldQuestion]) -> Iterable[Mapping[str, Any]]:
        return ask_in_processes(questions, store, extractive=extractive, jobs=jobs)

    def ask(question: GoldQuestion) -> Mapping[str, Any]:
        return next(iter(ask_all([question])))

    return Product(ask, source_display(kept), describe(settings, kept), ask_all)


def open_parts(store: Path | None, *, extractive: bool) -> tuple[Parts, list[str]]:
    """What `bench` times, on a store (that of the settings when None), and the store's passages to encode."""
    from rag.engine import open_encoder, open_searcher
    from rag.settings import load_settings

    settings = load_settings(store=store)
    searcher, encoder = open_searcher(settings), open_encoder(settings)
    texts = [header.text for header in searcher.store.passage_headers()]
    ask = open_product(store, extractive=extractive).ask
    return Parts(encoder.encode_passages, lambda question: searcher.search(question, 10), ask), texts


def _settings(store: Path | None, *, extractive: bool) -> Settings:
    from rag.engine import NO_MODEL
    from rag.settings import load_settings

    return load_settings(store=store, language_model=NO_MODEL if extractive else None)


def describe(settings: Settings, store: Store) -> dict[str, Any]:
    """The settings that may change an answer, without secrets, and the documents with their SHA-256."""
    kept = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in asdict(settings).items()
        if name not in _IDLE and not name.endswith(_SECRET)
    }
    return {**kept, "documents": [f"{d.name}（sha256 {d.sha256[:12]}）" for d in store.documents()]}


def source_display(store: Store) -> Display:
    """(document, start, end) -> that stretch of the source with markers removed; "" for an unknown document."""
    from index.cleaning import CleanText

    names = {document.name for document in store.documents()}

    @lru_cache(maxsize=64)
    def cleaned(name: str) -> CleanText:
        return store.display(name)

    def display(document: str, start: int, end: int) -> str:
        if document not in names:
            return ""
        text, offsets = cleaned(document).text, cleaned(document).offsets
        return text[bisect_left(offsets, start) : bisect_left(offsets, end)]

    return display
