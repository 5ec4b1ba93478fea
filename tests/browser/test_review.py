"""What a person does on the review page, in a real Chromium: accept, edit, drop, undo; hostile words do nothing."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from eval.drafting.proposals import Proposal, Quote
from eval.drafting.queue import Queue
from eval.questions import read_gold
from eval.review.app import Review, build
from index.documents import Document
from index.extract import Extract
from index.store import Store
from rag.feedback import FeedbackFile

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.hacked=1>\"'</textarea><script>window.hacked=1</script>"
TEXT = f"考勤制度的第一条。新员工试用期为3个月。考勤由人事部负责。\n安全{HOSTILE}一节的正文。\n"
Open = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    """A running page, with what it works on."""

    address: str
    queue: Queue
    gold: Path
    feedback: FeedbackFile


def proposal(n: int, question: str, **changes: object) -> Proposal:
    quote = "新员工试用期为3个月。"
    values: dict[str, object] = {
        "id": f"draft-{n}", "kind": "factoid", "question": question, "history": (), "answer": "3个月",
        "must": (("3个月", "三个月"),), "answerable": True, "origin": "draft", "reasons": ("问的是“3个月”",), "model": "",
        "created": "2024-01-02", "quotes": (Quote("手册.txt", "考勤", TEXT.index(quote), TEXT.index(quote) + len(quote), quote),),
    }  # fmt: skip
    return Proposal(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The page over three proposals and a store of one document."""
    import numpy as np
    import uvicorn
    from windows import free_port

    from index.cleaning import clean
    from index.passages import split

    store = Store.create(tmp_path / "库", "fake", 4)
    passages = split(clean(TEXT))
    rows = len(passages) + sum(len(p.sentences) for p in passages)
    store.replace(Document("手册.txt", "手册.txt", "0" * 64, Extract(TEXT)), passages, np.ones((rows, 4), np.float32))
    queue, feedback = Queue(tmp_path / "q.sqlite"), FeedbackFile(tmp_path / "f.sqlite")
    start = TEXT.index("安全<img")
    words = TEXT[start : TEXT.index("一节")]
    queue.add(
        [
            proposal(1, "新员工的试用期有多长？"),
            proposal(2, f"谁负责{HOSTILE}考勤？", quotes=(Quote(HOSTILE, "", start, start + len(words), words),)),
            proposal(3, "考勤制度有多少条？", kind="unanswerable", answerable=False, answer="", must=()),
        ]
    )
    port = free_port()
    review = Review(queue, tmp_path / "gold.jsonl", store, feedback)
    app = build(review, [f"127.0.0.1:{port}"])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{port}", queue, review.gold, feedback)
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Open]:
    """Opens tabs; none may turn to another machine or meet an error."""
    outside: list[str] = []
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def open_tab(address: str, width: int = 1280, scheme: str = "light") -> Page:
        dark = scheme == "dark"
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda r: outside.append(r.url) if not r.url.startswith(("http://127.0.0.1:", "data:")) else None
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert (outside, errors) == ([], [])


