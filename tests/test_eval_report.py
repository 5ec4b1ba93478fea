"""Reports: the JSON, the table and the page say the same, and the page runs nothing it was told."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from test_eval_samples import (
    GRAIN,
    GREEN,
    MISSING,
    SOURCE,
    answered,
    citation,
    display,
    gold,
    hits,
    record,
    refusal,
)

from eval.measures.metrics import METRICS
from eval.measures.scores import score
from eval.report import markdown
from eval.report.html import Html, document, escape, fold, packaged, section, table
from eval.report.page import render
from eval.report.report import CURVES, build_report, question_row, summary_line, write_report
from eval.report.tables import lay_out, number, seconds, share, show_table, why_counts, write_interval

WRONG: dict[str, Any] = {"answer": "占全国的28.5%", "claims": [{"text": "占全国的28.5%", "citations": [1]}]}
EVIL = "<script>alert('坏')</script><img src=\"https://x.example/a.png\" onerror='x()'>&amp;"
SETTINGS = {"gold": "七篇.jsonl", "encoder": "m3e", "language_model": None, "documents": ["讲话.txt"], "seed": 7}


def report(*values: dict[str, Any]) -> dict[str, Any]:
    asked = {"q1": gold(), "q2": MISSING}
    return build_report([score(asked[v["id"]], record(v), display) for v in values], SETTINGS)


class _Tags(HTMLParser):
    """Every tag with its attributes, and the text outside of style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_one_question_of_the_report_says_everything() -> None:
    values = {"accuracy": (1.0, 1.0)}
    assert question_row(score(gold(), record(answered()), display), values) == {
        "id": "q1",
        "type": "factoid",
        "half": "report",
        "answerable": True,
        "question": "中部地区粮食产量占全国多少？",
        "history": [],
        "expected": "29.5%",
        "answer": "中部地区粮食产量占全国的29.5%[1]。",
        "refused": False,
        "confidence": 0.9,
        "right": True,
        "why": None,
        "faults": [],
        "missing": [],
        "evidence": [{"quote": GRAIN, "rank": 2}],
        "hits": [
            {"document": "讲话.txt", "section": "第一篇", "score": 1.0, "text": GREEN},
            {"document": "讲话.txt", "section": "第一篇", "score": 0.5, "text": SOURCE},
        ],
        "claims": [{"text": "中部地区粮食产量占全国的29.5%[1]。", "citations": [1], "carried": True}],
        "citations": [
            {"n": 1, "document": "讲话.txt", "section": "第一篇", "start": 0, "end": len(GRAIN), "quote": GRAIN}
        ],
        "citation_counts": {
            "claims": 1,
            "carried": 1,
            "supported": 1,
            "citations": 1,
            "precise": 1,
            "quotes": 1,
            "valid": 1,
            "unsupported": 0,
        },
        "timings": {"retrieve_s": 0.1, "first_token_s": 0.5, "total_s": 1.0},
        "evidence_cited": True,
        "values": {"accuracy": [1.0, 1.0]},
    }


def test_a_refusal_has_no_claims_and_what_was_not_measured_is_left_out() -> None:
    row = question_row(score(gold(), record(refusal(confidence=None, timings={"total_s": 1.0})), None), {})
    assert {"confidence", "evidence_cited"} & set(row) == set()
    assert (row["claims"], row["faults"], row["timings"]) == ([], ["refused_wrongly"], {"total_s": 1.0})


def test_the_files_hold_the_report(tmp_path: Path) -> None:
    made = report(answered(), refusal(MISSING))
    write_report(tmp_path, made)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.json", "report.md"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == json.loads(json.dumps(made))
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render(made)
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == markdown.render(made)


def test_words_of_users_and_documents_are_escaped() -> None:
    evil = answered(answer=EVIL, citations=[citation(1, EVIL, document=EVIL, section=EVIL)], hits=hits(EVIL))
    made = build_report(
        [
            score(
                gold(
                    id=EVIL,
                    question=EVIL,
                    answer=EVIL,
                    evidence=(EVIL,),
                    must=((EVIL, "别的"),),
                    history=({"role": "user", "content": EVIL},),
                ),
                record({**evil, "id": EVIL}),
                None,
            ),
            score(gold(must=((EVIL,),)), record(answered()), None),
        ],
        {**SETTINGS, EVIL: EVIL, "gold": EVIL, "documents": [EVIL]},
    )
    page = _Tags(render(made))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert {tag for tag, _ in page.tags} & {"img", "iframe", "link", "object"} == set()
    assert page.words.count(EVIL) >= 14
    assert {name for _, attributes in page.tags for name in attributes if name.startswith("on")} == set()


def test_the_page_asks_nothing_of_the_network() -> None:
    page = render(report(answered(), refusal(MISSING)))
    tags = _Tags(page).tags
    assert {n for _, attributes in tags for n in attributes} & {"src", "action", "srcset", "data"} == set()
    assert {str(attributes["href"])[0] for _, attributes in tags if "href" in attributes} == {"#"}
    assert re.search(r"https?:|url\(|@import|<base|javascript:", page) is None


