"""A server that is slow, silent, gone or wrong: what users are told, what is asked again, and that no key is shown."""

from __future__ import annotations

import gc
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_server import MODELS, REPLY, Connection, FakeServer, reply, serving
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import JudianError
from rag.answer import Message
from rag.engine import open_generator
from rag.generate import GeneratorError, Stopped
from rag.generators import server as engine
from rag.generators.complaints import Complaints
from rag.generators.server import Server, ServerGenerator
from rag.settings import Settings, find_key, load_settings

QUICK = 0.3  # seconds in which a stop works
QUESTION: list[Message] = [{"role": "user", "content": "粮食产量有多少？"}]
CANARY = "sk-canary-0123456789"
Move = Callable[[Connection], None]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.setattr(engine, "BACK_OFF", 0.01)
    with serving() as running:
        yield running


@pytest.fixture
def generator(server: FakeServer) -> Iterator[ServerGenerator]:
    made = ServerGenerator(Server(server.address, MODELS[0], connect=2, silence=5, key=CANARY))
    yield made
    made.close()


def write(generator: ServerGenerator, limit: int = 50) -> str:
    return "".join(generator.generate(QUESTION, limit, threading.Event()))


def status(code: int, body: object = None, **headers: str) -> Move:
    return lambda connection: connection.status(code, body, headers)


def partly(connection: Connection) -> None:
    connection.begin()
    connection.write("全国")
    connection.drop()


def cut(connection: Connection) -> None:
    connection.begin()
    connection.write("全国")
    connection.finish()


def broken(connection: Connection) -> None:
    connection.begin()
    connection.write("全国")
    connection.event('{"choices": [{"delta"')
    connection.finish()


def complaint(connection: Connection) -> None:
    connection.begin()
    connection.write("全国")
    connection.event('{"error": {"message": "out of memory", "type": "server_error"}}')
    connection.finish()


def silent(connection: Connection) -> None:
    connection.wait(30)


def silent_later(connection: Connection) -> None:
    connection.begin()
    connection.write("全国")
    connection.wait(30)


def hung_up(connection: Connection) -> None:
    connection.drop()


# --- what is asked


def test_the_request_is_greedy_and_streamed(server: FakeServer, generator: ServerGenerator) -> None:
    assert write(generator, 7) == REPLY[:7]
    assert server.asked == [
        {"messages": QUESTION, "model": MODELS[0], "max_tokens": 7, "stream": True, "temperature": 0}
    ]
    assert server.keys == [f"Bearer {CANARY}"]
    assert generator.name == MODELS[0]


def test_probabilities_are_those_that_the_server_tells(server: FakeServer, generator: ServerGenerator) -> None:
    assert generator.choose(QUESTION, ("有", "无")) == pytest.approx([0.9089, 0.0911], abs=1e-3)
    assert server.asked[0]["max_tokens"] == 1


@pytest.mark.parametrize("move", [None, status(400, {"error": {"message": "logprobs not supported"}})])
def test_without_probabilities_the_reply_decides(
    server: FakeServer, generator: ServerGenerator, move: Move | None
) -> None:
    server.probabilities = None
    if move:
        server.moves.append(move)
    server.moves.append(lambda c: c.status(200, reply(c, "无")))
    assert generator.choose(QUESTION, ("有", "无")) == pytest.approx([0.1, 0.9])
    asked = len(server.asked)
    generator.choose(QUESTION, ("有", "无"))
    assert len(server.asked) == asked + 1
    assert ("logprobs" in server.asked[-1]) == (move is None)


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    generator = ServerGenerator(Server(server.address, MODELS[0], retries=0))
    assert write(generator) == REPLY
    generator.close()


# --- what is asked again


@pytest.mark.parametrize("move", [status(429), status(500), status(503, None, **{"Retry-After": "0"}), hung_up])
def test_what_may_pass_is_asked_again(server: FakeServer, generator: ServerGenerator, move: Move) -> None:
    server.moves.extend([move, move])
    assert write(generator) == REPLY
    assert len(server.asked) == 3
    server.moves.extend([move, move])
    assert sum(generator.choose(QUESTION, ("有", "无"))) == pytest.approx(1)


@pytest.mark.parametrize("move", [status(400), status(401), status(403), status(404), status(413)])
def test_what_will_not_pass_is_not_asked_again(server: FakeServer, generator: ServerGenerator, move: Move) -> None:
    server.moves.append(move)
    with pytest.raises(GeneratorError):
        write(generator)
    assert len(server.asked) == 1


@pytest.mark.parametrize("move", [partly, cut, broken, complaint])
def test_nothing_is_asked_again_once_text_was_shown(server: FakeServer, generator: ServerGenerator, move: Move) -> None:
    server.moves.append(move)
    shown: list[str] = []
    with pytest.raises(GeneratorError):
        shown.extend(generator.generate(QUESTION, 50, threading.Event()))
    assert ("".join(shown), len(server.asked)) == ("全国", 1)
    assert write(generator) == REPLY