def press(page: Page, key: str) -> None:
    """A key, once the page listens."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def states(served: Served) -> list[str]:
    return [e.state for e in served.queue.entries()]


def test_a_key_accepts_and_the_next_one_comes(served: Served, tab: Open) -> None:
    page = tab(served.address)
    expect(page.locator("header")).to_contain_text("还有 3 条")
    expect(page.locator("mark")).to_have_text("新员工试用期为3个月。")
    expect(page.locator("blockquote")).to_contain_text("考勤制度的第一条。新员工试用期为3个月。考勤由人事部负责。")
    press(page, "a")
    expect(page.locator("header")).to_contain_text("还有 2 条")
    assert states(served) == ["accepted", "waiting", "waiting"]
    assert [(q.question, q.must, q.evidence) for q in read_gold(served.gold)] == [
        ("新员工的试用期有多长？", (("3个月", "三个月"),), ("新员工试用期为3个月。",))
    ]
    press(page, "u")
    expect(page.locator("header")).to_contain_text("还有 3 条")
    assert served.gold.read_text(encoding="utf-8") == ""
    expect(page.locator("#question")).to_have_value("新员工的试用期有多长？")


def test_a_changed_question_is_accepted_as_edited(served: Served, tab: Open) -> None:
    page = tab(served.address)
    press(page, "e")
    page.fill("#question", "试用期几个月，谁负责考勤？")
    expect(page.locator("#accept")).to_contain_text("改后收下")
    page.click("#more")
    page.locator("input[name=fact]").last.fill("人事部")
    page.fill("#evidence", "考勤由人事部负责。")
    page.select_option("#type", "list")
    press(page, "Control+Enter")
    expect(page.locator(".last")).to_contain_text("改后收下")
    assert states(served)[0] == "edited"
    (made,) = read_gold(served.gold)
    assert (made.question, made.type, made.must, made.evidence) == (
        "试用期几个月，谁负责考勤？", "list", (("3个月", "三个月"), ("人事部",)),
        ("新员工试用期为3个月。", "考勤由人事部负责。"),
    )  # fmt: skip


def test_what_cannot_be_used_is_said_and_nothing_is_lost(served: Served, tab: Open) -> None:
    page = tab(served.address)
    page.fill("#question", "改过的问题？")
    page.fill("#evidence", "原文没有的话")
    page.click(".remove")
    page.click("#accept")
    expect(page.locator(".error")).to_contain_text("“答案要点”是空的")
    expect(page.locator(".error")).to_contain_text("“原文没有的话”在文档里找不到")
    expect(page.locator("#question")).to_have_value("改过的问题？")
    assert states(served) == ["waiting"] * 3
    assert not served.gold.exists()


def test_all_dropped_leaves_an_empty_page(served: Served, tab: Open) -> None:
    page = tab(served.address)
    for left in (2, 1, 0):
        press(page, "d")
        expect(page.locator("header")).to_contain_text(f"还有 {left} 条")
    expect(page.locator(".empty")).to_contain_text("都审完了")
    assert states(served) == ["dropped"] * 3
    page.click("nav a >> nth=0")
    page.click("#card #undo")
    expect(page.locator("header")).to_contain_text("还有 1 条")


def test_hostile_words_are_shown_and_do_nothing(served: Served, tab: Open) -> None:
    page = tab(f"{served.address}/?id=draft-2")
    expect(page.locator("#question")).to_have_value(f"谁负责{HOSTILE}考勤？")
    expect(page.locator("mark")).to_contain_text(HOSTILE)
    expect(page.locator(".quote label")).to_contain_text(HOSTILE)
    page.click("#accept")
    expect(page.locator(".last")).to_contain_text("<img src=x")
    assert json.loads(served.gold.read_text(encoding="utf-8"))["question"] == f"谁负责{HOSTILE}考勤？"
    assert page.locator("img, main script").count() == 0
    assert page.evaluate("typeof window.hacked") == "undefined"
    shown = page.request.get(f"{served.address}/?id=%3Cscript%3Ewindow.hacked%3D1%3C/script%3E").text()
    assert "<script>window" not in shown


def test_another_page_cannot_judge(served: Served, tab: Open) -> None:
    page = tab(served.address)
    form: dict[str, str | float | bool] = {"id": "draft-1", "action": "drop"}
    own = re.search('name="token" value="([^"]+)"', page.content())
    assert own
    url = f"{served.address}/judge"
    assert page.request.post(url, form=form).status == 403
    assert page.request.post(url, form={**form, "token": "x"}).status == 403
    foreign = page.request.post(url, form={**form, "token": own[1]}, headers={"Origin": "http://example.com"})
    assert foreign.status == 403
    assert page.request.get(served.address, headers={"Host": "example.com"}).status == 400
    assert page.request.post(url, form={**form, "token": own[1], "id": "?"}).status == 404
    assert states(served) == ["waiting"] * 3
    policy = page.request.get(served.address).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")


def test_feedback_comes_into_the_same_list_and_goes_when_taken_back(served: Served, tab: Open) -> None:
    answer = {"answer": "一年[1]。", "refused": False, "model": "m", "citations": []}
    number = served.feedback.put("试用期是一年吗？", [], answer, "down", {})
    served.feedback.change(number, "down", "出处不对")
    page = tab(served.address)
    expect(page.locator("header")).to_contain_text("还有 4 条")
    page.click("nav a >> nth=3")
    expect(page.locator("#question")).to_have_value("试用期是一年吗？")
    expect(page.locator(".why")).to_contain_text("读者觉得答得不好（出处不对）")
    expect(page.locator("#answer")).to_have_value("")
    served.feedback.withdraw(number)
    page.reload()
    expect(page.locator("header")).to_contain_text("还有 3 条")


def test_typing_is_no_shortcut(served: Served, tab: Open) -> None:
    page = tab(served.address)
    page.click("#answer")
    page.keyboard.type("adu")
    expect(page.locator("#answer")).to_have_value(re.compile("adu"))
    page.locator("input[name=fact]").first.press("Enter")
    page.wait_for_timeout(200)
    assert states(served) == ["waiting"] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(served: Served, tab: Open, scheme: str) -> None:
    for address in (served.address, f"{served.address}/?id=draft-2"):
        page = tab(address, 360, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        expect(page.locator("#accept")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_as_wcag_aa_asks(served: Served, tab: Open, scheme: str) -> None:
    page = tab(served.address, 1280, scheme)
    press(page, "a")
    expect(page.locator(".last")).to_be_visible()
    weak = page.evaluate(
        """() => {
        const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
        const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b; };
        const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
          if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
        return [...document.querySelectorAll('body *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 &&
          n.textContent.trim()) && e.offsetParent && !['OPTION', 'SCRIPT'].includes(e.tagName)).filter((e) => {
          const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
          return (a + .05) / (b + .05) < 4.5; }).map((e) => e.outerHTML.slice(0, 80)); }"""
    )
    assert weak == []
