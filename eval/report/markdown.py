"""A report -> report.md: its headline, tables and wrong questions in short, for a mail or a merge request. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.measures.metrics import METRICS
from eval.report.reading import headline, interval_line, sentences
from eval.report.tables import (
    MISSING,
    PARTS,
    TIME_TEXT,
    Figure,
    Metrics,
    metric_figures,
    share,
    shown_parts,
    time_rows,
    type_figures,
    type_text,
)
from eval.report.wording import CAUSE_TEXT, fault_rows, judge_pairs, judge_rows, plain, setting_rows, why_text

Row = Mapping[str, Any]

_LONGEST = 200
"""Characters of an answer that are shown."""


def render(report: Mapping[str, Any]) -> str:
    """The whole text; every word from questions, answers and documents is escaped."""
    parts = shown_parts(report["metrics"])
    told = (
        "# 据典评测报告",
        f"**{escape(headline(report))}**",
        escape(interval_line(report)),
        escape("".join(sentences(report))),
        *_titled("问题出在哪里", _causes(report)),
        *_titled("题型", _types(parts)),
        *_titled("指标（括号里是 95% 区间）", _metrics(parts)),
        *_titled("用时（中位 / 95 分位）", _table([["阶段", *_heads(parts)], *time_rows(parts)])),
        *_titled("置信度", _confidence(report["metrics"]["all"])),
        *_titled("语言模型评判（仅供参考，与上面的指标分开）", _judge(report.get("judge") or {})),
        *_titled("答错的题", "\n".join(map(_question, (row for row in report["questions"] if not row["right"])))),
        *_titled("设置", _pairs(setting_rows(report["settings"]))),
    )
    return "\n\n".join(filter(None, told)) + "\n"


def escape(words: str) -> str:
    """Words on one line that Markdown and HTML leave as they are."""
    return re.sub(r"([\\`*_{}\[\]()<>#|!~&$])", r"\\\1", " ".join(words.split()))


def _titled(title: str, content: str) -> tuple[str, ...]:
    return (f"## {title}", content) if content else ()


def _table(rows: Sequence[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(rows[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], marks, *rows[1:]))


def _heads(parts: Mapping[str, Metrics]) -> list[str]:
    return [f"{PARTS[name]}（{part['n']} 题）" for name, part in parts.items()]


def _causes(report: Mapping[str, Any]) -> str:
    rows = fault_rows(report)
    wrong = sum(count for _, count, _ in rows) or 1
    lines = [
        [f"{why_text(why)}：{CAUSE_TEXT.get(why, '')}", f"{count}（{share(count / wrong)}）", str(every)]
        for why, count, every in rows
    ]
    return _table([["原因", "答错的题", "出现的题"], *lines]) if lines else ""


def _types(parts: Mapping[str, Metrics]) -> str:
    rows = [[escape(kind), *map(_cell, found)] for kind, found in type_figures(parts)]
    return _table([["题型", *_heads(parts)], *rows])


def _metrics(parts: Mapping[str, Metrics]) -> str:
    asked = {name: metric for name, metric in METRICS.items() if metric.group != "sets"}
    rows = [[metric.title, *map(_cell, metric_figures(parts, name))] for name, metric in asked.items()]
    note = f"“{MISSING}”：没有测到。每个指标怎么算，见 report.html 的“说明”。"
    return f"{_table([['指标', *_heads(parts)], *rows])}\n\n{note}"


def _cell(found: Figure) -> str:
    note = "，".join(filter(None, (found.count, found.interval)))
    return f"{found.value}（{note}）" if note else found.value


def _confidence(part: Metrics) -> str:
    bins = part.get("reliability") or ()
    rows = [[f"{b['low']:.1f}–{b['high']:.1f}", str(b["n"]), share(b["confidence"]), share(b["right"])] for b in bins]
    return _table([["置信度", "题数", "平均置信度", "答对"], *rows]) if rows else ""


def _judge(judge: Mapping[str, Any]) -> str:
    rows = judge_rows(judge)
    return "\n\n".join(filter(None, (_table(rows) if len(rows) > 1 else "", _pairs(judge_pairs(judge)))))


def _pairs(rows: Iterable[tuple[str, object]]) -> str:
    return "\n".join(f"- {escape(str(name))}：{escape(plain(value))}" for name, value in rows)


def _question(row: Row) -> str:
    """One wrong question: cause, question, answer, what is missing and where the evidence stood."""
    told = str(row["answer"])
    answer = escape(told[:_LONGEST]) + ("…" if len(told) > _LONGEST else "")
    missing = "；".join(" 或 ".join(fact) for fact in row["missing"])
    ranks = "、".join(f"第 {e['rank']} 条" if e["rank"] else "未检索到" for e in row["evidence"])
    spent = "，".join(
        f"{text} {row['timings'][name]:.2f} 秒" for name, text in TIME_TEXT.items() if name in row["timings"]
    )
    cause = why_text(row["why"])
    lines = [
        f"- **{escape(cause)}**　{escape(row['question'])}（{escape(type_text(row['type']))} · {escape(row['id'])}）",
        f"  - 回答：{answer}" + ("（拒答）" if row["refused"] else ""),
        f"  - 标准答案：{escape(row['expected']) or '资料中没有，应当拒答'}",
        f"  - 缺少的事实：{escape(missing)}" if missing else "",
        f"  - 标准证据：{ranks}" if ranks else "",
        f"  - 用时：{spent}" if spent else "",
    ]
    return "\n".join(filter(None, lines))