def test_a_server_asks_for_its_pause(server: FakeServer, generator: ServerGenerator) -> None:
    server.moves.append(status(429, None, **{"Retry-After": "0.4"}))
    started = time.monotonic()
    assert write(generator) == REPLY
    assert time.monotonic() - started >= 0.4


# --- what users are told


def told(generator: ServerGenerator) -> str:
    with pytest.raises(GeneratorError) as caught:
        write(generator)
    with pytest.raises(GeneratorError):
        generator.choose(QUESTION, ("有", "无"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (status(401), ("密钥", "JUDIAN_API_KEY", "401")),
        (status(403), ("密钥", "403")),
        (status(404), ("没有模型 qwen2.5:1.5b", "qwen2.5:1.5b、qwen2.5:7b", "language_model")),
        (status(429, {"error": {"message": "slow down"}}), ("额度", "slow down")),
        (status(500, {"error": {"message": "CUDA out of memory"}}), ("HTTP 500", "CUDA out of memory", "日志")),
        (status(400, {"error": {"message": "context too long"}}), ("HTTP 400", "context too long")),
        (status(400, {"error": "no such\nfield"}), ("HTTP 400", "no such field")),
        (status(400, {"detail": "no such field"}), ("HTTP 400", "no such field")),
        (status(502, "<html>bad gateway</html>"), ("HTTP 502）。请",)),
        (status(200, "<html>hello</html>"), ("格式", "/v1")),
        (status(200, {"what": "ever"}), ("格式", "/v1")),
        (status(200, {"choices": []}), ("格式", "/v1")),
        (hung_up, ("没有写完就断开",)),
    ],
)
def test_each_failure_says_what_mends_it(
    server: FakeServer, generator: ServerGenerator, move: Move, words: tuple[str, ...]
) -> None:
    server.moves.extend([move] * 6)
    message = told(generator)
    assert server.address in message
    assert [w for w in words if w not in message] == []


def test_a_wrong_address_is_thought_of_when_the_server_names_no_models(
    server: FakeServer, generator: ServerGenerator
) -> None:
    server.lists_models = False
    server.moves.extend([status(404)] * 2)
    assert "/v1" in told(generator)


def test_a_server_that_is_not_there_is_named_with_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    generator = ServerGenerator(Server(address, MODELS[0], retries=0))
    message = told(generator)
    assert f"连不上语言模型服务 {address}（没有程序在这个地址上应答）" in message
    assert "JUDIAN_LANGUAGE_MODEL=none" in message
    generator.close()


def test_a_silence_is_waited_for_only_so_long(server: FakeServer) -> None:
    generator = ServerGenerator(Server(server.address, MODELS[0], silence=0.3))
    for move in (silent, silent_later):
        server.moves.append(move)
        started = time.monotonic()
        with pytest.raises(GeneratorError, match=r"0\.3 秒没有回音.*server_silence"):
            write(generator)
        assert time.monotonic() - started < 2
    assert len(server.asked) == 2
    generator.close()


def test_without_a_key_the_message_says_that_there_is_none(server: FakeServer) -> None:
    generator = ServerGenerator(Server(server.address, MODELS[0]))
    server.moves.extend([status(401)] * 2)
    assert "JUDIAN_API_KEY 和 OPENAI_API_KEY 都没有设置" in told(generator)
    generator.close()


# --- stopping


@pytest.mark.parametrize("move", [silent, silent_later])
def test_a_stop_closes_the_connection_even_when_the_server_is_silent(
    server: FakeServer, generator: ServerGenerator, move: Move
) -> None:
    server.moves.append(move)
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    started = time.monotonic()
    assert "".join(generator.generate(QUESTION, 50, stop)) == ("" if move is silent else "全国")
    assert time.monotonic() - started < 0.2 + QUICK
    end = time.monotonic() + 2
    while not server.left and time.monotonic() < end:
        time.sleep(0.005)
    assert server.left[0] - started < 0.2 + QUICK
    timer.join()


def test_a_choice_can_be_stopped(server: FakeServer, generator: ServerGenerator) -> None:
    server.moves.append(silent)
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        generator.choose(QUESTION, ("有", "无"), stop)
    assert time.monotonic() - started < 0.2 + QUICK
    timer.join()


def test_a_stop_ends_the_pause_before_a_retry(server: FakeServer, generator: ServerGenerator) -> None:
    server.moves.append(status(429, None, **{"Retry-After": "15"}))
    stop = threading.Event()
    timer = threading.Timer(0.2, stop.set)
    timer.start()
    started = time.monotonic()
    assert list(generator.generate(QUESTION, 50, stop)) == []
    assert time.monotonic() - started < 0.2 + QUICK
    timer.join()


def test_a_silent_request_keeps_nobody_else_waiting(server: FakeServer, generator: ServerGenerator) -> None:
    server.moves.append(silent)
    stop = threading.Event()
    waiting = threading.Thread(target=lambda: list(generator.generate(QUESTION, 50, stop)))
    waiting.start()
    assert server.arrived.wait(5)
    assert write(generator) == REPLY
    stop.set()
    waiting.join(5)


