"""What a reader does in the chat window, in a real Chromium: ask, read, open sources, stop, err."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from scripted import HOSTILE_NAME, PLACE, SHARE, Windows

from index.store import Store
from rag.answerer import Answerer
from rag.feedback import FeedbackFile

pytestmark = pytest.mark.browser

Tab = Callable[..., Page]
QUESTION = "国家级战略性新兴产业集群占全国的比重是多少？"
ANSWERED = 30_000  # milliseconds
STOPPED = 0.3  # seconds, and what a busy machine adds: up to three times what it takes to open a page


def ask(page: Page, question: str) -> None:
    page.fill("#jd-box textarea", question)
    page.press("#jd-box textarea", "Enter")


def answered(page: Page, turns: int = 1) -> None:
    expect(page.locator("#jd-chat .jd-foot")).to_have_count(turns, timeout=ANSWERED)
    expect(page.locator("#jd-send")).to_be_visible()


def marked(page: Page) -> str:
    return page.locator("#jd-panel mark").inner_text()


def test_an_answer_streams_with_its_stage_and_ends_with_chips(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, QUESTION)
    expect(page.locator("#jd-chat .jd-stage")).to_contain_text("正在")
    expect(page.locator("#jd-chat .jd-draft")).to_contain_text("中部地区承东")
    assert "资源要素丰盈、市场潜力巨大、文化底蕴深厚。" + SHARE not in page.locator("#jd-chat .jd-draft").inner_text()
    answered(page)
    text = page.locator("#jd-chat .jd-text").inner_text()
    assert re.sub(r"\s*\d(?=。)", "", text).replace("\n", "") == PLACE + SHARE
    assert page.locator("#jd-chat .jd-chip").all_inner_texts() == ["1", "2"]
    expect(page.locator("#jd-chat .jd-foot")).to_contain_text(re.compile(r"用时 \d+\.\d 秒 · scripted-model"))
    expect(page.locator("#jd-box textarea")).to_have_value("")


def test_a_chip_opens_exactly_the_cited_words_in_their_context(tab: Tab, address: str, answerer: Answerer) -> None:
    page = tab(address)
    citations = answerer.answer(QUESTION).citations
    assert len(citations) == 2
    ask(page, QUESTION)
    answered(page)
    for n, citation in reversed(list(enumerate(citations))):
        chip = page.locator("#jd-chat .jd-chip").nth(n)
        assert citation.quote in (chip.get_attribute("title") or "")
        chip.click()
        expect(page.locator("#jd-panel mark")).to_have_text(citation.quote)
        expect(page.locator("#jd-panel .jd-where")).to_contain_text(citation.section)
        expect(page.locator("#jd-panel .jd-where")).to_contain_text("七篇发言稿.txt")
        assert len(page.locator("#jd-panel .jd-excerpt").inner_text()) > len(citation.quote) + 100
        assert citation.quote[:20] in answerer.searcher.store.text(citation.document)[citation.start : citation.end]


def test_previous_and_next_walk_through_the_citations_of_the_answer(tab: Tab, address: str, answerer: Answerer) -> None:
    page = tab(address)
    first, second = answerer.answer(QUESTION).citations
    ask(page, QUESTION)
    answered(page)
    expect(page.locator("#jd-panel mark")).to_have_text(first.quote)  # shown without a click where there is room
    assert page.locator("#jd-panel a.jd-step").all_inner_texts() == ["下一处"]
    page.click("text=下一处")
    expect(page.locator("#jd-panel mark")).to_have_text(second.quote)
    expect(page.locator("#jd-panel nav")).to_contain_text("2 / 2")
    page.click("text=上一处")
    expect(page.locator("#jd-panel mark")).to_have_text(first.quote)


def test_the_marked_words_are_in_view(tab: Tab, address: str) -> None:
    page = tab(address, 1280, 560)
    ask(page, QUESTION)
    answered(page)
    page.locator("#jd-chat .jd-chip").nth(1).click()
    expect(page.locator("#jd-panel nav")).to_contain_text("2 / 2")
    assert in_view(page)
    ask(page, "火星探测的经费有多少？")
    answered(page, 2)
    expect(page.locator("#jd-panel h2")).to_contain_text("最接近的段落 1")
    assert in_view(page)


def in_view(page: Page) -> bool:
    """Whether the first line of the marked words is inside the frame that scrolls."""
    page.wait_for_timeout(300)
    return bool(
        page.evaluate(
            """() => { const frame = document.querySelector('#jd-panel .jd-excerpt').getBoundingClientRect();
            const line = document.querySelector('#jd-panel mark').getClientRects()[0];
            return line.top >= frame.top - 1 && line.bottom <= frame.bottom + 1; }"""
        )
    )


def test_each_turn_keeps_its_own_evidence(tab: Tab, address: str, answerer: Answerer) -> None:
    page = tab(address)
    other = "习近平总书记在哪里主持召开座谈会？"
    ask(page, QUESTION)
    answered(page)
    ask(page, other)
    answered(page, 2)
    old, new = answerer.answer(QUESTION).citations[0], answerer.answer(other).citations[0]
    assert old.quote != new.quote
    expect(page.locator("#jd-panel mark")).to_have_text(new.quote)
    page.locator("#jd-chat .jd-answer").first.locator(".jd-chip").first.click()
    expect(page.locator("#jd-panel mark")).to_have_text(old.quote)
    expect(page.locator("#jd-panel .jd-asked")).to_contain_text(QUESTION)
    page.locator("#jd-chat .jd-answer").last.locator(".jd-chip").first.click()
    expect(page.locator("#jd-panel mark")).to_have_text(new.quote)


def test_words_that_stand_elsewhere_too_can_be_seen_there(tab: Tab, address: str, answerer: Answerer) -> None:
    page = tab(address)
    question = "把中部地区崛起的蓝图变为现实，关键靠什么？"
    citations = answerer.answer(question).citations
    n, citation = next((i, c) for i, c in enumerate(citations) if c.also_in)
    ask(page, question)
    answered(page)
    page.locator("#jd-chat .jd-chip").nth(n).click()
    expect(page.locator("#jd-panel .jd-also")).to_contain_text(f"另见：{citation.also_in[0].section}")
    page.locator("#jd-panel .jd-also a").first.click()
    expect(page.locator("#jd-panel .jd-where")).to_contain_text(citation.also_in[0].section)
    expect(page.locator("#jd-panel mark")).not_to_be_empty()
    page.click("text=回到引文")
    expect(page.locator("#jd-panel mark")).to_have_text(citation.quote)


def stopped_after(page: Page) -> float:
    """Seconds from the click on stop until the page can be asked again, as the browser counts them."""
    return float(
        page.evaluate(
            """() => new Promise((done) => { const shown = (e) => e && e.getClientRects().length > 0, from = performance.now();
            document.querySelector('#jd-stop').click();
            const look = () => shown(document.querySelector('#jd-send')) ? done((performance.now() - from) / 1000) :
              requestAnimationFrame(look); look(); })"""
        )
    )


def test_stop_gives_the_page_back_at_once_whether_searching_waiting_or_writing(
    tab: Tab, address: str, windows: Windows
) -> None:
    slow = tab(windows.addresses["queued"])
    started = time.monotonic()
    waiting = tab(windows.addresses["queued"])
    limit = STOPPED + 3 * (time.monotonic() - started)
    ask(slow, "慢慢说一说中部地区的区位")
    expect(slow.locator("#jd-chat .jd-draft")).to_contain_text("连南接北")
    ask(waiting, QUESTION)  # the model is busy with the other reader, and hears of no stop
    expect(waiting.locator("#jd-stop")).to_be_visible()
    waiting.wait_for_timeout(700)
    assert stopped_after(waiting) < limit
    expect(waiting.locator("#jd-chat")).to_contain_text("已停止")
    assert stopped_after(slow) < limit
    searching = tab(address)
    ask(searching, QUESTION)
    expect(searching.locator("#jd-stop")).to_be_visible()
    assert stopped_after(searching) < limit


def test_a_slow_reader_keeps_nobody_from_the_page_a_search_an_extract_or_a_stop(tab: Tab, windows: Windows) -> None:
    queued = windows.addresses["queued"]
    started = time.monotonic()
    slow = tab(queued)
    opening = time.monotonic() - started
    limit = STOPPED + 3 * opening
    ask(slow, "慢慢说一说中部地区的区位")
    expect(slow.locator("#jd-chat .jd-draft")).to_contain_text("连南接北")
    started = time.monotonic()
    other = tab(queued)
    assert time.monotonic() - started < 1.0 + 3 * opening
    extract = tab(windows.addresses["extract"])
    ask(other, "哪几篇提到绿色发展？")  # the whole collection is searched without the model
    expect(other.locator("#jd-chat .jd-foot")).to_be_visible(timeout=1000 * (1 + 3 * opening))
    ask(extract, QUESTION)
    expect(extract.locator("#jd-chat .jd-foot")).to_be_visible(timeout=1000 * (1 + 3 * opening))
    ask(other, QUESTION)
    expect(other.locator("#jd-stop")).to_be_visible()
    assert stopped_after(other) < limit
    expect(slow.locator("#jd-chat .jd-stage")).to_be_visible()  # still being written
    assert stopped_after(slow) < limit


def test_stop_ends_an_answer_within_a_second_and_keeps_what_was_written(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "慢慢说一说中部地区的区位")
    expect(page.locator("#jd-chat .jd-draft")).to_contain_text("连南接北，中部地区")
    started = time.monotonic()
    page.click("#jd-stop")
    expect(page.locator("#jd-send")).to_be_visible()
    assert time.monotonic() - started < 1.5  # the click, the round trip and the second
    expect(page.locator("#jd-chat")).to_contain_text("已停止")
    before = page.locator("#jd-chat").inner_text()
    page.wait_for_timeout(600)
    assert page.locator("#jd-chat").inner_text() == before
    ask(page, QUESTION)
    expect(page.locator("#jd-chat .jd-chip").last).to_be_visible(timeout=ANSWERED)


def test_a_declined_question_looks_different_and_shows_the_nearest_passages(
    tab: Tab, address: str, answerer: Answerer
) -> None:
    page = tab(address)
    question = "火星探测的经费有多少？"
    hits = answerer.answer(question).hits
    ask(page, question)
    answered(page)
    declined = page.locator("#jd-chat .jd-refused")
    expect(declined).to_contain_text("不作答")
    expect(declined).to_contain_text(f"已检索：“{question}”")
    assert page.locator("#jd-chat .jd-chip").count() == 0
    expect(page.locator("#jd-panel h2")).to_contain_text("最接近的段落 1")
    expect(page.locator("#jd-panel mark")).to_have_text(hits[0].text)
    page.click("text=下一处")
    expect(page.locator("#jd-panel mark")).to_have_text(hits[1].text)
    page.click("text=查看最接近的段落")
    expect(page.locator("#jd-panel mark")).to_have_text(hits[0].text)


def test_an_empty_question_gets_a_hint_and_no_turn(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "   ")
    expect(page.get_by_text("请先写下要问的内容")).to_be_visible()
    assert page.locator("#jd-chat .message").count() == 0


def test_an_overlong_question_is_explained_and_given_back(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "长" * 3000)
    expect(page.locator("#jd-chat .jd-error")).to_contain_text("问题有 3000 字，超过上限 2000 字")
    expect(page.locator("#jd-box textarea")).to_have_value("长" * 3000)
    expect(page.locator("#jd-send")).to_be_visible()


def test_an_unexpected_error_shows_no_traceback(tab: Tab, windows: Windows) -> None:
    page = tab(windows.addresses["broken"])
    ask(page, QUESTION)
    expect(page.locator("#jd-chat .jd-error")).to_contain_text("程序出错（ZeroDivisionError）")
    expect(page.locator("#jd-chat")).not_to_contain_text("secret")
    assert "ZeroDivisionError: secret" in windows.errors.read_text()


def test_two_readers_ask_at_once_and_see_only_their_own(tab: Tab, address: str) -> None:
    one, two = tab(address), tab(address)
    ask(one, QUESTION)
    ask(two, "习近平总书记在哪里主持召开座谈会？")
    expect(one.locator("#jd-chat .jd-draft")).to_be_visible()
    expect(two.locator("#jd-chat .jd-draft")).to_be_visible()
    answered(one)
    answered(two)
    expect(one.locator("#jd-chat")).to_contain_text("27.3%")
    expect(one.locator("#jd-chat")).not_to_contain_text("座谈会")
    expect(two.locator("#jd-chat")).to_contain_text("长沙市主持召开")
    expect(two.locator("#jd-chat")).not_to_contain_text("27.3%")
    expect(two.locator("#jd-panel mark")).to_contain_text("座谈会")
    one.locator("#jd-chat .jd-chip").nth(1).click()
    expect(one.locator("#jd-panel mark")).to_contain_text("27.3%")


def test_a_follow_up_is_understood_from_this_tab_s_questions(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "火星探测的经费有多少？")
    answered(page)
    ask(page, "那月球探测呢？")
    answered(page, 2)
    expect(page.locator("#jd-chat .jd-refused").last).to_contain_text("月球探测的经费有多少")
    expect(page.locator("#jd-chat .jd-understood")).to_have_text("理解为：月球探测的经费有多少？")
    expect(page.locator("#jd-panel .jd-searched")).to_have_text("检索：月球探测的经费有多少？")
    ask(page, "到2025年要实现什么目标？")
    answered(page, 3)
    ask(page, "那2035年呢？")
    answered(page, 4)
    expect(page.locator("#jd-chat .jd-understood").last).to_have_text("理解为：到2035年要实现什么目标？")
    ask(page, QUESTION)
    answered(page, 5)
    expect(page.locator("#jd-chat .jd-understood")).to_have_count(2)


def test_an_example_asks_itself_and_a_new_conversation_starts_clean(tab: Tab, address: str) -> None:
    page = tab(address)
    example = page.locator("#jd-chat .example").first
    question = example.inner_text().strip()
    example.click()
    answered(page)
    expect(page.locator("#jd-chat .jd-question")).to_have_text(question)
    page.click("#jd-new")
    expect(page.locator("#jd-chat .message")).to_have_count(0)
    expect(page.locator("#jd-chat .example").first).to_be_visible()
    assert page.locator("#jd-panel mark").count() == 0


def test_a_new_conversation_stops_the_answer_that_is_being_written(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "慢慢说一说中部地区的区位")
    expect(page.locator("#jd-chat .jd-draft")).to_contain_text("连南接北")
    page.click("#jd-new")
    expect(page.locator("#jd-chat .message")).to_have_count(0)
    page.wait_for_timeout(1500)
    expect(page.locator("#jd-chat .message")).to_have_count(0)
    ask(page, QUESTION)
    answered(page)


def test_enter_that_ends_a_composition_does_not_send(tab: Tab, address: str) -> None:
    page = tab(address)
    page.fill("#jd-box textarea", "zhong")
    page.evaluate(
        """() => { const box = document.querySelector('#jd-box textarea');
        for (const type of ['keydown', 'keypress'])
          box.dispatchEvent(new KeyboardEvent(type, {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})); }"""
    )
    page.wait_for_timeout(500)
    assert page.locator("#jd-chat .message").count() == 0
    expect(page.locator("#jd-box textarea")).to_have_value("zhong")
    page.press("#jd-box textarea", "Enter")
    expect(page.locator("#jd-chat .jd-question")).to_have_text("zhong")


def test_copying_gives_the_answer_with_its_marks_and_sources(tab: Tab, address: str) -> None:
    page = tab(address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    answered(page)
    page.click("text=复制")
    expect(page.locator("#jd-chat .jd-copy")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(PLACE[:-1] + "[1]。" + SHARE[:-1] + "[2]。\n[1] 七篇发言稿.txt · 第六篇：")


def test_a_question_asked_while_the_model_loads_waits_and_says_so(tab: Tab, windows: Windows) -> None:
    page = tab(windows.addresses["slow"])
    expect(page.locator("#jd-header")).to_contain_text("模型正在载入")
    ask(page, QUESTION)
    expect(page.locator("#jd-chat .jd-stage")).to_contain_text("模型正在载入")
    windows.gate.touch()
    answered(page)
    expect(page.locator("#jd-header")).not_to_contain_text("模型正在载入")


def test_without_a_language_model_the_extract_says_so(tab: Tab, windows: Windows) -> None:
    page = tab(windows.addresses["extract"])
    ask(page, QUESTION)
    answered(page)
    expect(page.locator("#jd-chat .jd-notice")).to_have_text("未使用语言模型：以下是文档原句摘录。")
    assert page.locator("#jd-chat .jd-chip").count() > 0


def test_each_collection_can_be_asked_alone(tab: Tab, windows: Windows, address: str) -> None:
    page = tab(windows.addresses["grouped"])
    scope = page.locator("#jd-scope input")
    expect(scope).to_have_value("全部文档")
    for turn, (name, years, others) in enumerate((("制度", "一年", "三年"), ("合同", "三年", "一年")), 1):
        scope.click()
        page.get_by_role("option", name=name).click()
        ask(page, "质量保证期是几年？")
        answered(page, turn)
        text = page.locator("#jd-chat .jd-text").last.inner_text()
        assert years in text
        assert others not in text
        expect(page.locator("#jd-panel .jd-where")).to_have_text(f"{name}.txt")
    expect(tab(address).locator("#jd-scope")).to_be_hidden()  # where there is but one


def test_damaged_words_are_shown_as_they_stand_with_the_reading_offered(
    tab: Tab, windows: Windows, store: Store
) -> None:
    page = tab(windows.addresses["extract"])
    ask(page, "第七篇提出怎样构建以先进制造业为支撑的现代产业体系？")
    answered(page)
    doubt = page.locator("#jd-panel .jd-doubt").first
    expect(doubt).to_be_visible()
    assert re.fullmatch("[\u4e00-\u9fff]+疑为“[\u4e00-\u9fff]+”", doubt.inner_text().replace("\n", ""))
    panel = page.locator("#jd-panel .jd-excerpt").evaluate(
        "e => { const c = e.cloneNode(true); c.querySelectorAll('small').forEach(s => s.remove()); return c.textContent }"
    )
    assert panel.strip("…") in store.display("七篇发言稿.txt").text


def test_nothing_from_a_document_runs_and_all_of_it_is_shown_literally(tab: Tab, windows: Windows) -> None:
    page = tab(windows.addresses["hostile"])
    ask(page, "系统管理员的口令多久更换一次？<img src=x onerror=window.hacked=1>[链接](javascript:window.hacked=1)")
    answered(page)
    shown = page.locator("#jd-chat .jd-text").inner_text()
    assert re.search(r"<script>window.hacked=1</script>|<img src=\"x\" onerror=\"window.hacked=1\">", shown)  # as words
    expect(page.locator("#jd-chat .jd-question")).to_contain_text("[链接](javascript:window.hacked=1)")
    page.locator("#jd-chat .jd-chip").first.click()
    excerpt = page.locator("#jd-panel .jd-excerpt")
    expect(excerpt).to_contain_text('<img src="x" onerror="window.hacked=1">')
    expect(excerpt).to_contain_text("[默认口令](javascript:window.hacked=1)或**弱口令**")
    expect(excerpt).to_contain_text("${window.hacked=1}与{{constructor.constructor(")
    expect(page.locator("#jd-panel .jd-where")).to_contain_text(HOSTILE_NAME)
    expect(page.locator("#jd-header")).to_contain_text("<img src=x")
    parts = ("#jd-chat .jd-answer", "#jd-chat .jd-question", "#jd-panel", "#jd-header")
    assert page.locator(", ".join(f"{part} img, {part} script" for part in parts)).count() == 0
    assert page.locator("#jd-chat .jd-text a:not(.jd-chip), #jd-chat strong, #jd-chat code").count() == 0
    assert page.evaluate("typeof window.hacked") == "undefined"


def test_a_phone_shows_all_of_it_without_scrolling_sideways(tab: Tab, address: str) -> None:
    page = tab(address, 360, 740)
    ask(page, QUESTION)
    answered(page)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 360
    expect(page.locator("#jd-panel mark")).not_to_be_visible()
    page.locator("#jd-chat .jd-chip").first.click()
    expect(page.locator("#jd-panel mark")).to_be_in_viewport()
    expect(page.locator("#jd-panel nav")).to_be_in_viewport()
    assert page.evaluate(width) == 360
    page.click("text=关闭")
    expect(page.locator("#jd-panel mark")).not_to_be_visible()
    page.locator("#jd-chat .jd-chip").first.click()  # the same one again
    expect(page.locator("#jd-panel mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#jd-panel mark")).not_to_be_visible()


def test_the_page_says_that_it_is_chinese_and_offers_no_way_out(tab: Tab, address: str) -> None:
    page = tab(address)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "据典"
    assert page.locator("a[href^='http']").count() == 0
    expect(page.locator("footer")).not_to_be_visible()


def test_the_server_tells_the_browser_to_stay_at_home(tab: Tab, address: str) -> None:
    page = tab(address)
    response = page.request.get(address)
    assert response.headers["content-security-policy"].startswith("default-src 'self'")
    blocked = page.evaluate("fetch('http://192.0.2.1/').then(() => 'sent', () => 'blocked')")
    assert blocked == "blocked"


def test_a_thumb_is_kept_with_its_reason_and_taken_back(tab: Tab, address: str, store: Store) -> None:
    page = tab(address)
    ask(page, QUESTION)
    answered(page)
    given = FeedbackFile(store.folder / "feedback.sqlite").all
    before = len(given())
    page.click('#jd-chat a[title="答得不好"]')
    expect(page.locator("#jd-chat .jd-votes")).to_contain_text("哪里不好？")
    page.click("#jd-chat .jd-votes >> text=漏答")
    expect(page.locator("#jd-chat .jd-vote.jd-on")).to_have_count(2)
    kept = given()[-1]
    assert (kept.question, kept.verdict, kept.reason, kept.answer["model"]) == (
        QUESTION,
        "down",
        "漏答",
        "scripted-model",
    )
    assert kept.answer["citations"]
    expect(page.locator("#jd-panel mark")).to_be_visible()  # the source stays open
    page.locator("#jd-chat .jd-votes a").first.click()
    expect(page.locator("#jd-chat .jd-votes")).to_have_text("好✓不好已记下")
    page.locator("#jd-chat .jd-votes a").first.click()
    expect(page.locator("#jd-chat .jd-votes")).to_have_text("好不好")
    assert len(given()) == before


def test_the_details_list_what_was_found_and_each_opens_its_passage(tab: Tab, address: str, answerer: Answerer) -> None:
    page = tab(address)
    hits = answerer.answer(QUESTION).hits
    ask(page, QUESTION)
    answered(page)
    rows = page.locator("#jd-panel .jd-found li")
    expect(page.locator("#jd-panel .jd-details")).to_contain_text(f"{len(hits)} 个段落")
    expect(rows.first).not_to_be_visible()
    page.click("#jd-panel summary")
    expect(rows).to_have_count(len(hits))
    for row, hit in zip(rows.all(), hits, strict=True):
        expect(row).to_contain_text(f"得分 {hit.score:.2f}")
        expect(row).to_contain_text(f"语义 {hit.signals.dense:.2f}")
        expect(row).to_contain_text(hit.section)
    rows.nth(1).click()
    expect(page.locator("#jd-panel h2")).to_have_text("检索到的段落 2")
    expect(page.locator("#jd-panel mark")).to_have_text(hits[1].text)
    expect(rows.nth(1)).to_be_visible()  # the list stays open
    expect(page.locator("#jd-panel .jd-found li.jd-on")).to_have_count(1)
    page.click("text=下一处")
    expect(page.locator("#jd-panel h2")).to_have_text("检索到的段落 3")
    expect(rows.nth(2)).to_be_in_viewport()
    assert in_view(page)
    page.click("#jd-panel summary")
    page.locator("#jd-chat .jd-chip").first.click()
    expect(page.locator("#jd-panel h2")).to_have_text("出处 1")
    expect(rows.first).not_to_be_visible()  # and closed when it was closed


def test_the_details_can_be_used_without_a_mouse(tab: Tab, address: str) -> None:
    page = tab(address)
    ask(page, "火星探测的经费有多少？")
    answered(page)
    page.locator("#jd-panel summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#jd-panel .jd-found")).to_be_visible()
    for number in (1, 2):
        page.keyboard.press("Tab")
        expect(page.locator(f'#jd-panel .jd-hit[href="#t1-h{number}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#jd-panel h2")).to_have_text("最接近的段落 2（没有回答这个问题）")
    expect(page.locator('#jd-panel .jd-hit[href="#t1-h2"]')).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator('#jd-panel .jd-hit[href="#t1-h3"]')).to_be_focused()


def test_a_phone_shows_the_details_without_scrolling_sideways(tab: Tab, address: str) -> None:
    page = tab(address, 360, 640)
    ask(page, QUESTION)
    answered(page)
    page.locator("#jd-chat .jd-chip").first.click()
    page.click("#jd-panel summary")
    row = page.locator("#jd-panel .jd-found li").first
    expect(row).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('#jd-panel .jd-found'))")
    page.locator("#jd-panel .jd-hit").nth(1).click()
    expect(page.locator("#jd-panel h2")).to_have_text("检索到的段落 2")
    expect(page.locator("#jd-panel mark")).to_be_visible()
    assert in_view(page)
