"""Answers, drafts and citations -> HTML for the chat window; whatever comes from outside is shown literally. Pure.

Links are the only controls inside that HTML, because they survive every sanitizer: `#t3-c2` is citation 2 of turn 3,
`#t3-c2-p0` the first other place of it, `#t3-h1` the nearest passage of a declined answer, `#t3-vu` the thumb up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS, SENTENCE_END, CleanText
from rag.answer import Answer, Verdict
from rag.answerer import EXTRACTIVE
from rag.feedback import REASONS, REFUSAL_REASONS, Thumb

AROUND = 300  # characters of context on either side of the cited words
NEAREST = 5  # passages shown with a declined answer

_SENTENCE = re.compile(rf"[{SENTENCE_END}][{re.escape(CLOSERS)}]*|\n+")
_CLAUSE = re.compile(r"[，,；;：:、\s]")
_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS = re.compile(rf"([^\s\]]?)((?:\[\d{{1,3}}\])+)([{SENTENCE_END}{re.escape(CLOSERS)}，,；;、：:…]*)")
_VOTE = re.compile(r"#t(\d{1,9})-v([ud])(\d?)")
_TARGET = re.compile(r"#t(\d{1,9})-([ch])([1-9]\d{0,3})(?:-p(\d{1,4}))?")
_SIGNS: dict[Verdict, str] = {
    "supported": "",
    "partial": '<span class="jd-verdict" title="这一句只有一部分能在原文找到">◐ 部分有据</span>',
    "unsupported": '<span class="jd-verdict jd-none" title="这一句在原文里找不到依据">○ 未见依据</span>',
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: `kind` is c (citation, from 1) or h (hit, from 1); `place` is an other place, from 0."""

    turn: int
    kind: str
    number: int
    place: int | None


