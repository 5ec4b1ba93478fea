"""Citations and hits -> the source panel beside the chat: exact words marked in their context, as HTML. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from index.cleaning import CLOSERS, SENTENCE_END, CleanText
from index.hits import Twin
from index.reading import Repair, within
from rag.answer import Answer, Citation, Place, other_name
from rag.screen.details import details_html
from rag.screen.links import Target, literal

AROUND = 300  # characters of context on either side of the cited words
LISTED = 100  # documents named before the first answer

_SENTENCE = re.compile(rf"[{SENTENCE_END}][{re.escape(CLOSERS)}]*|\n+")
_CLAUSE = re.compile(r"[，,；;：:、\s]")


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of a document to show: its display text, with what stands before and after it.

    `repairs` are places in `before + words + after` for which a reading is offered. `moved`: the document was changed
    after the answer, so that only the words kept with it can be shown.
    """

    place: str
    before: str
    words: str
    after: str
    moved: bool
    repairs: tuple[Repair, ...] = ()


def find_source(
    clean: CleanText, start: int, end: int, quote: str | None, place: str, repairs: Sequence[Repair] = ()
) -> Source:
    """The words at [start, end) of the source text in their context, which is cut at sentence ends.

    `quote` is what should stand there, None where that was not kept; `repairs` are places in the display text.
    """
    first, last = bisect_left(clean.offsets, start), bisect_left(clean.offsets, end)
    words = clean.text[first:last]
    if quote is not None and "".join(words.split()) != "".join(quote.split()):  # joined hits: blanks
        return Source(place, "", quote, "", moved=True)
    before, after = _context_start(clean.text, first).lstrip(), _context_end(clean.text, last).rstrip()
    return Source(place, before, words, after, False, _moved(repairs, clean.text, first, before, words + after))


def _moved(repairs: Sequence[Repair], text: str, first: int, before: str, rest: str) -> tuple[Repair, ...]:
    """The repairs whose words stand in `before + rest`, as places there; text[first] is where `rest` begins."""
    by = len(before) - first
    shown = before + rest
    return tuple(
        Repair(r.start + by, r.end + by, r.reading, r.confidence, r.evidence)
        for r in repairs
        if r.start + by >= 0 and shown[r.start + by : r.end + by] == text[r.start : r.end]
    )


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


def panel_html(question: str, target: Target, answer: Answer, source: Source) -> str:
    """The source beside the chat: place, words marked in their context, other places, previous and next."""
    cited = target.kind == "c"
    count = len(answer.citations) if cited else len(answer.hits)
    near = "最接近的段落 {}（没有回答这个问题）" if answer.refused else "检索到的段落 {}"
    head = ("出处 {}" if cited else near).format(target.number)
    where = " · ".join(f"<span>{literal(p)}</span>" for p in source.place.split(" · "))
    moved = '<p class="jd-moved">文档在作答之后有改动，这里只显示作答时的原句。</p>' if source.moved else ""
    a, b = len(source.before), len(source.before) + len(source.words)
    words = _offered(source.words, within(source.repairs, a, b))
    after = _offered(source.after, within(source.repairs, b, b + len(source.after)))
    text = f"{_offered(source.before, within(source.repairs, 0, a))}<mark>{words}</mark>{after}"
    return (
        f'<section class="jd-source{"" if cited else " jd-near"}" aria-label="出处">'
        f'<header><h2>{head}</h2><a href="#close" class="jd-close" role="button">关闭</a></header>'
        f'<p class="jd-asked">问：{literal(question)}</p>{_searched(answer)}<p class="jd-where">{where}</p>{moved}'
        f'<div class="jd-excerpt" tabindex="0">{text}</div>{_also(target, answer)}'
        f"<nav>{_step(target, -1, count, '上一处')}<span>{target.number} / {count}</span>"
        f"{_step(target, 1, count, '下一处')}</nav>{details_html(target, answer)}</section>"
    )


def _searched(answer: Answer) -> str:
    """What was searched for: where nothing was found, and where that is not what was typed."""
    if not answer.refused and answer.standalone_question == answer.question:
        return ""
    return f'<p class="jd-asked jd-searched">检索：{literal(answer.standalone_question)}</p>'


def message_panel_html(message: str) -> str:
    """The panel with a sentence instead of a source."""
    return (
        '<section class="jd-source jd-blank" aria-label="出处"><header><h2>出处</h2>'
        f'<a href="#close" class="jd-close" role="button">关闭</a></header><p>{literal(message)}</p></section>'
    )


def welcome_panel_html(documents: Sequence[tuple[str, int]]) -> str:
    """The panel before the first answer: what it is for, and the documents with their numbers of characters."""
    items = "".join(f"<li>{literal(name)}<span>{size:,} 字</span></li>" for name, size in documents[:LISTED])
    if len(documents) > LISTED:
        items += f"<li>……共 {len(documents):,} 份</li>"
    return (
        '<section class="jd-source jd-blank" aria-label="出处"><header><h2>出处</h2></header>'
        "<p>点回答里的编号，这里会显示原文，引用的字句有底色。可以提问的文档：</p>"
        f'<ul class="jd-documents">{items}</ul></section>'
    )


def _offered(text: str, repairs: Sequence[Repair]) -> str:
    """`text` as it stands, each damaged stretch followed by the reading offered for it."""
    pieces, at = [], 0
    for r in sorted(repairs, key=lambda r: r.start):
        pieces.append(literal(text[at : r.start]))
        pieces.append(
            f'<span class="jd-doubt" title="{literal(r.evidence)}">{literal(text[r.start : r.end])}'
            f"<small>疑为“{literal(r.reading)}”</small></span>"
        )
        at = r.end
    return "".join([*pieces, literal(text[at:])])


def _also(target: Target, answer: Answer) -> str:
    """Links to the other places that say the same as the citation or the passage."""
    shown = answer.citations[target.number - 1] if target.kind == "c" else answer.hits[target.number - 1]
    places: Sequence[Place | Twin] = shown.also_in if isinstance(shown, Citation) else shown.also
    if not places:
        return ""
    base = f"#t{target.turn}-{target.kind}{target.number}"
    own = "引文" if target.kind == "c" else "段落"
    back = "" if target.place is None else f'<a href="{base}" class="jd-link" role="button">回到{own}</a>'
    links = []
    for i, place in enumerate(places):
        name = other_name(place, shown.document)
        on = " jd-on" if i == target.place else ""
        links.append(f'<a href="{base}-p{i}" class="jd-link{on}" role="button">{literal(name)}</a>')
    return f'<p class="jd-also">另见：{"、".join(links)}{back}</p>'


def _step(target: Target, by: int, count: int, label: str) -> str:
    number = target.number + by
    if not 1 <= number <= count:
        return f'<span class="jd-step jd-off">{label}</span>'
    return f'<a href="#t{target.turn}-{target.kind}{number}" class="jd-step" role="button">{label}</a>'
