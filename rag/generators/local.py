"""A model folder -> a generator that runs in this process, by transformers, for several users at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answer import Message
from rag.generate import GeneratorError, Stopped
from rag.generators.background import aside
from rag.generators.prefixes import Prefixes
from rag.generators.turns import Turns

if TYPE_CHECKING:
    import torch

    from rag.decoding import Prefix


class LocalModel:
    """A loaded causal language model, and the turns in which threads may run it.

    Whoever runs `model` or its layers does so inside `with turns.turn(stop)`; between layers the turn passes to others
    who wait, and work that is to stop ends with Stopped. `stops` are the tokens that end a reply.
    """

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:  # noqa: ANN401  transformers has no type for them
        self.model = model
        self.tokenizer = tokenizer
        self.name = name
        stops = model.generation_config.eos_token_id
        self.stops = frozenset(stops if isinstance(stops, list) else [stops])
        self.turns = Turns()
        self._prefixes = Prefixes()
        for layer in decoder_layers(model):
            layer.register_forward_pre_hook(lambda *_: self.turns.checkpoint())

    def encode(self, text: str) -> list[int]:
        """The tokens of a stretch of text as it stands."""
        tokens: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return tokens

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """The prompt, ready for the reply; models that can think aloud are told not to."""
        text = self.tokenizer.apply_chat_template(
            [dict(m) for m in messages], add_generation_prompt=True, tokenize=False, enable_thinking=False
        )
        return self.encode(text)

    def read(self, tokens: Sequence[int], stop: threading.Event | None = None) -> tuple[Prefix, torch.Tensor]:
        """A prefix of one's own that has read `tokens`, and the logits after them; earlier prompts save work. Raises Stopped."""
        from rag.decoding import Prefix

        prefix = Prefix(self.model, partial(self.turns.turn, stop))
        self._prefixes.resume(prefix, tokens)
        last = prefix.read(tokens)
        self.keep(prefix)
        return prefix, last

    def keep(self, prefix: Prefix) -> None:
        """Remember what it has read, for prompts that begin so."""
        self._prefixes.keep(prefix)


class TransformersGenerator:
    """Greedy decoding with prompt lookup, each text on a thread of its own.

    The caller is free within 50 ms of a stop; the work ends before the next layer of a pass, or while it waits.
    """

    def __init__(self, local: LocalModel) -> None:
        self.local = local
        self.name = local.name

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Greedy text; characters split over tokens are held back until they are whole."""
        return aside(lambda unwanted: self._write(messages, limit, unwanted), stop)

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """The probability of each option's first token as the first token of the reply, made to sum to 1. Raises Stopped."""
        for chosen in aside(lambda unwanted: [self._choose(messages, options, unwanted)], stop or threading.Event()):
            return chosen
        raise Stopped

    def _write(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        tokens: list[int] = []
        written = ""
        prefix, last = self.local.read(self.local.tokens(messages), stop)
        for run in prefix.greedy(last, limit, self.local.stops):
            tokens += run
            text = str(self.local.tokenizer.decode(tokens, skip_special_tokens=True)).rstrip("\ufffd")
            if len(text) > len(written):
                yield text[len(written) :]
                written = text
        self.local.keep(prefix)

    def _choose(self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event) -> list[float]:
        firsts = [self.local.tokenizer.encode(o, add_special_tokens=False)[0] for o in options]
        _, logits = self.local.read(self.local.tokens(messages), stop)
        chosen: list[float] = logits[firsts].float().softmax(dim=-1).tolist()
        return chosen


def load_local(folder: Path, name: str) -> LocalModel:
    """The model of a folder in the number format that is fast on this processor. Raises GeneratorError."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from index.processor import fast_dtype, fast_integers
    from rag.quantised import quantise

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype(), local_files_only=True)
    except Exception as error:
        raise GeneratorError(
            f"语言模型 {name} 无法载入（{folder}）：{error}\n请重新获取：python -m rag models fetch {name}\n"
            "或不用语言模型，只摘原句作答：JUDIAN_LANGUAGE_MODEL=none"
        ) from error
    model.train(False)
    if fast_integers():
        quantise(model)
    return LocalModel(model, tokenizer, name)


def decoder_layers(model: Any) -> Sequence[Any]:  # noqa: ANN401
    """The layers that a pass goes through one after another: the longest list of modules in the model."""
    from torch.nn import ModuleList

    return max((list(m) for m in model.modules() if isinstance(m, ModuleList)), key=len)
