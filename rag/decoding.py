"""A causal language model + a prompt -> token ids, greedily, with prompt lookup and a cache that can be kept.

Prompt-lookup decoding (Saxena 2023): answers that quote repeat word runs of their prompt, so the run that followed
the last tokens in the prompt is proposed and checked in one step; the words are those of plain greedy decoding.
transformers has it too, but there it recomputes the prompt when it is handed a cache (measured with 5.23), and a
judgement and an answer on the same evidence should share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

LOOKUP = 10  # proposed tokens a step
MATCH = 3  # the longest run of last tokens that is looked up


class Prefix:
    """The tokens a model has read, and its cache for them."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401  transformers has no type for “causal language model”
        self._model = model
        self.tokens: list[int] = []
        self._forget()

    def read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Logits (vocabulary,) after `tokens`; what they share with the tokens read before is not computed again."""
        shared = 0
        limit = min(len(self.tokens), len(tokens) - 1)
        while shared < limit and self.tokens[shared] == tokens[shared]:
            shared += 1
        self._keep(shared)
        return self._extend(tokens[shared:])[-1]

    def greedy(self, last: torch.Tensor, limit: int, stops: frozenset[int]) -> Iterator[list[int]]:
        """Up to `limit` tokens after what was read, in runs; `last` are the logits there. Ends before a stop token."""
        following = int(last.argmax())
        while limit > 0 and following not in stops:
            proposed = _lookup([*self.tokens, following], LOOKUP)[: limit - 1]
            read = len(self.tokens)
            best = self._extend([following, *proposed]).argmax(dim=-1).tolist()
            right = 0
            while right < len(proposed) and best[right] == proposed[right]:
                right += 1
            self._keep(read + 1 + right)
            run = [following, *proposed[:right]]
            limit -= len(run)
            following = best[right]
            stopped = next((i for i, t in enumerate(run) if t in stops), None)
            yield run if stopped is None else run[:stopped]
            if stopped is not None:
                return

    def _extend(self, tokens: Sequence[int]) -> torch.Tensor:
        try:
            logits = self._forward(tokens)
        except BaseException:  # an interrupted pass leaves some layers ahead of others
            self._forget()
            raise
        self.tokens.extend(tokens)
        return logits

    def _forget(self) -> None:
        from transformers import DynamicCache

        self._cache = DynamicCache(config=self._model.config)
        self.tokens = []

    def _forward(self, tokens: Sequence[int]) -> torch.Tensor:
        with torch.inference_mode():
            output = self._model(
                input_ids=torch.tensor([tokens]),
                past_key_values=self._cache,
                logits_to_keep=min(len(tokens), LOOKUP + 1),
            )
        logits: torch.Tensor = output.logits[0]
        return logits

    def _keep(self, count: int) -> None:
        if count < len(self.tokens):
            self._cache.crop(count - len(self.tokens))  # negative: so many are taken off the end
            del self.tokens[count:]


def _lookup(tokens: Sequence[int], count: int) -> list[int]:
    """What followed the last occurrence of the final tokens, the longest run first; empty when they are new."""
    for size in range(MATCH, 0, -1):
        tail = tokens[-size:]
        for start in range(len(tokens) - size - 1, -1, -1):
            if tokens[start : start + size] == tail:
                return list(tokens[start + size : start + size + count])
    return []
