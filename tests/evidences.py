"""Hits and evidence made of plain sentences, for tests of what is written from them."""

from __future__ import annotations

from collections.abc import Sequence

from index.hits import Hit, ScoredSentence, Signals
from index.passages import Sentence
from rag.evidence import Evidence


def hit(
    *sentences: str,
    document: str = "讲话.txt",
    section: str = "第一篇",
    start: int = 0,
    score: float = 0.5,
    dense: Sequence[float] = (),
    coverage: Sequence[float] = (),
) -> Hit:
    """A hit whose sentences follow each other in the source from `start` on."""
    scored, place = [], start
    for n, text in enumerate(sentences):
        kept = Sentence(place, place + len(text), text)
        scored.append(ScoredSentence(kept, dense[n] if dense else 0.5, coverage[n] if coverage else 0.5))
        place += len(text)
    text = "".join(sentences)
    return Hit(document, section, None, start, place, score, text, tuple(scored), Signals(0.5, 1.0, coverage=0.5))


def evidence(
    text: str, *, document: str = "讲话.txt", section: str = "第一篇", start: int = 0, score: float = 0.5
) -> Evidence:
    """One sentence that is a hit of its own."""
    found = hit(text, document=document, section=section, start=start, score=score)
    return Evidence(found, found.sentences[0].sentence, score)
