"""An answer -> 检索详情: the passages that were found for it, with what their scores are made of, as HTML. Pure."""

from __future__ import annotations

from index.hits import Hit
from rag.answer import Answer, shown_place
from rag.explain import MEANINGS, PARTS, explain
from rag.screen.links import Target, literal

LISTED = 100  # passages; an answer from the whole collection may rest on more
SHOWN = ("dense", "lexical", "rerank")
OPENING = 40  # characters of a passage by which it is told from others of its section


def details_html(target: Target, answer: Answer) -> str:
    """The fold-out: each hit is a link to its passage, the one that is open is marked; "" where nothing was found."""
    hits = answer.hits[:LISTED]
    if not hits:
        return ""
    current = target.number if target.kind == "h" and target.place is None else 0
    rows = "".join(_row(target.turn, n, hit, answer, n == current) for n, hit in enumerate(hits, 1))
    more = f"<p>另有 {len(answer.hits) - LISTED} 个没有列出。</p>" if len(answer.hits) > LISTED else ""
    legend = "；".join(f"{PARTS[name]}：{MEANINGS[name]}" for name in SHOWN)
    return (
        f'<details class="jd-details"><summary>检索详情<span>{len(answer.hits)} 个段落</span></summary>'
        f'<div class="jd-found"><ol>{rows}</ol>{more}<p>{literal(legend)}。</p></div></details>'
    )


def _row(turn: int, number: int, hit: Hit, answer: Answer, current: bool) -> str:
    numbers = dict(explain(hit))
    parts = "".join(f'<span title="{literal(MEANINGS[n])}">{PARTS[n]} {numbers[n]}</span>' for n in SHOWN)
    cited = "".join(f"[{c.n}]" for c in answer.citations if _holds(hit, c.document, c.start, c.end))
    note = f"<em>引用 {cited}</em>" if cited else ""
    share = round(100 * min(1.0, max(0.0, hit.score)))
    on = ' class="jd-on" aria-current="true"' if current else ""
    return (
        f'<li{on}><a href="#t{turn}-h{number}" class="jd-hit" role="button">'
        f'<span class="jd-name"><b>{number}</b> {literal(shown_place(hit.document, hit.section, hit.page))}{note}</span>'
        f'<span class="jd-opening">{literal(" ".join(hit.text[:OPENING].split()))}</span>'
        f'<span class="jd-numbers"><span class="jd-score">得分 {hit.score:.2f}'
        f'<span class="jd-bar"><i style="width:{share}%"></i></span></span>{parts}</span></a></li>'
    )


def _holds(hit: Hit, document: str, start: int, end: int) -> bool:
    return hit.document == document and hit.start < end and start < hit.end
