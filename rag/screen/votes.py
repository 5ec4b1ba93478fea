"""Votes on answers: their links, what a link stands for, and the thumbs as HTML. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer import Answer
from rag.feedback import REASONS, REFUSAL_REASONS, Thumb

_VOTE = re.compile(r"#t(\d{1,9})-v([ud])(\d?)")


@dataclass(frozen=True, slots=True)
class Vote:
    """A reader's thumb on the answer of a turn; `reason` says what is wrong with it, "" where that was not said."""

    turn: int
    verdict: Thumb
    reason: str = ""


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
