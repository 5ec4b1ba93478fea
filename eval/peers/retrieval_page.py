"""The report of peers-retrieval -> a Chinese Markdown page, and a table for the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.peers.environments import OURS
from eval.peers.leading import ahead, standing
from eval.report.tables import MISSING, PARTS, lay_out, share

Told = Mapping[str, Any]

HEADS = (
    "系统与形式",
    "命中@1",
    "命中@5",
    "召回@5",
    "全部@5",
    "MRR@10",
    "建索引",
    "p50",
    "p95",
    "处理器 p50",
    "含编码 p50",
    "内存峰值",
)
SHARES = ("hit@1", "hit@5", "recall@5", "all@5")
COMMAND = (
    "python -m eval peers-retrieval --install --dataset 数据集文件夹… --gold --rounds 3 --page docs/retrieval_peers.md"
)
CAVEATS = (
    "段落、段落向量、题目和题目向量写成一份，各家读同一份；向量来自据典的默认编码器（float32，单位长度）。编码不是各家的工作，所以 p50、p95 只计检索；“含编码 p50”加上同一个编码器编码一题的中位用时，各家相同。“处理器 p50”是进程实际占用的处理器时间，机器上有别的程序在跑时也不大变。",
    "同类得到的段落文字是据典的检索文字：前面有文件名、标题、年份和小节，繁体已转简体、全角已转半角；题目也为它们作了同样的转换。据典得到的题目是原样。",
    "句子向量只有据典有，是它自己的办法；“no-sentences”一行是去掉句子向量的据典，向量与各家完全相同。",
    "每家每种形式各开一个进程、各用自己的虚拟环境，一题一题地问，前 3 题先问一遍不计时；每题取前 10 段。建索引从“库已载入，文字和向量已在内存里”算起，到能回答为止；内存是整个进程的峰值，连同库和读进来的输入；括号里是建索引和检索所加的。",
    "据典把段落写进磁盘上的 SQLite 库（断电不丢），并逐题从库里读出整段、句子和打分；同类的这些形式都只在内存里，重启要重建。",
    "混合检索每路取 50 个候选再融合（txtai 用它自己的 10 倍），比各家教程里的 2–10 个多，对它们有利。每家的形式都列出；“最好的形式”按同一批题的 MRR@10 事后挑出，对同类有利。",
    "有证据原文的集（dragonball_zh、七篇发言稿）看证据是否整句落在段落里，其余看段落所属的文档是否标注为相关。方括号是 95% 自助区间；差别的区间和 p 按题成对重抽 2,000 次。",
)
REMARKS = (
    "**LlamaIndex**：BM25Retriever 默认按英文分词，整句中文成了一个“词”，BM25 几乎什么也找不到，却仍交出凑数的段落去融合，混合反而不如只用向量；把 token_pattern 改成单字（或先用 jieba 切开）才有用。QueryFusionRetriever 不设 num_queries=1 就要语言模型改写问题。",
    "**LangChain**：BM25Retriever 默认按空格分词，对中文同样无效，而且凑数的段落排在第一路，同分时压过向量找到的，命中@1 最低；给 preprocess_func（逐字或 jieba）才有用。rank_bm25 逐题扫过全部段落，段落越多越慢；FAISS 只用向量时极快。",
    "**Haystack**：默认分词已照顾中日韩文字（逐字），混合检索不改设置就能用；InMemoryDocumentStore 逐题用 Python 重算全库的 BM25 和相似度，最慢，段落越多越慢。",
    "**txtai**：默认分词按 Unicode 规则，汉字逐字成词，hybrid=True 不改设置就能用于中文；换成相邻两字有时更好。建索引和检索都很快，内存也省：小库上是最难超过的一家。",
)  # fmt: skip


def lines(report: Told) -> list[str]:
    """The whole page."""
    settings = report["settings"]
    return [
        "# 检索：与同类并排",
        "",
        "本页由命令生成，请勿手改：",
        "",
        "```",
        COMMAND,
        "```",
        "",
        _about(settings),
        "",
        "## 谁领先",
        "",
        *_bullets([*standing(report), *ahead(report)]),
        "",
        "## 读数之前",
        "",
        *_bullets(CAVEATS),
        "",
        *(line for name, told in report["sets"].items() for line in _set_lines(name, told)),
        "## 各家的形式、版本和长短",
        "",
        *_bullets(_forms(report)),
        "",
        *_bullets(REMARKS),
    ]


def table(report: Told) -> str:
    """Every set for a terminal, and who is ahead."""
    parts = [f"{_heading(name, told)}\n{lay_out(rows(told, bold=False))}" for name, told in report["sets"].items()]
    return "\n\n".join([*parts, "\n".join(_bullets([*standing(report), *ahead(report), *failures(report)]))])


def rows(told: Told, *, bold: bool = True) -> list[list[str]]:
    """The heads, then a row for each form that worked; the best form of each system in bold, or with a star."""
    found = [list(HEADS)]
    for name, system in told["systems"].items():
        for variant, own in system["variants"].items():
            if "failed" in own:
                found.append([f"{system['title']} {variant}", "失败", *[MISSING] * (len(HEADS) - 2)])
                continue
            title = f"{system['title']} {variant}"
            best = name != OURS and variant == system["best"]
            shown = (f"**{title}**" if bold else f"{title} *") if best or (bold and name == OURS) else title
            found.append([shown, *_cells(own, told["encode_s"]["p50"])])
    return found


def failures(report: Told) -> list[str]:
    """A sentence for each form that failed, with the reason."""
    return [
        f"{name}：{system['title']} {variant} 没有结果：{own['failed']}"
        for name, told in report["sets"].items()
        for system in told["systems"].values()
        for variant, own in system["variants"].items()
        if "failed" in own
    ]


def _set_lines(name: str, told: Told) -> Iterator[str]:
    cells = rows(told)
    yield from (f"## {_heading(name, told)}", "", f"| {' | '.join(cells[0])} |")
    yield f"|---|{'---:|' * (len(HEADS) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in cells[1:])
    yield ""
    for variant, against in told["differences"].items():
        for peer, difference in against.items():
            yield f"- {_difference(variant, told['systems'][peer], difference)}"
    yield from (f"- {text}" for text in failures({"sets": {name: told}}))
    yield ""


def _heading(name: str, told: Told) -> str:
    by = "证据在段落里" if told["judged_by"] == "evidence" else "文档相关"
    ceiling = told["ceiling"]
    return (
        f"{name}（{told['passages']:,} 段，{told['questions']} 题，判定：{by}；"
        f"按这样切段，命中至多 {share(ceiling['hit'])}，全部至多 {share(ceiling['all'])}）"
    )


def _cells(own: Told, encode: float) -> list[str]:
    metrics, ends = own["metrics"], own["intervals"]
    shares = [f"{share(metrics[m])} [{100 * ends[m][0]:.1f}, {100 * ends[m][1]:.1f}]" for m in SHARES]
    low, high = ends["mrr@10"]
    return [
        *shares,
        f"{metrics['mrr@10']:.3f} [{low:.3f}, {high:.3f}]",
        f"{own['index_s']:.2f} 秒",
        _milliseconds(own["p50_s"]),
        _milliseconds(own["p95_s"]),
        _milliseconds(own["cpu_p50_s"]),
        _milliseconds(own["p50_s"] + encode),
        f"{own['memory_mb']['peak']:.0f}（+{own['memory_mb']['peak'] - own['memory_mb']['before']:.0f}）MB",
    ]


def _difference(variant: str, system: Told, difference: Told) -> str:
    shown = [
        f"{title} {_signed(difference[m])}"
        for m, title in (("hit@1", "命中@1"), ("hit@5", "命中@5"), ("all@5", "全部@5"))
    ]
    ratio = difference["time_ratio"]
    return (
        f"据典 {variant} 减 {system['title']} {system['best']}：{'；'.join(shown)}；"
        f"同一题的 p50，{system['title']} 是据典的 {ratio:.2f} 倍"
    )


def _signed(told: Told) -> str:
    low, high = told["interval"]
    return f"{100 * told['difference']:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]（p={told['p']:.3f}）"


def _about(settings: Told) -> str:
    drawn = f"，每集最多 {settings['sample']} 题" if settings["sample"] else ""
    return (
        f"题目：{PARTS[settings['half']]}{drawn}（种子 {settings['seed']}）；编码器 {settings['encoder']}；每个进程 {settings['threads']} 个计算线程，"
        f"每种形式运行 {settings['rounds']} 遍；{settings['machine']}，{settings['date'][:10]}，提交 {settings['commit'] or MISSING}。"
    )


def _forms(report: Told) -> list[str]:
    """Each system with the versions of its packages and what its forms are; the first set that knows it tells."""
    found: dict[str, str] = {}
    for told in report["sets"].values():
        for name, system in told["systems"].items():
            worked = [v for v in system["variants"].values() if "failed" not in v]
            versions = "，".join(f"{n} {v}" for n, v in worked[0]["versions"].items()) if worked else "没有结果"
            forms = "；".join(f"`{v}` {own['form']}" for v, own in system["variants"].items())
            if worked or name not in found:
                found.setdefault(name, f"**{system['title']}**（{versions}）：{forms}")
    return list(found.values())


def _milliseconds(value: float) -> str:
    return f"{1000 * value:.1f} 毫秒"


def _bullets(texts: Sequence[str]) -> list[str]:
    return [f"- {text}" for text in texts]
