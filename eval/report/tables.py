"""A report -> its tables as rows of cells, and as plain text for a terminal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures.metrics import GROUP_TEXT, METRICS
from eval.measures.scores import WHY_TEXT

Metrics = Mapping[str, Any]

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
METRIC_TEXT = {name: metric.title for name, metric in METRICS.items()}
TIME_TEXT = {"retrieve_s": "检索", "first_token_s": "首字", "total_s": "全部完成"}
TERMINAL_METRICS = (
    "char_f1",
    "recall@1",
    "recall@5",
    "recall@10",
    "hit@5",
    "all@5",
    "mrr@10",
    "ndcg@10",
    "citation_recall",
    "citation_precision",
    "sentence_support",
    "quotes_valid",
    "unsupported_shown",
    "evidence_cited",
    "declined_or_corrected",
    "refusal_precision",
    "refusal_recall",
    "over_refusal",
    "aurc",
    "ece",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value as it is written, with its 95 % interval and the counts behind it; "" for what there is not."""

    value: str
    interval: str = ""
    count: str = ""

    @property
    def plain(self) -> str:
        """The figure on one line: value（interval）, or value（count）where it has no interval."""
        note = self.interval or self.count
        return f"{self.value}（{note}）" if note else self.value


def show_table(report: Mapping[str, Any]) -> str:
    """What the terminal shows: right answers by type, the other metrics, times; every part that was measured."""
    parts: Mapping[str, Metrics] = report["metrics"]
    heads = [f"{PARTS[name]}（{parts[name]['n']} 题）" for name in PARTS if name in parts]
    return "\n\n".join(
        (
            lay_out([["题型答对率", *heads], *type_rows(parts)]),
            lay_out([["95% 区间在括号里", *heads], *metric_rows(parts, TERMINAL_METRICS)]),
            lay_out([["用时（中位 / 95 分位）", *heads], *time_rows(parts)]),
        )
    )


def type_rows(parts: Mapping[str, Metrics]) -> list[list[str]]:
    """A row for each type of question, and one for all: right answers in per cent and their count."""
    return [
        [name, *(f"{f.value}（{f.count}）" if f.count else f.value for f in row)] for name, row in type_figures(parts)
    ]


def metric_rows(parts: Mapping[str, Metrics], names: Sequence[str]) -> list[list[str]]:
    """A row for each metric, with intervals; `—` where it was not measured."""
    return [[METRIC_TEXT[name], *(f.plain for f in metric_figures(parts, name))] for name in names]


def time_rows(parts: Mapping[str, Metrics]) -> list[list[str]]:
    """A row for each time: median / 95th percentile."""
    return [
        [text, *(f"{f.value} / {f.count}" if f.count else f.value for f in row)] for text, row in time_figures(parts)
    ]


def time_figures(parts: Mapping[str, Metrics]) -> list[tuple[str, list[Figure]]]:
    """(time, its median in each part, the 95th percentile in the place of the count)."""
    return [
        (text, [_time(part.get("times", {}).get(name)) for part in _columns(parts)]) for name, text in TIME_TEXT.items()
    ]


def type_figures(parts: Mapping[str, Metrics]) -> list[tuple[str, list[Figure]]]:
    """(type, right answers in each part) in the order of the report; the last row is all of them."""
    columns = _columns(parts)
    rows = [
        (type_text(kind), [_right(part.get("by_type", {}).get(kind)) for part in columns])
        for kind in parts["all"].get("by_type", {})
    ]
    return [*rows, ("合计", [_right({**part, "interval": interval(part, "accuracy")}) for part in columns])]


def metric_figures(parts: Mapping[str, Metrics], name: str) -> list[Figure]:
    """The metric in each part."""
    return [figure(part, name) for part in _columns(parts)]


def figure(part: Metrics, name: str) -> Figure:
    """One metric of one part as it is written."""
    return Figure(write(name, part.get(name)), write_interval(name, interval(part, name)))


def interval(part: Metrics, name: str) -> Sequence[float] | None:
    """The 95 % interval of a metric, None where there is none."""
    return part.get("intervals", {}).get(name) or None


def shown_metrics(parts: Mapping[str, Metrics], always: Sequence[str]) -> dict[str, list[str]]:
    """Group title -> names of the metrics measured in some part, and of `always`; the times have a table of their own."""
    shown = {*always, *(name for part in parts.values() for name in part)}
    found: dict[str, list[str]] = {}
    for name, metric in METRICS.items():
        if name in shown and metric.group != "time":
            found.setdefault(GROUP_TEXT[metric.group], []).append(name)
    return found


def why_counts(report: Mapping[str, Any]) -> dict[str, int]:
    """How many wrong answers each cause explains, in the order of the causes."""
    causes = [row["why"] for row in report["questions"]]
    return {text: causes.count(why) for why, text in WHY_TEXT.items() if why in causes}


def shown_parts(parts: Mapping[str, Metrics]) -> dict[str, Metrics]:
    """The parts that differ: no half without questions, and none that is all of the run."""
    whole = parts["all"]
    return {
        name: parts[name] for name in PARTS if name in parts and (name == "all" or 0 < parts[name]["n"] < whole["n"])
    }


def lay_out(rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns, the first row underlined; the first column left-aligned, the others right."""
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join(_pad(cell, widths[n], right=n > 0) for n, cell in enumerate(row)) for row in rows]
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(line.rstrip() for line in lines)


def type_text(kind: str) -> str:
    """A type of question in Chinese; as it is where it has no Chinese name."""
    return TYPE_TEXT.get(kind, kind)


def write(name: str, value: float | None) -> str:
    """A metric's value in its unit, `—` when it was not measured."""
    unit = METRICS[name].unit if name in METRICS else "share"
    return {"share": share, "number": number, "seconds": seconds}[unit](value)


def write_interval(name: str, ends: Sequence[float] | None) -> str:
    """low–high in the unit of the metric, the per cent sign left out; "" where there is none."""
    if not ends:
        return ""
    scale, digits = (100, 1) if name not in METRICS or METRICS[name].unit == "share" else (1, 3)
    return "–".join(f"{scale * end:.{digits}f}" for end in ends)


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
    return [parts[name] for name in PARTS if name in parts]


def _right(group: Mapping[str, Any] | None) -> Figure:
    if not group or group.get("accuracy") is None:
        return Figure(MISSING)
    rights = round(group["accuracy"] * group["n"])
    ends = write_interval("accuracy", group.get("interval"))
    return Figure(share(group["accuracy"]), ends, f"{rights}/{group['n']}")


def _time(times: Mapping[str, float] | None) -> Figure:
    return Figure(seconds(times["median"]), "", seconds(times["p95"])) if times else Figure(MISSING)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
