"""Entries of the queue -> the review page as HTML; whatever comes from outside is escaped. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from eval.drafting.proposals import Quote
from eval.drafting.queue import Entry, State
from eval.questions import TYPES
from eval.report.tables import TYPE_TEXT
from eval.review.judging import Form

STATE_TEXT: dict[State, str] = {"waiting": "待审", "accepted": "已收下", "edited": "改后收下", "dropped": "已丢弃"}
ORIGIN_TEXT = {"draft": "自动出题", "feedback": "读者反馈"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A quote with what stands before and after it in its document, "" where that is not known."""

    quote: Quote
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class View:
    """All that one page shows. `entry` is None when nothing waits; `last` was judged just now."""

    token: str
    gold: str
    entries: Sequence[Entry]
    entry: Entry | None
    form: Form | None
    surroundings: Sequence[Surroundings]
    last: Entry | None
    error: str


def review_page(view: View) -> str:
    """The whole page."""
    waiting = sum(e.state == "waiting" for e in view.entries)
    done = len(view.entries) - waiting
    bar = f'<progress max="{max(1, len(view.entries))}" value="{done}" aria-label="审题进度"></progress>'
    return _frame(
        f"<header><h1>审题</h1><p>还有 <b>{waiting}</b> 条{f'，已审 {done} 条' if done else ''}</p>{bar}"
        f'<p class="file">收下的题写进 <code>{escape(view.gold)}</code></p></header>'
        f"{_last(view)}{_error(view.error)}"
        f'<div class="body"><main>{_card(view)}</main>{_list(view)}</div>',
        view.entry.proposal.id if view.entry else "",
    )


def message_page(message: str) -> str:
    """A page that says what went wrong."""
    return _frame(
        f"<header><h1>审题</h1></header>{_error(message, '没有做成')}<p class='back'><a href='/'>回到审题</a></p>", ""
    )


def _frame(body: str, current: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        '<title>据典 · 审题</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/review.css">'
        f'<script src="/review.js" defer></script></head><body data-current="{escape(current)}">{body}</body></html>'
    )


def _error(message: str, head: str = "还不能收下") -> str:
    if not message:
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in message.split("\n"))
    return f'<div class="error" role="alert"><b>{head}</b><ul>{lines}</ul></div>'


def _last(view: View) -> str:
    if view.last is None:
        return ""
    text = escape(view.last.proposal.question[:40])
    button = _button(view, view.last, "undo", "撤销", "u", 'id="undo"')
    return f'<div class="last" role="status"><span>{STATE_TEXT[view.last.state]}：{text}</span>{button}</div>'


def _button(view: View, entry: Entry, action: str, text: str, key: str, more: str = "") -> str:
    return (
        f'<form method="post" action="/judge"><input type="hidden" name="token" value="{escape(view.token)}">'
        f'<input type="hidden" name="id" value="{escape(entry.proposal.id)}">'
        f'<button name="action" value="{action}" {more}>{text} <kbd>{key}</kbd></button></form>'
    )


def _card(view: View) -> str:
    if view.entry is None or view.form is None:
        return _empty(view)
    proposal, form = view.entry.proposal, view.form
    history = "".join(
        f"<p><b>{'读者' if m['role'] == 'user' else '据典'}</b>{escape(m['content'])}</p>" for m in proposal.history
    )
    reasons = "".join(f"<li>{escape(r)}</li>" for r in proposal.reasons)
    why = f'<details class="why" open><summary>怎么来的</summary><ul>{reasons}</ul></details>'
    first = proposal.origin == "feedback"  # what the reader said comes before the question
    judged = view.entry.state != "waiting"
    return (
        f'<form method="post" action="/judge" class="card" id="card">'
        f'<input type="hidden" name="token" value="{escape(view.token)}">'
        f'<input type="hidden" name="id" value="{escape(proposal.id)}">'
        f'<p class="tags"><span>{ORIGIN_TEXT[proposal.origin]}</span>'
        f"<span>{STATE_TEXT[view.entry.state]}</span><span>{escape(proposal.created[:10])}</span></p>"
        f"{why if first else ''}"
        f"{f'<div class=history><h2>上文</h2>{history}</div>' if history else ''}"
        f'<label for="question">题目</label><textarea id="question" name="question" rows="1">{escape(form.question)}</textarea>'
        f"{_quotes(view, form)}"
        f'<label for="answer">答案</label><textarea id="answer" name="answer" rows="1">{escape(form.answer)}</textarea>'
        f"{_facts(form)}{_kind(form)}"
        f"{'' if first else why}"
        f'<div class="act"><button name="action" value="accept" class="main" id="accept">'
        f"<span>{'改存' if judged else '收下'}</span> <kbd>a</kbd></button>"
        f'<button name="action" value="drop" id="drop">丢弃 <kbd>d</kbd></button>'
        f"{'<button name=action value=undo id=undo>撤销 <kbd>u</kbd></button>' if judged else ''}</div></form>"
        '<p class="keys">快捷键：<kbd>a</kbd> 收下　<kbd>d</kbd> 丢弃　<kbd>u</kbd> 撤销　<kbd>e</kbd> 改题目　'
        "<kbd>j</kbd>/<kbd>k</kbd> 下一条/上一条　在输入框里按 <kbd>Ctrl</kbd>+<kbd>Enter</kbd> 收下，<kbd>Esc</kbd> 离开输入框</p>"
    )


