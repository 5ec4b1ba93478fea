"""A local HTTP server that speaks OpenAI's protocol: it answers as it is told, or misbehaves in one of many ways."""

from __future__ import annotations

import json
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REPLY = "全国粮食产量首次突破一万三千亿斤。"
MODELS = ("qwen2.5:1.5b", "qwen2.5:7b")


class FakeServer:
    """`moves` are what it does with the next chat requests, in order; without any it answers REPLY, a letter a piece.

    `asked` are the bodies of chat requests, `keys` their Authorization headers, `left` the times when a client hung up.
    """

    def __init__(self) -> None:
        self.moves: deque[Callable[[Connection], None]] = deque()
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.left: list[float] = []
        self.arrived = threading.Event()
        self.pause = 0.0  # seconds before each letter
        self.probabilities: dict[str, float] | None = {"有": -0.1, "无": -2.4}
        self.lists_models = True
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving() -> Iterator[FakeServer]:
    server = FakeServer()
    try:
        yield server
    finally:
        server.close()


class Connection:
    """What a move can do with one chat request."""

    def __init__(self, handler: BaseHTTPRequestHandler, server: FakeServer, body: dict[str, Any]) -> None:
        self.server = server
        self.body = body
        self._handler = handler

    def status(self, code: int, body: object = None, headers: Mapping[str, str] | None = None) -> None:
        data = (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        self._handler.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def begin(self) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def event(self, data: str) -> None:
        self._chunk(f"data: {data}\n\n".encode())

    def piece(self, text: str, finish: str | None = None) -> None:
        delta = {"content": text} if text else {}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event(
            json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})
        )

    def finish(self) -> None:
        """End the body as it should end."""
        self._handler.wfile.write(b"0\r\n\r\n")

    def drop(self) -> None:
        """Hang up in the middle of whatever was being sent."""
        self._handler.close_connection = True

    def write(self, text: str) -> None:
        for letter in text:
            if self.wait(self.server.pause):
                return
            self.piece(letter)

    def answer(self, text: str) -> None:
        self.begin()
        self.write(text[: self.body["max_tokens"]])
        self.piece("", "stop")
        self.event("[DONE]")
        self.finish()

    def wait(self, seconds: float) -> bool:
        """Say nothing for so long; whether the client hung up meanwhile."""
        connection = self._handler.connection
        if select.select([connection], [], [], seconds)[0] and not connection.recv(1):
            self.server.left.append(time.monotonic())
            self._handler.close_connection = True
            return True
        return False

    def _chunk(self, data: bytes) -> None:
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self._handler.wfile.flush()


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            models = [{"id": m, "object": "model", "created": 1, "owned_by": "x"} for m in MODELS]
            connection = Connection(self, server, {})
            if self.path == "/v1/models" and server.lists_models:
                connection.status(200, {"object": "list", "data": models})
            else:
                connection.status(404, {"error": {"message": "not found"}})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(body)
            server.keys.append(self.headers.get("Authorization", ""))
            server.arrived.set()
            connection = Connection(self, server, body)
            try:
                (server.moves.popleft() if server.moves else _plainly)(connection)
            except (BrokenPipeError, ConnectionResetError):
                server.left.append(time.monotonic())
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _plainly(connection: Connection) -> None:
    if connection.body.get("stream"):
        connection.answer(REPLY)
    else:
        connection.status(200, reply(connection, "有"))


def reply(connection: Connection, text: str) -> dict[str, Any]:
    """A whole reply of one token, with what else it might have been where that is asked for and known."""
    told = connection.server.probabilities
    tops = [{"token": t, "logprob": p, "bytes": None} for t, p in (told or {}).items()]
    first = {"token": text, "logprob": -0.1, "bytes": None, "top_logprobs": tops}
    logprobs = {"content": [first], "refusal": None} if told and connection.body.get("logprobs") else None
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "length", "logprobs": logprobs}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
