"""Texts -> unit vectors: the encoder protocol and its sentence-transformers form. Prompts live here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from index.errors import JudianError

Vectors = NDArray[np.float32]

BATCH = 8  # larger batches pad more and were slower on two cores


class Encoder(Protocol):
    """Turns n texts into unit vectors, float32, shape (n, dim)."""

    name: str
    dim: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, in order."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages or sentences, in order."""
        ...


class SentenceEncoder:
    """An encoder loaded by sentence-transformers from a local folder; bfloat16 where the processor is fast at it."""

    def __init__(self, folder: Path, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        from index.processor import fast_dtype

        try:
            self._model = SentenceTransformer(
                str(folder), device="cpu", model_kwargs={"dtype": fast_dtype()}, local_files_only=True
            )
        except Exception as error:
            raise JudianError(
                f"编码器 {name} 无法载入（{folder}）：{error}\n请重新获取：python -m rag models fetch {name}"
            ) from error
        self.name = name
        self.dim = int(cast(int, self._model.get_embedding_dimension()))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model's own query prompt if it has one."""
        return self._unit(self._model.encode_query(list(texts), batch_size=BATCH, convert_to_tensor=True), len(texts))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's own document prompt if it has one."""
        return self._unit(
            self._model.encode_document(list(texts), batch_size=BATCH, convert_to_tensor=True), len(texts)
        )

    def _unit(self, tensor: object, count: int) -> Vectors:
        import torch

        if not count:
            return np.zeros((0, self.dim), np.float32)
        vectors = cast(torch.Tensor, tensor).float().numpy()
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return cast(Vectors, (vectors / np.maximum(norms, 1e-12)).astype(np.float32))
