"""Linear layers of 8-bit integers against the same layers in floats."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_model import tiny_model
from torch import nn

from rag.quantised import QuantisedLinear, Quantiser, quantise


def _layer(rows: int, columns: int, seed: int, *, bias: bool) -> nn.Linear:
    torch.manual_seed(seed)
    return nn.Linear(columns, rows, bias=bias, dtype=torch.bfloat16)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 70),
    tokens=st.integers(1, 9),
    loudness=st.floats(1e-3, 1e3),
    seed=st.integers(0, 99),
)
def test_a_quantised_layer_says_nearly_what_the_layer_says(
    rows: int, columns: int, tokens: int, loudness: float, seed: int
) -> None:
    layer = _layer(rows, columns, seed, bias=True)
    x = (torch.randn(1, tokens, columns) * loudness).bfloat16()
    with torch.inference_mode():
        exact = nn.functional.linear(x.float(), layer.weight.float(), layer.bias.float())
        made = QuantisedLinear(layer, Quantiser(), last=True)(x).float()
    assert made.shape == exact.shape
    room = x.float().abs().amax(-1, keepdim=True) * layer.weight.float().abs().amax() * columns * 0.02 + 0.02
    assert ((made - exact).abs() <= room).all()


def test_the_loudest_activation_does_not_wrap_round() -> None:
    layer = nn.Linear(1, 1, bias=False, dtype=torch.bfloat16)
    nn.init.ones_(layer.weight)
    quantised = QuantisedLinear(layer, Quantiser(), last=True)
    for value in torch.linspace(0.001, 9, 500):
        for sign in (1, -1):
            x = (sign * value).bfloat16().reshape(1, 1)
            assert float(quantised(x)) == pytest.approx(float(x), rel=0.02)


def test_layers_that_read_the_same_tensor_share_its_integers_and_let_it_go() -> None:
    quantiser = Quantiser()
    first = QuantisedLinear(_layer(4, 6, 1, bias=False), quantiser, last=False)
    second = QuantisedLinear(_layer(3, 6, 2, bias=False), quantiser, last=True)
    x = torch.randn(2, 6).bfloat16()
    first(x)
    made = quantiser(x)
    assert made[0] is quantiser(x)[0]
    second(x)
    assert quantiser._last is None


def test_another_tensor_is_never_given_the_integers_of_the_one_before() -> None:
    layer = QuantisedLinear(_layer(4, 6, 1, bias=False), Quantiser(), last=False)
    x = torch.randn(2, 6).bfloat16()
    alone = layer(x * 3).clone()
    layer(x)
    assert torch.equal(layer(x * 3), alone)


def test_a_row_of_zeros_stays_zero() -> None:
    layer = _layer(5, 8, 3, bias=False)
    assert torch.equal(QuantisedLinear(layer, Quantiser(), last=True)(torch.zeros(1, 8).bfloat16()), torch.zeros(1, 5))


def test_a_quantised_model_foresees_nearly_the_same_tokens() -> None:
    model = tiny_model().bfloat16()
    quantised = copy.deepcopy(model)
    quantise(quantised)
    tokens = torch.arange(1, 25).reshape(1, -1)
    with torch.inference_mode():
        exact, made = model(input_ids=tokens).logits.float(), quantised(input_ids=tokens).logits.float()
    assert torch.nn.functional.cosine_similarity(exact, made, dim=-1).mean() > 0.95