def test_what_is_left_behind_closes_its_connection(server: FakeServer, generator: ServerGenerator) -> None:
    server.moves.append(silent_later)
    pieces = generator.generate(QUESTION, 50, threading.Event())
    assert next(pieces) == "全"
    del pieces
    gc.collect()
    end = time.monotonic() + 2
    while not server.left and time.monotonic() < end:
        time.sleep(0.005)
    assert server.left


# --- the key


def everything(error: BaseException | None) -> str:
    """All that a message, a log of it, or a look at what it holds would show."""
    seen = ""
    while error is not None:
        seen += str(error) + repr(error) + "".join(traceback.format_exception(error)) + repr(vars(error))
        error = error.__cause__ or error.__context__
    return seen


@pytest.mark.parametrize(
    "move",
    [
        None,
        status(401, {"error": {"message": f"Incorrect API key provided: {CANARY}"}}),
        status(400, {"error": {"message": f"bad header Bearer {CANARY}"}}),
        status(500, {"error": {"message": CANARY}}),
        status(404),
        hung_up,
        broken,
        complaint,
    ],
)
def test_the_key_is_seen_nowhere(
    server: FakeServer,
    generator: ServerGenerator,
    move: Move | None,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2", "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    if move is not None:
        server.moves.extend([move] * 3)
    error = None
    try:
        write(generator)
    except GeneratorError as caught:
        error = caught
    assert (error is None) == (move is None)
    assert server.keys[0] == f"Bearer {CANARY}"
    out, err = capfd.readouterr()
    shown = (
        everything(error)
        + caplog.text
        + out
        + err
        + generator.name
        + repr(generator)
        + repr(vars(generator)["_server"])
    )
    assert CANARY not in shown
    if error is not None:
        assert error.__context__ is None, "the client's error holds the request, and that the key"


def test_the_key_comes_from_the_environment_alone(tmp_path: Path) -> None:
    assert find_key({"JUDIAN_API_KEY": " a ", "OPENAI_API_KEY": "b"}) == "a"
    assert find_key({"JUDIAN_API_KEY": "", "OPENAI_API_KEY": "b"}) == "b"
    assert find_key({}) == ""
    settings = load_settings(tmp_path / "none", {"JUDIAN_API_KEY": CANARY, "JUDIAN_SERVER": "http://127.0.0.1:1/v1"})
    assert CANARY not in repr(settings)
    (tmp_path / "judian.toml").write_text(f'api_key = "{CANARY}"')
    with pytest.raises(JudianError, match="JUDIAN_API_KEY") as caught:
        load_settings(tmp_path / "judian.toml", {})
    assert CANARY not in str(caught.value)


@settings(max_examples=50)
@given(st.text(max_size=300), st.sampled_from([400, 401, 403, 404, 429, 500, 503]))
def test_no_complaint_repeats_the_key(said: str, code: int) -> None:
    complaints = Complaints("http://h/v1", "m", CANARY)
    for text in (said, said + CANARY, CANARY * 30):
        assert CANARY not in str(complaints.refused(code, text))
    assert CANARY not in repr(complaints)
    assert CANARY not in str(complaints.no_model([CANARY]))


# --- settings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"),
        ("https://[::1]:8000/v1", "https://[::1]:8000/v1"),
        ("none", "none"),
    ],
)
def test_an_address_is_read(tmp_path: Path, written: str, read: str) -> None:
    assert load_settings(tmp_path / "none", {"JUDIAN_SERVER": written}).server == read


@pytest.mark.parametrize(
    "written", ["ollama", "127.0.0.1:11434", "ftp://u:geheim@h/v1", "http://", "http://[::1", "http://a b"]
)
def test_what_is_no_address_is_told_with_an_example(tmp_path: Path, written: str) -> None:
    with pytest.raises(JudianError, match=r"http://127\.0\.0\.1:11434/v1（Ollama）") as caught:
        load_settings(tmp_path / "none", {"JUDIAN_SERVER": written})
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("written", ["http://user:geheim@h/v1", "https://h/v1?key=geheim"])
def test_an_address_with_a_password_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(JudianError, match="JUDIAN_API_KEY") as caught:
        load_settings(tmp_path / "none", {"JUDIAN_SERVER": written})
    assert "geheim" not in str(caught.value)


def test_settings_choose_the_engine(server: FakeServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUDIAN_API_KEY", CANARY)
    assert open_generator(Settings(language_model="none", server=server.address)) is None
    made = open_generator(Settings(language_model=MODELS[1], server=server.address, models=tmp_path))
    assert isinstance(made, ServerGenerator)
    assert write(made) == REPLY
    assert (server.asked[0]["model"], server.keys[0]) == (MODELS[1], f"Bearer {CANARY}")
    made.close()
