"""A GGUF file -> a folder of bfloat16 safetensors, tokenizer and configuration, for transformers.

Run as `python -m rag.convert FILE FOLDER` in a process of its own: the 5-6 GB that the conversion of the
1.5B model takes at its peak go back to the system when it ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.fetch import FetchError, Progress

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def convert_apart(gguf: Path, folder: Path, log: Path, progress: Progress) -> None:
    """Do `convert` in a process of its own, its output in `log`. Raises FetchError if it fails."""
    command = [sys.executable, "-m", "rag.convert", str(gguf), str(folder)]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[1],  # where `rag` is found, wherever the user is
            env={**os.environ, "HF_HUB_OFFLINE": "1"},
            stdout=sink,
            stderr=sink,
        )
    progress.start("转换", 0, 0)
    try:
        while process.poll() is None:
            time.sleep(0.2)
            progress.reach(0)
    finally:
        process.kill()
        process.wait()
        progress.finish()
    if process.returncode != 0:
        raise FetchError(_failure(process.returncode, log))


def _failure(code: int, log: Path) -> str:
    if code == -9:
        return "转换时内存不足（需要约 6 GB），被系统终止。下载的部分已保留，关掉别的程序后重新运行同一命令"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"转换为 safetensors 失败：{lines[-1] if lines else code}。全部输出在 {log}。下载的部分已保留"


def convert(gguf: Path, folder: Path) -> None:
    """Write `folder`, loadable by from_pretrained, with the weights of `gguf` dequantised to bfloat16."""
    model, tokenizer = _load(gguf)
    _clear_quantizer_marks(model)
    _tie_if_equal(model)
    _set_generation(model, tokenizer)
    tokenizer.model_max_length = model.config.max_position_embeddings
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)  # safetensors writes 0600; others on this machine may share the cache


def _load(gguf: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    import torch
    import transformers

    options: dict[str, Any] = {}
    if hasattr(transformers, "GgufConfig"):  # newer releases may keep weights packed, which cannot be saved
        options["quantization_config"] = transformers.GgufConfig(dequantize=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        str(gguf.parent), gguf_file=gguf.name, dtype=torch.bfloat16, **options
    )
    kinds = {parameter.dtype for parameter in model.parameters()}
    if kinds != {torch.bfloat16}:
        raise RuntimeError(f"weights were not dequantised: {kinds}")
    return model, transformers.AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)


def _clear_quantizer_marks(model: PreTrainedModel) -> None:
    """Forget where the weights came from: save_pretrained refuses a model marked as GGUF."""
    for name, value in {"hf_quantizer": None, "is_quantized": False}.items():
        setattr(model, name, value)
    if hasattr(model, "quantization_method"):
        del model.quantization_method
    model.config.__dict__.pop("quantization_config", None)
    model.config._name_or_path = ""


def _tie_if_equal(model: PreTrainedModel) -> None:
    """Save one matrix instead of two where output and input embeddings are the same numbers.

    Qwen's own Q4_K_M files hold them twice, in different precision (1.5B: Q4_K in, Q6_K out; mean difference
    7.6 % of the mean size), so there they stay apart and the outputs are those of the GGUF.
    """
    import torch

    weights = dict(model.named_parameters(remove_duplicate=False))
    head, embeddings = weights.get("lm_head.weight"), weights.get("model.embed_tokens.weight")
    if head is not None and embeddings is not None and torch.equal(head, embeddings):
        model.config.tie_word_embeddings = True
        model.tie_weights()


def _set_generation(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """End an answer at the end of the turn as well as at the end of the text, as Qwen's own configuration does."""
    stops = [tokenizer.eos_token, "<|im_end|>", "<|endoftext|>"]
    ids = {tokenizer.convert_tokens_to_ids(stop) for stop in stops if stop in tokenizer.get_vocab()}
    model.generation_config.eos_token_id = sorted(ids, reverse=True)
    model.generation_config.pad_token_id = tokenizer.pad_token_id


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
