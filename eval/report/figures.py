"""A report -> its plots, each under a caption that says what to look for. What was not measured has no plot. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from eval.measures.metrics import METRICS
from eval.measures.ranking import CUTOFFS
from eval.report import plots
from eval.report.html import Html, escape, join
from eval.report.plots import Axis, Column, Curve, Mark, plain_axis
from eval.report.tables import METRIC_TEXT, TIME_TEXT, Metrics, interval, seconds, share, type_text

Row = Mapping[str, Any]

_RANKING = {"recall": "证据召回", "hit": "任一证据", "all": "全部证据"}
_OVERVIEW = ("char_f1", *(name for name, metric in METRICS.items() if metric.group in ("citations", "refusal")))
_MOST_POINTS = 200


def figures(report: Mapping[str, Any]) -> Html:
    """Every plot that the report has numbers for, two beside each other where there is room."""
    part: Metrics = report["metrics"]["all"]
    drawn = (
        _types(part),
        _overview(part),
        _recall(part),
        _latency(part, report["questions"]),
        _risk(part),
        _reliability(part),
    )
    return Html(f'<div class="plots">{join(figure for figure in drawn if figure)}</div>') if any(drawn) else Html()


def _types(part: Metrics) -> Html:
    marks = [
        Mark(type_text(kind), group["accuracy"], group.get("interval"), f"{_rights(group)}/{group['n']}")
        for kind, group in part.get("by_type", {}).items()
    ]
    told = "点是答对率，横线是 95% 区间，右边是答对的题数。线越长，说明这类题越少，数字越不稳。"
    return _figure("各类问题答对多少", told, plots.draw_shares("各题型的答对率", marks)) if marks else Html()


def _overview(part: Metrics) -> Html:
    names = [name for name in _OVERVIEW if part.get(name) is not None]
    marks = [
        Mark(METRIC_TEXT[n] + (" ↓" if METRICS[n].better == "lower" else ""), part[n], interval(part, n)) for n in names
    ]
    told = "点是测得的值，横线是 95% 区间；带 ↓ 的越低越好。"
    return _figure("回答、引用与拒答", told, plots.draw_shares("回答、引用、拒答指标", marks)) if marks else Html()


def _recall(part: Metrics) -> Html:
    cutoffs = [k for k in CUTOFFS if part.get(f"recall@{k}") is not None]
    if len(cutoffs) < 2:
        return Html()
    curves = [_ranking_curve(part, name, cutoffs) for name in _RANKING if part.get(f"{name}@{cutoffs[0]}") is not None]
    least = min(low for c in curves for low in [y for _, y in c.points] + [ends[0] for ends in c.intervals if ends])
    start = max(0.0, min(0.8, math.floor(10 * least) / 10))
    ticks = [(float(n), f"前 {k} 条") for n, k in enumerate(cutoffs)]
    x = Axis("看检索结果的前几条", -0.35, len(cutoffs) - 0.7, ticks)
    told = "要找的证据在前几条里找到了多少；竖线是 95% 区间。" + (f"纵轴从 {100 * start:.0f}% 起。" if start else "")
    return _figure(
        "证据找到了多少", told, plots.draw_curves("检索：证据召回随条数", x, plots.percent_axis("", start), curves)
    )


def _ranking_curve(part: Metrics, name: str, cutoffs: Sequence[int]) -> Curve:
    names = [f"{name}@{k}" for k in cutoffs]
    return Curve(
        _RANKING[name],
        [(float(n), part[metric]) for n, metric in enumerate(names)],
        [interval(part, metric) for metric in names],
        [share(part[metric]) for metric in names],
    )


def _latency(part: Metrics, rows: Sequence[Row]) -> Html:
    spent = {name: sorted(v for r in rows if (v := r["timings"].get(name)) is not None) for name in TIME_TEXT}
    spent = {name: values for name, values in spent.items() if values and name in part.get("times", {})}
    if len(spent) > 1:  # beside the others it is a line on the axis; the table has it
        spent.pop("retrieve_s", None)
    if not spent:
        return Html()
    x = plain_axis("秒", 1.25 * max(part["times"][name]["p95"] for name in spent))
    curves = [
        Curve(TIME_TEXT[name], _done(values, x.high), (), _time_texts(part["times"][name]), step=True)
        for name, values in spent.items()
    ]
    late = max(sum(value > x.high for value in values) for values in spent.values())
    told = "收到问题后若干秒内完成的题占多少：曲线越靠左越快。" + (f"另有 {late} 题更慢，在图外。" if late else "")
    return _figure("等多久", told, plots.draw_curves("用时的累计分布", x, plots.percent_axis(""), curves))


def _done(values: Sequence[float], high: float) -> list[plots.Point]:
    """The share of answers done within each time up to `high`; `values` are sorted."""
    total = len(values)
    places = sorted({round(n * (total - 1) / _MOST_POINTS) for n in range(_MOST_POINTS + 1)})
    inside = dict.fromkeys((values[n], bisect_right(values, values[n]) / total) for n in places if values[n] <= high)
    return [(0.0, 0.0), *inside, (high, bisect_right(values, high) / total)]


def _time_texts(times: Mapping[str, float]) -> list[str]:
    return [f"中位 {seconds(times['median'])}，95 分位 {seconds(times['p95'])}"]


def _risk(part: Metrics) -> Html:
    points = [(float(c), float(r)) for c, r in part.get("risk_coverage", ())]
    if len(points) < 2:
        return Html()
    every = math.ceil(len(points) / _MOST_POINTS)
    kept = [*points[:-1:every], points[-1]]
    highest = max(0.1, math.ceil(10 * max(r for _, r in kept) - 1e-9) / 10)
    x, y = plots.percent_axis("作答的题占全部题（最有把握的在前）"), plots.percent_axis("", 0.0, highest)
    curve = Curve("答错", kept, (), [_risk_at(points, coverage) for coverage, _ in x.ticks], step=True)
    told = f"只回答最有把握的那部分题时，其中错多少；曲线越低越好。作答的 {share(points[-1][0])} 的题里错 {share(points[-1][1])}。"
    return _figure("只答有把握的，会错多少", told, plots.draw_curves("风险—覆盖曲线", x, y, [curve]))


def _risk_at(points: Sequence[plots.Point], coverage: float) -> str:
    """The risk where the most confident `coverage` of the questions are answered; "" where the curve is not."""
    inside = [p for p in points if p[0] <= coverage + 1e-9]
    return share(inside[-1][1]) if inside and coverage <= points[-1][0] + 1e-9 else ""


def _reliability(part: Metrics) -> Html:
    bins = part.get("reliability")
    if not bins:
        return Html()
    columns = [
        Column(
            b["low"],
            b["high"],
            b["right"],
            b["confidence"],
            b["n"],
            f"置信度 {b['low']:.1f}–{b['high']:.1f}：{b['n']} 题，平均置信度 {share(b['confidence'])}，答对 {share(b['right'])}",
        )
        for b in bins
    ]
    told = "柱是实际答对率，柱脚是题数，红线是该段的平均置信度：柱顶与红线对齐最好，柱比红线低就是过于自信。"
    drawn = plots.draw_columns(
        "置信度与实际答对率", plots.percent_axis("置信度"), plots.percent_axis("答对率"), columns
    )
    return _figure("置信度可信吗", told, drawn)


def _rights(group: Mapping[str, Any]) -> int:
    return round(float(group["accuracy"]) * int(group["n"]))


def _figure(title: str, told: str, drawing: Html) -> Html:
    return Html(
        f"<figure><figcaption><h3>{escape(title)}</h3><small>{escape(told)}</small></figcaption>{drawing}</figure>"
    )
