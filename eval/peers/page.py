"""The harness's report -> Chinese Markdown lines and a table for the terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.measures.metrics import METRICS
from eval.peers.peer import OURS
from eval.report.tables import MISSING, PARTS, interval, lay_out, seconds, share, write_interval

System = Mapping[str, Any]

HEADS = (
    "系统",
    "答对率（95% 区间）",
    "拒答召回",
    "误拒",
    "引用精确 / 召回",
    "句子有据",
    "证据召回（给模型看的）",
    "中位用时（倍数）",
)
CAVEATS = (
    "各家都是自己教程的默认形式，没有为中文或这些文档调过；调好之后都会更好。据典的阈值在评测集的调参半上定过，同类没有这个机会。",
    "同一份文档、题目、编码器、语言模型和数值格式，都用贪心解码；据典另有提示词查找解码和前缀缓存，属于它的默认形式。",
    "逐题轮流问各家，先后顺序逐题轮换；用时只比倍数，不含载入模型和建索引。",
    "同类没有“拒答”标志，按统一规则从文字判断：开头 60 字内，或全文不超过 100 字时任何位置，出现“不知道”“无法回答”“没有提到”“未提供”"
    "“I don't know”一类说法就算拒答。据典用它自己的标志。",
    "教程形式的同类不看对话历史，追问题只收到问题本身。",
    "证据召回只看真正交给语言模型的块；块数和块长各家不同，给得越多越容易召回，旁边注明了块数和平均字数。",
    "同类的引文是整块文字，据典的引文是一两句；块越长越容易“支撑”一句话；“句子有据”按各家的全部命中算。txtai 每个回答只给一处出处，算在每一句名下。",
    "“答对”只看标准事实的措辞和长度：据典摘原句，带出不相干的句子也仍算对；同类用英文或别的措辞答对会算错，用一个词答对则干净得多。",
    "片段里的文库标记（如“12、”）在比对证据前一律去掉，对各家相同。",
)
_COMPARED = ("accuracy", "refusal_recall", "over_refusal", "citation_precision", "citation_recall", "sentence_support")


def lines(report: Mapping[str, Any]) -> list[str]:
    """Markdown: the table, who is ahead, the settings of each, the caveats."""
    cells = rows(report)
    table = [f"| {' | '.join(row)} |" for row in cells]
    return [
        _about(report["settings"]),
        "",
        table[0],
        f"|{'|'.join(['---'] + ['---:'] * (len(HEADS) - 1))}|",
        *table[1:],
        "",
        *_bullets(ahead(report)),
        "",
        "各家的形式与设置：",
        "",
        *_bullets(_forms(report["systems"])),
        "",
        "读这张表要知道：",
        "",
        *_bullets([*CAVEATS, *_failures(report["systems"])]),
    ]


def table(report: Mapping[str, Any]) -> str:
    """The same table for a terminal, and who is ahead."""
    return "\n".join([lay_out(rows(report)), "", *_bullets(ahead(report))])


def rows(report: Mapping[str, Any]) -> list[list[str]]:
    """The heads, then a row of cells for each system."""
    return [list(HEADS), *(_cells(n, s, report["differences"]) for n, s in report["systems"].items())]


def ahead(report: Mapping[str, Any]) -> list[str]:
    """Sentences on where another system is better than ours, and by how much; one that says so when none is."""
    systems: Mapping[str, System] = report["systems"]
    if OURS not in systems:
        return []
    ours = systems[OURS]
    found = [
        line
        for name, system in systems.items()
        if name != OURS
        for line in [*_better_metrics(ours, system, report["differences"][name]), *_faster(name, system, report)]
    ]
    place = 1 + sum(s["metrics"]["accuracy"] > ours["metrics"]["accuracy"] for s in systems.values())
    standing = f"据典的答对率在 {len(systems)} 个系统里排第 {place}。"
    return [standing, *(found or ["表里没有哪一项是别家领先据典。"])]


def _better_metrics(ours: System, theirs: System, difference: Mapping[str, Any]) -> list[str]:
    told = []
    for name in _COMPARED:
        pair = (theirs["metrics"].get(name), ours["metrics"].get(name))
        if _is_better(name, *pair):
            told.append(
                f"{theirs['title']} 领先：{METRICS[name].title} {share(pair[0])}，据典 {share(pair[1])}{_noise(name, difference)}。"
            )
    recalls = (theirs["retrieved"].get("recall"), ours["retrieved"].get("recall"))
    if _is_better("recall@1", *recalls):
        told.append(
            f"{theirs['title']} 领先：给模型看的文字里的证据召回 {share(recalls[0])}，据典 {share(recalls[1])}。"
        )
    return told


def _is_better(name: str, theirs: float | None, ours: float | None) -> bool:
    if theirs is None or ours is None or share(theirs) == share(ours):
        return False
    return theirs > ours if METRICS[name].better == "higher" else theirs < ours


def _noise(name: str, difference: Mapping[str, Any]) -> str:
    ends: Sequence[float] | None = difference["accuracy"]["interval"]
    if name != "accuracy" or not ends:
        return ""
    return "（超出抽样误差）" if ends[1] < 0 else "（没有超出抽样误差）"


def _faster(name: str, system: System, report: Mapping[str, Any]) -> list[str]:
    ratio = report["differences"][name].get("time_ratio")
    if ratio is None or ratio >= 1:
        return []
    return [f"{system['title']} 领先：更快，同一题的用时中位是据典的 {ratio:.2f} 倍。"]


def _cells(name: str, system: System, differences: Mapping[str, Any]) -> list[str]:
    metrics = system["metrics"]
    ends = write_interval("accuracy", interval(metrics, "accuracy"))
    ratio = differences.get(name, {}).get("time_ratio")
    spent = seconds(system.get("seconds", {}).get("median"))
    return [
        f"{system['title']} {system['version']}",
        f"{share(metrics['accuracy'])}（{ends}）" if ends else share(metrics["accuracy"]),
        share(metrics.get("refusal_recall")),
        share(metrics.get("over_refusal")),
        _citations(system),
        share(metrics.get("sentence_support")),
        _recall(system["retrieved"]),
        spent if ratio is None else f"{spent}（{ratio:.2f}×）",
    ]


def _citations(system: System) -> str:
    if not system["cites"]:
        return "不给出处"
    metrics = system["metrics"]
    return f"{share(metrics.get('citation_precision'))} / {share(metrics.get('citation_recall'))}"


def _recall(retrieved: Mapping[str, float]) -> str:
    if "recall" not in retrieved:
        return MISSING
    return f"{share(retrieved['recall'])}（{retrieved['k']} 块，{retrieved['characters']} 字）"


def _about(settings: Mapping[str, Any]) -> str:
    documents = len(settings.get("documents", []))
    drawn = [PARTS[settings["half"]]] if "half" in settings else []
    drawn += ["随机抽取"] * ("sample" in settings) + ["只用前面的题"] * ("limit" in settings)
    return (
        f"{settings['questions']} 题（{'，'.join([settings['gold'], *drawn])}），{documents} 份文档，编码器 {settings.get('encoder', MISSING)}，"
        f"语言模型 {settings.get('language_model', MISSING)}；{settings['machine']}，{settings['date'][:10]}，"
        f"提交 {settings['commit'] or MISSING}，种子 {settings['seed']}。"
    )


def _forms(systems: Mapping[str, System]) -> list[str]:
    shown = ("form", "chunk", "top_k", "generation", "citations")
    return [
        f"**{s['title']}**：" + "；".join(str(s["settings"][k]) if k != "top_k" else f"取 {s['settings'][k]} 块" for k in shown if k in s["settings"])
        + f"；载入编码器并建索引 {seconds(s['index_s'])}"
        for s in systems.values()
    ]  # fmt: skip


def _failures(systems: Mapping[str, System]) -> list[str]:
    return [f"{s['title']} 有 {s['errors']} 题出错，按答错算。" for s in systems.values() if s["errors"]]


def _bullets(texts: Sequence[str]) -> list[str]:
    return [f"- {text}" for text in texts]
