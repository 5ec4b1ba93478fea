"""A report of a retrieval run -> what the terminal shows, and report.md. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.compare import Comparison
from eval.measures.ranking import CUTOFFS
from eval.report.differences import difference_rows
from eval.report.markdown import escape
from eval.report.tables import lay_out, number, write
from eval.searching.scoring import EVIDENCE, FAMILIES, GROUPS

Report = Mapping[str, Any]
Rows = list[list[str]]

_THINGS = {
    "": "文档（标注的文档在前 k 篇里）",
    EVIDENCE: "证据（标注的原句在前 k 个段落之一里）",
    GROUPS: "多组正例（各说答案的一部分，在前 k 篇里）",
}
_HEADS = ["前 k", "任一", "召回", "全部"]


def show(report: Report) -> str:
    """What the terminal shows: of each thing looked for a row a cut-off, with 95 % intervals, and the time of a search."""
    told = [f"{title}\n{lay_out(rows)}\n{rest}" for title, rows, rest in _tables(report)]
    return "\n\n".join([*told, f"方括号里是 95% 自助区间。{_times(report)}"])


def render(report: Report, comparison: Comparison | None = None, before: str = "") -> str:
    """report.md: figures with intervals, the differences from an earlier run named `before`, and the settings."""
    settings = report["settings"]
    parts = [f"# 检索评测：{escape(str(settings['dataset']))}", _times(report)]
    for title, rows, rest in _tables(report):
        parts += [f"## {title}", _grid(rows), rest]
    if comparison is not None:
        parts += [
            f"## 与 {escape(before)} 相比",
            _grid(difference_rows(comparison.differences, "先前", "这次")),
            _paired(comparison),
        ]
    kept = {name: value for name, value in settings.items() if value is not None}
    parts += ["## 设置", "\n".join(f"- {escape(name)}：{escape(str(value))}" for name, value in kept.items())]
    return "\n\n".join(parts) + "\n"


def _tables(report: Report) -> Iterator[tuple[str, Rows, str]]:
    """Of each thing that was looked for: its title, its rows, and what stands below them."""
    metrics, counts = report["metrics"], report.get("counts", {})
    for kind, (hit, recall, every, reciprocal) in FAMILIES.items():
        if kind and f"{hit}@1" not in metrics:
            continue
        rows = [[str(k), *(_cell(f"{name}@{k}", report) for name in (hit, recall, every))] for k in CUTOFFS]
        gain = "" if kind else f"，nDCG@10 {_cell('ndcg@10', report)}"
        n = counts.get(f"{hit}@1", metrics["n"])
        yield f"{_THINGS[kind]}，{n} 题", [_HEADS, *rows], f"MRR@10 {_cell(reciprocal, report)}{gain}"


def _times(report: Report) -> str:
    metrics = report["metrics"]
    spent = metrics.get("search_s", {})
    each = f"逐题检索每次 {number(spent.get('median'))} 秒（95 分位 {number(spent.get('p95'))}）"
    return f"{each}，共 {metrics['n']} 题，库中 {report['settings']['passages']:,} 篇。"


def _paired(comparison: Comparison) -> str:
    told = f"共同的 {comparison.n} 题，区间由成对自助抽样得到，p 值已按指标个数校正（Holm）；"
    return f"{told}变好 {len(comparison.better)} 题，变差 {len(comparison.worse)} 题。"


def _cell(name: str, report: Report) -> str:
    ends = report.get("intervals", {}).get(name)
    between = f" [{', '.join(write(name, end) for end in ends)}]" if ends else ""
    return write(name, report["metrics"].get(name)) + between


def _grid(rows: Sequence[Sequence[str]]) -> str:
    marks = ["---", *["--:"] * (len(rows[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], marks, *rows[1:]))
