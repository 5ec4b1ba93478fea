"""Reports of public sets (and of the peers) -> the lines of docs/benchmarks.md. Pure but for reading the reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eval.benchmarks.figures import figure, written
from eval.benchmarks.published import Series, read_published
from eval.benchmarks.run import REPORT
from eval.benchmarks.sets import SETS, PublicSet, find_unknown
from eval.files import make_folder, write_whole
from index.errors import JudianError

PEERS = "peers"
_LEFT_OUT = ("hit@3", "recall@3", "all@1", "all@3", "total_s")  # in report.json; times have a row of their own
_SETTING_TEXT = {
    "language_model": "语言模型",
    "encoder": "编码器",
    "passages": "每题读几段",
    "sample": "每部分抽题",
    "commit": "代码",
    "date": "日期",
    "machine": "机器",
    "seed": "种子",
}
_CAVEATS = (
    "据典的数字都是用上面的命令测出来的，没测的格子写“—”。方括号是 95% 自助区间（重抽题目 2,000 次，种子固定）；"
    "全对或全错时用 Wilson 区间。",
    "标明“抽 N / M 题”的部分只用了随机抽出的题，不是整个评测集；题少时区间很宽。",
    "公布的数字来自 6–7B 的模型或 ChatGPT，各用原论文的提示词；据典所用的模型见各节的设置（默认是 1.5B，在普通处理器上作答）。",
    "据典由检索打分和模型判断决定拒答，以标志给出；论文里的模型靠写出约定的一句话来拒答，两者松紧不同。",
    "各评测集的许可见各节。带 NC 的只许非商业使用；本项目不附带这些数据。",
)


class PageError(JudianError):
    """A report that the page is to be made of cannot be read."""


def write_page(out: Path, page: Path) -> list[str]:
    """The page of all that was measured under `out`; returns the names of what it shows. Raises PageError."""
    reports = read_reports(out)
    peers = _read(out / PEERS / REPORT) if (out / PEERS / REPORT).exists() else None
    if not reports and peers is None:
        raise PageError(f"{out} 里还没有结果。请先运行：python -m eval benchmarks --data 文件夹 --out {out}")
    make_folder(page.parent, "--page 文件")
    write_whole(page, "\n".join(page_lines(reports, peers)) + "\n")
    return [*(report["benchmark"] for report in reports), *([PEERS] if peers is not None else [])]


def read_reports(out: Path) -> list[dict[str, Any]]:
    """The finished reports of public sets under `out`, those known first and in their order."""
    found = {path.parent.name: _read(path) for path in sorted(out.glob(f"*/{REPORT}")) if path.parent.name != PEERS}
    found = {name: report for name, report in found.items() if "parts" in report and "benchmark" in report}
    return [found[name] for name in dict.fromkeys([*SETS, *found]) if name in found]


def page_lines(reports: Sequence[Mapping[str, Any]], peers: Mapping[str, Any] | None) -> list[str]:
    """The whole page, line by line."""
    lines = [
        "# 公开评测集",
        "",
        "本页由命令生成，请勿手改：",
        "",
        "```",
        "python -m eval benchmarks --data 评测集文件夹 --out out/benchmarks --page docs/benchmarks.md",
        "```",
        "",
        "## 读数之前",
        "",
        *(f"- {caveat}" for caveat in _CAVEATS),
    ]
    for report in reports:
        lines += ["", *set_lines(SETS.get(report["benchmark"]) or find_unknown(report["benchmark"]), report)]
    if peers is not None:
        lines += ["", "## 与同类项目同题同机（python -m eval peers）", "", *_peer_lines(peers)]
    return lines


def set_lines(public: PublicSet, report: Mapping[str, Any]) -> list[str]:
    """One set: what it is, how it is scored, our figures beside the published ones, who is ahead."""
    parts: Mapping[str, Any] = report["parts"]
    series = [one for one in read_published() if one.benchmark == public.name]
    return [
        f"## {public.title}",
        "",
        f"许可：{public.licence}。{public.rule}",
        "",
        *_tables(parts, series),
        *_ahead(parts, series),
        *(f"- {note}" for note in public.notes),
        *(f"- {one}" for one in dict.fromkeys(f"公布的数字：{s.source}。" for s in series)),
        f"- 设置：{_settings(report['settings'])}。",
    ]


def _tables(parts: Mapping[str, Any], series: Sequence[Series]) -> Iterator[str]:
    """A table for the parts that share their metrics: a row for each metric, a column for each part."""
    for names in _grouped(parts):
        heads = [_head(parts[name]) for name in names]
        yield f"| 指标 | {' | '.join(heads)} |"
        yield f"|---|{'---:|' * len(heads)}"
        measured = dict.fromkeys(metric for name in names for metric in parts[name]["metrics"])
        for metric in (metric for metric in measured if metric not in _LEFT_OUT):
            cells = [_cell(metric, parts[name]) for name in names]
            yield f"| **据典** {figure(metric).title} | {' | '.join(cells)} |"
            for one in series:
                if one.metric == metric and set(one.values) & set(names):
                    told = [written(metric, one.values[n]) if n in one.values else "—" for n in names]
                    yield f"| {one.system}（公布）{figure(metric).title} | {' | '.join(told)} |"
        if any(parts[name].get("times") for name in names):
            yield f"| 每题用时（中位 / 95 分位） | {' | '.join(_time(parts[name]) for name in names)} |"
        yield ""


def _grouped(parts: Mapping[str, Any]) -> list[list[str]]:
    """Part names, those with the same first metric together."""
    groups: dict[str, list[str]] = {}
    for name, part in parts.items():
        groups.setdefault(next(iter(part["metrics"]), name), []).append(name)
    return list(groups.values())


def _head(part: Mapping[str, Any]) -> str:
    drawn = f"{part['n']:,} 题" if part["n"] == part["of"] else f"抽 {part['n']:,} / {part['of']:,} 题"
    return f"{part['title']}（{drawn}）"


def _cell(metric: str, part: Mapping[str, Any]) -> str:
    if metric not in part["metrics"]:
        return "—"
    value, spread = written(metric, part["metrics"][metric]), part["intervals"].get(metric)
    shown = f"{value} [{written(metric, spread[0])}, {written(metric, spread[1])}]" if spread else value
    count = part["counts"].get(metric, part["n"])
    return shown if count == part["n"] else f"{shown}（{count:,} 题）"


def _time(part: Mapping[str, Any]) -> str:
    spent = part.get("times", {}).get("total_s")
    return f"{spent['median']:.1f} / {spent['p95']:.1f} 秒" if spent else "—"


def _ahead(parts: Mapping[str, Any], series: Sequence[Series]) -> Iterator[str]:
    """A line for each metric in which a published figure is ahead of ours, said plainly; one when none is."""
    told = behind = False
    for one in series:
        for name, value in one.values.items():
            ours = parts.get(name, {}).get("metrics", {}).get(one.metric)
            if ours is None:
                continue
            told = True
            ahead = value > ours if figure(one.metric).better == "higher" else value < ours
            behind |= ahead
            if ahead:
                yield (
                    f"- **{one.system} 领先**：{parts[name]['title']}，{figure(one.metric).title}，"
                    f"公布 {written(one.metric, value)}，据典 {_cell(one.metric, parts[name])}"
                    f"（{_beyond(value, parts[name]['intervals'].get(one.metric))}）。"
                )
    if not series:
        yield "- 没有找到在同一份题、同一规则下公布的数字可以并列。"
    elif not told:
        yield "- 公布的数字所对应的部分这次没有测。"
    elif not behind:
        yield "- 并列的公布数字都不优于据典；条件不尽相同，见“读数之前”。"


def _beyond(value: float, spread: Sequence[float] | None) -> str:
    if spread is None:
        return "没有区间"
    return "公布的数字在据典的区间之内" if spread[0] <= value <= spread[1] else "在据典的区间之外"


def _settings(settings: Mapping[str, Any]) -> str:
    return "，".join(f"{text} {settings[name]}" for name, text in _SETTING_TEXT.items() if name in settings)


def _peer_lines(report: Mapping[str, Any]) -> list[str]:
    """What eval.peers.page makes of its report."""
    module = "eval.peers.page"
    if find_spec("eval.peers") is None or find_spec(module) is None:
        raise PageError("找不到 eval.peers.page，不能写同类项目的一节。请更新代码，或先移走 peers 文件夹。")
    return list(import_module(module).lines(report))


def _read(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PageError(f"读不了 {path}：{error}。请删去它所在的文件夹，重新评测这一集。") from error
    if not isinstance(report, dict):
        raise PageError(f"{path} 不是一份评测结果。请删去它所在的文件夹，重新评测这一集。")
    return report
