"""Messages -> text, in pieces as they are written: the generator protocol and its transformers form."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from index.errors import JudianError
from rag.answer import Message


class Generator(Protocol):
    """Writes text from messages. One at a time: a second caller waits."""

    name: str

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Pieces of text in order, at most `limit` tokens in all; ends within a step once `stop` is set."""
        ...

    def choose(self, messages: Sequence[Message], options: Sequence[str]) -> list[float]:
        """The probability of each option as the first token of the reply, made to sum to 1."""
        ...


class TransformersGenerator:
    """A causal language model from a local folder, in the number format that is fast on this processor."""

    def __init__(self, folder: Path, name: str) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from index.processor import fast_dtype
        from rag.decoding import Prefix

        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype(), local_files_only=True)
        except Exception as error:
            raise JudianError(
                f"语言模型 {name} 无法载入（{folder}）：{error}\n请重新获取：python -m rag models fetch {name}\n"
                "或不用语言模型，只摘原句作答：JUDIAN_LANGUAGE_MODEL=none"
            ) from error
        model.train(False)
        stops = model.generation_config.eos_token_id
        self._stops = frozenset(stops if isinstance(stops, list) else [stops])
        self._prefix = Prefix(model)
        self._lock = threading.Lock()
        self.name = name

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Greedy text; characters split over tokens are held back until they are whole."""
        with self._lock:
            last = self._prefix.read(self._tokens(messages))
            tokens: list[int] = []
            written = ""
            for run in self._prefix.greedy(last, limit, self._stops):
                if stop.is_set():
                    return
                tokens += run
                text = str(self._tokenizer.decode(tokens, skip_special_tokens=True)).rstrip("\ufffd")
                if len(text) > len(written):
                    yield text[len(written) :]
                    written = text

    def choose(self, messages: Sequence[Message], options: Sequence[str]) -> list[float]:
        """The probability of each option as the first token of the reply, made to sum to 1."""
        firsts = [self._tokenizer.encode(o, add_special_tokens=False)[0] for o in options]
        with self._lock:
            logits = self._prefix.read(self._tokens(messages))
        chosen: list[float] = logits[firsts].float().softmax(dim=-1).tolist()
        return chosen

    def _tokens(self, messages: Sequence[Message]) -> list[int]:
        text = self._tokenizer.apply_chat_template(
            [dict(m) for m in messages], add_generation_prompt=True, tokenize=False
        )
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return tokens
