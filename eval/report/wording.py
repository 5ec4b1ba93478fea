"""What a report keeps beside its metrics -> Chinese words for it: causes, settings, a judge's verdicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.measures.scores import WHY_TEXT
from eval.report.tables import MISSING, number, share, write_interval

CAUSE_TEXT = {
    "not_retrieved": "要找的证据不在检索结果里，缺的事实也不在。",
    "not_used": "证据检索到了，回答引用的却不是它。",
    "wrong_fact": "引到了证据，但标准答案里的事实没有说全，或说得不对。",
    "refused_wrongly": "证据检索到了，却没有作答。",
    "not_refused": "资料里没有答案，应当拒答，却作了回答。",
    "too_long": "事实说全了，但超过 120 字加标准答案的 4 倍。",
    "citation_missing": "有句子没有引用，或所引的原文支撑不住它。",
}
SETTING_TEXT = {
    "gold": "评测集",
    "gold_sha256": "评测集内容（sha256）",
    "questions": "题数",
    "half": "评了哪一半",
    "limit": "只用前几题",
    "sample": "抽几题",
    "jobs": "几个进程作答",
    "store": "文档库",
    "encoder": "编码模型",
    "language_model": "语言模型",
    "passages": "交给模型的段落数",
    "max_question": "问题长度上限",
    "documents": "文档",
    "commit": "版本",
    "date": "时间",
    "machine": "机器",
    "seed": "随机种子",
    "peak_memory_gb": "内存峰值（GB）",
}
ASPECT_TEXT = {"right": "答得对", "supported": "句子有据"}
_JUDGE_TEXT = {"name": "评判者", "model": "模型", "n": "评判的题数", "not_understood": "看不懂的回复", "date": "时间"}
_JUDGE_HEADS = ["对照", "评判为是", "95% 区间", "与指标一致", "95% 区间", "κ", "只有评判认可", "只有指标认可"]


def fault_rows(report: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """(cause, wrong answers it explains, answers that show it at all) for each cause that occurs."""
    rows = report["questions"]
    first = [row["why"] for row in rows]
    every = [fault for row in rows for fault in faults(row)]
    return [(why, first.count(why), every.count(why)) for why in WHY_TEXT if why in every]


def faults(row: Mapping[str, Any]) -> list[str]:
    """Everything that went wrong with one question, the cause of a wrong answer first."""
    return list(row.get("faults") or ([row["why"]] if row["why"] else []))


def why_text(why: str) -> str:
    """A cause in Chinese; as it is where it has no Chinese name."""
    return next((text for name, text in WHY_TEXT.items() if name == why), why)


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each setting of the run by its Chinese name, and its value as it is written."""
    return [(SETTING_TEXT.get(str(name), str(name)), plain(value)) for name, value in settings.items()]


def plain(value: object) -> str:
    """Any value of a report as text."""
    if isinstance(value, Mapping):
        return "；".join(f"{name} {plain(told)}" for name, told in value.items()) or MISSING
    if isinstance(value, list | tuple):
        return "、".join(map(plain, value)) or MISSING
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return MISSING if value is None else str(value)


def judge_rows(judge: Mapping[str, Any]) -> list[list[str]]:
    """The table of a judge beside the metrics, head first; only the head when nothing was judged."""
    agreements = judge.get("agreement") or {}
    rows = [
        _judge_row(text, judge[aspect], agreements[aspect])
        for aspect, text in ASPECT_TEXT.items()
        if aspect in judge and aspect in agreements
    ]
    return [_JUDGE_HEADS, *rows]


def judge_pairs(judge: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who judged, what and when."""
    return [(text, plain(judge[name])) for name, text in _JUDGE_TEXT.items() if name in judge]


def _judge_row(title: str, judged: Mapping[str, Any], agreement: Mapping[str, Any]) -> list[str]:
    return [
        f"{title}（{judged['n']}）",
        share(judged["value"]),
        write_interval("", judged.get("interval")) or MISSING,
        share(agreement["agreement"]),
        write_interval("", agreement.get("interval")) or MISSING,
        number(agreement.get("kappa"), 2),
        str(agreement["judge_only"]),
        str(agreement["metric_only"]),
    ]
