"""Settings -> the heavy parts, loaded: encoder, searcher, language model. Commands and the window build them here."""

from __future__ import annotations

from contextlib import suppress

from index.encoder import SentenceEncoder
from index.search import Searcher
from index.store import Store
from rag.answerer import Answerer
from rag.generate import Generator, GeneratorError
from rag.generators.llamacpp import LlamaCppGenerator, find_gguf
from rag.generators.local import TransformersGenerator, load_local
from rag.generators.server import Server, ServerGenerator
from rag.models import ModelStore
from rag.reader import HEAD, LayerReader, Reader
from rag.reading.head import load_head
from rag.rerank import open_reranker
from rag.retriever import Retriever
from rag.settings import NO_SERVER, Settings, find_key

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
    local = answering and settings.server == NO_SERVER
    for name in (settings.encoder, *([settings.language_model] if local else [])):
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


def open_generator(settings: Settings) -> Generator | None:
    """The language model of the settings, or None when they name none.

    It is on their server if they name one, which is not asked yet; else a folder that holds a GGUF file is run by
    llama.cpp, any other by transformers.
    """
    name = settings.language_model
    if name == NO_MODEL:
        return None
    if settings.server != NO_SERVER:
        return ServerGenerator(
            Server(settings.server, name, settings.server_connect, settings.server_silence, key=find_key())
        )
    folder = ModelStore(settings.models).locate(name)
    if file := find_gguf(folder):
        return LlamaCppGenerator(file, name)
    return TransformersGenerator(load_local(folder, name))


def open_answerer(settings: Settings) -> Answerer:
    """Everything an answer takes. Raises JudianError for what is missing, before anything slow is loaded."""
    store = checked_store(settings)
    retriever = open_retriever(Searcher(store, open_encoder(settings)), settings)
    generator = open_generator(settings)
    reader = open_reader(generator, settings)
    return Answerer(retriever, generator, settings.passages, settings.max_question, reader)


def open_reader(generator: Generator | None, settings: Settings) -> Reader | None:
    """What reads with this language model; None when none was trained for it, it runs elsewhere, or none is wanted."""
    if settings.reader == NO_MODEL or not isinstance(generator, TransformersGenerator):
        return None
    head = load_head(HEAD)
    return LayerReader(generator.local, head) if head.model == generator.name else None


def open_warm_answerer(settings: Settings) -> Answerer:
    """open_answerer() that has read once with each model, so that the first question does not wait longer."""
    answerer = open_answerer(settings)
    answerer.searcher.search("热身", 1)
    if answerer.generator is not None and answerer.reader is None:  # a reader has read its front already
        with suppress(GeneratorError):  # a server may be started later; until then each answer says what is wrong
            answerer.generator.choose([{"role": "user", "content": "你好"}], ["好"])
    return answerer
