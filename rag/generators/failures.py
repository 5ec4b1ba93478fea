"""What the client of a server raised -> a Failure: the error to show, and whether it may pass by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rag.generate import GeneratorError
from rag.generators.complaints import Complaints

PASSING = frozenset({408, 409, 429})  # HTTP statuses that may be better soon, beside those from 500 on
MISSING = 404


class Failure(Exception):  # noqa: N818  not for users: `error` is
    """One attempt failed. `after`: seconds that the server asks to wait; `status`: its HTTP status, 0 for none."""

    def __init__(self, error: GeneratorError, *, passing: bool = False, status: int = 0, after: float = 0) -> None:
        super().__init__(str(error))
        self.error = error
        self.passing = passing
        self.status = status
        self.after = after


@contextmanager
def failing(complaints: Complaints, silence: float) -> Iterator[None]:
    """Turn what the client raises inside into Failures. They are raised afresh: the client's errors hold the key."""
    import openai

    failure = None
    try:
        yield
    except openai.APIConnectionError as error:
        failure = _on_the_way(error, complaints, silence)
    except openai.APIStatusError as error:
        failure = _status(error, complaints)
    except openai.APIError as error:  # sent in the middle of the answer
        failure = Failure(complaints.refused(500, error.message), passing=True)
    except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError):  # no JSON, or not of this shape
        failure = Failure(complaints.unreadable())
    if failure is not None:
        raise failure


def _on_the_way(error: Exception, complaints: Complaints, silence: float) -> Failure:
    """Connecting may succeed at the next try; a silence was long enough for one."""
    cause = error.__cause__
    kind = type(cause).__name__
    if kind == "ConnectTimeout":
        return Failure(complaints.unreachable("连接超时"), passing=True)
    if kind.endswith("Timeout"):
        return Failure(complaints.silent(silence))
    if kind == "ConnectError":
        return Failure(complaints.unreachable(_reason(cause)), passing=True)
    if kind in ("UnsupportedProtocol", "LocalProtocolError", "InvalidURL", "ProxyError"):
        return Failure(complaints.unreachable(_reason(cause)))
    return Failure(complaints.broken_off(), passing=True)


def _reason(cause: BaseException | None) -> str:
    told = str(cause)
    return "没有程序在这个地址上应答" if "refused" in told or "All connection attempts failed" in told else told[:100]


def _status(error: Exception, complaints: Complaints) -> Failure:
    status = int(getattr(error, "status_code", 0))
    told = _told(getattr(error, "body", None))
    passing = status in PASSING or status >= 500
    return Failure(complaints.refused(status, told), passing=passing, status=status, after=_retry_after(error))


def _told(body: object) -> str:
    """The server's own words, in any of the forms that are met; a page for browsers has none."""
    if isinstance(body, dict):
        return str(next((body[name] for name in ("message", "error", "detail") if body.get(name)), ""))
    return body if isinstance(body, str) and not body.lstrip().startswith("<") else ""


def _retry_after(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return max(0.0, float(headers.get("retry-after", 0)))
    except ValueError:  # a date
        return 0.0
