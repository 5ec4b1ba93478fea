"""The report of peers-retrieval -> sentences on where ours leads each peer, and where a peer leads ours. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eval.peers.environments import OURS
from eval.peers.side_by_side import paired
from eval.report.tables import share

Told = Mapping[str, Any]

TITLES = {"hit@1": "命中@1", "hit@5": "命中@5", "recall@5": "召回@5", "all@5": "全部@5", "mrr@10": "MRR@10"}
SURE = 0.05  # the p below which a difference counts as more than chance


def standing(report: Told) -> list[str]:
    """For each form of ours and each peer: in how many sets it is ahead, level or behind in quality, and how often faster."""
    return [
        _standing(variant, peer, report)
        for variant in _forms(report)
        for peer in dict.fromkeys(p for told in report["sets"].values() for p in told["differences"].get(variant, {}))
    ]


def ahead(report: Told) -> list[str]:
    """Where any form of a peer is better than our default in something the tables show; one sentence when nowhere."""
    found = [line for name, told in report["sets"].items() for line in _better(name, told)]
    if not any(told["differences"] for told in report["sets"].values()):
        return []
    return found or ["没有哪一家的哪一种形式在质量、p50、建索引或内存上领先据典。"]


def _forms(report: Told) -> list[str]:
    return list(dict.fromkeys(v for told in report["sets"].values() for v in told["differences"]))


def _standing(variant: str, peer: str, report: Told) -> str:
    pairs = [told for told in report["sets"].values() if peer in told["differences"].get(variant, {})]
    differences = [told["differences"][variant][peer] for told in pairs]
    signs = [_sign(difference["mrr@10"]) for difference in differences]
    title = pairs[0]["systems"][peer]["title"]
    ratios = [difference["time_ratio"] for difference in differences]
    faster = sum(ratio > 1 for ratio in ratios)
    return (
        f"据典 {variant} 对 {title} 最好的形式，MRR@10 在 {len(pairs)} 个集里：领先 {signs.count(1)}、分不出 {signs.count(0)}、落后 {signs.count(-1)}"
        f"（p<{SURE} 才算）；p50 更快的集 {faster} 个（它的用时是据典的 {min(ratios):.2f}–{max(ratios):.2f} 倍）。"
    )


def _sign(told: Told) -> int:
    if told["p"] >= SURE:
        return 0
    return 1 if told["difference"] > 0 else -1


def _better(name: str, told: Told) -> Iterator[str]:
    """Sentences on one set; the default form of ours is the first that worked."""
    worked = {
        v: own for v, own in told["systems"].get(OURS, {"variants": {}})["variants"].items() if "failed" not in own
    }
    if not worked:
        return
    ours = next(iter(worked.values()))
    for peer, system in told["systems"].items():
        theirs = {v: own for v, own in system["variants"].items() if "failed" not in own}
        if peer == OURS or not theirs:
            continue
        quality = list(_quality(ours, theirs))
        costs = [text for variant, own in theirs.items() for text in _costs(variant, ours, own)]
        for title, texts in (("领先", quality), ("更省", costs)):
            if texts:
                yield f"{name}：{system['title']} {title}：{'；'.join(texts)}。"


def _quality(ours: Told, theirs: Mapping[str, Told]) -> Iterator[str]:
    """Each metric in which some form of the peer is higher as it is written, by its highest form."""
    for metric, title in TITLES.items():
        variant = max(theirs, key=lambda v: float(theirs[v]["metrics"][metric]))
        shown = [_shown(metric, own) for own in (theirs[variant], ours)]
        if theirs[variant]["metrics"][metric] > ours["metrics"][metric] and shown[0] != shown[1]:
            sure = paired(ours["values"][metric], theirs[variant]["values"][metric])["p"] < SURE
            yield f"{title} {shown[0]}（{variant}），据典 {shown[1]}，{'' if sure else '没有'}超出抽样误差"


def _shown(metric: str, own: Told) -> str:
    value = own["metrics"][metric]
    return f"{value:.3f}" if metric == "mrr@10" else share(value)


def _costs(variant: str, ours: Told, theirs: Told) -> Iterator[str]:
    cheaper = []
    if theirs["p50_s"] < ours["p50_s"]:
        cheaper.append(f"p50 {1000 * theirs['p50_s']:.1f} 毫秒（据典 {1000 * ours['p50_s']:.1f}）")
    if theirs["index_s"] < ours["index_s"]:
        cheaper.append(f"建索引 {theirs['index_s']:.2f} 秒（据典 {ours['index_s']:.2f}）")
    if theirs["memory_mb"]["peak"] < ours["memory_mb"]["peak"]:
        cheaper.append(f"内存 {theirs['memory_mb']['peak']:.0f} MB（据典 {ours['memory_mb']['peak']:.0f}）")
    if cheaper:
        yield f"{variant} {'，'.join(cheaper)}"
