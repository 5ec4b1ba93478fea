"""Prompt-lookup decoding against transformers' own greedy search, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import Qwen2Config, Qwen2ForCausalLM

from rag.decoding import Prefix

VOCABULARY = 40  # few tokens, so that what is written repeats the prompt and lookup has something to propose
prompts = st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=30)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Threads of so small a model only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def model(seed: int) -> Any:  # noqa: ANN401  as in rag.decoding
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.4,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )
    made = Qwen2ForCausalLM(config)
    made.train(False)
    return made


MODELS = [model(seed) for seed in range(4)]
which = st.sampled_from(MODELS)


def oracle(made: Any, prompt: list[int], limit: int, stops: frozenset[int] = frozenset()) -> list[int]:  # noqa: ANN401
    with torch.inference_mode():
        output = made.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=limit,
            eos_token_id=sorted(stops) or None,
            pad_token_id=0,
        )
    written: list[int] = output[0, len(prompt) :].tolist()
    return written[:-1] if written and written[-1] in stops else written


def greedy(prefix: Prefix, prompt: list[int], limit: int, stops: frozenset[int] = frozenset()) -> list[int]:
    last = prefix.read(prompt)
    return [token for run in prefix.greedy(last, limit, stops) for token in run]


@settings(max_examples=30)
@given(which, prompts, st.integers(1, 40))
def test_the_tokens_are_those_of_greedy_search(made: Any, prompt: list[int], limit: int) -> None:  # noqa: ANN401
    assert greedy(Prefix(made), prompt, limit) == oracle(made, prompt, limit)


@settings(max_examples=30)
@given(which, prompts, prompts, prompts, st.integers(1, 25))
def test_a_reused_beginning_changes_nothing(
    made: Any,  # noqa: ANN401
    shared: list[int],
    one: list[int],
    two: list[int],
    limit: int,
) -> None:
    prefix = Prefix(made)
    for prompt in (shared + one, shared + two, shared, shared + one, two):
        assert greedy(prefix, prompt, limit) == oracle(made, prompt, limit)


@settings(max_examples=30)
@given(which, prompts, st.integers(1, 40), st.frozensets(st.integers(0, VOCABULARY - 1), min_size=1, max_size=6))
def test_writing_ends_before_a_stop_token(made: Any, prompt: list[int], limit: int, stops: frozenset[int]) -> None:  # noqa: ANN401
    written = greedy(Prefix(made), prompt, limit, stops)
    assert written == oracle(made, prompt, limit, stops)
    assert not stops.intersection(written)


def test_no_more_than_the_limit_is_written() -> None:
    for limit in range(15):
        assert len(greedy(Prefix(MODELS[0]), [1, 2, 3] * 5, limit)) == limit


def test_a_writer_that_is_left_in_the_middle_can_go_on_with_another_prompt() -> None:
    prefix, prompt = Prefix(MODELS[1]), [5, 6, 7, 8, 5, 6]
    runs = prefix.greedy(prefix.read(prompt), 30, frozenset())
    next(runs)
    del runs
    assert greedy(prefix, [5, 6, 7, 1], 12) == oracle(MODELS[1], [5, 6, 7, 1], 12)


@settings(max_examples=20)
@given(which, prompts, prompts)
def test_reading_gives_the_logits_of_the_whole_prompt(made: Any, before: list[int], prompt: list[int]) -> None:  # noqa: ANN401
    prefix = Prefix(made)
    prefix.read(before)
    with torch.inference_mode():
        expected = made(torch.tensor([prompt])).logits[0, -1]
    torch.testing.assert_close(prefix.read(prompt), expected, rtol=1e-3, atol=1e-4)
    assert prefix.tokens == prompt


def test_what_was_read_is_not_read_again() -> None:
    made = model(9)
    seen: list[int] = []
    made.register_forward_pre_hook(lambda _, __, kwargs: seen.append(kwargs["input_ids"].shape[1]), with_kwargs=True)
    prefix = Prefix(made)
    prefix.read([1, 2, 3, 4, 5, 6])
    prefix.read([1, 2, 3, 4, 9])
    prefix.read([1, 2, 3, 4, 9])
    assert seen == [6, 1, 1]


@pytest.mark.parametrize("tokens", [[7, 8, 7, 8, 7], [3] * 9])
def test_what_repeats_the_prompt_takes_fewer_steps_than_tokens(tokens: list[int]) -> None:
    made = MODELS[2]
    written = oracle(made, tokens, 60)
    runs = list((prefix := Prefix(made)).greedy(prefix.read(tokens), 60, frozenset()))
    assert [t for run in runs for t in run] == written
    assert len(runs) < len(written)


def test_an_interrupted_reading_spoils_nothing() -> None:
    made = model(1)
    prefix = Prefix(made)
    prefix.read([1, 2, 3, 4, 5])

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    hook = made.model.layers[1].mlp.register_forward_pre_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        prefix.read([1, 2, 3, 9, 9])
    hook.remove()
    assert greedy(prefix, [1, 2, 3, 4, 7], 10) == oracle(made, [1, 2, 3, 4, 7], 10)