def test_only_the_page_s_own_script_may_run() -> None:
    page = render(report(answered()))
    script = re.search(r"<script>(.*)</script>", page, re.S)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode("utf-8")).digest()).decode("ascii")
    policies = [a["content"] for tag, a in _Tags(page).tags if "http-equiv" in a]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    assert script[1] == packaged("report.js")


def test_every_link_leads_to_a_place_in_the_page_or_sets_a_filter() -> None:
    made = report(answered(**WRONG), answered(MISSING))
    tags = _Tags(render(made)).tags
    places = {attributes.get("id") for _, attributes in tags}
    links = {str(attributes["href"])[1:] for _, attributes in tags if "href" in attributes}
    causes = {"why=wrong_fact", "why=not_refused", "why=citation_missing"}
    assert {link for link in links if "=" in link} == causes
    assert links - causes <= places


def test_a_page_without_a_script_allows_none_and_another_may_send() -> None:
    assert "script-src" not in document("题", "")
    assert "base-uri 'none'; connect-src 'self'\"" in document("题", "", allow="connect-src 'self'")
    with pytest.raises(ValueError, match="script"):
        document("题", "", script="'</script>'")


def test_helpers_escape_words_and_leave_html() -> None:
    assert escape("<b>\"'&") == "&lt;b&gt;&quot;&#x27;&amp;"
    assert escape(Html("<b>")) == "<b>"
    assert section("<h>", "<p>") == "<section><h2>&lt;h&gt;</h2>&lt;p&gt;</section>"
    assert fold("<", Html("<i>")) == "<details class=fold><summary>&lt;</summary><i></details>"
    assert table([["<a>", "n"], ["组"], ["b", Html("<i>")]]) == (
        "<div class=wide><table><thead><tr><th scope=col>&lt;a&gt;</th><th scope=col>n</th></tr></thead><tbody>"
        "<tr class=group><th colspan=2 scope=rowgroup>组</th></tr>"
        "<tr><th scope=row>b</th><td><i></td></tr></tbody></table></div>"
    )


def test_the_page_is_chinese_and_fits_a_phone() -> None:
    tags = _Tags(render(report(answered()))).tags
    assert ("html", {"lang": "zh-CN"}) in tags
    assert ("meta", {"name": "viewport", "content": "width=device-width,initial-scale=1"}) in tags


def test_the_page_tells_why_an_answer_is_wrong() -> None:
    words = _Tags(render(report(answered(**WRONG), answered(MISSING)))).words
    for told in (
        "✗ 事实不符",
        "✗ 应拒未拒",
        "29.5% 或 百分之二十九点五",
        "资料中没有，应当拒答",
        "（第 2 条检索结果）",
        "引到了证据，但标准答案里的事实没有说全",
        "有句子没有引用，或所引的原文支撑不住它",
        "答对 0 / 2 题，0.0%",
    ):
        assert told in words


def test_what_was_not_measured_is_a_dash_on_the_page_and_in_the_table() -> None:
    made = report(refusal(MISSING, timings={}, hits=[], confidence=None))
    words = _Tags(render(made)).words
    assert "引用精确率—未测到" in words
    assert "首字用时（中位）—未测到" in words
    assert "内存没有测到" in words
    rows = [line.split() for line in show_table(made).splitlines()]
    assert ["引用精确率", "—", "—", "—"] in rows
    assert ["拒答召回率", "100.0%（20.7–100.0）", "—", "100.0%（20.7–100.0）"] in rows
    assert ["首字", "—", "—", "—"] in rows


def test_every_metric_of_the_page_has_its_interval_and_its_definition() -> None:
    made = report(answered(), answered(answer="占全国的28.5%", id="q2"))
    words, whole = _Tags(render(made)).words, made["metrics"]["all"]
    for name, metric in METRICS.items():
        assert metric.definition in words
        assert metric.formula in words
        if name in whole and metric.group != "time":
            assert f"{metric.title}{' 越低越好' if metric.better == 'lower' else ''}" in words
            if name in whole["intervals"]:
                assert write_interval(name, whole["intervals"][name]) in words


def test_each_sentence_says_whether_its_citation_carries_it() -> None:
    made = report(
        answered(
            answer="中部地区粮食产量占全国的29.5%[1]。还有三座火星基地[1]。再见",
            claims=[
                {"text": "中部地区粮食产量占全国的29.5%。", "citations": [1]},
                {"text": "还有三座火星基地。", "citations": [1]},
            ],
        )
    )
    assert (
        "<div class=answer><span class=carried>中部地区粮食产量占全国的29.5%[1]。</span><span class=sign>✓有据</span>"
        "<span class=loose>还有三座火星基地[1]。</span><span class=sign>✗无据</span>再见</div>"
    ) in render(made)


