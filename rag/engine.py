"""Settings -> the heavy parts, loaded: encoder, searcher, language model. Commands and the window build them here."""

from __future__ import annotations

from index.encoder import SentenceEncoder
from index.search import Searcher
from index.store import Store
from rag.answerer import Answerer
from rag.generate import TransformersGenerator
from rag.models import ModelStore
from rag.rerank import open_reranker
from rag.retriever import Retriever
from rag.settings import Settings

NO_MODEL = "none"  # the setting under which answers are extracts


def open_encoder(settings: Settings) -> SentenceEncoder:
    """The encoder of the settings. Raises JudianError with the command that fetches it when it is not there."""
    return SentenceEncoder(ModelStore(settings.models).locate(settings.encoder), settings.encoder)


def checked_store(settings: Settings, *, answering: bool = True) -> Store:
    """The store, once it and the models are seen to be there; without `answering` the language model is not needed.

    Takes milliseconds. Raises JudianError with the command that mends what is missing.
    """
    store = Store.open(settings.store)
    store.check_encoder(settings.encoder)
    store.check_filled()
    for name in (settings.encoder, *([settings.language_model] if answering else [])):
        if name != NO_MODEL:
            ModelStore(settings.models).locate(name)
    return store


def open_searcher(settings: Settings) -> Retriever:
    """What finds passages in the store of the settings, which must exist, hold documents and be built by their encoder."""
    store = checked_store(settings, answering=False)
    return open_retriever(Searcher(store, open_encoder(settings)), settings)


def open_retriever(searcher: Searcher, settings: Settings | None, *, joined: bool = True) -> Retriever:
    """The searcher with the reranker of the settings behind it; None, or settings that name none: without."""
    rerank = settings is not None and settings.reranker != NO_MODEL
    return Retriever(searcher, open_reranker() if rerank else None, joined)


def open_generator(settings: Settings) -> TransformersGenerator | None:
    """The language model of the settings, or None when they name none."""
    if settings.language_model == NO_MODEL:
        return None
    folder = ModelStore(settings.models).locate(settings.language_model)
    return TransformersGenerator(folder, settings.language_model)


def open_answerer(settings: Settings) -> Answerer:
    """Everything an answer takes. Raises JudianError for what is missing, before anything slow is loaded."""
    store = checked_store(settings)
    retriever = open_retriever(Searcher(store, open_encoder(settings)), settings)
    return Answerer(retriever, open_generator(settings), settings.passages, settings.max_question)


def open_warm_answerer(settings: Settings) -> Answerer:
    """open_answerer() that has read once with each model, so that the first question does not wait longer."""
    answerer = open_answerer(settings)
    answerer.searcher.search("热身", 1)
    if answerer.generator is not None:
        answerer.generator.choose([{"role": "user", "content": "你好"}], ["好"])
    return answerer
