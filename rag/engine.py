"""Settings -> the heavy parts, loaded: encoder, store and searcher. Commands and the window build them here."""

from __future__ import annotations

from index.encoder import SentenceEncoder
from index.search import Searcher
from index.store import Store
from rag.models import ModelStore
from rag.settings import Settings


def open_encoder(settings: Settings) -> SentenceEncoder:
    """The encoder of the settings. Raises JudianError with the command that fetches it when it is not there."""
    return SentenceEncoder(ModelStore(settings.models).locate(settings.encoder), settings.encoder)


def open_searcher(settings: Settings) -> Searcher:
    """A searcher over the store of the settings, which must exist and be built by their encoder."""
    store = Store.open(settings.store)
    store.check_encoder(settings.encoder)
    return Searcher(store, open_encoder(settings))