def test_a_claim_that_is_not_in_the_answer_changes_nothing() -> None:
    made = report(answered(claims=[{"text": "别的话。", "citations": [1]}, {"text": "", "citations": []}]))
    assert "<div class=answer>中部地区粮食产量占全国的29.5%[1]。</div>" in render(made)


def test_the_page_reads_a_report_without_the_optional_parts() -> None:
    made = json.loads(json.dumps(report(answered(), answered(MISSING))))
    for row in made["questions"]:
        for name in ("faults", "hits", "claims", "confidence", "citation_counts", "values", "evidence_cited"):
            row.pop(name, None)
    for part in made["metrics"].values():
        for name in ("intervals", "risk_coverage", "reliability", "times"):
            part.pop(name, None)
    del made["metrics"]["tune"]
    words = _Tags(render(made)).words
    assert "答对 1 / 2 题，50.0%" in words
    assert "✗ 应拒未拒" in words
    assert "50.0%" in markdown.render(made)
    assert "50.0%（1/2）" in show_table(made)


def test_a_report_without_questions_says_so() -> None:
    made = build_report([], SETTINGS)
    assert "答对 0 / 0 题，—" in _Tags(render(made)).words
    assert "没有题目" in _Tags(render(made)).words
    assert "答对 0 / 0 题" in markdown.render(made)


def test_one_right_question_has_no_causes_and_claims_nothing_of_the_whole() -> None:
    words = _Tags(render(report(answered()))).words
    assert "问题出在哪里" not in words
    assert "只有 1 题，还看不出高低。没有答错的题。" in words


def test_the_judge_stands_apart_and_only_when_there_is_one() -> None:
    made = report(answered())
    assert "仅供参考" not in _Tags(render(made)).words
    agreement = {"n": 1, "agreement": 0.8, "interval": None, "kappa": None, "judge_only": 1, "metric_only": 0}
    judged = {
        "name": EVIL,
        "n": 5,
        "right": {"n": 5, "value": 0.4, "interval": [0.2, 0.6]},
        "agreement": {"right": agreement},
    }
    words = _Tags(render({**made, "judge": judged})).words
    assert "语言模型评判（仅供参考，与上面的指标分开）" in words
    assert "答得对（5）40.0%20.0–60.080.0%——10" in words
    assert EVIL in words


def test_three_thousand_questions_stay_below_ten_megabytes() -> None:
    made = report(answered(hits=hits(*[SOURCE * 3] * 5), answer="中部地区粮食产量占全国的29.5%[1]。" * 8))
    rows = [{**made["questions"][0], "id": f"q{n}"} for n in range(3000)]
    assert len(render({**made, "questions": rows}).encode("utf-8")) < 10_000_000


def test_the_table_of_the_terminal_lists_types_metrics_and_times() -> None:
    rows = [line.split() for line in show_table(report(answered(), refusal(MISSING))).splitlines()]
    assert ["题型答对率", "全部（2", "题）", "调参半（0", "题）", "报告半（2", "题）"] in rows
    assert ["事实", "100.0%（1/1）", "—", "100.0%（1/1）"] in rows
    assert ["合计", "100.0%（2/2）", "—", "100.0%（2/2）"] in rows
    assert ["MRR@10", "0.500", "—", "0.500"] in rows  # one question gives no interval
    assert ["证据召回@1", "0.0%（0.0–79.3）", "—", "0.0%（0.0–79.3）"] in rows
    assert ["证据召回@5", "—", "—", "—"] in rows
    assert ["首字", "0.50", "秒", "/", "0.50", "秒", "—", "0.50", "秒", "/", "0.50", "秒"] in rows


def test_the_last_line_is_one_json_object(tmp_path: Path) -> None:
    made = report(answered())
    line = summary_line(made, tmp_path)
    assert "\n" not in line
    kept = {part: {n: v for n, v in found.items() if n not in CURVES} for part, found in made["metrics"].items()}
    assert json.loads(line) == {"out": str(tmp_path), "metrics": json.loads(json.dumps(kept))}


def test_causes_are_counted_in_their_order() -> None:
    made = report(answered(MISSING), answered(answer="占30%"), answered(answer="占31%"), answered())
    assert list(why_counts(made).items()) == [("事实不符", 2), ("应拒未拒", 1)]


def test_columns_align_with_full_width_characters() -> None:
    assert lay_out([["题型", "n"], ["ab", "10"], ["跨篇x", "7"]]) == "题型    n\n─────────\nab     10\n跨篇x   7"


def test_numbers_are_written_with_their_unit() -> None:
    assert [share(0.1234), share(0.0), share(None), number(0.5), number(None), seconds(1.239), seconds(None)] == [
        "12.3%",
        "0.0%",
        "—",
        "0.500",
        "—",
        "1.24 秒",
        "—",
    ]
