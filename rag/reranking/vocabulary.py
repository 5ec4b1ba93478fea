"""The tokenizer of an encoder -> a smaller one: what folded text can never hold is left out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from index.folding import fold

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def pruned(tokenizer: Mapping[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """tokenizer.json with fewer words, and for each of its ids the id in the one given."""
    vocabulary: Mapping[str, int] = tokenizer["model"]["vocab"]
    kept = [*SPECIAL, *(word for word in vocabulary if word not in SPECIAL and _met(word))]
    small = json.loads(json.dumps(tokenizer))
    small["model"]["vocab"] = {word: place for place, word in enumerate(kept)}
    small["added_tokens"] = [
        {**token, "id": SPECIAL.index(token["content"])}
        for token in tokenizer["added_tokens"]
        if token["content"] in SPECIAL
    ]
    small |= {"post_processor": None, "padding": None, "truncation": None}
    return small, [vocabulary[word] for word in kept]


def _met(word: str) -> bool:
    """Whether folded text can hold it: Chinese characters stand alone, so none follows another within a word."""
    if word.startswith("[") and word.endswith("]") and len(word) > 2:
        return False
    inside = word.removeprefix("##")
    return fold(inside) == inside and not (inside != word and any(c >= "\u2e80" for c in inside))
