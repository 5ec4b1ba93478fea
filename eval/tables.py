"""A report -> its tables as rows of cells, and as plain text for a terminal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval.scores import WHY_TEXT
from eval.summary import Metrics

MISSING = "—"
PARTS = {"all": "全部", "tune": "调参半", "report": "报告半"}
TYPE_TEXT = {
    "factoid": "事实",
    "list": "列举",
    "why_how": "原因与做法",
    "multi_evidence": "多处证据",
    "cross_speech": "跨篇",
    "ocr_noise": "识别错字",
    "paraphrase": "换说法",
    "unanswerable": "无答案",
    "false_premise": "错误前提",
    "follow_up": "追问",
}
METRIC_TEXT = {
    "accuracy": "答对率",
    "recall@1": "证据召回@1",
    "recall@3": "证据召回@3",
    "recall@5": "证据召回@5",
    "recall@10": "证据召回@10",
    "hit@1": "任一证据@1",
    "hit@3": "任一证据@3",
    "hit@5": "任一证据@5",
    "hit@10": "任一证据@10",
    "all@1": "全部证据@1",
    "all@3": "全部证据@3",
    "all@5": "全部证据@5",
    "all@10": "全部证据@10",
    "mrr@10": "MRR@10",
    "citation_precision": "引用精确率",
    "citation_recall": "引用召回率",
    "quotes_valid": "引文逐字相符",
    "evidence_cited": "引到标准证据",
    "refusal_precision": "拒答精确率",
    "refusal_recall": "拒答召回率",
    "over_refusal": "误拒率",
}
TIME_TEXT = {"retrieve_s": "检索", "first_token_s": "首字", "total_s": "全部完成"}
TERMINAL_METRICS = (
    "recall@1",
    "recall@5",
    "recall@10",
    "hit@5",
    "all@5",
    "mrr@10",
    "citation_precision",
    "citation_recall",
    "quotes_valid",
    "evidence_cited",
    "refusal_precision",
    "refusal_recall",
    "over_refusal",
)


def show_table(report: Mapping[str, Any]) -> str:
    """What the terminal shows: right answers by type, the other metrics, times; both halves and all."""
    parts: Mapping[str, Metrics] = report["metrics"]
    heads = [f"{PARTS[name]}（{parts[name]['n']} 题）" for name in PARTS]
    return "\n\n".join(
        (
            lay_out([["题型答对率", *heads], *type_rows(parts)]),
            lay_out([["检索、引用、拒答", *heads], *metric_rows(parts, TERMINAL_METRICS)]),
            lay_out([["用时（中位 / 95 分位）", *heads], *time_rows(parts)]),
        )
    )


def type_rows(parts: Mapping[str, Metrics]) -> list[list[str]]:
    """A row for each type of question, and one for all: right answers in per cent and their count."""
    rows = [
        [TYPE_TEXT.get(kind, kind), *(_right(part["by_type"].get(kind)) for part in _columns(parts))]
        for kind in parts["all"]["by_type"]
    ]
    return [*rows, ["合计", *(_right(part) for part in _columns(parts))]]


def metric_rows(parts: Mapping[str, Metrics], names: Sequence[str]) -> list[list[str]]:
    """A row for each metric; `—` where it was not measured."""
    return [[METRIC_TEXT[name], *(_format(name)(part.get(name)) for part in _columns(parts))] for name in names]


def time_rows(parts: Mapping[str, Metrics]) -> list[list[str]]:
    """A row for each time: median / 95th percentile."""
    return [[text, *(_time(part["times"].get(name)) for part in _columns(parts))] for name, text in TIME_TEXT.items()]


def why_counts(report: Mapping[str, Any]) -> dict[str, int]:
    """How many wrong answers each cause explains, in the order of the causes."""
    causes = [row["why"] for row in report["questions"]]
    return {text: causes.count(why) for why, text in WHY_TEXT.items() if why in causes}


def lay_out(rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns, the first row underlined; the first column left-aligned, the others right."""
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join(_pad(cell, widths[n], right=n > 0) for n, cell in enumerate(row)) for row in rows]
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(line.rstrip() for line in lines)


def share(value: float | None) -> str:
    """A share in [0, 1] as per cent, `—` when it was not measured."""
    return MISSING if value is None else f"{100 * value:.1f}%"


def number(value: float | None, digits: int = 3) -> str:
    """A number with a fixed count of decimals, `—` when it was not measured."""
    return MISSING if value is None else f"{value:.{digits}f}"


def seconds(value: float | None) -> str:
    """A duration with its unit, `—` when it was not measured."""
    return MISSING if value is None else f"{value:.2f} 秒"


def _columns(parts: Mapping[str, Metrics]) -> list[Metrics]:
    return [parts[name] for name in PARTS]


def _right(group: Mapping[str, Any] | None) -> str:
    if not group or "accuracy" not in group:
        return share(None)
    return f"{share(group['accuracy'])}（{round(group['accuracy'] * group['n'])}/{group['n']}）"


def _format(name: str) -> Callable[[float | None], str]:
    return number if name.startswith("mrr") else share


def _time(times: Mapping[str, float] | None) -> str:
    return share(None) if not times else f"{seconds(times['median'])} / {seconds(times['p95'])}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
