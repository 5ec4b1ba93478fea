"""The product as the evaluation sees it: settings without secrets, and the source behind a quote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from eval.product import describe, source_display
from index.cleaning import clean
from index.documents import Document
from index.extract import Extract
from index.passages import split
from index.store import Store
from rag.settings import Settings

TEXT = "第一篇\n中部地区粮食产量占全国三成。\u200b守住生态底线。\n"


@dataclass(frozen=True)
class WithSecrets:
    store: Path = Path("store")
    encoder: str = "m3e"
    port: int = 7860
    models: Path = Path("/home/me")
    server_api_key: str = "sk-1"


def kept(folder: Path) -> Store:
    store = Store.create(folder / "store", "letters", 4)
    passages = split(clean(TEXT))
    count = sum(1 + len(p.sentences) for p in passages)
    store.replace(Document("讲话.txt", "讲话.txt", "ab" * 32, Extract(TEXT)), passages, np.ones((count, 4), np.float32))
    return store


def test_a_quote_is_shown_without_markers(tmp_path: Path) -> None:
    display = source_display(kept(tmp_path))
    start = TEXT.index("中部")
    assert display("讲话.txt", start, len(TEXT) - 1) == "中部地区粮食产量占全国三成。守住生态底线。"
    assert display("讲话.txt", start, start + 4) == "中部地区"


def test_an_unknown_document_or_place_shows_nothing(tmp_path: Path) -> None:
    display = source_display(kept(tmp_path))
    assert (display("别的.txt", 0, 5), display("讲话.txt", 900, 950), display("讲话.txt", 5, 5)) == ("", "", "")


def test_the_settings_that_change_answers_are_described(tmp_path: Path) -> None:
    settings: Any = WithSecrets()
    assert describe(cast(Settings, settings), kept(tmp_path)) == {
        "store": "store",
        "encoder": "m3e",
        "documents": ["讲话.txt（sha256 abababababab）"],
    }