def _empty(view: View) -> str:
    if view.entries:
        taken = sum(e.state in ("accepted", "edited") for e in view.entries)
        return (
            f'<div class="empty"><h2>都审完了</h2><p>收下 {taken} 题，丢弃 {len(view.entries) - taken} 题。</p>'
            f"<p>接着评测：<code>python -m eval run --gold {escape(view.gold)}</code></p>"
            "<p>再出一批：<code>python -m eval draft</code></p></div>"
        )
    return (
        '<div class="empty"><h2>还没有待审的题</h2><p>先让据典从文档里出一批：<code>python -m eval draft</code></p>'
        "<p>对话窗口里评过“好”或“不好”的回答也会出现在这里。出好后刷新本页。</p></div>"
    )


def _kind(form: Form) -> str:
    kinds = TYPES if form.kind in TYPES else (*TYPES, form.kind)
    options = "".join(
        f'<option value="{escape(k)}"{" selected" if k == form.kind else ""}>{escape(TYPE_TEXT.get(k, k))}</option>'
        for k in kinds
    )
    yes, no = (" checked", "") if form.answerable else ("", " checked")
    return (
        f'<div class="row"><div><label for="type">题型</label><select id="type" name="type">{options}</select></div>'
        "<fieldset><legend>文档里</legend>"
        f'<label><input type="radio" name="answerable" value="yes"{yes}> 有答案</label>'
        f'<label><input type="radio" name="answerable" value="no"{no}> 无答案（应拒答）</label></fieldset></div>'
    )


def _facts(form: Form) -> str:
    rows = "".join(
        f'<div class="fact"><input name="fact" value="{escape(f)}" aria-label="要点 {n}" placeholder="一个要点；几种写法用 | 隔开">'
        f'<button type="button" class="remove" aria-label="删去要点 {n}">×</button></div>'
        for n, f in enumerate(form.facts or ("",), 1)
    )
    return (
        '<fieldset class="facts"><legend>答案要点</legend><p class="hint">答对的回答必须说到每一条；一条里几种写法用 | 隔开。</p>'
        f'{rows}<button type="button" id="more">添一条</button></fieldset>'
    )


def _quotes(view: View, form: Form) -> str:
    near = form.kind == "unanswerable"
    items = "".join(
        f'<div class="quote"><label><input type="checkbox" name="quote" value="{n}"{" checked" if taken else ""}> '
        f"{'写进证据' if near else '作为证据'} · <b>{escape(s.quote.document)}</b> {escape(s.quote.section)}</label>"
        f"<blockquote>{escape(s.before)}<mark>{escape(s.quote.quote)}</mark>{escape(s.after)}</blockquote></div>"
        for n, (s, taken) in enumerate(zip(view.surroundings, form.quotes, strict=True))
    )
    head = "最接近的原文（请确认里面没有答案）" if near else "原文"
    return (
        f'<section class="quotes"><h2>{head}</h2>{items or "<p class=hint>没有附原文。</p>"}'
        '<label for="evidence">补充证据</label><textarea id="evidence" name="evidence" rows="1" '
        f'placeholder="照抄原文，一行一句；可以不填">{escape(form.evidence)}</textarea></section>'
    )


def _list(view: View) -> str:
    items = "".join(
        f'<li class="{e.state}"><a href="/?id={escape(e.proposal.id)}"{_current(view, e)}>'
        f"<span>{escape(e.proposal.question)}</span><small>{escape(TYPE_TEXT.get(e.proposal.kind, e.proposal.kind))}"
        f" · {STATE_TEXT[e.state]}</small></a></li>"
        for e in view.entries
    )
    return f'<nav aria-label="全部题目"><h2>全部（{len(view.entries)}）</h2><ol>{items}</ol></nav>' if items else ""


def _current(view: View, entry: Entry) -> str:
    here = view.entry is not None and view.entry.proposal.id == entry.proposal.id
    return ' aria-current="page"' if here else ""
