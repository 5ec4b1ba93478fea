"""Hits -> the sentences that a language model reads and an answer may cite, best within a budget. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS, SENTENCE_END
from index.hits import Hit
from index.passages import Sentence

BUDGET = 600  # characters, about 400 tokens: reading them is most of the wait for the first word
MAX_TITLE = 60  # characters
MIN_LENGTH = 6  # letters; shorter sentences are headings and slogans that answer nothing


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may be cited, the hit it stands in, and its score, 0..1, bigger is better."""

    hit: Hit
    sentence: Sentence
    score: float

    @property
    def text(self) -> str:
        """The sentence as it is read: damaged characters under their confident readings, place for place."""
        return self.sentence.reading


def choose(hits: Sequence[Hit], budget: int = BUDGET) -> list[Evidence]:
    """The best sentences of `hits`, best first, each text once, together at most `budget` characters (at least one)."""
    ranked = sorted(_scored(hits), key=lambda e: -e.score)
    chosen: list[Evidence] = []
    seen: set[str] = set()
    left = budget
    for evidence in ranked:
        text = evidence.text
        if text in seen or (chosen and len(text) > left):
            continue
        chosen.append(evidence)
        seen.add(text)
        left -= len(text)
    return chosen


def reading_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Grouped by document in the order of its best sentence, then as they stand in it."""
    first = {e.hit.document: n for n, e in reversed(list(enumerate(evidence)))}
    return sorted(evidence, key=lambda e: (first[e.hit.document], e.sentence.start))


def _is_title(hit: Hit, sentence: Sentence) -> bool:
    """Whether a sentence only names something: too short, or a passage of one line without a stop."""
    lone = len(hit.sentences) == 1 and sentence.text[-1:] not in SENTENCE_END + CLOSERS
    return sum(c.isalnum() for c in sentence.text) < MIN_LENGTH or (lone and len(sentence.text) <= MAX_TITLE)


def _scored(hits: Sequence[Hit]) -> list[Evidence]:
    """Each sentence by meaning, by words and by its passage, in equal parts."""
    sentences = [(h, s) for h in hits for s in h.sentences if not _is_title(h, s.sentence)]
    if not sentences:
        return []
    dense = [s.dense for _, s in sentences]
    low, width = min(dense), (max(dense) - min(dense)) or 1.0
    return [Evidence(h, s.sentence, ((s.dense - low) / width + s.coverage + h.score) / 3) for h, s in sentences]
