"""A comparison, or a gate's verdict -> what the terminal shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Change, Comparison, Difference
from eval.measures.metrics import METRICS
from eval.report.tables import MISSING, lay_out, number, seconds, share

_WRITE = {"share": share, "number": number, "seconds": seconds}


def show(comparison: Comparison) -> str:
    """The differences of all metrics, what they mean, the settings that differ, then the changed questions."""
    return "\n\n".join(
        (
            show_differences(comparison.differences, "A", "B"),
            f"共同的 {comparison.n} 题，95% 区间由成对自助抽样得到，p 值已按指标个数校正（Holm）。"
            f"（只在 A：{comparison.only_before} 题，只在 B：{comparison.only_after} 题）",
            _in_words(comparison.differences),
            show_settings(comparison.settings),
            _listed("变好", comparison.better),
            _listed("变差", comparison.worse),
        )
    )


def show_differences(found: Sequence[Difference], before: str, after: str) -> str:
    """A row for each metric: both values, the difference, its interval, p and the verdict."""
    return lay_out(difference_rows(found, before, after))


def difference_rows(found: Sequence[Difference], before: str, after: str) -> list[list[str]]:
    """The rows of that table, its head first."""
    head = ["指标", before, after, f"{after} − {before}", "95% 区间", "p", "判断"]
    return [head, *map(_row, found)]


def verdict(difference: Difference) -> str:
    """变好, 变差 or 误差之内."""
    if not difference.beyond_noise:
        return "误差之内"
    return "变好" if difference.gain > 0 else "变差"


def _row(difference: Difference) -> list[str]:
    metric = METRICS[difference.name]
    write = _WRITE[metric.unit]
    change = _signed(difference.name, difference.after - difference.before)
    low, high = difference.interval or (None, None)
    told = f"{_signed(difference.name, low)} ~ {_signed(difference.name, high)}" if difference.interval else MISSING
    values = [write(difference.before), write(difference.after)]
    return [metric.title, *values, change, told, number(difference.p), verdict(difference)]


def _signed(name: str, value: float | None) -> str:
    if value is None:
        return MISSING
    return f"{100 * value:+.1f}%" if METRICS[name].unit == "share" else f"{value:+.3f}"


def _in_words(found: Sequence[Difference]) -> str:
    better = [METRICS[d.name].title for d in found if d.beyond_noise and d.gain > 0]
    worse = [METRICS[d.name].title for d in found if d.beyond_noise and d.gain < 0]
    if not better and not worse:
        return "没有一个指标的变化超出抽样误差。"
    return "超出抽样误差的：" + "；".join(
        f"{word} {'、'.join(names)}" for word, names in (("变好", better), ("变差", worse)) if names
    )


def show_settings(changed: Mapping[str, tuple[object, object]]) -> str:
    """The settings in which two runs differ, a line each."""
    if not changed:
        return "两次评测的设置相同。"
    return "\n".join(["设置不同：", *(f"  {name}：{a} → {b}" for name, (a, b) in changed.items())])


def _listed(title: str, changes: Sequence[Change]) -> str:
    lines = (f"  {c.id}  {c.question}  （{c.before} → {c.after}）" for c in changes)
    return "\n".join([f"{title} {len(changes)} 题", *lines])
