"""The two judges, messages -> Verdict: the product's own language model, or any OpenAI-compatible server."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from eval.judging.inquiries import OPTIONS, Aspect, Inquiry, Verdict, parse_reply
from index.errors import JudianError

if TYPE_CHECKING:
    from rag.generate import Generator

KEY = "EVAL_JUDGE_KEY"  # not JUDIAN_…: those are the product's settings, and unknown ones are errors
# From which probability a small model's 是 counts. The product's default model says 是 to nearly everything at ½
# (κ = 0 with the metrics), yet ranks well; these were fitted on the tune half of 40 sample questions.
SURE: Mapping[Aspect, float] = {"right": 0.6, "supported": 0.7}
TIMEOUT = 60.0  # seconds without a sign of life
WAITS = (1.0, 4.0, 16.0)  # seconds before the second, third and fourth attempt
MAX_WAIT = 60.0
MAX_TOKENS = 16
MAX_REPLY = 200  # characters kept of a reply or an error

_AGAIN = "判完的都保留着，修好后在同一命令后加 --resume 接着评审。"


class Judge(Protocol):
    """Says yes or no. `name` tells which judge it is, `model` which model it asks, `settings` what else decides."""

    name: str
    model: str
    settings: Mapping[str, Any]

    def ask(self, inquiry: Inquiry) -> Verdict:
        """The verdict on one inquiry. Raises JudianError when the judge cannot be asked at all."""
        ...


class LocalJudge:
    """The product's language model: yes when 是, against 否, is likely enough as the first token of its reply."""

    name = "local"

    def __init__(self, generator: Generator, sure: Mapping[Aspect, float] = SURE) -> None:
        self._generator = generator
        self._sure = sure
        self.model = generator.name
        self.settings: Mapping[str, Any] = {"sure": dict(sure)}

    def ask(self, inquiry: Inquiry) -> Verdict:
        """The verdict, with the probability of yes against no."""
        yes = self._generator.choose(inquiry.messages, OPTIONS)[0]
        return Verdict(yes >= self._sure[inquiry.aspect], yes, None)


class JudgeError(JudianError):
    """A server that cannot judge; the message says what to mend and never holds the key."""


