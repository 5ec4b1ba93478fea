"""A folder with one GGUF file -> a generator that runs it in this process by llama.cpp (the extra `judian[llamacpp]`).

xllamacpp brings llama.cpp with its server. It is asked over a local port that only this process has the key to: of its
interfaces that is the one by which a request can be given up while the prompt is still being read.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.errors import JudianError
from rag.answer import Message
from rag.generate import GeneratorError
from rag.generators.server import Server, ServerGenerator

USERS = 4  # texts at a time; a fifth waits for the first that ends
CONTEXT = 16384  # tokens, for all of them together
BATCH = 64  # tokens of a prompt between two looks at who else waits and who gave up
CACHE_MB = 512  # memory for prompts that were read before
SILENCE = 600.0  # seconds: it is in this process, and a prompt of 8000 tokens takes minutes on a slow processor


class LlamaCppGenerator:
    """Greedy text from a GGUF file. Several users' texts advance side by side; what a prompt shares with an earlier one is not read again.

    `tuned` is for several users and quick stops; without it, batches, context and cache are llama.cpp's own.
    """

    def __init__(self, file: Path, name: str, *, tuned: bool = True) -> None:
        key = secrets.token_urlsafe(32)
        self.name = name
        self._engine = _start(file, name, key, tuned=tuned)
        address = f"{self._engine.listening_address}/v1"
        self._asked = ServerGenerator(Server(address, name, silence=SILENCE, retries=0, key=key))

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Pieces as they are written. The engine itself stops within BATCH tokens."""
        return self._asked.generate(messages, limit, stop)

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """The probability of each option as the reply's first token, made to sum to 1. Raises Stopped."""
        return self._asked.choose(messages, options, stop)

    def close(self) -> None:
        """Unload the model."""
        self._asked.close()
        self._engine = None


def find_gguf(folder: Path) -> Path | None:
    """The GGUF file of a model folder that holds nothing for transformers, else None. Raises JudianError for several."""
    found = sorted(folder.glob("*.gguf"))
    if not found or (folder / "config.json").is_file():
        return None
    if len(found) > 1:
        raise JudianError(f"{folder} 里有几个 GGUF 文件：{'、'.join(p.name for p in found)}。请只留要用的一个")
    return found[0]


def _start(file: Path, name: str, key: str, *, tuned: bool) -> Any:  # noqa: ANN401  xllamacpp has no types
    try:
        import xllamacpp
    except ImportError as error:
        raise GeneratorError(
            f"语言模型 {name} 是 GGUF 文件，要用 llama.cpp 运行，而它没有安装。请运行：pip install 'judian[llamacpp]'"
        ) from error
    try:
        parameters = _parameters(xllamacpp.CommonParams(), file, name, key)
        return xllamacpp.Server(_tuned(parameters) if tuned else parameters)
    except Exception as error:
        raise GeneratorError(
            f"llama.cpp 无法载入语言模型 {name}（{file}）：{error}\n请核对文件是否完整、内存是否够用；"
            "或不用语言模型，只摘原句作答：JUDIAN_LANGUAGE_MODEL=none"
        ) from error


def _parameters(parameters: Any, file: Path, name: str, key: str) -> Any:  # noqa: ANN401
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    parameters.model.path = str(file)
    parameters.model_alias = {name}
    parameters.api_keys = [key]
    parameters.hostnames, parameters.port, parameters.ui = ["127.0.0.1"], 0, False  # 0: any port that is free
    parameters.verbosity = -1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    return parameters


def _tuned(parameters: Any) -> Any:  # noqa: ANN401
    parameters.n_parallel, parameters.n_ctx, parameters.kv_unified = USERS, CONTEXT, True
    parameters.n_batch = parameters.n_ubatch = BATCH
    parameters.cache_ram_mib = CACHE_MB
    return parameters
