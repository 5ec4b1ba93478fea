"""A report -> one self-contained HTML page that asks nothing of the network. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from eval.scores import WHY_TEXT
from eval.tables import (
    METRIC_TEXT,
    MISSING,
    PARTS,
    TIME_TEXT,
    TYPE_TEXT,
    metric_rows,
    number,
    seconds,
    share,
    time_rows,
    type_rows,
    why_counts,
)

Row = Mapping[str, Any]

_CARDS = (
    "recall@5",
    "citation_precision",
    "citation_recall",
    "quotes_valid",
    "refusal_precision",
    "refusal_recall",
    "over_refusal",
)
_FILTERS = {"every": "全部", "wrong": "答错", "right": "答对"}
_MEANING = {
    "答对率": "答对的题 ÷ 全部题。可回答的题：没有拒答，说全了每个事实，且去掉引用标记后不超过 120 字加标准答案的 4 倍；"
    "无答案的题：拒答；错误前提的题：拒答，或说出正确的事实。",
    "证据召回@k": "前 k 条检索结果里找到的标准证据 ÷ 全部标准证据，逐题平均；任一证据@k：找到一条即算；全部证据@k：全找到才算。",
    "MRR@10": "第一条标准证据名次的倒数，前 10 条之外记 0，逐题平均（Voorhees 1999）。",
    "引用精确率": "真正支撑所在句子、且去掉就不够的引用 ÷ 全部引用（按 ALCE，Gao 等 2023，以数字与字对的包含度代替蕴涵模型）。",
    "引用召回率": "有引用并被引文支撑的句子 ÷ 未拒答回答的全部句子（同上）。",
    "引文逐字相符": "引文与原文该处去掉标记后的文字完全一致的引用 ÷ 全部引用。",
    "引到标准证据": "至少一条引文与标准证据重合的回答 ÷ 有标准证据的未拒答回答。",
    "拒答精确率": "该拒的拒答 ÷ 全部拒答。",
    "拒答召回率": "该拒的拒答 ÷ 该拒的题（已纠正的错误前提不计）。",
    "误拒率": "被拒答的可回答题 ÷ 可回答的题。",
}
_STYLE = """
:root{color-scheme:light dark;--paper:#faf9f6;--card:#fff;--ink:#22252a;--soft:#626a74;--line:#dfdcd4;
--good:#1c6e43;--bad:#b3261e;--bar:#c9b48a}
@media (prefers-color-scheme:dark){:root{--paper:#17191c;--card:#202327;--ink:#e6e3dc;--soft:#a0a6ae;
--line:#363a40;--good:#74c69a;--bad:#f2938c;--bar:#7c6a45}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.7 "PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Micro Hei",system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
.soft,dt{color:var(--soft)}.soft{font-size:.875rem}p{margin:.25rem 0}
.lead{font-size:2.75rem;line-height:1.2;font-weight:600;margin:1.5rem 0 0;font-variant-numeric:tabular-nums}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin-top:1.25rem}
.cards div,details{background:var(--card);border:1px solid var(--line);border-radius:.5rem}
.cards div{padding:.6rem .9rem}.cards b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .75rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}th{color:var(--soft);font-weight:500}
.causes td:nth-child(2){width:60%}.causes i{display:block;height:.75rem;background:var(--bar);border-radius:2px}
details{margin:.5rem 0}summary{padding:.6rem .9rem;cursor:pointer;overflow-wrap:anywhere}
details>*:not(summary){margin:0 .9rem .9rem}dl{display:grid;grid-template-columns:6rem 1fr;gap:.4rem .75rem}
dt{font-size:.875rem;line-height:1.95}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;min-width:0}
.mark{font-weight:600;margin-right:.5rem}.right .mark{color:var(--good)}.wrong .mark{color:var(--bad)}
.filters label{margin-right:1.25rem}
main:has(#only-wrong:checked) .right,main:has(#only-right:checked) .wrong{display:none}
@media (max-width:36rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}.lead{font-size:1.9rem}
.cards{grid-template-columns:1fr 1fr}th,td{padding:.35rem .25rem;font-size:.8125rem;white-space:normal}
td:first-child{white-space:nowrap}}
"""


def render(report: Mapping[str, Any]) -> str:
    """The whole page; every word from questions, answers and documents is escaped."""
    parts, rows = report["metrics"], report["questions"]
    body = "\n".join(
        (
            _headline(report),
            _section("题型", _table([["题型", *PARTS.values()], *type_rows(parts)])),
            _causes(why_counts(report)),
            _section("检索、引用、拒答", _table([["指标", *PARTS.values()], *metric_rows(parts, _shown(parts))])),
            _section("用时（中位 / 95 分位）", _table([["阶段", *PARTS.values()], *time_rows(parts)])),
            _section("逐题", _filters(rows) + "\n".join(map(_question, rows))),
            _section("说明", _meanings() + _settings(report["settings"])),
        )
    )
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>据典评测报告</title><style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _headline(report: Mapping[str, Any]) -> str:
    whole, settings = report["metrics"]["all"], report["settings"]
    rights = sum(row["right"] for row in report["questions"])
    low, high = whole.get("accuracy_interval") or (None, None)
    first = whole["times"].get("first_token_s", {}).get("median")
    cards = [(METRIC_TEXT[name], share(whole.get(name))) for name in _CARDS]
    cards.append(("首字用时（中位）", seconds(first)))
    told = [settings.get(name) for name in ("gold", "language_model", "encoder", "date")]
    told = ["不用语言模型" if name == "none" else name for name in told]
    return (
        f"<h1>据典评测报告</h1><p class=soft>{escape(' · '.join(str(t) for t in told if t))}</p>"
        f"<p class=lead>答对 {rights} / {whole['n']} 题，{share(whole.get('accuracy'))}</p>"
        f"<p class=soft>95% 区间 {share(low)} – {share(high)}；"
        f"{_half(report, 'tune')}；{_half(report, 'report')}</p>"
        f"<div class=cards>{''.join(f'<div><span class=soft>{n}</span><b>{v}</b></div>' for n, v in cards)}</div>"
    )


def _half(report: Mapping[str, Any], name: str) -> str:
    part = report["metrics"][name]
    return f"{PARTS[name]} {share(part.get('accuracy'))}（{part['n']} 题）"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in rows[0])
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows[1:])
    return (
        f"<div class=wide><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table></div>"
    )


def _causes(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    most = max(counts.values())
    lines = "".join(
        f"<tr><td>{escape(text)}</td><td><i style='width:{100 * count / most:.0f}%'></i></td><td>{count} 题</td></tr>"
        for text, count in counts.items()
    )
    return _section("答错的原因", f"<div class=wide><table class=causes><tbody>{lines}</tbody></table></div>")


def _shown(parts: Mapping[str, Any]) -> list[str]:
    """Every metric measured in some part, and the card metrics even when they were not."""
    measured = {name for part in parts.values() for name in part}
    return [name for name in METRIC_TEXT if name != "accuracy" and (name in measured or name in _CARDS)]


def _filters(rows: Sequence[Row]) -> str:
    rights = sum(row["right"] for row in rows)
    counts = {"every": len(rows), "wrong": len(rows) - rights, "right": rights}
    return (
        "<p class=filters>"
        + "".join(
            f"<label><input type=radio name=only id=only-{name}{' checked' if name == 'every' else ''}> "
            f"{text} {counts[name]}</label>"
            for name, text in _FILTERS.items()
        )
        + "</p>"
    )


def _question(row: Row) -> str:
    verdict = "✓ 答对" if row["right"] else f"✗ {WHY_TEXT[row['why']]}"
    kind = f"{TYPE_TEXT.get(row['type'], row['type'])} · {row['id']} · {PARTS[row['half']]}"
    pairs = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _parts(row) if value)
    return (
        f"<details class={'right' if row['right'] else 'wrong'}><summary><span class=mark>{verdict}</span>"
        f"{escape(row['question'])} <span class=soft>{escape(kind)}</span></summary><dl>{pairs}</dl></details>"
    )


def _parts(row: Row) -> Iterable[tuple[str, str]]:
    """Names and escaped HTML of what is told of one question; empty ones are left out by the caller."""
    answer = escape(row["answer"]) + ("　<span class=soft>（拒答）</span>" if row["refused"] else "")
    expected = row["expected"] if row["answerable"] else row["expected"] or "资料中没有，应当拒答"
    places = (f"第 {e['rank']} 条" if e["rank"] else "未检索到" for e in row["evidence"])
    yield "对话", escape("\n".join(f"{m['role']}：{m['content']}" for m in row["history"]))
    yield "回答", answer
    yield "标准答案", escape(expected)
    yield "缺少的事实", escape("；".join(" 或 ".join(fact) for fact in row["missing"]))
    yield (
        "标准证据",
        "\n".join(
            f"{escape(e['quote'])} <span class=soft>（{place}）</span>"
            for e, place in zip(row["evidence"], places, strict=True)
        ),
    )
    yield (
        "引文",
        "\n".join(
            f"[{c['n']}] {escape(c['quote'])} <span class=soft>（{escape(c['document'])} {escape(c['section'])}）</span>"
            for c in row["citations"]
        ),
    )
    yield "用时", _spent(row["timings"])


def _spent(timings: Mapping[str, float]) -> str:
    return "，".join(f"{text} {seconds(timings[name])}" for name, text in TIME_TEXT.items() if name in timings)


def _meanings() -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _MEANING.items())
    return f"<details><summary>指标怎么算</summary><dl>{lines}</dl></details>"


def _settings(settings: Mapping[str, Any]) -> str:
    lines = "".join(f"<dt>{escape(str(k))}</dt><dd>{escape(_plain(v))}</dd>" for k, v in settings.items())
    return f"<details><summary>本次评测的设置</summary><dl>{lines}</dl></details>"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value)) or MISSING
    return MISSING if value is None else number(value, 4) if isinstance(value, float) else str(value)
