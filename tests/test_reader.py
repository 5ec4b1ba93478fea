"""The first layers of a model with probes on them: what they see, what they say, and how they stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from evidences import evidence
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_model import LETTERS, tiny_local

from rag.evidence import Evidence
from rag.generate import Stopped
from rag.generators.local import LocalModel
from rag.prompt import reading_parts
from rag.reader import LayerReader, first_layers
from rag.reading.head import Head, HeadDamagedError, load_head, save_head

WIDTH, LAYERS, LAYER = 32, 4, 3
QUESTION = "粮食产量是不是第一？"
READ = [
    evidence("粮食产量是第一。", document="粮食.txt", section="第一月"),
    evidence("报告有城镇化率。", document="粮食.txt", section="第一月", start=9),
    evidence("城镇化率是三十。", document="报告.txt", section=""),
]


@pytest.fixture(scope="module")
def local() -> LocalModel:
    return tiny_local(layers=LAYERS)


def head(layer: int = LAYER, seed: int = 1) -> Head:
    made = torch.Generator().manual_seed(seed)
    sentence, answered = torch.randn(2 * WIDTH, generator=made), torch.randn(3 * WIDTH, generator=made)
    return Head("probe", "tiny", layer, sentence, answered, 0.25, -0.5)


def pieces(question: str, read: Sequence[Evidence]) -> list[str]:
    """The prompt in the pieces that are made into tokens apart."""
    parts = reading_parts(question, read)
    return [parts.front, parts.question, *(piece for line in parts.sentences for piece in line), parts.end]


def states_of_all(local: LocalModel, question: str, read: Sequence[Evidence], layer: int) -> torch.Tensor:
    """The states behind `layer` layers of the whole model, reading the whole prompt at once."""
    tokens = [token for piece in pieces(question, read) for token in local.encode(piece)]
    with torch.inference_mode():
        every: Any = local.model.model(input_ids=torch.tensor([tokens]), output_hidden_states=True)
    behind: torch.Tensor = every.hidden_states[layer][0]
    return behind


@pytest.mark.parametrize("layer", [1, 2, LAYER])
def test_the_states_are_those_of_the_whole_model_that_reads_all_at_once(local: LocalModel, layer: int) -> None:
    reader = LayerReader(local, head(layer))
    states, _ = reader.states(QUESTION, READ)
    whole = states_of_all(local, QUESTION, READ, layer)
    front = len(local.encode(reading_parts("", ()).front))
    assert len(states) == len(whole) - front
    torch.testing.assert_close(states, whole[front:], atol=1e-4, rtol=1e-4)


def test_the_first_layers_share_their_weights_and_leave_the_model_as_it_was(local: LocalModel) -> None:
    part = first_layers(local.model, 2)
    assert [a is b for a, b in zip(part.layers, local.model.model.layers, strict=False)] == [True, True]
    assert len(local.model.model.layers) == LAYERS
    assert not isinstance(local.model.model.norm, torch.nn.Identity)


def test_the_spans_are_the_sentences_and_end_where_their_lines_end(local: LocalModel) -> None:
    reader = LayerReader(local, head())
    _, spans = reader.states(QUESTION, READ)
    told = [local.tokenizer.decode([t]) for piece in pieces(QUESTION, READ)[1:] for t in local.encode(piece)]
    assert ["".join(told[start:end]) for start, end in spans] == [e.text for e in READ]
    assert [local.encode("\n")[0]] * len(READ) == [local.encode(told[end])[0] for _, end in spans]


@given(st.lists(st.text(alphabet=LETTERS + "\n〔】[]<|>", min_size=6, max_size=20), min_size=1, max_size=5))
@settings(max_examples=50)
def test_any_sentences_are_judged_one_by_one(texts: list[str]) -> None:
    """Line breaks, brackets and marks of a conversation in a sentence begin no new one."""
    read = [evidence(text, start=30 * n) for n, text in enumerate(texts)]
    reader = LayerReader(SHARED, head())
    _, spans = reader.states(QUESTION, read)
    said = reader.judge(QUESTION, read)
    assert len(said.sentences) == len(texts)
    assert all(start < end for start, end in spans)
    assert all(value == value for value in (*said.sentences, said.answered))


SHARED = tiny_local(layers=LAYERS)


def test_what_is_said_is_what_the_probes_make_of_the_states(local: LocalModel) -> None:
    reader, probes = LayerReader(local, head()), head()
    states, spans = reader.states(QUESTION, READ)
    rows = [torch.cat([states[end], states[start:end].mean(0)]) for start, end in spans]
    sentences = [float(row @ probes.sentence) + 0.25 for row in rows]
    surest = rows[sentences.index(max(sentences))]
    said = reader.judge(QUESTION, READ)
    assert said.sentences == pytest.approx(sentences, abs=1e-4)
    assert said.answered == pytest.approx(float(torch.cat([states[-1], surest]) @ probes.answered) - 0.5, abs=1e-4)


def test_the_same_question_is_judged_the_same_again_after_others(local: LocalModel) -> None:
    """What is kept of the front is not changed by what was read behind it."""
    reader = LayerReader(local, head())
    first = reader.judge(QUESTION, READ)
    reader.judge("城镇化率？", READ[:1])
    assert reader.judge(QUESTION, READ) == first


def test_two_threads_at_once_are_told_what_each_would_be_told_alone(local: LocalModel) -> None:
    reader = LayerReader(local, head())
    asked = [(QUESTION, READ), ("城镇化率是不是三十？", READ[1:])] * 4
    alone = [reader.judge(question, read) for question, read in asked]
    with ThreadPoolExecutor(2) as threads:
        at_once = list(threads.map(lambda one: reader.judge(*one), asked))
    assert at_once == alone


def test_a_stop_that_was_set_before_reads_nothing(local: LocalModel) -> None:
    stop = threading.Event()
    stop.set()
    reader = LayerReader(local, head())
    with pytest.raises(Stopped):
        reader.judge(QUESTION, READ, stop)
    assert len(reader.judge(QUESTION, READ).sentences) == len(READ)


def test_a_stop_between_layers_ends_the_reading_and_the_next_one_is_whole() -> None:
    slow = tiny_local(layers=LAYERS, slow=0.15)
    reader, stop = LayerReader(slow, head()), threading.Event()
    expected = LayerReader(tiny_local(layers=LAYERS), head()).judge(QUESTION, READ)
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        reader.judge(QUESTION, READ, stop)
    assert time.monotonic() - started < 0.15 * LAYER + 0.1
    said = reader.judge(QUESTION, READ)
    assert said.sentences == pytest.approx(expected.sentences, abs=1e-5)


def test_a_head_that_was_written_is_read_back_and_the_same_gives_the_same_bytes(tmp_path: Path) -> None:
    kept = head()
    for name in ("a", "b"):
        save_head(kept, tmp_path / name)
    back = load_head(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    told = (back.name, back.model, back.layer, back.sentence_bias, back.answered_bias)
    assert told == ("probe", "tiny", LAYER, 0.25, -0.5)
    assert torch.equal(back.sentence, kept.sentence)
    assert torch.equal(back.answered, kept.answered)


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut"])
def test_a_damaged_head_is_said_to_be_damaged(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "head.safetensors"
    save_head(head(), path)
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "text": "不是探针".encode(), "cut": whole[: len(whole) // 2]}.get(damage, whole))
    if damage == "missing":
        path.unlink()
    with pytest.raises(HeadDamagedError, match="已损坏") as told:
        load_head(path)
    assert str(path) in str(told.value)


def test_tensors_without_what_they_are_about_are_no_head(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file({"sentence": torch.zeros(2), "answered": torch.zeros(3)}, tmp_path / "head")
    with pytest.raises(HeadDamagedError):
        load_head(tmp_path / "head")


def test_an_untrained_head_says_nothing(local: LocalModel) -> None:
    said = LayerReader(local, Head.untrained("tiny", LAYER, WIDTH)).judge(QUESTION, READ)
    assert (said.sentences, said.answered) == ((0.0, 0.0, 0.0), 0.0)
