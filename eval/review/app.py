"""Queue, gold file and store -> the review page as a web application for this machine alone."""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from eval.drafting.proposals import Proposal, Quote
from eval.drafting.queue import Entry, Queue
from eval.lines import DatasetError
from eval.review.feedback import from_feedback
from eval.review.judging import FormError, accept, drop, gold_question, proposed_form, sent_form, undo
from eval.review.page import Surroundings, View, message_page, review_page
from index.errors import JudianError
from rag.feedback import FeedbackFile

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from index.extract import Extract
    from index.store import Store

HERE = Path(__file__).parent
AROUND = 110  # characters shown on either side of a quote
MAX_FORM = 200_000  # bytes
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(slots=True)
class Review:
    """What the page works on. `store` is None where quotes are shown without their surroundings."""

    queue: Queue
    gold: Path
    store: Store | None
    feedback: FeedbackFile | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def entries(self) -> list[Entry]:
        """All proposals, feedback included."""
        if self.feedback is not None:
            given = {p.id: p for p in map(from_feedback, self.feedback.all())}
            self.queue.add(given.values())
            kept = self.queue.entries()
            gone = [e.proposal.id for e in kept if e.proposal.origin == "feedback" and e.state == "waiting"]
            self.queue.withdraw(i for i in gone if i not in given)
        return self.queue.entries()

    def view(self, entries: Sequence[Entry], wanted: str, last: str) -> View:
        """The page for the wanted proposal, else for the first that waits."""
        by_id = {e.proposal.id: e for e in entries}
        entry = by_id.get(wanted) or next((e for e in entries if e.state == "waiting"), None)
        return View(
            token=self.token,
            gold=str(self.gold),
            entries=entries,
            entry=entry,
            form=proposed_form(entry.proposal) if entry else None,
            surroundings=[self.surroundings(q) for q in entry.proposal.quotes] if entry else (),
            last=by_id.get(last),
            error="",
        )

    def judge(self, fields: dict[str, list[str]], proposal: Proposal) -> None:
        """Do what the form says. Raises JudianError."""
        action = fields.get("action", [""])[0]
        if action == "accept":
            question = gold_question(sent_form(fields, proposal), proposal, self.documents())
            accept(self.queue, self.gold, proposal, question)
        elif action in ("drop", "undo"):
            {"drop": drop, "undo": undo}[action](self.queue, self.gold, proposal)
        else:
            raise DatasetError("不认识的操作。请回到审题页重试。")

    def documents(self) -> list[str]:
        """The display texts of the store's documents."""
        return [_clean(self.store, d.name)[0] for d in self.store.documents()] if self.store else []

    def surroundings(self, quote: Quote) -> Surroundings:
        """A quote in its paragraph; alone where its document is gone or has changed."""
        try:
            text, offsets = _clean(self.store, quote.document) if self.store else ("", ())
        except JudianError:
            text, offsets = "", ()
        first, last = bisect_left(offsets, quote.start), bisect_left(offsets, quote.end)
        if text[first:last] != quote.quote:
            return Surroundings(quote, "", "")
        before, after = text[max(0, first - AROUND) : first], text[last : last + AROUND]
        return Surroundings(
            quote,
            ("……" if first > AROUND else "") + before.split("\n")[-1],
            after.split("\n")[0] + ("……" if len(text) - last > AROUND and "\n" not in after else ""),
        )


@lru_cache(maxsize=64)
def _cleaned(extract: Extract) -> tuple[str, Sequence[int]]:
    from index.cleaning import clean

    made = clean(extract.text, extract.layout, extract.pages)
    return made.text, made.offsets


def _clean(store: Store, name: str) -> tuple[str, Sequence[int]]:
    return _cleaned(store.extract(name))


def build(review: Review, hosts: Sequence[str]) -> Starlette:
    """The application; requests for another host than `hosts` are refused."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def show(request: Request) -> Response:
        return await _guarded(request, hosts, lambda: _shown(review, request.query_params.get("id", ""), request))

    async def judge(request: Request) -> Response:
        if int(request.headers.get("content-length") or MAX_FORM + 1) > MAX_FORM:
            return _html(message_page("表单太大。"), 413)
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        return await _guarded(request, hosts, lambda: _judged(review, fields, request))

    async def asset(request: Request) -> Response:
        from starlette.responses import FileResponse

        return FileResponse(HERE / request.url.path.lstrip("/"), headers=HEADERS)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/judge", judge, methods=["POST"]),
            Route("/review.css", asset),
            Route("/review.js", asset),
        ]
    )


async def _guarded(request: Request, hosts: Sequence[str], respond: object) -> Response:
    """The response; refused for another host, a page with the message where something went wrong."""
    from starlette.concurrency import run_in_threadpool

    if request.headers.get("host") not in hosts:
        return _html(message_page("只能从本机打开：地址应是 http://127.0.0.1:端口"), 400)
    assert callable(respond)
    try:
        return await run_in_threadpool(respond)
    except JudianError as error:
        return _html(message_page(str(error)), 500)


def _shown(review: Review, wanted: str, request: Request) -> Response:
    return _html(review_page(review.view(review.entries(), wanted, request.query_params.get("done", ""))), 200)


def _judged(review: Review, fields: dict[str, list[str]], request: Request) -> Response:
    from starlette.responses import RedirectResponse

    origin = request.headers.get("origin")
    same = origin in (None, f"http://{request.headers.get('host')}")
    if not same or not secrets.compare_digest(fields.get("token", [""])[0].encode(), review.token.encode()):
        return _html(message_page("这一页已经过期（审题程序重新启动过）。请回到审题页再点一次。"), 403)
    wanted = fields.get("id", [""])[0]
    entries = review.entries()
    entry = next((e for e in entries if e.proposal.id == wanted), None)
    if entry is None:
        return _html(message_page("这条题目已不在待审列表里（可能反馈已被撤回）。"), 404)
    try:
        review.judge(fields, entry.proposal)
    except FormError as error:
        view = review.view(entries, wanted, "")
        return _html(review_page(replace(view, form=sent_form(fields, entry.proposal), error=str(error))), 422)
    undone = fields.get("action") == ["undo"]
    return RedirectResponse(f"/?{'id' if undone else 'done'}={quote(wanted)}", 303, headers=HEADERS)


def _html(text: str, status: int) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(text, status, headers=HEADERS)
