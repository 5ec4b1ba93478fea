"""Questions about news -> samples: the other passages that share the question's words are the negatives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from eval.measures.folding import holds
from eval.reranking.mining import FEWEST
from eval.reranking.news import Article
from eval.reranking.writing import Written
from index.lexical import LexicalIndex
from index.passages import Passage
from index.searchtext import search_text
from rag.reranking.samples import Sample

DEPTH = 24  # passages looked at for negatives
NAMELESS = "资料"


class NewsMiner:
    """The passages of articles, indexed by their words; `parts` are article number -> passages."""

    def __init__(self, articles: Sequence[Article], parts: Mapping[int, Sequence[Passage]]) -> None:
        self._articles = articles
        self._parts = parts
        self._rows = [(number, place) for number, passages in parts.items() for place in range(len(passages))]
        self._index = LexicalIndex.build([self._text(n, p, named=True) for n, p in self._rows])

    def samples(self, written: Sequence[Written], most: int, chance: random.Random) -> Iterator[Sample]:
        """One for each question with enough negatives. Half of the articles have no name: their files would not."""
        for count, one in enumerate(written):
            named = one.kind != "title" and chance.random() < 0.5 and one.article >= 0
            found = [self._rows[row] for row in self._index.search(one.query, DEPTH)]
            wrong = [(n, p) for n, p in found if self._is_wrong(one, n, p)]
            if len(wrong) >= FEWEST:
                own = search_text(self._name(one.article, named=named), "", one.text)
                texts = tuple(dict.fromkeys(self._text(n, p, named=named) for n, p in wrong))[:most]
                yield Sample(f"news-{one.kind}-{count}", f"news_{one.kind}", one.query, own, texts)

    def _is_wrong(self, one: Written, number: int, place: int) -> bool:
        if (number, place) == (one.article, one.passage) or (one.kind == "title" and number == one.article):
            return False
        return not (one.answer and holds(self._parts[number][place].text, one.answer))

    def _text(self, number: int, place: int, *, named: bool) -> str:
        return search_text(self._name(number, named=named), "", self._parts[number][place].text)

    def _name(self, number: int, *, named: bool) -> str:
        return f"{(self._articles[number].title if named else '') or NAMELESS}.{number}"
