"""head.safetensors -> two linear probes on a language model's states; checked against the model they were trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import JudianError

if TYPE_CHECKING:
    import torch


class HeadDamagedError(JudianError):
    """The file is not what was trained."""


@dataclass(frozen=True, slots=True)
class Head:
    """Probes on the states behind `layer` layers of the model named `model`.

    `sentence` (2 × width,) is for the state at a sentence's line end and the mean of its tokens' states; `answered`
    (3 × width,) for the state at the end of the prompt and those two of the sentence that answers most surely.
    """

    name: str
    model: str
    layer: int
    sentence: torch.Tensor
    answered: torch.Tensor
    sentence_bias: float
    answered_bias: float

    @classmethod
    def untrained(cls, model: str, layer: int, width: int) -> Head:
        """One that knows nothing: for reading the states that a head is trained on."""
        import torch

        return cls("", model, layer, torch.zeros(2 * width), torch.zeros(3 * width), 0.0, 0.0)

    def log_odds(self, states: torch.Tensor, spans: Sequence[tuple[int, int]]) -> tuple[list[float], float]:
        """Of states (tokens, width) and spans of sentences: of each that it answers, and that the question is answered."""
        import torch

        rows = torch.stack([torch.cat([states[end], states[start:end].mean(0)]) for start, end in spans])
        sentences = rows @ self.sentence + self.sentence_bias
        whole = torch.cat([states[-1], rows[int(sentences.argmax())]])
        return sentences.tolist(), float(whole @ self.answered) + self.answered_bias


def save_head(head: Head, path: Path) -> None:
    """Write it; the same probes give the same bytes."""
    from safetensors.torch import save_file

    about = {
        "name": head.name,
        "model": head.model,
        "layer": head.layer,
        "sentence_bias": head.sentence_bias,
        "answered_bias": head.answered_bias,
    }
    tensors = {"sentence": head.sentence, "answered": head.answered}
    save_file(tensors, path, {"about": json.dumps(about, sort_keys=True)})


def load_head(path: Path) -> Head:
    """The probes of a file. Raises HeadDamagedError when it is none."""
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            about: Mapping[str, object] = json.loads(file.metadata()["about"])
            tensors = {name: file.get_tensor(name) for name in ("sentence", "answered")}
        return Head(
            str(about["name"]),
            str(about["model"]),
            int(str(about["layer"])),
            **tensors,
            sentence_bias=float(str(about["sentence_bias"])),
            answered_bias=float(str(about["answered_bias"])),
        )
    except Exception as error:  # the format's own errors are of no common class
        raise HeadDamagedError(
            f"阅读探针 {path} 已损坏（{error}）。请重新安装据典，或：git checkout -- {path.name}"
        ) from error
