"""Reports: the JSON, the table and the page say the same, and the page runs nothing it was told."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from test_eval_samples import GRAIN, MISSING, answered, citation, display, gold, hits, record, refusal

from eval.page import render
from eval.report import build_report, question_row, summary_line, write_report
from eval.scores import score
from eval.tables import lay_out, number, seconds, share, show_table, why_counts

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
    assert question_row(score(gold(), record(answered()), display)) == {
        "id": "q1",
        "type": "factoid",
        "half": "report",
        "answerable": True,
        "question": "中部地区粮食产量占全国多少？",
        "history": [],
        "expected": "29.5%",
        "answer": "中部地区粮食产量占全国的29.5%[1]。",
        "refused": False,
        "right": True,
        "why": None,
        "missing": [],
        "evidence": [{"quote": GRAIN, "rank": 2}],
        "citations": [
            {"n": 1, "document": "讲话.txt", "section": "第一篇", "start": 0, "end": len(GRAIN), "quote": GRAIN}
        ],
        "citation_counts": {"claims": 1, "carried": 1, "citations": 1, "precise": 1, "quotes": 1, "valid": 1},
        "timings": {"retrieve_s": 0.1, "first_token_s": 0.5, "total_s": 1.0},
        "evidence_cited": True,
    }


def test_the_files_hold_the_report(tmp_path: Path) -> None:
    made = report(answered(), refusal(MISSING))
    write_report(tmp_path, made)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report.html", "report.json"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == json.loads(json.dumps(made))
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render(made)


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
    assert {tag for tag, _ in page.tags} & {"script", "img", "iframe", "link", "object"} == set()
    assert page.words.count(EVIL) >= 12
    assert {name for _, attributes in page.tags for name in attributes if name.startswith("on")} == set()


def test_the_page_asks_nothing_of_the_network() -> None:
    page = render(report(answered(), refusal(MISSING)))
    tags = _Tags(page)
    assert {n for _, attributes in tags.tags for n in attributes} & {"src", "href", "action", "srcset", "data"} == set()
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_the_page_is_chinese_and_fits_a_phone() -> None:
    tags = _Tags(render(report(answered()))).tags
    assert ("html", {"lang": "zh-CN"}) in tags
    assert ("meta", {"name": "viewport", "content": "width=device-width,initial-scale=1"}) in tags


def test_the_page_tells_why_an_answer_is_wrong() -> None:
    words = _Tags(render(report(answered(answer="占全国的28.5%"), answered(MISSING)))).words
    for told in (
        "✗ 事实不符",
        "✗ 应拒未拒",
        "29.5% 或 百分之二十九点五",
        "资料中没有，应当拒答",
        "（第 2 条）",
        "答对 0 / 2 题，0.0%",
    ):
        assert told in words


def test_what_was_not_measured_is_a_dash_on_the_page_and_in_the_table() -> None:
    made = report(refusal(MISSING, timings={}, hits=[]))
    assert "引用精确率—" in _Tags(render(made)).words
    rows = [line.split() for line in show_table(made).splitlines()]
    assert ["引用精确率", "—", "—", "—"] in rows
    assert ["拒答召回率", "100.0%", "—", "100.0%"] in rows
    assert ["首字", "—", "—", "—"] in rows


def test_the_table_of_the_terminal_lists_types_metrics_and_times() -> None:
    rows = [line.split() for line in show_table(report(answered(), refusal(MISSING))).splitlines()]
    assert ["题型答对率", "全部（2", "题）", "调参半（0", "题）", "报告半（2", "题）"] in rows
    assert ["事实", "100.0%（1/1）", "—", "100.0%（1/1）"] in rows
    assert ["合计", "100.0%（2/2）", "—", "100.0%（2/2）"] in rows
    assert ["MRR@10", "0.500", "—", "0.500"] in rows
    assert ["证据召回@1", "0.0%", "—", "0.0%"] in rows
    assert ["证据召回@5", "—", "—", "—"] in rows
    assert ["首字", "0.50", "秒", "/", "0.50", "秒", "—", "0.50", "秒", "/", "0.50", "秒"] in rows


def test_the_last_line_is_one_json_object(tmp_path: Path) -> None:
    made = report(answered())
    line = summary_line(made, tmp_path)
    assert "\n" not in line
    assert json.loads(line) == {"out": str(tmp_path), "metrics": json.loads(json.dumps(made["metrics"]))}


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
