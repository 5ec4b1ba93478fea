"""The product on this machine -> how fast it encodes, searches and answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from eval.measures.summary import percentile
from eval.provenance import peak_memory_gb
from eval.questions import GoldQuestion
from eval.report.tables import lay_out, number, seconds


@dataclass(frozen=True, slots=True)
class Parts:
    """What is timed: `encode` and `search` take texts and a question; `ask` gives an object of the contract."""

    encode: Callable[[Sequence[str]], object]
    search: Callable[[str], object]
    ask: Callable[[GoldQuestion], Mapping[str, Any]]


def measure(parts: Parts, passages: Sequence[str], questions: Sequence[GoldQuestion]) -> dict[str, Any]:
    """Passages a second, seconds of a search, of the first words and of the whole answer, peak memory.

    Each part is called once before it is timed, so that loading does not count.
    """
    parts.encode(passages[:1])
    parts.search(questions[0].question)
    encoding = _spent(lambda: parts.encode(passages))
    searches = [_spent(lambda q=q: parts.search(q.question)) for q in questions]  # type: ignore[misc]
    parts.ask(questions[0])
    times = [parts.ask(question)["timings"] for question in questions]
    return {
        "passages": len(passages),
        "passages_per_second": len(passages) / encoding,
        "questions": len(questions),
        "search_s": _spread(searches),
        "first_token_s": _spread([t["first_token_s"] for t in times]),
        "total_s": _spread([t["total_s"] for t in times]),
        "peak_memory_gb": peak_memory_gb(),
    }


def show(figures: Mapping[str, Any]) -> str:
    """What the terminal shows."""
    rows = [["阶段", "中位", "95 分位"]]
    for name, text in (("search_s", "检索"), ("first_token_s", "首字"), ("total_s", "全部完成")):
        rows.append([text, seconds(figures[name]["median"]), seconds(figures[name]["p95"])])
    return (
        f"{lay_out(rows)}\n\n编码 {number(figures['passages_per_second'], 1)} 段/秒，"
        f"内存峰值 {number(figures['peak_memory_gb'], 2)} GB，{figures['questions']} 个问题"
    )


def summary_line(figures: Mapping[str, Any]) -> str:
    """The figures as one JSON object."""
    return json.dumps(figures, ensure_ascii=False)


def _spent(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "p95": percentile(values, 0.95)}
