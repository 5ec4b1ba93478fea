"""The HTML that the window shows, without a browser: nothing from outside acts, sources are exact, colours are readable."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from evidences import hit
from hypothesis import given
from hypothesis import strategies as st
from samples import filled

import ui
from index.cleaning import clean
from index.errors import JudianError
from index.hits import Signals, Twin
from index.reading import Repair
from rag.answer import Answer, Citation, Claim, Place, Timings, Verdict
from rag.answerer import Stage
from rag.screen.details import details_html
from rag.screen.links import Target, literal, read_target
from rag.screen.page import answer_html, header_html
from rag.screen.panel import find_source, panel_html
from rag.screen.session import Loading, Session, Window, _stage
from rag.screen.votes import Vote, read_vote, votes_html

CSS = (Path(ui.__file__).parent / "rag" / "screen" / "window.css").read_text(encoding="utf-8")
PLACE = Place("乙.txt", "第二篇", 5, 9)


def answer(text: str, *claims: tuple[str, tuple[int, ...], Verdict], model: str = "某模型") -> Answer:
    """An answer whose citations are numbered from one."""
    numbers = sorted({n for _, cited, _ in claims for n in cited})
    return Answer(
        question="问题？", standalone_question="问题？", text=text, refused=not claims, confidence=1.0, model=model,
        claims=tuple(Claim(*claim) for claim in claims),
        citations=tuple(Citation(n, "甲.txt", "第一篇", None, 0, 4, f'原"句{n}', (PLACE,)) for n in numbers),
        hits=(), timings=Timings(0.1, 0.2, 3.25),
    )  # fmt: skip


def shown(html: str) -> str:
    """What a browser shows of the HTML, without its tags."""
    return unescape(re.sub(r"<[^>]*>", "", html))


@given(st.text())
def test_literal_text_shows_as_it_is_and_holds_nothing_that_acts(text: str) -> None:
    html = literal(text)
    assert not set(html) & set("<>\"'`*_[](){}$\\|~!:.\n")
    assert unescape(html).encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass") or any(
        c < " " or c == "\x7f" for c in text
    )  # HTML has no way to write most control characters


def test_marks_become_links_of_their_turn_and_stay_with_the_word_before() -> None:
    html = answer_html(
        3, answer("甲[1][2]。乙[2]。", ("甲。", (1, 2), "supported"), ("乙。", (2,), "supported")), False
    )
    assert re.findall(r'href="(#t3-c\d)"', html) == ["#t3-c1", "#t3-c2", "#t3-c2"]
    assert re.findall(r'<span class="jd-tie">.*?</span>', html)[0].startswith('<span class="jd-tie">甲<a')
    assert shown(html) == "甲12。乙2。答得对的可能：高（约 99%，估计）核对：2 句有据用时 3.2 秒 · 某模型复制好不好"
    assert unescape(re.findall(r'title="([^"]*)"', html)[0]) == '甲.txt · 第一篇\n原"句1'


def test_a_mark_that_names_no_citation_is_text() -> None:
    assert "见[7]" in shown(answer_html(1, answer("见[7]甲[1]。", ("见[7]甲。", (1,), "supported")), False))


@pytest.mark.parametrize(
    ("verdict", "words"), [("partial", "部分有据"), ("unsupported", "未见依据"), ("supported", "")]
)
def test_a_verdict_is_said_in_words_after_its_sentence(verdict: Verdict, words: str) -> None:
    html = answer_html(1, answer("甲[1]。乙[1]。", ("甲。", (1,), verdict), ("乙。", (1,), "supported")), False)
    text = shown(html).replace("◐ ", "").replace("○ ", "")
    assert text.startswith(f"甲1。{words}乙1。")


def test_words_between_the_claims_are_shown_and_belong_to_none() -> None:
    made = answer(
        "据文档：甲[1]。有一句没有依据，已删去。乙[1]。完。", ("甲。", (1,), "partial"), ("乙。", (1,), "supported")
    )
    html = answer_html(1, made, False)
    assert shown(html).startswith("据文档：甲1。◐ 部分有据有一句没有依据，已删去。乙1。完。")
    assert "核对：1 句有据，1 句部分有据" in shown(html)


@pytest.mark.parametrize(
    ("sure", "refused", "words"),
    [
        (1.0, False, "答得对的可能：高（约 99%，估计）"),
        (0.83, False, "答得对的可能：较高（约 83%，估计）"),
        (0.5, False, "答得对的可能：中等（约 50%，估计）"),
        (0.31, True, "文档里有答案的可能：较低（约 31%，估计）"),
        (0.0, True, "文档里有答案的可能：低（约 1%，估计）"),
    ],
)
def test_confidence_is_said_in_words_and_as_an_estimate_that_is_never_certain(
    sure: float, refused: bool, words: str
) -> None:
    html = answer_html(1, replace(answer("没有。"), confidence=sure, refused=refused), False)
    assert words in shown(html)
    assert "核对" not in shown(html)


def test_a_follow_up_shows_how_it_was_understood_and_what_was_searched() -> None:
    follow_up = replace(
        answer("甲[1]。", ("甲。", (1,), "supported")), question="那它呢？", standalone_question="<甲>的人口？"
    )
    source = find_source(clean("原句在此。"), 0, 2, "原句", "甲.txt")
    for made in (follow_up, replace(follow_up, refused=True)):
        assert shown(answer_html(1, made, False)).startswith("理解为：<甲>的人口？")
        assert "检索：<甲>的人口？" in shown(panel_html("那它呢？", Target(1, "c", 1, None), made, source))
    plain = answer("甲[1]。", ("甲。", (1,), "supported"))
    assert "理解为" not in answer_html(1, plain, False)
    assert "检索：" not in shown(panel_html("问题？", Target(1, "c", 1, None), plain, source))


def test_an_extract_says_that_no_model_wrote_it() -> None:
    assert "未使用语言模型：以下是文档原句摘录。" in answer_html(
        1, answer("甲[1]。", ("甲。", (1,), "supported"), model="extractive"), False
    )


def test_a_stopped_answer_says_so() -> None:
    assert "已停止" in answer_html(1, answer("甲[1]。", ("甲。", (1,), "supported")), True)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("#t3-c2", Target(3, "c", 2, None)),
        ("#t3-c2-p0", Target(3, "c", 2, 0)),
        ("#t12-h1", Target(12, "h", 1, None)),
        ("#t3-c0", None),
        ("#t3-copy", None),
        ("javascript:1", None),
        ("", None),
    ],
)
def test_a_link_names_its_target(href: str, target: Target | None) -> None:
    assert read_target(href) == target


def test_a_source_is_the_cited_words_between_whole_sentences() -> None:
    text = "".join(f"第{n}句话在这里说了一些别的事情。" for n in range(60))
    start = text.index("第30句")
    source = find_source(clean(text), start, start + 6, text[start : start + 6], "甲.txt")
    assert source.words == text[start : start + 6]
    assert source.before + source.words + source.after in text
    assert source.before.startswith("第")
    assert source.after.endswith("。")
    assert 250 < len(source.before) <= 300
    assert 250 < len(source.after) <= 300


def test_the_context_of_a_very_long_sentence_begins_and_ends_at_clauses() -> None:
    text = "，".join(f"第{n}个分句写了一些内容" for n in range(90)) + "。"
    start = text.index("第45个")
    source = find_source(clean(text), start, start + 4, "第45个", "甲.txt")
    assert source.before.startswith("……第")
    assert source.after.endswith("，……")
    assert text[start - len(source.before) + 2 : start] == source.before[2:]
    assert len(source.before) > 100


@given(st.text("一二三，。\n ", max_size=1500), st.integers(0, 1500), st.integers(1, 60))
def test_every_source_shows_exactly_the_cited_words(text: str, start: int, length: int) -> None:
    display = clean(text)
    words = display.text[start : start + length]
    if not words:
        return
    source = find_source(display, *display.source_span(start, start + len(words)), words, "甲.txt")
    assert source.words == words
    before, after = source.before.removeprefix("……"), source.after.removesuffix("……")
    assert before + words + after in display.text


def test_a_source_in_a_cut_file_is_shown_without_the_markers() -> None:
    parts = [f"{'中部地区' * 30}发展的第{n}部" for n in range(1, 6)]
    text = "".join(f"{n}、{part}\n" for n, part in enumerate(parts, 1)).rstrip()
    start, end = text.index("第1部"), text.index("2、") + 6
    source = find_source(clean(text), start, end, "第1部中部地区", "甲.txt")
    assert (source.words, source.moved) == ("第1部中部地区", False)


def test_a_document_changed_since_shows_the_words_kept_with_the_answer() -> None:
    source = find_source(clean("全新的内容，与从前不同。"), 2, 6, "从前的句子", "甲.txt")
    assert (source.moved, source.before, source.words, source.after) == (True, "", "从前的句子", "")


def test_the_panel_shows_damaged_words_as_they_stand_and_offers_a_reading() -> None:
    text = "紧紧闱绕这个目标，离侦量发展。"
    repairs = [
        Repair(2, 4, "围绕", 0.97, "字形相近"),
        Repair(9, 11, "高质", 0.95, "本文多见"),
        Repair(0, 1, "系", 0.4, ""),
    ]
    source = find_source(clean(text), 0, 8, text[:8], "甲.pdf · 第 7 页", repairs)
    html = panel_html("问？", Target(1, "c", 1, None), answer("甲[1]。", ("甲。", (1,), "supported")), source)
    assert "甲.pdf · 第 7 页" in shown(html)
    assert "紧疑为“系”紧闱绕疑为“围绕”这个目标，离侦疑为“高质”量发展。" in shown(html)
    assert 'title="字形相近"' in html


@given(st.text(st.sampled_from("闱绕离侦甲乙。，\n "), min_size=1, max_size=900), st.data())
def test_a_reading_stands_beside_the_characters_it_is_for(text: str, data: st.DataObject) -> None:
    display = clean(text)
    if not display.text:
        return
    at = data.draw(st.integers(0, len(display.text) - 1))
    cited = data.draw(st.integers(0, len(display.text) - 1))
    source = find_source(
        display, display.offsets[cited], display.offsets[cited] + 1, None, "甲.txt", [Repair(at, at + 1, "读", 1.0, "")]
    )
    whole = source.before + source.words + source.after
    assert all(whole[r.start : r.end] == display.text[at] for r in source.repairs)
    if at == cited:
        assert [(r.start, r.end) for r in source.repairs] == [(len(source.before), len(source.before) + 1)]


def test_the_panel_walks_between_citations_and_names_other_places() -> None:
    made = answer("甲[1]乙[2]。", ("甲乙。", (1, 2), "supported"))
    html = panel_html(
        "问？", Target(4, "c", 2, None), made, find_source(clean("原句在此。"), 0, 2, "原句", "甲.txt · 第一篇")
    )
    assert "<mark>原句</mark>" in html
    assert 'href="#t4-c1"' in html
    assert 'href="#t4-c3"' not in html
    assert "另见：乙.txt · 第二篇" in shown(html)
    assert 'href="#t4-c2-p0"' in html


def test_the_header_names_few_documents_and_counts_many() -> None:
    assert "2 份文档：甲.txt、乙.txt" in shown(header_html(["甲.txt", "乙.txt"], ""))
    assert "5 份文档：甲、乙、丙……" in shown(header_html(list("甲乙丙丁戊"), ""))


@pytest.mark.parametrize(("refused", "reasons"), [(False, "答非所问出处不对漏答应拒答其他"), (True, "不该拒答其他")])
def test_a_thumb_down_asks_for_a_reason(refused: bool, reasons: str) -> None:
    made = replace(answer("甲[1]。", ("甲。", (1,), "supported")), refused=refused)
    assert shown(votes_html(3, made, None)) == "好不好"
    assert shown(votes_html(3, made, Vote(3, "up"))) == "好✓不好已记下"
    assert shown(votes_html(3, made, Vote(3, "down"))) == f"好不好✓已记下，哪里不好？{reasons}"
    assert read_vote("#t3-vd2", made) == Vote(3, "down", "其他" if refused else "出处不对")
    assert read_vote("#t3-vd9", made) == Vote(3, "down")
    assert read_vote("#t3-c2", made) is None


def test_votes_are_kept_changed_and_taken_back(tmp_path: Path) -> None:
    window = Window(filled(tmp_path, {"甲.txt": "第一句话在这里说了一些事情。"}), Loading(lambda: None))  # type: ignore[arg-type, return-value]
    own, made = Session(), answer("甲[1]。", ("甲。", (1,), "supported"))
    own.answers = {1: made, 2: made}
    own.asked = [{"role": r, "content": "话"} for r in ("user", "assistant", "user", "assistant")]
    own.messages = [{"role": "assistant", "content": answer_html(n, made, False)} for n in (1, 2)]
    assert window.open(own, "#t2-vd") == ("", True)
    assert window.open(own, "#t2-vd3") == ("", True)
    (kept,) = window.feedback.all()
    assert (kept.verdict, kept.reason, len(kept.history), kept.answer["answer"]) == ("down", "漏答", 2, "甲[1]。")
    assert (kept.models["encoder"], "已记下" in own.messages[0]["content"], "已记下" in own.messages[1]["content"]) == (
        "hash", False, True
    )  # fmt: skip
    window.open(own, "#t2-vu")
    assert [(f.verdict, f.reason) for f in window.feedback.all()] == [("up", "")]
    window.open(own, "#t2-vu")
    assert window.feedback.all() == []
    assert own.messages[1]["content"] == answer_html(2, made, False)
    assert "出处已经不在了" in window.open(own, "#t9-vu")[0]
    window.feedback.file.write_bytes(b"garbage" * 500)
    assert "已损坏" in window.open(own, "#t2-vu")[0]


def test_a_vote_that_could_not_be_kept_is_kept_once_when_it_can(tmp_path: Path) -> None:
    window = Window(filled(tmp_path, {"甲.txt": "第一句话在这里说了一些事情。"}), Loading(lambda: None))  # type: ignore[arg-type, return-value]
    own, made = Session(), answer("甲[1]。", ("甲。", (1,), "supported"))
    own.answers, own.messages = {1: made}, [{"role": "assistant", "content": answer_html(1, made, False)}]
    window.open(own, "#t1-vu")
    good = window.feedback.file.read_bytes()
    window.feedback.file.write_bytes(b"garbage" * 500)
    assert "已损坏" in window.open(own, "#t1-vd")[0]
    window.feedback.file.write_bytes(good)
    assert window.open(own, "#t1-vd") == ("", True)
    assert [f.verdict for f in window.feedback.all()] == ["down"]
    assert votes_html(1, made, Vote(1, "down")) in own.messages[0]["content"]


@pytest.mark.parametrize("href", ["#t-vu", "#tx-vu", "#t²-vu", f"#t{'9' * 5000}-vu", "#t1-v", "-v", ""])
def test_a_link_that_is_no_vote_is_none(href: str) -> None:
    own = Session()
    own.answers = {1: answer("甲[1]。", ("甲。", (1,), "supported"))}
    assert not Window.__new__(Window).vote(own, href)


def test_a_link_of_another_session_opens_nothing() -> None:
    window = Window.__new__(Window)
    assert "出处已经不在了" in window.panel(Session(), "#t1-c1")


def test_a_model_that_does_not_load_is_told_to_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    def load() -> None:
        raise JudianError("语言模型无法载入。")

    loading = Loading(load)  # type: ignore[arg-type]
    assert "正在载入" in loading.state()
    loading.start()
    with pytest.raises(JudianError, match="无法载入"):
        loading.answerer()
    assert "没有载入" in loading.state()
    assert "无法载入" in capsys.readouterr().err


def test_a_taken_port_is_refused_and_a_free_one_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(JudianError, match=f"端口 {port} .*占用。\n.*--port {port + 1}"):
            ui.check_port("127.0.0.1", port)
    ui.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", [-1, 0, 65536, 10**9])
def test_an_impossible_port_is_refused_with_one_that_may_work(port: int) -> None:
    with pytest.raises(JudianError, match="--port 7861"):
        ui.check_port("127.0.0.1", port)


@pytest.mark.parametrize("block", [":root", ".dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "paper"), ("ink", "sheet"), ("ink", "own"), ("ink", "calm"), ("ink", "alarm"),
        ("quiet", "paper"), ("quiet", "sheet"), ("quiet", "calm"), ("seal", "paper"), ("seal", "sheet"), ("seal", "calm"),
        ("seal", "seal-soft"), ("ink", "seal-soft"), ("quiet", "seal-soft"), ("sheet", "seal"), ("mark-ink", "mark"), ("amber", "sheet"), ("amber", "paper"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground_as_wcag_aa_asks(block: str, ink: str, ground: str) -> None:
    body = re.search(rf"{re.escape(block)} \{{(.*?)\}}", CSS, re.S)
    assert body
    colours = dict(re.findall(r"--jd-([a-z-]+): (#[0-9a-f]{6});", body[1]))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


SAID = "中部地区承东启西、连南接北，资源要素丰盈，市场潜力巨大，文化底蕴深厚。"
TWINS = (Twin("讲话.txt", "第三篇", None, 900, 930), Twin("通稿.docx", "", 2, 0, 30))
FOUND = (
    replace(hit(SAID, score=0.871, start=100), signals=Signals(0.713, 12.3, 0.4, 1.0, 0.8, 0.9, None), also=TWINS),
    replace(hit("粮食产量占全国的三成左右。", section="第二篇", score=0.42), signals=Signals(0.5, 3.0, rerank=0.25)),
)


def test_a_passage_found_names_the_places_that_say_the_same() -> None:
    made = replace(answer("没有。"), hits=FOUND)
    source = find_source(clean(SAID), 0, 4, None, "讲话.txt")
    html = panel_html("问？", Target(2, "h", 1, None), made, source)
    assert "另见：第三篇、通稿.docx · 第 2 页" in shown(html)
    assert 'href="#t2-h1-p1"' in html
    assert "回到段落" not in html
    assert "回到段落" in panel_html("问？", Target(2, "h", 1, 0), made, source)
    assert "另见" not in panel_html("问？", Target(2, "h", 2, None), made, source)


def test_the_details_list_every_hit_with_its_numbers_as_a_link() -> None:
    cited = replace(answer("甲[1]。", ("甲。", (1,), "supported")), hits=FOUND)
    cited = replace(cited, citations=(replace(cited.citations[0], document="讲话.txt", start=110, end=120),))
    html = details_html(Target(2, "c", 1, None), cited)
    assert "<details" in html
    assert "open" not in html.split(">")[0]
    assert re.findall(r'<a href="([^"]+)"', html) == ["#t2-h1", "#t2-h2"]
    text = shown(html)
    assert "检索详情2 个段落" in text
    assert "1 讲话.txt · 第一篇引用 [1]" in text
    assert "得分 0.87语义 0.71词面 12.30重排 —" in text
    assert "得分 0.42语义 0.50词面 3.00重排 0.25" in text
    assert re.findall(r"width:(\d+)%", html) == ["87", "42"]
    assert "jd-on" not in html


def test_the_details_mark_the_passage_that_is_open_and_show_hits_literally() -> None:
    hostile = hit("<script>alert(1)</script>一句话。", document="<img src=x>.txt", score=7.0)
    html = details_html(Target(1, "h", 1, None), replace(answer("没有。"), hits=(hostile,)))
    assert '<li class="jd-on" aria-current="true">' in html
    assert not re.search("<(script|img)", html)
    assert "width:100%" in html
    assert details_html(Target(1, "h", 1, None), answer("没有。")) == ""


def test_the_panel_offers_the_details_for_answers_and_refusals_alike() -> None:
    source = find_source(clean(SAID), 0, 4, None, "讲话.txt")
    for made, target, head in (
        (replace(answer("甲[1]。", ("甲。", (1,), "supported")), hits=FOUND), Target(2, "c", 1, None), "出处 1"),
        (
            replace(answer("甲[1]。", ("甲。", (1,), "supported")), hits=FOUND),
            Target(2, "h", 2, None),
            "检索到的段落 2",
        ),
        (replace(answer("没有。"), hits=FOUND), Target(2, "h", 2, None), "最接近的段落 2（没有回答这个问题）"),
    ):
        text = shown(panel_html("问？", target, made, source))
        assert head in text
        assert "检索详情2 个段落" in text
    assert "2 / 2" in text


def test_links_to_passages_and_their_twins_open_them(tmp_path: Path) -> None:
    text = "第一句话在这里说了一些事情。\n" * 3
    window = Window(filled(tmp_path, {"甲.txt": text}), Loading(lambda: None))  # type: ignore[arg-type, return-value]
    own = Session()
    found = hit("第一句话在这里说了一些事情。", document="甲.txt")
    own.answers = {1: replace(answer("没有。"), hits=(replace(found, also=(Twin("甲.txt", "", None, 15, 29),)),))}
    assert "<mark>第一句话在这里说了一些事情。</mark>" in unescape(window.panel(own, "#t1-h1"))
    assert "<mark>第一句话在这里说了一些事情。</mark>" in unescape(window.panel(own, "#t1-h1-p0"))
    assert "没有这一处" in window.panel(own, "#t1-h1-p1")
    assert "没有这一处" in window.panel(own, "#t1-h2")


def test_a_sweep_says_how_much_was_gone_through() -> None:
    assert _stage(Stage("检索", 12)) == "已逐份查阅 12 份文档……"
    assert _stage(Stage("检索")) == "正在检索……"
