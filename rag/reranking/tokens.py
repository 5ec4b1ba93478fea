"""Question, passage -> token ids of a pair, with the vocabulary of the artefact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.folding import fold
from rag.reranking.vocabulary import SPECIAL

MAX_QUESTION = 48  # tokens of a question with its signs; a longer one loses its end
MAX_PAIR = 224  # tokens of question and passage together; a longer passage loses its end


class Tokens:
    """The tokenizer of a file; a question begins with [CLS] and ends with [SEP], a passage ends with [SEP]."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._first = SPECIAL.index("[CLS]")
        self._last = SPECIAL.index("[SEP]")

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size())

    def pairs(self, query: str, passages: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """Ids of the question and of each passage, folded as the index folds them and cut to MAX_PAIR together."""
        question = [self._first, *self._ids([query])[0][: MAX_QUESTION - 2], self._last]
        room = MAX_PAIR - len(question) - 1
        return [(question, [*ids[:room], self._last]) for ids in self._ids(passages)]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast([fold(text) for text in texts], add_special_tokens=False)
        return [one.ids for one in encoded]
