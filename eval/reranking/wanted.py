"""News -> the sentences that the language model is to ask about, one an article, each with its passage."""

from __future__ import annotations

import random
from pathlib import Path

from eval.drafting.spans import Target, figures, lists, reasons
from eval.reranking.asking import Wanted
from eval.reranking.news import draw, read_news

DRAWN, CHOSEN = 51, 52  # seeds of articles and sentences
LENGTHS = range(20, 91)  # characters of a sentence
LONGEST = 40  # characters of the words asked for


def choose_wanted(news: Path, count: int) -> dict[Wanted, str]:
    """At most one sentence of each of `count` articles, every kind of question as likely -> its passage."""
    from eval.searching.corpus import split_all

    chance = random.Random(CHOSEN)
    found: dict[Wanted, str] = {}
    for article in draw(read_news(news), count, DRAWN):
        targets: list[tuple[str, str, Target]] = []
        for passage in split_all({"": article.text})[""]:
            for sentence in (s.text for s in passage.sentences if len(s.text) in LENGTHS):
                own = [*figures(sentence), *lists(sentence), *reasons(sentence)]
                targets += [(passage.text, sentence, target) for target in own if len(target.words) <= LONGEST]
        if targets:
            shape = chance.choice(sorted({target.shape for _, _, target in targets}))
            text, sentence, target = chance.choice([t for t in targets if t[2].shape == shape])
            found[Wanted(sentence, target)] = text
    return found
