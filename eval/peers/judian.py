"""Our own system as a peer: the files go through `index add`'s path into a store of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from eval.peers.parts import Parts
from eval.provenance import git_commit
from eval.questions import GoldQuestion
from index.errors import JudianError


class JudianPeer:
    """The product as `python -m rag ask` runs it."""

    name = "judian"
    title = "据典"
    cites = True

    def __init__(self, parts: Parts) -> None:
        from index.intake.ingest import add
        from index.search import Searcher
        from index.store import Store
        from rag.answerer import Answerer
        from rag.engine import open_reader

        settings = parts.settings
        start = time.perf_counter()
        store = Store.create(settings.store, parts.encoder.name, parts.encoder.dim)
        for verdict in add(store, parts.encoder, parts.files):
            if verdict.reason:
                raise JudianError(f"{verdict.name} 添加失败：{verdict.reason}")
        self.index_s = time.perf_counter() - start
        searcher = Searcher(store, parts.encoder)
        searcher.search("热身", 1)
        reader = open_reader(parts.generator, settings)
        self._answerer = Answerer(searcher, parts.generator, settings.passages, settings.max_question, reader)
        self.version = version("judian")
        self.reads = settings.passages
        self.settings: Mapping[str, Any] = {
            "form": "python -m rag ask 的默认设置",
            "top_k": settings.passages,
            "history": "用来补全追问",
            "commit": git_commit(),
        }

    def ask(self, question: GoldQuestion) -> Mapping[str, Any]:
        """The product's answer, its history included."""
        from rag.answer import to_json

        return to_json(self._answerer.answer(question.question, question.history), question.id)
