"""The judges: probabilities of the local model, and a server that is slow, busy, deaf or talks nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fake_generator import FakeGenerator

from eval.judging.inquiries import Inquiry, Verdict, right_messages
from eval.judging.judges import MAX_REPLY, JudgeError, LocalJudge, ServerJudge, checked_url
from rag.settings import load_settings

MESSAGES = ({"role": "system", "content": "判"}, {"role": "user", "content": "对吗？"})
INQUIRY = Inquiry("q1", "right", None, MESSAGES, metric=True)
SECRET = "sk-very-secret-0123"

Reply = tuple[int, str] | tuple[int, str, dict[str, str]]


class Served:
    """What a server was asked, and the replies it still has; the last one is given for ever."""

    def __init__(self, replies: Sequence[Reply], models: Reply) -> None:
        self.asked: list[tuple[str, dict[str, Any] | None, str | None]] = []
        self.replies = list(replies)
        self.models = models
        self.url = ""

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def said(content: object) -> Reply:
    """A good reply of a chat endpoint."""
    return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}, ensure_ascii=False)


def models(*names: str) -> Reply:
    return 200, json.dumps({"data": [{"id": name} for name in names]})


@contextmanager
def serving(*replies: Reply, offer: Reply = (404, ""), before: Callable[[], object] = lambda: None) -> Iterator[Served]:
    """A server on this machine that gives the replies in order; `before` is called in front of each."""
    served = Served(replies, offer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, None, self.headers.get("Authorization")))
            self._give(served.models)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.asked.append((self.path, body, self.headers.get("Authorization")))
            before()
            self._give(served.next())

        def _give(self, reply: Reply) -> None:
            code, text = reply[0], reply[1].encode("utf-8")
            try:
                self.send_response(code)
                for name, value in (reply[2] if len(reply) == 3 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the judge has given up

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def judge(served: Served, waits: list[float] | None = None, **changes: object) -> ServerJudge:
    chosen: dict[str, Any] = {"model": "m", "key": SECRET, "timeout": 5.0}
    sleep = (waits if waits is not None else []).append
    return ServerJudge(served.url, sleep=sleep, **{**chosen, **changes})


@pytest.mark.parametrize(("probability", "yes"), [(0.75, True), (0.5, True), (0.25, False)])
def test_the_local_judge_says_yes_when_it_is_sure_enough(probability: float, yes: bool) -> None:
    generator = FakeGenerator(sure=probability)
    local = LocalJudge(generator, {"right": 0.5, "supported": 0.9})
    assert local.ask(INQUIRY) == Verdict(yes, probability, None)
    assert local.ask(replace(INQUIRY, aspect="supported", claim=1)) == Verdict(False, probability, None)
    assert (local.name, local.model, generator.read) == ("local", "fake", [list(MESSAGES)] * 2)
    assert local.settings == {"sure": {"right": 0.5, "supported": 0.9}}


def test_the_server_is_asked_greedily_for_a_few_tokens() -> None:
    with serving(said("是")) as served:
        assert judge(served).ask(INQUIRY) == Verdict(True, None, "是")
    [(path, body, key)] = served.asked
    assert (path, key) == ("/v1/chat/completions", f"Bearer {SECRET}")
    assert body == {"model": "m", "messages": list(MESSAGES), "temperature": 0, "max_tokens": 16}


def test_without_a_key_none_is_sent() -> None:
    with serving(said("否")) as served:
        assert judge(served, key=None).ask(INQUIRY) == Verdict(False, None, "否")
    assert [key for _, _, key in served.asked] == [None]


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_server_is_asked_again(code: int) -> None:
    waits: list[float] = []
    with serving((code, "忙"), (code, "忙"), said("是")) as served:
        assert judge(served, waits).ask(INQUIRY).yes is True
    assert (len(served.asked), waits) == (3, [1.0, 4.0])


def test_the_wait_that_a_server_asks_for_is_kept_up_to_a_minute() -> None:
    waits: list[float] = []
    with serving((429, "", {"Retry-After": "7"}), (429, "", {"Retry-After": "999"}), said("是")) as served:
        judge(served, waits).ask(INQUIRY)
    assert waits == [7.0, 60.0]


def test_a_server_that_stays_busy_is_given_up_after_four_attempts() -> None:
    waits: list[float] = []
    with serving((429, "")) as served, pytest.raises(JudgeError, match=r"请求太多.*--resume"):
        judge(served, waits).ask(INQUIRY)
    assert (len(served.asked), waits) == (4, [1.0, 4.0, 16.0])


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key_is_told_at_once(code: int) -> None:
    with serving((code, "no")) as served, pytest.raises(JudgeError, match=r"不认密钥.*EVAL_JUDGE_KEY"):
        judge(served).ask(INQUIRY)
    assert len(served.asked) == 1


def test_an_unknown_model_is_told_with_those_there_are() -> None:
    with serving((404, "{}"), offer=models("qwen", "glm")) as served, pytest.raises(JudgeError) as error:
        judge(served).ask(INQUIRY)
    assert "没有模型 m" in str(error.value)
    assert "可用的有：qwen、glm。请用 --model 指明" in str(error.value)


def test_an_unknown_address_is_told() -> None:
    with serving((404, "{}")) as served, pytest.raises(JudgeError, match="检查 --model 和地址"):
        judge(served).ask(INQUIRY)


def test_the_only_model_of_a_server_is_taken() -> None:
    with serving(said("是"), offer=models("qwen")) as served:
        assert judge(served, model=None).model == "qwen"


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        (models("a", "b"), "有 2 个模型。请用 --model 指明一个。可用的有：a、b。"),
        (models(), "有 0 个模型"),
        ((404, ""), "不列出模型"),
        ((200, "<html>"), "不是模型列表"),
        ((200, '{"data": [1]}'), "不是模型列表"),
    ],
)
def test_a_model_that_cannot_be_chosen_is_asked_for(offer: Reply, told: str) -> None:
    with serving(said("是"), offer=offer) as served, pytest.raises(JudgeError, match=told):
        judge(served, model=None)


NONSENSE: list[Reply] = [
    (200, "<html>欢迎</html>"),
    (200, '{"choices": []}'),
    (200, "[]"),
    (200, "null"),
    said(None),
    said(["是"]),
    said("也许吧"),
]


@pytest.mark.parametrize("reply", NONSENSE)
def test_nonsense_is_no_verdict(reply: Reply) -> None:
    with serving(reply) as served:
        verdict = judge(served).ask(INQUIRY)
    assert (verdict.yes, verdict.probability, bool(verdict.reply)) == (None, None, True)
    assert len(served.asked) == 1


def test_a_silent_server_is_given_up_with_the_seconds_waited() -> None:
    stop = threading.Event()
    with serving(said("是"), before=lambda: stop.wait(10)) as served:
        with pytest.raises(JudgeError, match=r"连不上评审服务 .*0\.05 秒没有回应"):
            judge(served, timeout=0.05).ask(INQUIRY)
        stop.set()
    assert len(served.asked) == 4


def test_a_server_that_is_not_there_is_told_with_its_address() -> None:
    with serving(said("是")) as served:
        gone = judge(served)
    with pytest.raises(JudgeError, match=f"连不上评审服务 {served.url}：.*请确认服务已启动"):
        gone.ask(INQUIRY)


def test_another_error_shows_what_the_server_says_but_never_the_key() -> None:
    with serving((400, f"bad request with {SECRET} " + "长" * 999)) as served, pytest.raises(JudgeError) as error:
        judge(served).ask(INQUIRY)
    assert "HTTP 400：bad request with ***" in str(error.value)
    assert SECRET not in str(error.value)
    assert len(str(error.value)) < MAX_REPLY + 150


def test_a_key_repeated_in_a_reply_is_hidden() -> None:
    with serving(said(f"你的密钥是 {SECRET}")) as served:
        assert judge(served).ask(INQUIRY) == Verdict(None, None, "你的密钥是 ***")


def test_a_redirect_is_not_followed() -> None:
    with (
        serving(said("是")) as other,
        serving((307, "", {"Location": f"{other.url}/chat/completions"})) as served,
        pytest.raises(JudgeError, match="转到别的地址"),
    ):
        judge(served).ask(INQUIRY)
    assert other.asked == []


def test_a_request_to_this_machine_passes_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(said("是")) as served, serving(said("否")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert judge(served).ask(INQUIRY).yes is True
    assert proxy.asked == []


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a/v1", "http://", "http://a b/v1", "远程"])
def test_an_address_of_another_kind_is_an_error(url: str) -> None:
    with pytest.raises(JudgeError, match=r"地址应像 http://127\.0\.0\.1:8000/v1"):
        checked_url(url)


@pytest.mark.parametrize("url", ["https://me:pass@host/v1", "https://host/v1?key=pass", "https://host/v1#pass"])
def test_an_address_with_a_secret_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(JudgeError, match="EVAL_JUDGE_KEY") as error:
        checked_url(url)
    assert "pass" not in str(error.value)


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert checked_url("https://host:8443/v1/") == "https://host:8443/v1"


@pytest.mark.parametrize("key", ["有 汉字", "a b", "a\nb"])
def test_a_key_that_is_none_is_an_error_that_does_not_repeat_it(key: str) -> None:
    with pytest.raises(JudgeError, match="EVAL_JUDGE_KEY") as error:
        ServerJudge("http://127.0.0.1:1/v1", "m", key)
    assert key not in str(error.value)


def test_the_key_in_the_environment_is_no_setting_of_the_product() -> None:
    assert load_settings(environment={"EVAL_JUDGE_KEY": SECRET}) == load_settings(environment={})


@pytest.mark.models
def test_the_real_local_judge_puts_a_right_answer_above_a_wrong_one() -> None:
    from rag.engine import open_generator

    generator = open_generator(load_settings(environment={}))
    assert generator is not None
    asked = {"question": "中国的首都是哪座城市？", "history": [], "expected": "北京"}
    local = LocalJudge(generator)
    right, wrong = (
        local.ask(replace(INQUIRY, messages=right_messages({**asked, "answer": a})))
        for a in ("中国的首都是北京。", "中国的首都是上海。")
    )
    assert right.probability is not None
    assert wrong.probability is not None
    assert right.probability > wrong.probability
