"""A causal language model + a prompt -> token ids, greedily, with prompt lookup and a cache that can be kept.

Prompt-lookup decoding (Saxena 2023): answers that quote repeat word runs of their prompt, so the run that followed
the last tokens in the prompt is proposed and checked in one step; the words are those of plain greedy decoding.
transformers has it too, but there it recomputes the prompt when it is handed a cache (measured with 5.23), and a
judgement and an answer on the same evidence should share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

LOOKUP = 10  # proposed tokens a step
MATCH = 3  # the longest run of last tokens that is looked up
READ = 512  # tokens of a prompt a pass, so that its working memory is bounded


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a model keeps of `tokens`: for each layer its keys and values, (1, heads, tokens, size). Never changed."""

    tokens: tuple[int, ...]
    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]

    @property
    def bytes(self) -> int:
        """How much memory it holds on to."""
        return sum(t.untyped_storage().nbytes() for layer in self.layers for t in layer)


class Prefix:
    """The tokens a model has read, and its cache for them. For one thread at a time.

    `turn` makes the context of each pass through the model; what it raises ends the work, and the prefix is then empty.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401  transformers has no type for “causal language model”
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._model = model
        self._turn = turn
        self.tokens: list[int] = []
        self._forget()

    def read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Logits (vocabulary,) after `tokens`; what they share with the tokens read before is not computed again."""
        self._keep(shared(self.tokens, tokens))
        for start in range(len(self.tokens), len(tokens), READ):
            logits = self._extend(tokens[start : start + READ])
        return logits[-1]

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

    def snapshot(self) -> Snapshot | None:
        """What was read, to resume() from elsewhere; None when there is nothing, or the model does not keep all of it."""
        from transformers.cache_utils import DynamicLayer

        layers = self._cache.layers
        if not self.tokens or any(type(layer) is not DynamicLayer for layer in layers):
            return None
        return Snapshot(tuple(self.tokens), tuple((layer.keys, layer.values) for layer in layers))

    def resume(self, snapshot: Snapshot, count: int) -> None:
        """Take over its first `count` tokens as read. They are copied: what is read next does not reach the snapshot."""
        self._forget()
        with torch.inference_mode():
            for layer, (keys, values) in zip(self._cache.layers, snapshot.layers, strict=True):
                layer.update(keys[..., :count, :], values[..., :count, :])
        self.tokens = list(snapshot.tokens[:count])

    def _extend(self, tokens: Sequence[int]) -> torch.Tensor:
        try:
            with self._turn():
                logits = self._forward(tokens)
        except BaseException:  # an interrupted pass leaves some layers ahead of others
            self._forget()
            raise
        self.tokens.extend(tokens)
        return logits

    def _forget(self) -> None:
        from transformers import DynamicCache

        self._cache: Any = DynamicCache(config=self._model.config)
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


def shared(read: Sequence[int], tokens: Sequence[int]) -> int:
    """How many of the first `tokens` are read already; never all of them, since the logits after the last are wanted."""
    limit = min(len(read), len(tokens) - 1)
    return next((n for n in range(limit) if read[n] != tokens[n]), max(limit, 0))


def _lookup(tokens: Sequence[int], count: int) -> list[int]:
    """What followed the last occurrence of the final tokens, the longest run first; empty when they are new."""
    for size in range(MATCH, 0, -1):
        tail = tokens[-size:]
        for start in range(len(tokens) - size - 1, -1, -1):
            if tokens[start : start + size] == tail:
                return list(tokens[start + size : start + size + count])
    return []
