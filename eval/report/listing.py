"""Questions of a report -> their list in the page: answer, evidence, verdicts and what went wrong. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.measures.scores import WHY_TEXT
from eval.report.html import Html, escape, join, pairs
from eval.report.tables import PARTS, TIME_TEXT, number, seconds, type_text
from eval.report.wording import CAUSE_TEXT, faults, why_text

Row = Mapping[str, Any]
Room = tuple[int, int]
"""(hits, characters of each) that are shown of a question."""

HITS, EXCERPT = 5, 120
FEWER_HITS, SHORT_EXCERPT, MANY = 3, 40, 500
"""How many hits are shown and how many characters of each; beyond MANY questions less, so that the page stays small."""

_MARK = re.compile(r"\[\d+\]")
_ORDERS = {
    "": "原来的顺序",
    "unsure": "置信度从低到高",
    "sure": "置信度从高到低",
    "slow": "用时从长到短",
    "id": "题号",
}


def question_list(rows: Sequence[Row]) -> Html:
    """The filters, which the page's script brings to life, and every question folded."""
    room = (HITS, EXCERPT) if len(rows) <= MANY else (FEWER_HITS, SHORT_EXCERPT)
    return join((_filters(rows), Html("<div id=list>"), *(_question(row, room) for row in rows), Html("</div>")), "\n")


def _filters(rows: Sequence[Row]) -> Html:
    rights = sum(bool(row["right"]) for row in rows)
    verdicts = {"": ("全部", len(rows)), "wrong": ("答错", len(rows) - rights), "right": ("答对", rights)}
    radios = join(
        Html(f'<label><input type=radio name=only value="{n}"{"" if n else " checked"}>{escape(f"{told} {count}")}</label>')
        for n, (told, count) in verdicts.items()
    )  # fmt: skip
    causes: dict[str, str] = {why: text for why, text in WHY_TEXT.items() if any(why in faults(row) for row in rows)}
    kinds = {kind: type_text(kind) for kind in dict.fromkeys(row["type"] for row in rows)}
    halves = {name: text for name, text in PARTS.items() if any(row["half"] == name for row in rows)}
    return Html(
        "<form id=filters class=filters hidden aria-label=筛选>"
        f"<fieldset><legend class=aside>对错</legend>{radios}</fieldset>"
        f"{_choice('why', '原因', {'': '全部', **causes})}"
        f"{_choice('type', '题型', {'': '全部', **kinds})}"
        f"{_choice('half', '哪半', {'': '两半', **halves}) if len(halves) > 1 else ''}"
        f"{_choice('sort', '排列', _ORDERS)}"
        "<label class=find><span class=aside>查找</span>"
        "<input type=search name=q placeholder=在问题、回答和证据里查找 autocomplete=off></label>"
        "<output aria-live=polite></output>"
        "<button type=button name=open>全部展开</button><button type=button name=clear>清除筛选</button></form>"
        "<p class=none id=nothing hidden>没有符合条件的题。</p>"
    )


def _choice(name: str, title: str, options: Mapping[str, str]) -> Html:
    told = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options.items())
    return Html(f"<label>{title}<select name={name}>{told}</select></label>")


def _question(row: Row, room: Room) -> Html:
    verdict = "✓ 答对" if row["right"] else f"✗ {why_text(row['why'])}"
    kind = " · ".join((type_text(row["type"]), row["id"], PARTS[row["half"]]))
    told = {
        "id": row["id"],
        "why": " ".join(faults(row)),
        "type": row["type"],
        "half": row["half"],
        "sure": row.get("confidence"),
        "slow": row["timings"].get("total_s"),
    }
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in told.items() if value not in (None, ""))
    parts = pairs((name, value) for name, value in _parts(row, room) if value)
    return Html(
        f'<details class="q {"right" if row["right"] else "wrong"}"{data}><summary><span class=mark>{escape(verdict)}</span>'
        f"<span>{escape(row['question'])}</span><span class='kind soft'>{escape(kind)}</span></summary>{parts}</details>"
    )


