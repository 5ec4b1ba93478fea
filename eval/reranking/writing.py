"""News passages -> cheap questions: a sentence's own words with the answer left open, titles, sentences with gaps."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.drafting import checks, forms
from eval.drafting.spans import figures, lists, reasons
from eval.reranking.news import Article
from index.passages import Passage

LENGTHS = range(20, 110)  # characters of a sentence that is asked about
GAPS = 0.45  # share of a sentence's phrases that are left out of a question with gaps
HIDDEN = 0.4  # share of the sentences asked by gaps that are taken out of their passage

_PHRASE = re.compile(r"[^，、；：。！？“”\s]{2,12}|[^，、；：。！？“”\s]")


@dataclass(frozen=True, slots=True)
class Written:
    """A question and the passage that answers it, by article and place in it; `text` is the passage, maybe with a gap."""

    kind: str
    query: str
    article: int
    passage: int
    text: str
    answer: str = ""


def write(number: int, article: Article, parts: Sequence[Passage], chance: random.Random) -> Iterator[Written]:
    """At most one question of each kind for one article."""
    yield from _asked(number, parts, chance)
    if article.title and parts and chance.random() < 0.6:
        yield Written("title", article.title, number, 0, parts[0].text.replace(article.title, "", 1))
    if chance.random() < 0.4:
        yield from _gaps(number, parts, chance)


def _asked(number: int, parts: Sequence[Passage], chance: random.Random) -> Iterator[Written]:
    found = []
    for place, passage in enumerate(parts):
        for sentence in passage.sentences:
            if len(sentence.text) not in LENGTHS:
                continue
            for target in (*figures(sentence.text), *lists(sentence.text), *reasons(sentence.text)):
                question = forms.ask(sentence.text, target)
                if question and not (checks.form(question) or checks.gives_away(question, target.facts)):
                    found.append((target.shape, Written("form", question, number, place, passage.text, target.words)))
    if found:
        shape = chance.choice(sorted({shape for shape, _ in found}))
        yield chance.choice([one for own, one in found if own == shape])


def _gaps(number: int, parts: Sequence[Passage], chance: random.Random) -> Iterator[Written]:
    """A sentence without a good part of its phrases (inverse cloze, Lee et al. 2019)."""
    long = [
        (place, s.text)
        for place, p in enumerate(parts)
        if len(p.sentences) > 2
        for s in p.sentences
        if len(s.text) in LENGTHS
    ]
    if not long:
        return
    place, sentence = chance.choice(long)
    phrases = [phrase for whole in _PHRASE.findall(sentence) for phrase in _cut(whole)]
    kept = [phrase for phrase in phrases if chance.random() > GAPS]
    if len("".join(kept)) >= 6:
        passage = parts[place].text
        text = passage.replace(sentence, "", 1) if chance.random() < HIDDEN else passage
        yield Written("gaps", "".join(kept), number, place, text)


def _cut(phrase: str) -> list[str]:
    return [phrase[n : n + 3] for n in range(0, len(phrase), 3)]
