"""A server that speaks OpenAI's protocol (vLLM, Ollama, llama.cpp, a provider) -> a generator that asks it.

Waiting is done on a thread of its own, so that a user who stops is free at once and the connection is closed; the
server then ends its work too. Nothing is asked again once a piece was shown.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from rag.answer import Message
from rag.generate import Stopped
from rag.generators.background import Background
from rag.generators.complaints import Complaints
from rag.generators.failures import MISSING, Failure, failing
from rag.generators.replies import by_text, by_tokens

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BACK_OFF = 0.5  # seconds before the first retry, twice as many before the next
LONGEST_BACK_OFF = 20.0  # seconds, whatever the server asks for
TOP = 20  # most probable tokens that are asked for, OpenAI's limit

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Server:
    """Where which model is asked. `address` is what /chat/completions is added to; `connect` and `silence` in seconds."""

    address: str
    model: str
    connect: float = 5
    silence: float = 120  # a model that is loaded first, or a long prompt on a slow processor, takes a minute
    retries: int = 2
    key: str = field(default="", repr=False)


class ServerGenerator:
    """Greedy text from the server's model. `stop` closes the connection; several users' requests run side by side."""

    def __init__(self, server: Server, name: str = "") -> None:
        self.name = name or server.model
        self._server = server
        self._complaints = Complaints(server.address, server.model, server.key)
        self._background = Background(f"server {server.address}")
        self._client = _client(server)
        self._tells_probabilities = True

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Pieces as the server sends them. Raises GeneratorError, also in the middle when the server fails there."""
        return self._background.iterate(lambda: self._retried(lambda: self._write(messages, limit)), stop)

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """The probability of each option as the reply's first token, where the server tells it (`logprobs`).

        Else by the text of the reply: .9 for the option that it begins with; all alike when there is none.
        """
        results = self._background.iterate(
            lambda: self._retried(lambda: self._choose(messages, options)), stop or threading.Event()
        )
        for chosen in results:
            return chosen
        raise Stopped

    def close(self) -> None:
        """Close all connections. Nothing can be asked afterwards."""
        self._background.wait(self._client.close())
        self._background.close()

    async def _write(self, messages: Sequence[Message], limit: int) -> AsyncIterator[str]:
        """One attempt."""
        finished = False
        with failing(self._complaints, self._server.silence):
            async with await self._ask(messages, max_tokens=limit, stream=True) as stream:
                if "event-stream" not in stream.response.headers.get("content-type", ""):
                    raise Failure(self._complaints.unreadable())
                async for chunk in stream:
                    for choice in chunk.choices[:1]:
                        finished = finished or choice.finish_reason is not None
                        if choice.delta.content:
                            yield choice.delta.content
        if not finished:
            raise Failure(self._complaints.broken_off(), passing=True)

    async def _choose(self, messages: Sequence[Message], options: Sequence[str]) -> AsyncIterator[list[float]]:
        """One attempt."""
        wish = {"logprobs": True, "top_logprobs": TOP} if self._tells_probabilities else {}
        try:
            with failing(self._complaints, self._server.silence):
                reply = (await self._ask(messages, max_tokens=1, **wish)).choices[0]
                first = reply.logprobs.content[0] if reply.logprobs and reply.logprobs.content else None
                told = by_tokens([(t.token, t.logprob) for t in (first.top_logprobs if first else ())], options)
                chosen = told or by_text(reply.message.content or "", options)
        except Failure as failure:
            if failure.status not in (400, 422) or not wish:
                raise
            self._tells_probabilities = False  # it may be just this wish that it refused
            async for chosen in self._choose(messages, options):
                yield chosen
            return
        yield chosen

    async def _ask(self, messages: Sequence[Message], **wish: object) -> Any:  # noqa: ANN401  a stream, or a whole reply
        completions: Any = self._client.chat.completions
        return await completions.create(
            model=self._server.model, messages=[dict(m) for m in messages], temperature=0, **wish
        )

    async def _retried(self, attempt: Callable[[], AsyncIterator[Result]]) -> AsyncIterator[Result]:
        """What an attempt gives; another one follows a failure that may pass, unless something was given already."""
        for number in range(self._server.retries + 1):
            begun = False
            try:
                async for result in attempt():
                    begun = True
                    yield result
                return
            except Failure as failure:
                caught = failure
            if begun or not caught.passing or number == self._server.retries:
                break
            await asyncio.sleep(min(max(BACK_OFF * 2**number, caught.after), LONGEST_BACK_OFF))
        if caught.status == MISSING:
            raise self._complaints.no_model(await self._offered())
        raise caught.error

    async def _offered(self) -> list[str]:
        """The models that the server names; none when it does not say."""
        try:
            with failing(self._complaints, self._server.silence):
                return [model.id async for model in self._client.models.list()]
        except Failure:
            return []


def _client(server: Server) -> AsyncOpenAI:
    """One that neither retries nor asks a proxy for what is on this machine."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

    timeout = Timeout(server.silence, connect=server.connect)
    transport = DefaultAsyncHttpxClient(trust_env=not _is_here(server.address), timeout=timeout)
    return AsyncOpenAI(
        base_url=server.address,
        api_key=server.key or "none",
        organization=None,
        timeout=timeout,
        max_retries=0,
        http_client=transport,
    )


def _is_here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