def _parts(row: Row, room: Room) -> Iterable[tuple[str, Html]]:
    """Names and HTML of what is told of one question; empty ones are left out by the caller."""
    expected = row["expected"] if row["answerable"] else row["expected"] or "资料中没有，应当拒答"
    yield "对话", escape("\n".join(f"{m['role']}：{m['content']}" for m in row["history"]))
    yield "回答", _answer(row)
    yield "标准答案", escape(expected)
    yield "缺少的事实", escape("；".join(" 或 ".join(fact) for fact in row["missing"]))
    yield "问题出在", join((f"{why_text(f)}：{CAUSE_TEXT.get(f, '')}" for f in faults(row)), "\n")
    yield "标准证据", join(map(_evidence, row["evidence"]), "\n")
    yield "引文", join(map(_citation, row["citations"]), "\n")
    yield "检索结果", _hits(row, room)
    yield "引用核对", escape(_counts(row.get("citation_counts", {})))
    yield "用时", escape(_spent(row["timings"]))
    yield "置信度", escape(number(row["confidence"], 2) if row.get("confidence") is not None else "")


def _answer(row: Row) -> Html:
    """The answer with each sentence marked by whether its citations carry it."""
    if row["refused"]:
        return join((row["answer"], Html("　<span class=soft>（拒答）</span>")))
    answer, told, done = str(row["answer"]), [], 0
    letters = _unmarked(answer)
    bare = "".join(answer[n] for n in letters)
    for claim in row.get("claims", ()):
        words = "".join(claim["text"][n] for n in _unmarked(claim["text"]))
        place = bare.find(words, bisect_left(letters, done)) if words.strip() else -1
        if place < 0 or claim.get("carried") is None:
            continue
        start, end = letters[place], letters[place + len(words) - 1] + 1
        told += [escape(answer[done:start]), _claim(answer[start:end], claim["carried"])]
        done = end
    return Html(f"<div class=answer>{join((*told, answer[done:]))}</div>")


def _unmarked(answer: str) -> list[int]:
    """The places of the characters that are no citation mark."""
    marked = {n for mark in _MARK.finditer(answer) for n in range(*mark.span())}
    return [n for n in range(len(answer)) if n not in marked]


def _claim(words: str, carried: bool) -> Html:
    look, sign = ("carried", "✓有据") if carried else ("loose", "✗无据")
    return Html(f"<span class={look}>{escape(words)}</span><span class=sign>{sign}</span>")


def _evidence(evidence: Row) -> Html:
    place = f"第 {evidence['rank']} 条检索结果" if evidence["rank"] else "未检索到"
    return Html(f"{escape(evidence['quote'])} <span class=soft>（{place}）</span>")


def _citation(citation: Row) -> Html:
    place = " ".join(filter(None, (citation["document"], citation["section"])))
    return Html(f"[{escape(citation['n'])}] {escape(citation['quote'])} <span class=soft>（{escape(place)}）</span>")


def _hits(row: Row, room: Room) -> Html:
    wanted = {evidence["rank"] for evidence in row["evidence"]}
    count, length = room
    lines = "".join(_hit(hit, n in wanted, length) for n, hit in enumerate(row.get("hits", ())[:count], 1))
    return Html(f"<ol>{lines}</ol>" if lines else "")


def _hit(hit: Row, wanted: bool, length: int) -> Html:
    text = str(hit["text"])
    place = " ".join(filter(None, (hit.get("document"), hit.get("section"))))
    score = f"，{hit['score']:.2f} 分" if hit.get("score") is not None else ""
    found = "<b>含标准证据</b> " if wanted else ""
    cut = "…" if len(text) > length else ""
    return Html(f"<li>{found}{escape(text[:length])}{cut} <span class=soft>（{escape(place)}{score}）</span></li>")


def _counts(counts: Mapping[str, int]) -> str:
    told = []
    if counts.get("claims"):
        told.append(f"{counts['claims']} 句中 {counts['carried']} 句有据")
    if counts.get("citations"):
        told.append(f"引用 {counts['citations']} 处，{counts['precise']} 处有用")
    if counts.get("quotes") and counts.get("valid") is not None:
        told.append(f"引文 {counts['quotes']} 条，{counts['valid']} 条与原文逐字相符")
    return "；".join(told)


def _spent(timings: Mapping[str, float]) -> str:
    return "，".join(f"{text} {seconds(timings[name])}" for name, text in TIME_TEXT.items() if name in timings)
