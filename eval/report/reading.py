"""A report -> sentences that say in plain Chinese what its figures mean for a reader; nothing that is not computed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.report.tables import PARTS, Metrics, figure, interval, share, type_text, why_counts

FEWEST = 5
"""Questions of a type below which it is not called the strongest or weakest."""

FEWEST_OVERALL = 10
"""Questions below which nothing is said of the whole."""


def headline(report: Mapping[str, Any]) -> str:
    """答对 x / n 题，y%."""
    whole = report["metrics"]["all"]
    return f"答对 {sum(bool(row['right']) for row in report['questions'])} / {whole['n']} 题，{share(whole.get('accuracy'))}"


def interval_line(report: Mapping[str, Any]) -> str:
    """The interval of the headline and the right answers of both halves, as far as they were measured."""
    found = figure(report["metrics"]["all"], "accuracy")
    ends = [f"95% 区间 {_range(found.interval)}"] if found.interval else []
    return "；".join([*ends, *(_half(report, name) for name in PARTS if name != "all" and name in report["metrics"])])


def sentences(report: Mapping[str, Any]) -> list[str]:
    """The reading, one statement a sentence; a statement whose figures were not measured is left out."""
    whole: Metrics = report["metrics"]["all"]
    if whole["n"] < FEWEST_OVERALL:
        return [f"只有 {whole['n']} 题，还看不出高低。", *filter(None, [_causes(report)])]
    told = (_overall(whole), _types(whole), _causes(report), _refusals(whole), _citations(whole), _halves(report))
    return [sentence for sentence in told if sentence]


def _overall(whole: Metrics) -> str:
    accuracy = whole.get("accuracy")
    if accuracy is None:
        return ""
    ends = figure(whole, "accuracy").interval
    again = f"换一批同类的题，答对率大致在 {_range(ends)} 之间。" if ends else ""
    return f"每 10 个问题，大约答对 {round(10 * accuracy)} 个。{again}"


def _types(whole: Metrics) -> str:
    kinds = whole.get("by_type", {})
    groups = {k: g for k, g in kinds.items() if g["n"] >= FEWEST}
    ends = sorted({g["accuracy"] for g in groups.values()})
    if len(ends) < 2:
        return ""
    best, worst = ([k for k, g in groups.items() if g["accuracy"] == end] for end in (ends[-1], ends[0]))
    high, low = groups[best[0]], groups[worst[0]]
    counted = "" if len(groups) == len(kinds) else f"在至少有 {FEWEST} 题的题型里，"
    unsure = "（两者的区间重叠，差别可能出于偶然）" if _overlap(high.get("interval"), low.get("interval")) else ""
    return (
        f"{counted}答得最好的是{_named(best)}，{share(high['accuracy'])}；"
        f"最差的是{_named(worst)}，{share(low['accuracy'])}{unsure}。"
    )


def _named(kinds: Sequence[str]) -> str:
    return "".join(f"“{type_text(kind)}”" for kind in kinds)


def _causes(report: Mapping[str, Any]) -> str:
    counts = why_counts(report)
    if not counts:
        return "没有答错的题。" if report["questions"] else ""
    most = max(counts.values())
    names = "".join(f"“{name}”" for name, count in counts.items() if count == most)
    each = "各" if list(counts.values()).count(most) > 1 else ""
    return f"答错的 {sum(counts.values())} 题里，最常见的原因是{names}（{each} {most} 题）。".replace("（ ", "（")


def _refusals(whole: Metrics) -> str:
    due, over = whole.get("declined_or_corrected"), whole.get("over_refusal")
    told = [f"资料里没有答案、或前提有误的问题，{share(due)} 如实拒答或按原文纠正"] if due is not None else []
    told += [f"能回答的问题，{share(over)} 被误拒"] if over is not None else []
    return f"{'；'.join(told)}。" if told else ""


def _citations(whole: Metrics) -> str:
    carried, valid = whole.get("citation_recall"), whole.get("quotes_valid")
    told = [f"回答里 {share(carried)} 的句子有引文可证"] if carried is not None else []
    told += [f"{share(valid)} 的引文与原文逐字相符"] if valid is not None else []
    return f"{'，'.join(told)}。" if told else ""


def _halves(report: Mapping[str, Any]) -> str:
    tune, kept = (report["metrics"].get(name) or {} for name in ("tune", "report"))
    if tune.get("accuracy") is None or kept.get("accuracy") is None:
        return ""
    apart = not _overlap(interval(tune, "accuracy"), interval(kept, "accuracy"))
    gap = (
        f"与调参半（{share(tune['accuracy'])}）的区间{'不重叠，差别不像是偶然' if apart else '重叠，差别可能出于偶然'}"
    )
    return f"报告半（不用来调参的一半）答对 {share(kept['accuracy'])}，最接近遇到新问题时的情形；{gap}。"


def _half(report: Mapping[str, Any], name: str) -> str:
    part = report["metrics"][name]
    if not part["n"]:
        return f"{PARTS[name]}未评"
    ends = figure(part, "accuracy").interval
    told = f"{part['n']} 题，区间 {_range(ends)}" if ends else f"{part['n']} 题"
    return f"{PARTS[name]} {share(part.get('accuracy'))}（{told}）"


def _range(ends: str) -> str:
    return "–".join(f"{end}%" for end in ends.split("–"))


def _overlap(one: Sequence[float] | None, other: Sequence[float] | None) -> bool:
    """Whether two intervals overlap; unknown ones are taken to."""
    return not one or not other or (one[0] <= other[1] and other[0] <= one[1])
