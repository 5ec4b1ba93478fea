"""Question + evidence -> how surely each sentence answers, and whether any does: the reader protocol and its form here.

A small language model writes worse than it reads: what stands in its middle layers tells the sentence that answers
from its neighbours far better than what it writes does (docs/experiments.md). So the prompt is read once, by the first
layers only, and two linear probes trained on such states (rag/reading, Alain & Bengio 2016) give log odds.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.evidence import Evidence
from rag.prompt import Reading, reading_parts

if TYPE_CHECKING:
    import torch

    from rag.generators.local import LocalModel
    from rag.reading.head import Head

HEAD = Path(__file__).with_name("reading") / "head.safetensors"


@dataclass(frozen=True, slots=True)
class Judged:
    """Log odds, from what was read alone: of each sentence in order that it answers, and that the question is answered."""

    sentences: tuple[float, ...]
    answered: float


class Reader(Protocol):
    """Reads what a writer would read, and judges it."""

    name: str

    def judge(self, question: str, evidence: Sequence[Evidence], stop: threading.Event | None = None) -> Judged:
        """The log odds for these sentences in this order. Raises Stopped once `stop` is set."""
        ...


class LayerReader:
    """The first layers of the local model with the probes that were trained on them. Safe for several threads."""

    def __init__(self, local: LocalModel, head: Head) -> None:
        import torch

        self.name = local.name
        self._local, self._head = local, head
        self._layers = first_layers(local.model, head.layer)
        self._encode = local.encode
        with torch.inference_mode():
            self._front = self._encode(reading_parts("", ()).front)
            self._kept = self._read(self._front, ())[1]

    def judge(self, question: str, evidence: Sequence[Evidence], stop: threading.Event | None = None) -> Judged:
        """One pass over the prompt; only a few vectors of it are looked at."""
        sentences, answered = self._head.log_odds(*self.states(question, evidence, stop))
        return Judged(tuple(sentences), answered)

    def states(
        self, question: str, evidence: Sequence[Evidence], stop: threading.Event | None = None
    ) -> tuple[torch.Tensor, list[tuple[int, int]]]:
        """What the probes look at: states (tokens, width), and the span of each sentence, at whose end its line ends."""
        import torch

        tokens, spans = self._tokens(reading_parts(question, evidence))
        with self._local.turns.turn(stop), torch.inference_mode():
            return self._read(tokens, self._kept)[0].float(), spans

    def _read(
        self, tokens: Sequence[int], kept: Sequence[tuple[torch.Tensor, torch.Tensor]]
    ) -> tuple[torch.Tensor, list[Any]]:
        """States (tokens, width) of the last of the layers, and the cache of each; behind what `kept` holds."""
        import torch
        from transformers import DynamicCache

        cache = DynamicCache(config=self._layers.config)
        for number, (keys, values) in enumerate(kept):
            cache.update(keys, values, number)
        output = self._layers(input_ids=torch.tensor([list(tokens)]), past_key_values=cache, use_cache=True)
        made: list[Any] = [(layer.keys, layer.values) for layer in cache.layers[: len(self._layers.layers)]]  # type: ignore[union-attr]
        return output.last_hidden_state[0], made

    def _tokens(self, reading: Reading) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids behind the front, and for each sentence the half-open span of its tokens; its line end is not in it."""
        tokens = self._encode(reading.question)
        spans = []
        for place, sentence in reading.sentences:
            tokens += self._encode(place) if place else []
            start = len(tokens)
            tokens += self._encode(sentence)
            spans.append((start, len(tokens) - 1))
        return tokens + self._encode(reading.end), spans


def first_layers(model: Any, count: int) -> Any:  # noqa: ANN401  transformers has no type for a decoder
    """The decoder of `model` cut off behind `count` layers, without its last norm; the weights are shared."""
    import copy

    from torch import nn

    part = copy.copy(model.model)
    part._modules = dict(model.model._modules)
    part.layers = nn.ModuleList(list(model.model.layers)[:count])
    part.norm = nn.Identity()
    return part
