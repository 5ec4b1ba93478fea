"""What every engine promises, on each of them: transformers, a server, llama.cpp."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from fake_server import MODELS, serving
from tiny_model import tiny_local

from rag.answer import Message
from rag.generate import Generator, Stopped
from rag.generators.local import TransformersGenerator
from rag.generators.server import Server, ServerGenerator

QUICK = 0.3  # seconds in which a stop works
GGUF = "qwen2.5-coder-1.5b-instruct-gguf"
LONG = "粮食产量有多少？城镇化率有多少？" * 60


def ask(text: str) -> list[Message]:
    return [{"role": "system", "content": "第一年报告。"}, {"role": "user", "content": text}]


@dataclass(frozen=True, slots=True)
class Bench:
    """An engine to try. `slow()` makes each piece take a while; `limit` tokens are enough for the tests."""

    generator: Generator
    slow: Callable[[], None]
    limit: int = 40

    def write(self, text: str, limit: int | None = None) -> str:
        return "".join(self.generator.generate(ask(text), limit or self.limit, threading.Event()))


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def llamacpp() -> Iterator[Generator]:
    pytest.importorskip("xllamacpp")
    from rag.generators.llamacpp import LlamaCppGenerator, find_gguf
    from rag.models import ModelStore, default_cache

    store = ModelStore(default_cache())
    if GGUF not in {s.model.name for s in store.list() if s.state == "已就绪"}:
        pytest.skip(f"python -m rag models fetch {GGUF}")
    file = find_gguf(store.locate(GGUF))
    assert file is not None
    generator = LlamaCppGenerator(file, GGUF)
    yield generator
    generator.close()


@pytest.fixture(params=["transformers", "server", pytest.param("llamacpp", marks=pytest.mark.models)])
def bench(request: pytest.FixtureRequest, one_thread: None) -> Iterator[Bench]:
    if request.param == "llamacpp":
        yield Bench(request.getfixturevalue("llamacpp"), lambda: None, 24)
    elif request.param == "transformers":
        local = tiny_local(seed=1, slow=0.0)
        delay = {"seconds": 0.0}
        local.model.model.layers[0].register_forward_hook(lambda *_: time.sleep(delay["seconds"]))
        yield Bench(TransformersGenerator(local), lambda: delay.update(seconds=0.05))
    else:
        with serving() as server:
            generator = ServerGenerator(Server(server.address, MODELS[0], retries=0))
            yield Bench(generator, lambda: setattr(server, "pause", 0.05))
            generator.close()


def test_text_comes_in_pieces_and_is_the_same_each_time(bench: Bench) -> None:
    pieces = list(bench.generator.generate(ask("粮食产量有多少？"), bench.limit, threading.Event()))
    assert all(pieces)
    assert "".join(pieces)
    assert "".join(pieces) == bench.write("粮食产量有多少？")
    assert bench.generator.name


def test_the_limit_is_kept(bench: Bench) -> None:
    short, longer = bench.write("粮食产量有多少？", 3), bench.write("粮食产量有多少？", 6)
    assert len(short) < len(longer)
    assert longer.startswith(short)


def test_a_stop_that_is_set_already_writes_nothing(bench: Bench) -> None:
    stop = threading.Event()
    stop.set()
    assert list(bench.generator.generate(ask("粮食"), bench.limit, stop)) == []
    with pytest.raises(Stopped):
        bench.generator.choose(ask("粮食"), ("有", "无"), stop)


def test_a_stop_while_writing_ends_the_text_at_once(bench: Bench) -> None:
    bench.slow()
    stop = threading.Event()
    pieces = bench.generator.generate(ask("粮食产量有多少？"), bench.limit, stop)
    first = next(pieces)
    stopped = threading.Timer(0.1, stop.set)
    stopped.start()
    started = time.monotonic()
    rest = list(pieces)
    assert time.monotonic() - started < 0.1 + QUICK
    stopped.join()
    assert bench.write("粮食产量有多少？").startswith(first + "".join(rest))


def test_options_have_probabilities(bench: Bench) -> None:
    chosen = bench.generator.choose(ask("有粮食。有没有粮食？只回答“有”或“无”。"), ("有", "无"))
    assert len(chosen) == 2
    assert sum(chosen) == pytest.approx(1)
    assert all(0 <= p <= 1 for p in chosen)
    turned = bench.generator.choose(ask("有粮食。有没有粮食？只回答“有”或“无”。"), ("无", "有"), threading.Event())
    assert turned == pytest.approx(chosen[::-1], abs=0.02)


def test_a_text_that_is_left_in_the_middle_spoils_nothing(bench: Bench) -> None:
    pieces: Any = bench.generator.generate(ask("粮食产量有多少？"), bench.limit, threading.Event())
    next(pieces)
    pieces.close()
    whole = bench.write("城镇化率有多少？")
    pieces = bench.generator.generate(ask("城镇化率有多少？"), bench.limit, threading.Event())
    next(pieces)
    del pieces
    assert bench.write("城镇化率有多少？") == whole


def test_a_text_can_be_continued_by_another_thread(bench: Bench) -> None:
    whole = bench.write("粮食产量有多少？")
    pieces = bench.generator.generate(ask("粮食产量有多少？"), bench.limit, threading.Event())
    written = [next(pieces)]
    thread = threading.Thread(target=lambda: written.extend(pieces))
    thread.start()
    thread.join(60)
    assert "".join(written) == whole


def test_two_users_both_progress_and_read_what_each_would_alone(bench: Bench) -> None:
    questions = ("粮食产量有多少？", "城镇化率有多少？")
    alone = [bench.write(q) for q in questions]
    bench.slow()
    times: list[list[float]] = [[], []]
    texts = ["", ""]

    def write(n: int) -> None:
        for piece in bench.generator.generate(ask(questions[n]), bench.limit, threading.Event()):
            times[n].append(time.monotonic())
            texts[n] += piece

    threads = [threading.Thread(target=write, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert texts == alone
    assert max(t[0] for t in times) < min(t[-1] for t in times), "one waited for the whole text of the other"


def test_a_stop_while_the_prompt_is_read_or_others_are_served_works_at_once(bench: Bench) -> None:
    bench.slow()
    busy = threading.Event()
    other = threading.Thread(target=lambda: list(bench.generator.generate(ask(LONG + "年"), bench.limit, busy)))
    other.start()
    for pause in (0.0, 0.02, 0.15):
        stop = threading.Event()
        timer = threading.Timer(pause, stop.set)
        timer.start()
        started = time.monotonic()
        list(bench.generator.generate(ask(LONG + "月"), 1, stop))
        assert time.monotonic() - started < pause + QUICK
        timer.join()
    busy.set()
    other.join(60)


def test_transformers_stops_between_the_layers_of_one_pass(one_thread: None) -> None:
    generator = TransformersGenerator(tiny_local(layers=20, slow=0.05))  # a pass takes a second
    for asked in ("generate", "choose"):
        stop = threading.Event()
        timer = threading.Timer(0.3, stop.set)
        timer.start()
        started = time.monotonic()
        if asked == "generate":
            assert list(generator.generate(ask("粮食"), 5, stop)) == []
        else:
            with pytest.raises(Stopped):
                generator.choose(ask("粮食"), ("有", "无"), stop)
        assert 0.3 <= time.monotonic() - started < 0.3 + QUICK
        timer.join()


def test_a_user_who_stops_does_not_wait_for_the_layer_and_the_work_ends_with_it(one_thread: None) -> None:
    generator = TransformersGenerator(tiny_local(layers=3, slow=1.0))
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    started = time.monotonic()
    assert list(generator.generate(ask("粮食"), 5, stop)) == []
    assert time.monotonic() - started < 0.2 + QUICK
    with generator.local.turns.turn():
        assert time.monotonic() - started < 2
    timer.join()


def test_what_goes_wrong_is_raised_where_the_text_is_read(one_thread: None) -> None:
    generator = TransformersGenerator(tiny_local())
    hook = generator.local.model.model.layers[1].register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(generator.generate(ask("粮食"), 5, threading.Event()))
    hook.remove()
    assert list(generator.generate(ask("粮食"), 5, threading.Event()))


def test_a_short_question_does_not_wait_until_a_long_prompt_is_read(one_thread: None) -> None:
    generator = TransformersGenerator(tiny_local(layers=20, slow=0.05))
    done: list[str] = []

    def choose(name: str, text: str) -> None:
        generator.choose(ask(text), ("有", "无"))
        done.append(name)

    long = threading.Thread(target=choose, args=("long", "粮食" * 700))  # three passes of a second each
    long.start()
    time.sleep(0.2)
    choose("short", "有")
    assert done == ["short"]
    long.join(30)


def test_the_common_beginning_is_read_once(one_thread: None) -> None:
    local = tiny_local()
    read: list[int] = []
    local.model.register_forward_pre_hook(lambda _, __, kw: read.append(kw["input_ids"].shape[1]), with_kwargs=True)
    generator = TransformersGenerator(local)
    generator.choose(ask("粮食产量有多少？有无"), ("有", "无"))
    generator.choose(ask("粮食产量有多少？不是"), ("有", "无"))
    generator.choose([*ask("粮食产量有多少？不是"), {"role": "assistant", "content": "有"}], ("有", "无"))
    assert read == [len(local.tokens(ask("粮食产量有多少？有无"))), 4, 3]


def test_a_model_that_thinks_aloud_is_told_not_to() -> None:
    local = tiny_local()
    assert "思" not in local.tokenizer.decode(local.tokens(ask("粮食")))


def test_a_folder_that_cannot_be_loaded_says_what_mends_it(tmp_path: Path) -> None:
    from rag.generate import GeneratorError
    from rag.generators.local import load_local

    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(GeneratorError, match="models fetch broken"):
        load_local(tmp_path, "broken")