class ServerJudge:
    """An OpenAI-compatible chat endpoint under `url` (such as http://127.0.0.1:8000/v1).

    Greedy, a few tokens a verdict. Overload (429), server errors and broken connections are tried again;
    redirects are refused, since they would carry the key to another host.
    """

    def __init__(
        self,
        url: str,
        model: str | None,
        key: str | None,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Asks the server for its models when `model` is None. Raises JudgeError."""
        self.name = checked_url(url)
        self._key = _checked_key(key)
        self._timeout = timeout
        self._sleep = sleep
        self.settings: Mapping[str, Any] = {"temperature": 0, "max_tokens": MAX_TOKENS}
        self._opener = urllib.request.build_opener(_NoRedirects, *_no_proxy(self.name))
        self.model = model or self._only_model()

    def ask(self, inquiry: Inquiry) -> Verdict:
        """The verdict; not understood when the reply is neither yes nor no, or no reply of this kind at all."""
        body = {"model": self.model, "messages": list(inquiry.messages), **self.settings}
        text = self._send("/chat/completions", body)
        try:
            reply = json.loads(text)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError):
            reply = None
        if not isinstance(reply, str):
            return Verdict(None, None, self._hidden(text))
        return Verdict(parse_reply(reply), None, self._hidden(reply))

    def _send(self, path: str, body: Mapping[str, Any] | None) -> str:
        """The text of a good reply. Raises JudgeError once the attempts are used up or would not help."""
        for wait in (*WAITS, None):
            try:
                return self._send_once(path, body)
            except urllib.error.HTTPError as error:
                with error:
                    if wait is None or not (error.code == 429 or error.code >= 500):
                        raise self._refused(error, path) from None
                    self._sleep(_asked_wait(error, wait))
            except (OSError, http.client.HTTPException) as error:
                if wait is None:
                    raise self._unreached(error) from None
                self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _send_once(self, path: str, body: Mapping[str, Any] | None) -> str:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")
        request = urllib.request.Request(self.name + path, data, {"Content-Type": "application/json"})
        if self._key:
            request.add_unredirected_header("Authorization", f"Bearer {self._key}")
        with self._opener.open(request, timeout=self._timeout) as response:
            return str(response.read().decode("utf-8", "replace"))

    def _unreached(self, error: Exception) -> JudgeError:
        reason = getattr(error, "reason", error)
        told = self._hidden(str(reason) or type(reason).__name__)
        if isinstance(reason, TimeoutError):
            told = f"{self._timeout:g} 秒没有回应"
        return JudgeError(
            f"连不上评审服务 {self.name}：{told}。请确认服务已启动，地址无误（通常以 /v1 结尾）。{_AGAIN}"
        )

    def _refused(self, error: urllib.error.HTTPError, path: str) -> JudgeError:
        told = f"{self.name} 回应 HTTP {error.code}"
        if error.code in (401, 403):
            return JudgeError(f"评审服务不认密钥：{told}。请把正确的密钥放进环境变量 {KEY}。{_AGAIN}")
        if 300 <= error.code < 400:
            return JudgeError(f"评审服务要求转到别的地址：{told}。为免泄露密钥没有跟去，请直接写最终的地址。")
        if error.code == 429:
            return JudgeError(f"评审服务一直说请求太多：{told}。请稍后再试。{_AGAIN}")
        if error.code == 404 and path == "/models":
            return JudgeError(f"评审服务不列出模型：{told}。请用 --model 指明模型，并检查地址（通常以 /v1 结尾）。")
        if error.code == 404:
            return JudgeError(f"评审服务没有模型 {self.model}，或地址不对：{told}。{self._offer()}{_AGAIN}")
        return JudgeError(f"评审服务出错：{told}：{self._hidden(_body(error) or str(error.reason))}。{_AGAIN}")

    def _only_model(self) -> str:
        models = self._models()
        if len(models) != 1:
            raise JudgeError(f"评审服务 {self.name} 有 {len(models)} 个模型。请用 --model 指明一个。{_listed(models)}")
        return models[0]

    def _offer(self) -> str:
        """What the server has instead, where it tells."""
        try:
            return _listed(self._models()) + "请用 --model 指明。"
        except JudgeError:
            return "请检查 --model 和地址（通常以 /v1 结尾）。"

    def _models(self) -> list[str]:
        text = self._send("/models", None)
        try:
            return [str(model["id"]) for model in json.loads(text)["data"]]
        except (ValueError, KeyError, TypeError) as error:
            raise JudgeError(
                f"{self.name}/models 的回应不是模型列表。请用 --model 指明模型，并检查地址（通常以 /v1 结尾）。"
            ) from error

    def _hidden(self, text: str) -> str:
        """The beginning of a server's text, without the key should it have been repeated there."""
        return (text.replace(self._key, "***") if self._key else text)[:MAX_REPLY]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401  as its base class has it
        """None: the redirect becomes an HTTPError."""
        return None


def checked_url(url: str) -> str:
    """The address without a slash at its end. Raises JudgeError for anything but a plain http(s) address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in url):
        raise JudgeError(f"评审服务的地址应像 http://127.0.0.1:8000/v1，收到的是 {url.split('@')[-1]}。")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise JudgeError(f"评审服务的地址里不要写用户名、密码或参数，它会写进报告。密钥请放进环境变量 {KEY}。")
    return url.rstrip("/")


def _no_proxy(url: str) -> list[urllib.request.ProxyHandler]:
    """What keeps a request to this machine on this machine, whatever proxy the environment names."""
    host = urlsplit(url).hostname or ""
    here = host in ("localhost", "::1") or host.startswith("127.")
    return [urllib.request.ProxyHandler({})] if here else []


def _checked_key(key: str | None) -> str | None:
    key = (key or "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise JudgeError(f"环境变量 {KEY} 里有密钥不该有的字符（空格、换行或汉字）。请重新设置。")
    return key or None


def _asked_wait(error: urllib.error.HTTPError, otherwise: float) -> float:
    asked = error.headers.get("Retry-After", "")
    return min(float(asked), MAX_WAIT) if asked.isdecimal() else otherwise


def _body(error: urllib.error.HTTPError) -> str:
    try:
        return error.read(4 * MAX_REPLY).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _listed(models: Sequence[str]) -> str:
    return f"可用的有：{'、'.join(models[:20])}。" if models else ""
