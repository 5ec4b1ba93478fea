"""Hits -> the sentences that a language model reads and an answer may cite, best within a budget. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.cleaning import CLOSERS, SENTENCE_END
from index.hits import Hit
from index.passages import Sentence

BUDGET = 600  # characters, about 400 tokens, for a language model to write from
READ = 800  # for a reader, which passes over them once, and only with its first layers
READ_WIDE = 1200  # the same where the answer is in many sentences
JUDGED = {"bias": -2.64, "reader": 0.94, "search": 5.0}  # logistic on tune halves, the search's weight given
NAMED = 0.5  # from which on a question is taken to name a hit's document or section
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


def within(evidence: Sequence[Evidence], budget: int) -> list[Evidence]:
    """The first of them that are together at most `budget` characters (at least one)."""
    lengths = itertools.accumulate(len(e.text) for e in evidence)
    return [e for n, (e, length) in enumerate(zip(evidence, lengths, strict=True)) if not n or length <= budget]


def judged(evidence: Sequence[Evidence], log_odds: Sequence[float]) -> list[Evidence]:
    """The same sentences, each scored with the probability that it answers, by a reader's log odds and the search's
    score; the most sure first."""
    scored = [
        replace(e, score=_probability(weighed(odds, e.score))) for e, odds in zip(evidence, log_odds, strict=True)
    ]
    return sorted(scored, key=lambda e: -e.score)


def weighed(log_odds: float, score: float) -> float:
    """The log odds that a sentence answers, by a reader's and the search's score."""
    return JUDGED["bias"] + JUDGED["reader"] * log_odds + JUDGED["search"] * score


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(log_odds, 30.0), -30.0)))


def inside(hits: Sequence[Hit]) -> Sequence[Hit]:
    """The hits in the document or section that the question names, all of them where it names none."""
    return [hit for hit in hits if hit.signals.scope >= NAMED] or hits


def in_turn(searches: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of several searches in turn, each passage once."""
    turns = (hit for turn in itertools.zip_longest(*searches) for hit in turn if hit)
    return list({(hit.document, hit.start): hit for hit in turns}.values())


def reading_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Grouped by document in the order of its best sentence, then as they stand in it."""
    first = {e.hit.document: n for n, e in reversed(list(enumerate(evidence)))}
    return sorted(evidence, key=lambda e: (first[e.hit.document], e.sentence.start))


def _is_title(hit: Hit, sentence: Sentence) -> bool:
    """Whether a sentence only names something: too short, or a passage of one line without a stop."""
    lone = len(hit.sentences) == 1 and sentence.text[-1:] not in SENTENCE_END + CLOSERS
    return sum(c.isalnum() for c in sentence.text) < MIN_LENGTH or (lone and len(sentence.text) <= MAX_TITLE)


def _scored(hits: Sequence[Hit]) -> list[Evidence]:
    """Each sentence by meaning, by words and by its passage, in equal parts; and where the question names one by it."""
    sentences = [(h, s) for h in hits for s in h.sentences if not _is_title(h, s.sentence)]
    if not sentences:
        return []
    dense = [s.dense for _, s in sentences]
    low, width = min(dense), (max(dense) - min(dense)) or 1.0
    surest = max(h.signals.scope for h, _ in sentences)
    share, parts = (1 / surest, 4) if surest >= NAMED else (0.0, 3)
    return [
        Evidence(h, s.sentence, ((s.dense - low) / width + s.coverage + h.score + share * h.signals.scope) / parts)
        for h, s in sentences
    ]