@dataclass(frozen=True, slots=True)
class Vote:
    """A reader's thumb on the answer of a turn; `reason` says what is wrong with it, "" where that was not said."""

    turn: int
    verdict: Thumb
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of a document to show: its display text, with what stands before and after it."""

    document: str
    section: str
    before: str
    words: str
    after: str
    moved: bool  # the document was changed after the answer, so that only the words kept with it can be shown


def literal(text: str) -> str:
    """`text` with every ASCII sign as a numeric entity: nothing for HTML, Markdown or a template to act on."""
    return "".join(c if c.isalnum() or c == " " or ord(c) > 127 else f"&#{ord(c)};" for c in text)


def read_target(href: str) -> Target | None:
    """The target of a link, or None when it is none of ours."""
    m = _TARGET.fullmatch(href)
    return Target(int(m[1]), m[2], int(m[3]), int(m[4]) if m[4] else None) if m else None


def read_vote(href: str, answer: Answer) -> Vote | None:
    """The vote that a link stands for, or None when it is no vote."""
    m = _VOTE.fullmatch(href)
    if m is None:
        return None
    reasons = ("", *_reasons(answer))
    reason = reasons[int(m[3] or 0)] if m[2] == "d" and int(m[3] or 0) < len(reasons) else ""
    return Vote(int(m[1]), "up" if m[2] == "u" else "down", reason)


def votes_html(turn: int, answer: Answer, vote: Vote | None) -> str:
    """The thumbs below the answer of a turn; after a thumb down, the reasons to choose from."""
    up, down = (vote is not None and vote.verdict == v for v in ("up", "down"))
    thumbs = _vote(f"#t{turn}-vu", "好", "答得好", up) + _vote(f"#t{turn}-vd", "不好", "答得不好", down)
    if not down or vote is None:
        return f'<span class="jd-votes">{thumbs}{"<em>已记下</em>" if up else ""}</span>'
    links = "".join(
        _vote(f"#t{turn}-vd{n}", reason, reason, reason == vote.reason) for n, reason in enumerate(_reasons(answer), 1)
    )
    return f'<span class="jd-votes">{thumbs}<em>已记下{"" if vote.reason else "，哪里不好？"}</em>{links}</span>'


def _reasons(answer: Answer) -> tuple[str, ...]:
    return REFUSAL_REASONS if answer.refused else REASONS


def _vote(href: str, text: str, label: str, on: bool) -> str:
    thumb = f" jd-thumb-{href[-1]}" if text in ("好", "不好") else ""
    state = f'class="jd-vote{thumb}{" jd-on" if on else ""}" role="button" title="{label}"'
    return f'<a href="{href}" {state}>{text}{"<b>✓</b>" if on else ""}</a>'


def find_source(clean: CleanText, start: int, end: int, quote: str | None, document: str, section: str) -> Source:
    """The words at [start, end) of the source text in their context, which is cut at sentence ends.

    `quote` is what should stand there, None where that was not kept.
    """
    first, last = bisect_left(clean.offsets, start), bisect_left(clean.offsets, end)
    words = clean.text[first:last]
    if quote is not None and words != quote:
        return Source(document, section, "", quote, "", moved=True)
    before, after = _context_start(clean.text, first), _context_end(clean.text, last)
    return Source(document, section, before.lstrip(), words, after.rstrip(), moved=False)


def _context_start(text: str, end: int) -> str:
    """What stands before `end`: whole sentences, else whole clauses after an ellipsis, up to AROUND characters."""
    if end <= AROUND:
        return text[:end]
    for pattern, lead in ((_SENTENCE, ""), (_CLAUSE, "……")):
        if cut := next(pattern.finditer(text, end - AROUND, end - AROUND // 3), None):
            return lead + text[cut.end() : end]
    return f"……{text[end - AROUND : end]}"


def _context_end(text: str, start: int) -> str:
    """What stands from `start` on, in the same way."""
    if len(text) - start <= AROUND:
        return text[start:]
    for pattern, tail in ((_SENTENCE, ""), (_CLAUSE, "……")):
        if cuts := list(pattern.finditer(text, start + AROUND // 3, start + AROUND)):
            return text[start : cuts[-1].end()] + tail
    return f"{text[start : start + AROUND]}……"


def answer_html(turn: int, answer: Answer, stopped: bool) -> str:
    """The answer of a turn with its chips, or a declined one with the way to the nearest passages."""
    if answer.refused:
        return _declined(turn, answer)
    notices = ["已停止：以下只是停止前写出的部分。"] if stopped else []
    notices += ["未使用语言模型：以下是文档原句摘录。"] if answer.model == EXTRACTIVE else []
    notes = "".join(f'<div class="jd-notice">{n}</div>' for n in notices)
    titles = {c.n: f"{c.document} {c.section}\n{c.quote}" for c in answer.citations}
    body = "".join(_chips(text, turn, titles) + _SIGNS[verdict] for text, verdict in _claims(answer))
    return f'<div class="jd-answer">{notes}<div class="jd-text">{body}</div>{_footer(turn, answer)}</div>'


def draft_html(stage: str, draft: str) -> str:
    """What is known while an answer is being made: the step, and the words written so far."""
    text = f'<div class="jd-text jd-draft">{literal(draft)}</div>' if draft else ""
    return f'<div class="jd-answer">{text}<div class="jd-stage" role="status">{literal(stage)}</div></div>'


def question_html(question: str) -> str:
    """A question as it was typed."""
    return f'<div class="jd-question">{literal(question)}</div>'


def notice_html(message: str, kind: str) -> str:
    """A message in place of an answer; `kind` is "error" or "stopped"."""
    head = "<b>没有作答</b>" if kind == "error" else ""
    return f'<div class="jd-answer jd-{kind}" role="status">{head}<div class="jd-text">{literal(message)}</div></div>'


def panel_html(question: str, target: Target, answer: Answer, source: Source) -> str:
    """The source beside the chat: place, words marked in their context, other places, previous and next."""
    cited = target.kind == "c"
    count = len(answer.citations) if cited else min(NEAREST, len(answer.hits))
    head = f"出处 {target.number}" if cited else f"最接近的段落 {target.number}（没有回答这个问题）"
    where = " · ".join(f"<span>{literal(p)}</span>" for p in (source.document, source.section) if p)
    moved = '<p class="jd-moved">文档在作答之后有改动，这里只显示作答时的原句。</p>' if source.moved else ""
    text = f"{literal(source.before)}<mark>{literal(source.words)}</mark>{literal(source.after)}"
    return (
        f'<section class="jd-source{"" if cited else " jd-near"}" aria-label="出处">'
        f'<header><h2>{head}</h2><a href="#close" class="jd-close" role="button">关闭</a></header>'
        f'<p class="jd-asked">问：{literal(question)}</p><p class="jd-where">{where}</p>{moved}'
        f'<div class="jd-excerpt" tabindex="0">{text}</div>{_also(target, answer) if cited else ""}'
        f"<nav>{_step(target, -1, count, '上一处')}<span>{target.number} / {count}</span>"
        f"{_step(target, 1, count, '下一处')}</nav></section>"
    )


def message_panel_html(message: str) -> str:
    """The panel with a sentence instead of a source."""
    return (
        '<section class="jd-source jd-blank" aria-label="出处"><header><h2>出处</h2>'
        f'<a href="#close" class="jd-close" role="button">关闭</a></header><p>{literal(message)}</p></section>'
    )


def welcome_panel_html(documents: Sequence[tuple[str, int]]) -> str:
    """The panel before the first answer: what it is for, and the documents with their numbers of characters."""
    items = "".join(f"<li>{literal(name)}<span>{size:,} 字</span></li>" for name, size in documents)
    return (
        '<section class="jd-source jd-blank" aria-label="出处"><header><h2>出处</h2></header>'
        "<p>点回答里的编号，这里会显示原文，引用的字句有底色。可以提问的文档：</p>"
        f'<ul class="jd-documents">{items}</ul></section>'
    )


def header_html(documents: Sequence[str], state: str) -> str:
    """Title, what can be asked about, and the state of the model (nothing when it is ready)."""
    names = "、".join(documents[:3]) + ("……" if len(documents) > 3 else "")
    note = f'<span class="jd-loading" role="status">{literal(state)}</span>' if state else ""
    about = f"{len(documents)} 份文档：{literal(names)}"
    return f'<div class="jd-head"><h1>据典</h1><p title="{about}">{about}</p>{note}</div>'


def _claims(answer: Answer) -> Iterator[tuple[str, Verdict]]:
    """The stretches of the answer's text that belong to each claim, marks included, with its verdict."""
    at = 0
    for claim in answer.claims:
        length = len(claim.text) + sum(len(f"[{n}]") for n in claim.citations)
        yield answer.text[at : at + length], claim.verdict
        at += length
    if at < len(answer.text):
        yield answer.text[at:], "supported"


