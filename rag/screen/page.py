"""Questions, drafts and answers -> HTML for the chat; whatever comes from outside is shown literally. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.cleaning import CLOSERS, SENTENCE_END
from rag.answer import Answer, Verdict, shown_place
from rag.answerer import EXTRACTIVE
from rag.screen.links import literal
from rag.screen.votes import votes_html

_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS = re.compile(rf"([^\s\]]?)((?:\[\d{{1,3}}\])+)([{SENTENCE_END}{re.escape(CLOSERS)}，,；;、：:…]*)")
_SIGNS: dict[Verdict, str] = {
    "supported": "",
    "partial": '<span class="jd-verdict" title="这一句只有一部分能在原文找到">◐ 部分有据</span>',
    "unsupported": '<span class="jd-verdict jd-none" title="这一句在原文里找不到依据">○ 未见依据</span>',
}
_VERDICTS: dict[Verdict, str] = {"supported": "有据", "partial": "部分有据", "unsupported": "未见依据"}
_SURENESS = ((0.9, "高"), (0.7, "较高"), (0.5, "中等"), (0.25, "较低"), (-1.0, "低"))
_ESTIMATE = "由检索和核对的结果估计，不是保证；请点开编号看原文"


def answer_html(turn: int, answer: Answer, stopped: bool) -> str:
    """The answer of a turn with its chips, or a declined one with the way to the nearest passages."""
    if answer.refused:
        return _declined(turn, answer)
    notices = ["已停止：以下只是停止前写出的部分。"] if stopped else []
    notices += ["未使用语言模型：以下是文档原句摘录。"] if answer.model == EXTRACTIVE else []
    notes = "".join(f'<div class="jd-notice">{n}</div>' for n in notices)
    titles = {c.n: f"{shown_place(c.document, c.section, c.page)}\n{c.quote}" for c in answer.citations}
    body = "".join(_chips(text, turn, titles) + _SIGNS[verdict] for text, verdict in _claims(answer))
    return f'<div class="jd-answer">{_understood(answer)}{notes}<div class="jd-text">{body}</div>{_footer(turn, answer)}</div>'


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


def header_html(documents: Sequence[str], state: str) -> str:
    """Title, what can be asked about, and the state of the model (nothing when it is ready)."""
    names = "、".join(documents[:3]) + ("……" if len(documents) > 3 else "")
    note = f'<span class="jd-loading" role="status">{literal(state)}</span>' if state else ""
    about = f"{len(documents)} 份文档：{literal(names)}"
    return f'<div class="jd-head"><h1>据典</h1><p title="{about}">{about}</p>{note}</div>'


def _understood(answer: Answer) -> str:
    """How a follow-up was understood, where that is not what was typed."""
    if answer.standalone_question.strip() == answer.question.strip():
        return ""
    return f'<div class="jd-notice jd-understood">理解为：{literal(answer.standalone_question)}</div>'


def _claims(answer: Answer) -> Iterator[tuple[str, Verdict]]:
    """The stretches of the answer's text that belong to each claim, marks included, with its verdict; and what is between."""
    at = 0
    for claim in answer.claims:
        found = _stretch(claim.text).search(answer.text, at)
        if found is None:
            continue
        if found.start() > at:
            yield answer.text[at : found.start()], "supported"
        yield found.group(), claim.verdict
        at = found.end()
    if at < len(answer.text):
        yield answer.text[at:], "supported"


def _stretch(text: str) -> re.Pattern[str]:
    """The words of a claim as they stand in an answer: with marks between them."""
    marks = rf"(?:{_MARK.pattern})*"
    return re.compile(marks.join(map(re.escape, text)) + marks)


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
        f'<div class="jd-answer jd-refused">{_understood(answer)}<b><span class="jd-sign">ⓘ</span> 没有依据，不作答</b>'
        f'<div class="jd-text">{literal(answer.text)}</div>{link}{_footer(turn, answer)}</div>'
    )


def _footer(turn: int, answer: Answer) -> str:
    model = "未用语言模型" if answer.model == EXTRACTIVE else answer.model
    return (
        f'<div class="jd-sure">{_sureness(answer)}{_checked(answer)}</div>'
        f'<div class="jd-foot"><span>用时 {answer.timings.total_s:.1f} 秒 · {literal(model)}</span>'
        f'<a href="#t{turn}-copy" class="jd-copy" role="button">复制</a></div>{votes_html(turn, answer, None)}'
    )


def _sureness(answer: Answer) -> str:
    """The confidence in words and as a number that never claims to be certain."""
    word = next(word for least, word in _SURENESS if answer.confidence >= least)
    percent = min(99, max(1, round(100 * answer.confidence)))
    label = "文档里有答案的可能" if answer.refused else "答得对的可能"
    return f'<span title="{_ESTIMATE}">{label}：{word}（约 {percent}%，估计）</span>'


def _checked(answer: Answer) -> str:
    """How many sentences were found to be carried by their sources, and how many not; "" for a declined question."""
    counts = Counter(claim.verdict for claim in answer.claims)
    told = "，".join(f"{counts[verdict]} 句{words}" for verdict, words in _VERDICTS.items() if counts[verdict])
    return f"<span>核对：{told}</span>" if told and not answer.refused else ""
