"""A report -> one self-contained HTML page that asks nothing of the network. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eval.measures.metrics import METRICS, Metric
from eval.report.figures import figures
from eval.report.html import Html, document, escape, fold, join, packaged, pairs, section, table
from eval.report.listing import question_list
from eval.report.plots import draw_bar
from eval.report.reading import headline, interval_line, sentences
from eval.report.tables import (
    MISSING,
    PARTS,
    Figure,
    Metrics,
    figure,
    metric_figures,
    seconds,
    share,
    shown_metrics,
    shown_parts,
    time_figures,
    type_figures,
)
from eval.report.wording import CAUSE_TEXT, fault_rows, judge_pairs, judge_rows, setting_rows, why_text

_CARDS = (
    "recall@5",
    "citation_recall",
    "citation_precision",
    "quotes_valid",
    "unsupported_shown",
    "declined_or_corrected",
    "over_refusal",
    "ece",
)
_NOT_MEASURED = f"“{MISSING}”：这次没有测到，因为没有这类题，或没有能拿来算的回答。"


def render(report: Mapping[str, Any]) -> str:
    """The whole page; every word from questions, answers and documents is escaped."""
    parts = shown_parts(report["metrics"])
    body = (
        _top(report),
        section("怎么看", Html(f"<p class=reading>{escape(''.join(sentences(report)))}</p>")),
        _titled("图", figures(report)),
        _causes(report),
        section("题型", _types(parts)),
        section("指标", _metrics(parts)),
        section("用时与内存", _times(parts, report["settings"])),
        _judge(report.get("judge")),
        section("逐题", _questions(report), name="questions"),
        section("说明", join((_definitions(), _settings(report["settings"])))),
    )
    return document("据典评测报告", join(body, "\n"), script=packaged("report.js"))


def _top(report: Mapping[str, Any]) -> Html:
    whole, settings = report["metrics"]["all"], report["settings"]
    told = [settings.get(name) for name in ("gold", "language_model", "encoder", "date")]
    told = ["不用语言模型" if name == "none" else _day(str(name)) for name in told if name]
    first = whole.get("times", {}).get("first_token_s", {}).get("median")
    cards = [_card(_defined(name), figure(whole, name)) for name in _CARDS]
    cards.append(_card("首字用时（中位）", Figure(seconds(first))))
    return Html(
        f"<h1>据典评测报告</h1><p class=soft>{escape(' · '.join(told))}</p>"
        f"<p class=lead>{escape(headline(report))}</p><p class=soft>{_kept_together(interval_line(report))}</p>"
        f"<div class=cards>{join(cards)}</div>"
    )


def _card(title: object, found: Figure) -> Html:
    value = "<b class=none>" if found.value == MISSING else "<b>"
    note = f"区间 {found.interval}" if found.interval else "未测到" if found.value == MISSING else ""
    return Html(f"<div><span>{escape(title)}</span>{value}{escape(found.value)}</b><small>{note}</small></div>")


def _titled(title: str, content: Html) -> Html:
    return section(title, content) if content else Html()


def _causes(report: Mapping[str, Any]) -> Html:
    rows = fault_rows(report)
    if not rows:
        return Html()
    wrong = sum(count for _, count, _ in rows) or 1
    lines = [_cause(why, count, every, wrong) for why, count, every in rows]
    note = "“答错”按从检索到作答最先出错的一环归类；“出现”还计入其余毛病，答对的题也可能有。"
    return section(
        "问题出在哪里",
        join((table([["原因", "", "答错", "出现"], *lines], kind="causes"), Html(f"<p class=soft>{note}</p>"))),
    )


def _cause(why: str, count: int, every: int, wrong: int) -> list[object]:
    link = Html(
        f'<a href="#why={escape(why)}">{escape(why_text(why))}</a><small>{escape(CAUSE_TEXT.get(why, ""))}</small>'
    )
    return [link, draw_bar(count / wrong), f"{count} 题（{share(count / wrong)}）" if count else MISSING, f"{every} 题"]


def _types(parts: Mapping[str, Metrics]) -> Html:
    heads = [f"{PARTS[name]}（{part['n']} 题）" for name, part in parts.items()]
    rows = [[kind, *(_cell(f, f.count, f.interval) for f in found)] for kind, found in type_figures(parts)]
    return table([["题型", *heads], *rows], kind="types")


def _metrics(parts: Mapping[str, Metrics]) -> Html:
    rows: list[list[object]] = [["指标", *(PARTS[name] for name in parts)]]
    for title, names in shown_metrics(parts, _CARDS).items():  # the cards even when there was nothing to measure
        rows.append([title])
        rows += [[_defined(n), *(_cell(f, f.interval) for f in metric_figures(parts, n))] for n in names]
    note = f"小字是 95% 区间（按题自助重抽样）。{_NOT_MEASURED}点指标名看它怎么算。"
    return join((table(rows), Html(f"<p class=soft>{note}</p>")))


def _cell(found: Figure, *notes: str) -> Html:
    """A value with its notes in columns of their own; an empty note keeps the place of one."""
    return join((found.value, *(Html(f"<small>{escape(note)}</small>") for note in notes)))


def _defined(name: str) -> Html:
    """The metric's title as a link to its definition, which also shows when the pointer rests on it."""
    metric = METRICS[name]
    lower = " <small>越低越好</small>" if metric.better == "lower" else ""
    return Html(f'<a href="#{_anchor(name)}" title="{escape(metric.definition)}">{escape(metric.title)}</a>{lower}')


