"""The report of a robustness run -> its table for a terminal, Markdown and HTML."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.compare import SIGNIFICANT
from eval.files import write_whole
from eval.measures.metrics import METRICS
from eval.measures.scores import WHY_TEXT
from eval.report.html import Html, document, escape, fold, join, pairs, section, table
from eval.report.tables import MISSING, lay_out
from eval.robustness.variants import VARIANTS

REPORTS = ("report.json", "report.html", "report.md")
PLACES = "places_right"
TITLES = {name: metric.title for name, metric in METRICS.items()} | {PLACES: "所引之处有答案"}
TERMINAL = (("accuracy", PLACES, "recall@5"), ("evidence_cited", "over_refusal", "refusal_recall"))
GROUPS = (*TERMINAL, ("recall@1", "mrr@10"), ("citation_recall", "citation_precision", "quotes_valid"))  # of the page
LEGEND = "括号里是与“原样”同题相比的差（百分率的差是百分点）和 95% 配对区间；* 表示超出抽样误差（区间不含 0，且变了的题不少于 6 道）。"
TITLE = "换个样子还答得对吗"
HOW = (
    "同样的题，问题或文档换个样子再问一遍：错字是把汉字换成形近字（少数成为字母，数字不动）；繁体由 OpenCC 转换；"
    "换说法是同一个意思的另一种问法；无关文档与原有文档放在同一个库里。"
    "文档有改动时，按位置而不是按字面判断检索到的是不是标准证据；答案里的事实和引文仍按答案的原样判断，"
    "另按无错字的原文读所引之处，看写没写全部事实（所引之处有答案）：这一项不降而答对率下降，就是找对了地方、抄出了错字。"
)


def show(report: Mapping[str, Any]) -> str:
    """What the terminal shows: a row for each variant, then what was not measured."""
    tables = "\n\n".join(lay_out(rows(report, names)) for names in TERMINAL)
    return "\n".join([tables, LEGEND, *_notes(report)])


def rows(report: Mapping[str, Any], names: Sequence[str]) -> list[list[str]]:
    """A head, then a row for each variant: how many questions, and these metrics with their differences."""
    head = ["变化", "题数", *(TITLES[name] for name in names)]
    return [head, *([v["title"], str(v["n"]), *(_cell(v, n) for n in names)] for v in report["variants"].values())]


def write(folder: Path, report: Mapping[str, Any]) -> None:
    """report.json, report.md and report.html in `folder`, each replaced in one step."""
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    write_whole(folder / "report.md", markdown(report))
    write_whole(folder / "report.html", page(report))


def summary_line(report: Mapping[str, Any], folder: Path) -> str:
    """The last line of the terminal: one JSON object, each variant's metrics that the page shows."""
    variants = {
        name: {key: _of_page(v[key]) for key in ("metrics", "difference") if key in v} | {"n": v["n"]}
        for name, v in report["variants"].items()
    }
    line = {"out": str(folder), "variants": variants, "not_measured": report["not_measured"]}
    return json.dumps(line, ensure_ascii=False)


def markdown(report: Mapping[str, Any]) -> str:
    """The report as Markdown: the table, what was not measured, and the questions that broke."""
    lines = [f"# {TITLE}", "", HOW]
    for names in GROUPS:
        head, *body = rows(report, names)
        lines += ["", _bar(head), _bar(["---", *["---:"] * (len(head) - 1)]), *map(_bar, body)]
    lines += ["", LEGEND, *(f"\n- {told}" for told in _notes(report))]
    for variant in report["variants"].values():
        if broken := variant.get("worse"):
            lines += ["", f"## {variant['title']}：变差 {len(broken)} 题", ""]
            lines += [f"- `{c['id']}` {_one_line(c['question'])}（{WHY_TEXT[c['after']]}）" for c in broken]
    return "\n".join(lines) + "\n"


def page(report: Mapping[str, Any]) -> str:
    """The report as one page that asks nothing of the network."""
    changes = [_changed(v) for v in report["variants"].values() if v.get("worse")]
    settings = pairs((name, _told(value)) for name, value in report["settings"].items())
    tables = [table(rows(report, names)) for names in GROUPS]
    parts = [
        Html(f"<h1>{escape(TITLE)}</h1><p>{escape(HOW)}</p>"),
        section("各种变化", join([*tables, *map(_paragraph, [LEGEND, *_notes(report)])])),
    ]
    if changes:
        parts.append(section("变差的题", join(changes)))
    return document(f"{TITLE} · 据典评测", join([*parts, section("设置", settings)]))


def _cell(variant: Mapping[str, Any], name: str) -> str:
    value = variant["metrics"].get(name)
    if value is None:
        return MISSING
    plain = f"{value:.3f}" if _is_number(name) else f"{100 * value:.1f}%"
    change = variant.get("difference", {}).get(name)
    if change is None:
        return plain
    low, high = change["interval"]
    beyond = "*" if (low > 0 or high < 0) and change["least_p"] < SIGNIFICANT else ""
    return f"{plain}（{_signed(name, change['value'])}，{_signed(name, low)}～{_signed(name, high)}）{beyond}"


def _is_number(name: str) -> bool:
    return name in METRICS and METRICS[name].unit == "number"


def _signed(name: str, value: float) -> str:
    told = f"{value:+.3f}" if _is_number(name) else f"{100 * value:+.1f}"
    return told.replace("-", "−") if float(told) else told.replace("-", "+")


def _notes(report: Mapping[str, Any]) -> list[str]:
    """Who wrote the paraphrases, and what was not measured."""
    written = report["settings"].get("paraphrases")
    missing = [f"没有测“{VARIANTS[name].title}”：{reason}" for name, reason in report["not_measured"].items()]
    return ([f"换说法的问题：{written}。"] if written else []) + missing


def _paragraph(text: str) -> Html:
    return Html(f"<p>{escape(text)}</p>")


def _changed(variant: Mapping[str, Any]) -> Html:
    lines = [[c["id"], c["question"], c["answer"], WHY_TEXT[c["after"]]] for c in variant["worse"]]
    return fold(f"{variant['title']}：{len(lines)} 题", table([["编号", "问题", "回答", "原因"], *lines]))


def _told(value: object) -> str:
    return "；".join(map(str, value)) if isinstance(value, list) else str(value)


def _of_page(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {name: metrics[name] for name in itertools.chain(*GROUPS) if name in metrics}


def _bar(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_one_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _one_line(text: str) -> str:
    return " ".join(text.split())
