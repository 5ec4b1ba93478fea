"""The folder of a BERT encoder -> the network that training begins with, and the tokenizer it reads by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from rag.reranking.network import Network, Shape
from rag.reranking.vocabulary import pruned

_LAYER = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "norm",
}


def begin(folder: Path, layers: int | None = None) -> tuple[Network, dict[str, Any]]:
    """The encoder's weights with a score on top that is still by chance, and the pruned tokenizer.

    With `layers` only the first so many are taken.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer, ids = pruned(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")))
    shape = Shape(
        len(ids),
        config["hidden_size"],
        config["intermediate_size"],
        config["num_attention_heads"],
        layers or config["num_hidden_layers"],
        config["max_position_embeddings"],
    )
    network = Network(shape)
    network.load_state_dict(_renamed(_weights(folder), ids, shape.layers), strict=False)
    return network, tokenizer


def _weights(folder: Path) -> dict[str, Tensor]:
    if (folder / "model.safetensors").exists():
        from safetensors.torch import load_file

        return load_file(folder / "model.safetensors")
    weights: dict[str, Tensor] = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    return weights


def _renamed(weights: Mapping[str, Tensor], ids: list[int], layers: int) -> dict[str, Tensor]:
    plain = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
    found = {
        "words.weight": plain["embeddings.word_embeddings.weight"][ids],
        "positions.weight": plain["embeddings.position_embeddings.weight"],
        "kinds.weight": plain["embeddings.token_type_embeddings.weight"],
    }
    names = {"embeddings.LayerNorm": "embedding_norm"}
    names |= {f"encoder.layer.{n}.{old}": f"layers.{n}.{new}" for n in range(layers) for old, new in _LAYER.items()}
    for old, new in names.items():
        found |= {f"{new}.{part}": plain[f"{old}.{part}"] for part in ("weight", "bias")}
    return found
