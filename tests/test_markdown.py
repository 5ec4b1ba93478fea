"""report.md: every figure of the report, every wrong question with its cause, and nothing of it is markup."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from test_eval_samples import MISSING, answered, display, gold, record, refusal

from eval.measures.metrics import METRICS
from eval.measures.scores import score
from eval.report.markdown import escape, render
from eval.report.report import build_report
from eval.report.tables import Figure, figure, seconds

EVIL = "a|b<script>x</script>`c`[d](http://e.example)*f*_g_\n# h\\"
SETTINGS = {"gold": "七篇.jsonl", "encoder": "m3e", "language_model": None, "seed": 7, "peak_memory_gb": 1.5}
WRONG: dict[str, Any] = {"answer": "占全国的28.5%", "claims": [{"text": "占全国的28.5%", "citations": [1]}]}


def report(*values: dict[str, Any]) -> dict[str, Any]:
    asked = {"q1": gold(), "q2": MISSING}
    return build_report([score(asked[v["id"]], record(v), display) for v in values], SETTINGS)


def rows(text: str, first: str) -> list[list[str]]:
    """The cells of the table rows that begin with `first`."""
    lines = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def written(found: Figure) -> str:
    return f"{found.value}（{found.interval}）" if found.interval else found.value


def test_every_metric_stands_there_with_its_interval() -> None:
    made = report(answered(), answered(**WRONG), refusal(MISSING))
    text = render(made)
    for name, metric in METRICS.items():
        told = rows(text, metric.title)
        asked = metric.group != "sets"  # the others are only measured by `retrieval`
        assert told == ([[metric.title, written(figure(made["metrics"]["all"], name))]] if asked else [])


def test_types_and_times_and_memory_stand_there() -> None:
    made = report(answered(), answered(**WRONG))
    text, part = render(made), made["metrics"]["all"]
    low, high = (f"{100 * end:.1f}" for end in part["by_type"]["factoid"]["interval"])
    assert rows(text, "事实") == [["事实", f"50.0%（1/2，{low}–{high}）"]]
    spent = part["times"]["first_token_s"]
    assert rows(text, "首字") == [["首字", f"{seconds(spent['median'])} / {seconds(spent['p95'])}"]]
    assert "- 内存峰值（GB）：1.5" in text


def test_the_headline_and_its_interval_come_first() -> None:
    made = report(answered(), answered(**WRONG))
    lines = [line for line in render(made).splitlines() if line]
    assert lines[:2] == ["# 据典评测报告", "**答对 1 / 2 题，50.0%**"]
    assert lines[2].startswith("95% 区间 0.0%–100.0%；调参半")


def test_wrong_questions_are_listed_with_cause_answer_and_what_is_missing() -> None:
    text = render(report(answered(), answered(**WRONG), answered(MISSING)))
    listed = text.split("## 答错的题\n\n")[1].split("\n\n")[0]
    assert listed.splitlines()[:5] == [
        "- **事实不符**　中部地区粮食产量占全国多少？（事实 · q1）",
        "  - 回答：占全国的28.5%",
        "  - 标准答案：29.5%",
        "  - 缺少的事实：29.5% 或 百分之二十九点五",
        "  - 标准证据：第 2 条",
    ]
    assert "- **应拒未拒**　座谈会的预算是多少？（无答案 · q2）" in listed
    assert listed.count("- **") == 2


def test_causes_are_counted() -> None:
    text = render(report(answered(), answered(**WRONG), answered(MISSING)))
    assert [
        line.rsplit(" | ", 2)[1:] for line in text.splitlines() if line.startswith(("| 事实不符", "| 引用缺失"))
    ] == [
        ["1（50.0%）", "1 |"],
        ["0（0.0%）", "1 |"],
    ]


def test_without_a_wrong_answer_there_is_no_list_of_them() -> None:
    assert "## 答错的题" not in render(report(answered()))


def test_what_was_not_measured_is_a_dash_and_never_nought() -> None:
    text = render(report(refusal(MISSING, timings={}, hits=[], confidence=None)))
    for title in ("引用精确率", "引文逐字相符", "证据召回@5", "误拒率", "校准误差", "首字"):
        assert rows(text, title) == [[title, "—"]]
    assert "## 置信度" not in text


def test_words_of_users_and_documents_are_no_markup() -> None:
    made = report(answered(**WRONG))
    made["questions"][0].update(question=EVIL, answer=EVIL, expected=EVIL, id=EVIL, type=EVIL, missing=[[EVIL]])
    made["settings"]["gold"] = EVIL
    made["metrics"]["all"]["by_type"][EVIL] = {"n": 1, "accuracy": 0.0, "interval": None}
    text = render(made)
    plain = re.sub(r"\\.", "", text).replace("**", "")
    assert re.search(r"[<>`*_\[\]]", plain) is None
    assert {line.count("|") for line in plain.splitlines() if line.startswith("|")} == {3, 4, 5}
    assert [line for line in text.splitlines() if line.startswith("#") and EVIL[-2:] in line] == []


@given(st.text())
def test_escaped_words_stay_on_one_line_and_come_back(words: str) -> None:
    told = escape(words)
    assert len(told.splitlines()) <= 1
    assert re.sub(r"\\(.)", r"\1", told) == " ".join(words.split())
