"""The report page in a real Chromium, opened as a file: filters, order, search, links, phones, and nothing that runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_eval_samples import MISSING, answered, display, gold, hits, record, refusal

from eval.measures.scores import score
from eval.questions import GoldQuestion
from eval.report.page import render
from eval.report.report import build_report

pytestmark = pytest.mark.browser

EVIL = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>\"onclick='window.hacked=1'"
WRONG: dict[str, Any] = {"answer": "占全国的28.5%", "claims": [{"text": "占全国的28.5%", "citations": [1]}]}
FILTER_WITHIN = 0.3  # seconds
Open = Callable[..., Page]
Scheme = Literal["light", "dark"]


def report(*values: dict[str, Any], **questions: GoldQuestion) -> dict[str, Any]:
    asked = {"q1": gold(), "q2": MISSING, **questions}
    return build_report([score(asked[v["id"]], record(v), display) for v in values], {"gold": "题.jsonl"})


def sample() -> dict[str, Any]:
    """Right, wrong, refused, and not declined."""
    slow = {"retrieve_s": 0.1, "first_token_s": 5.0, "total_s": 9.0}
    return report(
        answered(confidence=0.6),
        answered(gold(id="q9"), **WRONG, confidence=0.3),
        refusal(gold(id="q10", type="list", question="有哪些举措？"), confidence=None),
        answered(MISSING, timings=slow),
        q9=gold(id="q9"),
        q10=gold(id="q10", type="list", question="有哪些举措？"),
    )


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens reports as files. At the end none may have asked for anything else, met an error, or broken its policy."""
    requests: list[str] = []
    complaints: list[str] = []
    contexts: list[BrowserContext] = []
    path = tmp_path / "report.html"

    def open_report(
        made: dict[str, Any], address: str = "", width: int = 1280, scheme: Scheme = "light", scripts: bool = True
    ) -> Page:
        path.write_text(render(made), encoding="utf-8")
        viewport: ViewportSize = {"width": width, "height": 740}
        contexts.append(browser.new_context(viewport=viewport, color_scheme=scheme, java_script_enabled=scripts))
        page = contexts[-1].new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri() + address)
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert {url.split("#")[0] for url in requests} <= {path.as_uri()}
    assert complaints == []


def shown(page: Page) -> list[str]:
    """The ids of the questions that can be seen, in their order."""
    return [str(q.get_attribute("data-id")) for q in page.locator(".q:visible").all()]


def test_the_verdict_filter_shows_wrong_or_right_answers_and_their_count(show: Open) -> None:
    page = show(sample())
    expect(page.locator("#filters output")).to_have_text("显示 4 / 4 题")
    page.get_by_label("答错 3").check()
    assert shown(page) == ["q9", "q10", "q2"]
    expect(page.locator("#filters output")).to_have_text("显示 3 / 4 题")
    page.get_by_label("答对 1").check()
    assert shown(page) == ["q1"]
    page.get_by_text("清除筛选").click()
    assert shown(page) == ["q1", "q9", "q10", "q2"]


def test_filters_by_cause_type_and_half_narrow_each_other(show: Open) -> None:
    page = show(sample())
    page.get_by_label("原因").select_option("引用缺失")
    assert shown(page) == ["q9"]
    page.get_by_label("题型").select_option("列举")
    assert shown(page) == []
    expect(page.locator("#nothing")).to_be_visible()
    page.get_by_label("原因").select_option("全部")
    assert shown(page) == ["q10"]
    page.get_by_text("清除筛选").click()
    halves = {row["id"]: row["half"] for row in sample()["questions"]}
    page.get_by_label("哪半").select_option("tune")
    assert shown(page) == [i for i, half in halves.items() if half == "tune"]


def test_words_are_found_in_questions_answers_and_numbers_of_questions(show: Open) -> None:
    page = show(sample())
    for words, found in (
        ("举措", ["q10"]),
        ("28.5%", ["q9"]),
        ("28.5%  中部", ["q9"]),
        ("Q10", ["q10"]),
        ("没有这话", []),
    ):
        page.get_by_label("查找").fill(words)
        assert shown(page) == found


def test_questions_are_put_in_order(show: Open) -> None:
    page = show(sample())
    for order, found in (
        ("unsure", ["q9", "q1", "q2", "q10"]),
        ("sure", ["q2", "q1", "q9", "q10"]),
        ("slow", ["q2", "q1", "q9", "q10"]),
        ("id", ["q1", "q2", "q9", "q10"]),
        ("", ["q1", "q9", "q10", "q2"]),
    ):
        page.get_by_label("排列").select_option(order)
        assert shown(page) == found


def test_the_address_keeps_the_filters(show: Open) -> None:
    page = show(sample(), "#only=wrong&type=factoid&q=28.5%25")
    assert shown(page) == ["q9"]
    expect(page.get_by_label("查找")).to_have_value("28.5%")
    page.get_by_label("查找").fill("")
    page.get_by_label("题型").select_option("列举")
    assert page.url.endswith("#only=wrong&type=list")
    page.reload()
    assert shown(page) == ["q10"]


def test_an_address_with_unknown_values_shows_everything(show: Open) -> None:
    assert len(shown(show(sample(), "#only=odd&type=odd&sort=odd&x=1"))) == 4