def _times(parts: Mapping[str, Metrics], settings: Mapping[str, Any]) -> Html:
    heads = [PARTS[name] for name in parts]
    memory = settings.get("peak_memory_gb")
    told = f"内存峰值 {memory:.1f} GB。" if memory is not None else "内存没有测到。"
    rows = [[text, *(_cell(f, f.count) for f in found)] for text, found in time_figures(parts)]
    told = f"{told}大字是中位数，小字是 95 分位（每 20 题里有 1 题更慢）；都从收到问题算起。"
    return join((table([["阶段", *heads], *rows]), Html(f"<p class=soft>{escape(told)}</p>")))


def _judge(judge: Mapping[str, Any] | None) -> Html:
    if not judge:
        return Html()
    rows, title = judge_rows(judge), "语言模型评判（仅供参考，与上面的指标分开）"
    told = "评判不计入任何指标。κ 是扣除偶然以后的一致程度（Cohen 1960）：1 完全一致，0 与瞎猜无异。"
    compared = join((table(rows, kind="judge"), Html(f"<p class=soft>{told}</p>"))) if len(rows) > 1 else ""
    who = " · ".join(f"{name} {value}" for name, value in judge_pairs(judge))
    return section(title, join((compared, Html(f"<p class=soft>{escape(who)}</p>"))))


def _questions(report: Mapping[str, Any]) -> Html:
    rows = report["questions"]
    return question_list(rows) if rows else Html("<p class=soft>没有题目。</p>")


def _definitions() -> Html:
    return fold("指标怎么算", Html(f"<div class=metrics>{pairs(map(_definition, METRICS.values()))}</div>"))


def _definition(metric: Metric) -> tuple[Html, Html]:
    better = "越高越好" if metric.better == "higher" else "越低越好"
    paper = f"<br><span class=soft>出处：{escape(metric.paper)}</span>" if metric.paper != MISSING else ""
    told = f"{escape(metric.definition)}{better}。<br><code>{escape(metric.formula)}</code>{paper}"
    return Html(f"<span id={_anchor(metric.name)}>{escape(metric.title)}</span>"), Html(told)


def _settings(settings: Mapping[str, Any]) -> Html:
    return fold("本次评测的设置", pairs(setting_rows(settings)))


def _anchor(name: str) -> str:
    return "m-" + re.sub(r"\W", "-", name)


def _day(told: str) -> str:
    """A date and time of ISO 8601 as people write it; anything else as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*", told)
    return f"{found[1]} {found[2]}" if found else told


def _kept_together(line: str) -> Html:
    """The statements between semicolons, none of them broken where there is room."""
    return join((Html(f"<span class=near>{escape(part)}</span>") for part in line.split("；")), "；<wbr>")
