"""A trained network <-> a folder: weights.safetensors in 8 bits, tokenizer.json, config.json, and a manifest of hashes.

A matrix is kept as whole numbers -127..127 with one scale a row, the rest as 16-bit floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import JudianError
from rag.manifest import Manifest, file_sha256, find_faults, read_manifest, record_files, write_manifest

if TYPE_CHECKING:
    from torch import Tensor

    from rag.reranking.network import Network
    from rag.reranking.tokens import Tokens

WEIGHTS, TOKENIZER, CONFIG = "weights.safetensors", "tokenizer.json", "config.json"
CARD = "MODEL_CARD.md"

_SCALE = ".scale"


class RerankerDamagedError(JudianError):
    """The files of the reranker are not those that were trained."""


def save(
    network: Network, tokenizer: Mapping[str, Any], folder: Path, about: Mapping[str, Any], trained_on: str
) -> None:
    """Write the artefact; `about` is what the manifest says of licence and source, `trained_on` a date."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(quantised(network.state_dict()), folder / WEIGHTS)
    (folder / TOKENIZER).write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    config = {"name": about["name"], "shape": asdict(network.shape)}
    (folder / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / "manifest.json").unlink(missing_ok=True)
    files = {name: record for name, record in record_files(folder).items() if name in (WEIGHTS, TOKENIZER, CONFIG)}
    write_manifest(folder, Manifest(**about, fetched_on=trained_on, files=files))


def load(folder: Path) -> tuple[str, Network, Tokens]:
    """Name, network and tokenizer, in the number format that is fast here. Raises RerankerDamagedError."""
    import torch
    from safetensors.torch import load_file

    from index.processor import fast_dtype
    from rag.reranking.network import Network, Shape
    from rag.reranking.tokens import Tokens

    if faults := list(find_faults(folder, deep=True)):
        raise RerankerDamagedError(
            f"重排模型的文件与清单不符（{folder}）：{'；'.join(faults)}。"
            "它会给出不可信的次序，所以没有载入。请恢复这个文件夹：重新安装，或 git checkout 它"
        )
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    with torch.device("meta"):
        network = Network(Shape(**config["shape"]))
    weights = restored(load_file(folder / WEIGHTS))
    network.load_state_dict({name: tensor.to(fast_dtype()) for name, tensor in weights.items()}, assign=True)
    network.requires_grad_(False)
    network.train(False)
    return config["name"], network, Tokens(folder / TOKENIZER)


def fingerprint(folder: Path) -> str:
    """The SHA-256 of the weights, as the manifest states it."""
    return read_manifest(folder).files[WEIGHTS].sha256


def quantised(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Matrices as 8-bit whole numbers and the scales of their rows; the rest in 16 bits."""
    import torch

    found: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if tensor.ndim < 2:
            found[name] = tensor.half()
            continue
        scale = tensor.float().abs().amax(dim=1).clamp(min=1e-8) / 127
        found[name] = (tensor.float() / scale[:, None]).round().to(torch.int8)
        found[name + _SCALE] = scale
    return found


def restored(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights as floats."""
    return {
        name: tensor.float() * stored[name + _SCALE][:, None] if name + _SCALE in stored else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(_SCALE)
    }


def source_files(folder: Path) -> dict[str, str]:
    """What it is trained from: name -> SHA-256 of each file of a folder, or of one file."""
    files = [folder] if folder.is_file() else sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: file_sha256(path) for path in files}