def _chips(text: str, turn: int, titles: dict[int, str]) -> str:
    """`text` with each mark that names a citation turned into a link; all else literal."""

    def chip(n: int) -> str:
        return f'<a href="#t{turn}-c{n}" class="jd-chip" role="button" title="{literal(titles[n])}">{n}</a>'

    def tied(m: re.Match[str]) -> str:
        """The marks held to the word before and the stop behind them, so that no line begins with either."""
        chips = "".join(chip(int(n)) if int(n) in titles else literal(f"[{n}]") for n in _MARK.findall(m[2]))
        return f'<span class="jd-tie">{literal(m[1])}{chips}{literal(m[3])}</span>'

    pieces, at = [], 0
    for m in _MARKS.finditer(text):
        pieces += [literal(text[at : m.start()]), tied(m)]
        at = m.end()
    return "".join([*pieces, literal(text[at:])])


def _declined(turn: int, answer: Answer) -> str:
    link = f'<a href="#t{turn}-h1" class="jd-link" role="button">查看最接近的段落</a>' if answer.hits else ""
    return (
        '<div class="jd-answer jd-refused"><b><span class="jd-sign">ⓘ</span> 没有依据，不作答</b>'
        f'<div class="jd-text">{literal(answer.text)}</div>{link}{_footer(turn, answer)}</div>'
    )


def _footer(turn: int, answer: Answer) -> str:
    model = "未用语言模型" if answer.model == EXTRACTIVE else answer.model
    return (
        f'<div class="jd-foot"><span>用时 {answer.timings.total_s:.1f} 秒 · {literal(model)}</span>'
        f'<a href="#t{turn}-copy" class="jd-copy" role="button">复制</a></div>{votes_html(turn, answer, None)}'
    )


def _also(target: Target, answer: Answer) -> str:
    citation = answer.citations[target.number - 1]
    if not citation.also_in:
        return ""
    base = f"#t{target.turn}-c{target.number}"
    back = "" if target.place is None else f'<a href="{base}" class="jd-link" role="button">回到引文</a>'
    links = []
    for i, place in enumerate(citation.also_in):
        here = place.section and place.document == citation.document
        name = place.section if here else f"{place.document} {place.section}".strip()
        on = " jd-on" if i == target.place else ""
        links.append(f'<a href="{base}-p{i}" class="jd-link{on}" role="button">{literal(name)}</a>')
    return f'<p class="jd-also">另见：{"、".join(links)}{back}</p>'


def _step(target: Target, by: int, count: int, label: str) -> str:
    number = target.number + by
    if not 1 <= number <= count:
        return f'<span class="jd-step jd-off">{label}</span>'
    return f'<a href="#t{target.turn}-{target.kind}{number}" class="jd-step" role="button">{label}</a>'
