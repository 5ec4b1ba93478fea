"""A language model in bfloat16 -> the same model with linear layers of 8-bit integers, in place.

Weights have one scale a row, activations one scale a token (as in LLM.int8, Dettmers 2022, without its outlier
columns). Products run on the processor's 8-bit instructions through oneDNN: on two cores with AVX512-VNNI a prompt is
read 1.5 times as quickly as in bfloat16 and one token written 2 to 3 times (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

ROUGH = 6  # first layers whose down projection stays as it is: a few activations there are 100 times the others
_ZERO = 128  # of unsigned activations
_ROWS = 16  # of weights taken at a time, so that what is worked on stays in the cache
_LARGEST = 126  # of an activation without its sign: one less than would fit, for scales are rounded too


class Quantiser:
    """Tensor -> its 8-bit form; layers that read the same tensor share one, so that it is made once for them."""

    def __init__(self) -> None:
        self._last: torch.Tensor | None = None
        self._made: tuple[torch.Tensor, torch.Tensor] | None = None

    def __call__(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(…, columns) -> unsigned integers around 128 (rows, columns), and each row's scale (rows, 1)."""
        if self._made is None or self._last is not x:
            rows = x.flatten(0, -2)
            scale = (rows.abs().amax(1, keepdim=True) / _LARGEST).clamp(min=1e-6)
            self._made = ((rows / scale).round_().add_(_ZERO).to(torch.uint8), scale)
            self._last = x
        return self._made

    def forget(self) -> None:
        """Let the last tensor go."""
        self._last = self._made = None


class QuantisedLinear(nn.Module):
    """What nn.Linear does, on 8-bit integers."""

    def __init__(self, linear: nn.Linear, quantiser: Quantiser, *, last: bool) -> None:
        super().__init__()
        integers, self.scale = _integers(linear.weight.data)
        self.weight = torch.ops.onednn.qlinear_prepack(integers, None)
        self.zeros = torch.zeros(len(integers), dtype=torch.int64)
        self.bias = linear.bias
        self._quantiser, self._last = quantiser, last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, columns) -> (…, rows)."""
        integers, scale = self._quantiser(x)
        y: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            integers, 1.0, _ZERO, self.weight, self.scale, self.zeros, None, 1.0, 0, x.dtype, "none", [], ""
        )
        y.mul_(scale)
        if self._last:
            self._quantiser.forget()
        if self.bias is not None:
            y.add_(self.bias)
        return y.view(*x.shape[:-1], -1)


def _integers(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of weights -> signed integers of the same shape and each row's scale (rows,); a few rows at a time."""
    integers = torch.empty(weight.shape, dtype=torch.int8)
    scales = []
    for start in range(0, len(weight), _ROWS):
        rows = weight[start : start + _ROWS].float()
        scale = (rows.abs().amax(1) / 127).clamp(min=1e-8)
        integers[start : start + _ROWS] = (rows / scale[:, None]).round_()
        scales.append(scale)
    return integers, torch.cat(scales)


def quantise(model: Any) -> None:  # noqa: ANN401  transformers has no type for a decoder
    """Replace the linear layers of a decoder of Llama's shape (Qwen2 and its kin), and its output layer, in place."""
    for number, layer in enumerate(model.model.layers):
        _replace(layer.self_attn, ("q_proj", "k_proj", "v_proj"))
        _replace(layer.self_attn, ("o_proj",))
        _replace(layer.mlp, ("gate_proj", "up_proj"))
        if number >= ROUGH:
            _replace(layer.mlp, ("down_proj",))
    _replace(model, ("lm_head",))


def _replace(parent: nn.Module, names: Sequence[str]) -> None:
    """Layers of one parent that read the same tensor, in the order in which they read it."""
    quantiser = Quantiser()
    for name in names:
        setattr(parent, name, QuantisedLinear(getattr(parent, name), quantiser, last=name == names[-1]))