def test_a_cause_leads_to_its_questions(show: Open) -> None:
    page = show(sample())
    page.locator(".causes a", has_text="应拒未拒").click()
    assert shown(page) == ["q2"]
    expect(page.locator("#filters")).to_be_in_viewport()


def test_a_metric_leads_to_its_definition(show: Open) -> None:
    page = show(sample())
    place = page.locator("#m-citation_recall")
    expect(place).not_to_be_visible()
    page.locator("table a", has_text="引用召回率").click()
    expect(place).to_be_in_viewport()


def test_filters_are_reached_and_changed_by_keyboard(show: Open) -> None:
    page = show(sample())
    page.locator("#filters input").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == ["q9", "q10", "q2"]
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "document.activeElement.name || document.activeElement.type || document.activeElement.tagName"
            )
        )
    assert seen[:8] == ["why", "type", "half", "sort", "q", "open", "clear", "SUMMARY"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".q[data-id=q9]")).to_have_attribute("open", "")
    page.get_by_label("查找").press("Enter")
    assert shown(page) == ["q9", "q10", "q2"]


def test_all_shown_questions_are_opened_and_closed_at_once(show: Open) -> None:
    page = show(sample())
    page.get_by_label("答错 3").check()
    page.get_by_text("全部展开").click()
    assert page.locator(".q[open]").count() == 3
    page.get_by_text("全部收起").click()
    assert page.locator(".q[open]").count() == 0


def test_without_scripts_everything_can_be_read(show: Open) -> None:
    page = show(sample(), scripts=False)
    expect(page.locator("#filters")).not_to_be_visible()
    assert shown(page) == ["q1", "q9", "q10", "q2"]
    page.locator(".q summary").nth(1).click()
    expect(page.locator(".q").nth(1)).to_contain_text("引到了证据，但标准答案里的事实没有说全")


def test_nothing_of_what_users_and_documents_say_runs(show: Open) -> None:
    question = gold(
        id=EVIL, type=EVIL, question=EVIL, answer=EVIL, evidence=(EVIL,), must=((EVIL,),),
        history=({"role": EVIL, "content": EVIL},),
    )  # fmt: skip
    quote = {
        "n": 1,
        "document": EVIL,
        "section": EVIL,
        "page": None,
        "start": 0,
        "end": 3,
        "quote": EVIL,
        "also_in": [],
    }
    found = [{**hit, "document": EVIL, "section": EVIL} for hit in hits(EVIL)]
    claims = [{"text": EVIL, "citations": [1]}]
    values = answered(question, answer=EVIL, claims=claims, citations=[quote], hits=found)
    made = build_report([score(question, record(values), None)], {EVIL: EVIL, "gold": EVIL})
    made["judge"] = {"name": EVIL, "model": EVIL}
    page = show(made)
    page.get_by_text("全部展开").click()
    page.locator(".fold summary").last.click()
    page.get_by_label("查找").fill(EVIL)
    assert shown(page) == [EVIL]
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.locator("main img, main script, [onclick], [onerror]").count() == 0
    expect(page.locator(".q > summary")).to_contain_text(EVIL)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_never_scrolls_sideways(show: Open, width: int, scheme: Scheme) -> None:
    page = show(sample(), width=width, scheme=scheme)
    page.get_by_text("全部展开").click()
    page.evaluate("document.querySelectorAll('.fold').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(show: Open, scheme: Scheme) -> None:
    page = show(sample(), scheme=scheme)
    page.get_by_text("全部展开").click()
    assert page.evaluate(LOW_CONTRAST) == []


def test_printing_opens_every_question_and_closes_it_again(show: Open) -> None:
    page = show(sample())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".q[open]").count() == 4
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.emulate_media(media="print")
    expect(page.locator("#filters")).not_to_be_visible()


def test_three_thousand_questions_are_filtered_at_once(show: Open) -> None:
    made = sample()
    rows = [{**made["questions"][n % 4], "id": f"q{n}"} for n in range(3000)]
    page = show({**made, "questions": rows})
    for change in (
        "form.elements.only.value = 'wrong'",
        "form.elements.q.value = '举措'",
        "form.elements.only.value = form.elements.q.value = ''",
        "form.elements.why.value = 'wrong_fact'",
    ):
        took = page.evaluate(
            f"""() => {{ const form = document.getElementById('filters'), start = performance.now(); {change};
            form.dispatchEvent(new Event('input')); document.body.offsetHeight; return performance.now() - start; }}"""
        )
        assert took < 1000 * FILTER_WITHIN, change
    expect(page.locator("#filters output")).to_have_text("显示 750 / 3000 题")


def test_one_question_and_none_make_a_whole_page(show: Open) -> None:
    page = show(report(answered()))
    assert shown(page) == ["q1"]
    page = show(build_report([], {}))
    expect(page.locator("body")).to_contain_text("没有题目")
    assert page.locator("#filters").count() == 0


LOW_CONTRAST = """() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (part) => {
    for (; part; part = part.parentElement) {
      const found = parse(getComputedStyle(part).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const part of document.querySelectorAll('main *:not(option)')) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !part.checkVisibility()) continue;
    const style = getComputedStyle(part);
    const ink = parse(part instanceof SVGElement ? style.fill : style.color).slice(0, 3);
    const [a, b] = [light(ink), light(ground(part.closest('svg') ? part.closest('svg').parentElement : part))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${part.tagName} ${part.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
