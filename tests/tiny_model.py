"""A causal language model of a few thousand random weights, with a tokenizer whose tokens are characters."""

from __future__ import annotations

import time
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from rag.generators.local import LocalModel, decoder_layers

LETTERS = "。，？：有无是不粮食产量城镇化率第一二三四五六七八九十年月报告"
TEMPLATE = "{% for message in messages %}{{ message['content'] }}。{% endfor %}：{{ '思' if enable_thinking else '' }}"


def tiny_tokenizer() -> Any:  # noqa: ANN401  as in rag.generators.local
    """One token a character; what is not in LETTERS is one and the same token."""
    vocabulary = {"[UNK]": 0, "[END]": 1, **{letter: n for n, letter in enumerate(LETTERS, 2)}}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    made: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, unk_token="[UNK]", eos_token="[END]"
    )
    made.chat_template = TEMPLATE
    return made


def tiny_model(seed: int = 0, layers: int = 2, vocabulary: int = len(LETTERS) + 2) -> Any:  # noqa: ANN401
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        initializer_range=0.4,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=None,
    )
    made = Qwen2ForCausalLM(config)
    made.train(False)
    return made


def tiny_local(seed: int = 0, layers: int = 2, slow: float = 0.0, ends: bool = False) -> LocalModel:
    """It takes `slow` seconds for each layer of a pass, and never ends a reply unless it `ends` them."""
    model = tiny_model(seed, layers)
    if not ends:
        model.generation_config.eos_token_id = []
    if slow:
        for layer in decoder_layers(model):
            layer.register_forward_hook(lambda *_: time.sleep(slow))
    return LocalModel(model, tiny_tokenizer(), "tiny")
