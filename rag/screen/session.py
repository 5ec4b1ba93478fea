"""Questions of one browser tab -> the messages and source panels to show, as HTML. Knows no Gradio."""

from __future__ import annotations

import math
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from index.errors import JudianError
from index.hits import Hit, Twin
from index.naming import chosen_collections, shown_collection
from index.store import Store
from rag.answer import Answer, Citation, Place, shown_place, to_json
from rag.answerer import Answerer, Draft, Event, Stage
from rag.feedback import FILE as FEEDBACK
from rag.feedback import FeedbackFile
from rag.screen.links import Target, read_target
from rag.screen.page import answer_html, draft_html, header_html, notice_html, question_html
from rag.screen.panel import Source, find_source, message_panel_html, panel_html, welcome_panel_html
from rag.screen.votes import Vote, read_vote, votes_html

ALL = "全部文档"
TOGETHER = "、"  # between the names of collections that are searched together
GRACE = 0.15  # seconds that a stopped answer gets to hand over what it has
TICK = 0.02  # seconds between looks at whether the answer was stopped
FRAME = (
    0.12  # seconds between two states of a draft: faster ones pile up in a slow browser, and a stop comes after them
)
LOADING = "模型正在载入……"
STAGES = {"检索": "正在检索……", "阅读": "正在阅读找到的句子……", "作答": "正在作答……", "核对": "正在核对出处……"}

_NOTHING = Draft("")  # no report

Reports = queue.Queue[Event | JudianError | None]


@dataclass(slots=True)
class Session:
    """One tab's conversation: what is shown, the answer of each turn by its number, and how to stop the running one."""

    messages: list[dict[str, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    votes: dict[int, tuple[int, Vote]] = field(default_factory=dict)  # by turn: the number it is kept under
    turn: int = 0
    returned: str = ""  # the last question, when an error kept it from being answered
    stop: threading.Event | None = None


class Loading:
    """An answerer on its way: `start` returns at once, `answerer` waits and raises what went wrong."""

    def __init__(self, load: Callable[[], Answerer]) -> None:
        self._load = load
        self._answerer: Answerer | None = None
        self._error: JudianError | None = None
        self.done = threading.Event()

    def start(self) -> None:
        """Load in another thread, once."""
        threading.Thread(target=self._run, name="load", daemon=True).start()

    def answerer(self) -> Answerer:
        """The answerer, as soon as it is there."""
        self.done.wait()
        if self._answerer is None:
            raise self._error or JudianError("模型没有载入。")
        return self._answerer

    def state(self) -> str:
        """What to say about the model; nothing when all is well."""
        if not self.done.is_set():
            return LOADING
        return "" if self._error is None else "模型没有载入，不能作答：见启动窗口的终端。"

    def _run(self) -> None:
        started = time.perf_counter()
        try:
            self._answerer = self._load()
            print(f"模型已就绪（{time.perf_counter() - started:.0f} 秒）。", flush=True)
        except Exception as error:
            self._error = _shown(error)
            print(f"错误：{self._error}", file=sys.stderr, flush=True)
        self.done.set()


class Window:
    """What the window's controls do. One for all sessions; what belongs to a session comes in with each call."""

    def __init__(self, store: Store, loading: Loading, chosen: Sequence[str] = ()) -> None:
        """`chosen` are the collections that are searched until the reader chooses others; empty: all."""
        self.store = store
        self.scope = TOGETHER.join(shown_collection(name) for name in self._kept(chosen)) or ALL
        self.loading = loading
        self.feedback = FeedbackFile(store.folder / FEEDBACK)

    def header(self) -> str:
        """Title, documents and the state of the model."""
        return header_html([d.name for d in self.store.documents()], self.loading.state())

    def scopes(self) -> list[str]:
        """What can be searched: all, what was chosen at the start, each collection alone."""
        each = [shown_collection(c.name) for c in self.store.collections()]
        return list(dict.fromkeys([ALL, self.scope, *each]))

    def _kept(self, shown: Sequence[str]) -> list[str]:
        """Names as kept; a scope of several collections is taken apart."""
        known = [c.name for c in self.store.collections()]
        own = {shown_collection(name) for name in known}
        return chosen_collections([n for s in shown for n in ([s] if s in own else s.split(TOGETHER))], known)

    def welcome(self) -> str:
        """The panel before the first answer."""
        return welcome_panel_html([(d.name, d.characters) for d in self.store.documents()])

    def ask(self, question: str, session: Session, scope: str = ALL) -> Iterator[list[dict[str, str]]]:
        """The messages to show, again and again as the answer comes; ends early when the conversation is cleared.

        `scope` is one of scopes().
        """
        session.turn += 1
        turn, messages, session.stop = session.turn, session.messages, threading.Event()
        stop, history = session.stop, list(session.asked)
        stage, draft = STAGES["检索"] if self.loading.done.is_set() else LOADING + "载入完就作答。", ""
        outcome: Answer | JudianError | None = None
        messages += [_message("user", question_html(question)), _message("assistant", draft_html(stage, ""))]
        yield list(messages)
        try:
            for event in self._events(question, history, stop, [] if scope == ALL else [scope]):
                stage = _stage(event) if isinstance(event, Stage) else stage
                draft = event.text if isinstance(event, Draft) else draft
                if not isinstance(event, Stage | Draft):
                    outcome = event
                elif session.messages is messages and not stop.is_set():
                    messages[-1] = _message("assistant", draft_html(stage, draft))
                    yield list(messages)
            stopped = stop.is_set()
        finally:  # also when the page is gone
            stop.set()
            session.stop = None if session.stop is stop else session.stop
        session.returned = question if isinstance(outcome, JudianError) else ""
        if session.messages is messages:
            if stopped and isinstance(outcome, Answer) and not outcome.refused and not (draft and outcome.claims):
                outcome = None  # nobody saw a word of it, or none of it is proved
            messages[-1] = _message("assistant", _outcome_html(turn, outcome, draft, stopped))
            if isinstance(outcome, Answer):
                session.answers[turn] = outcome
                session.asked += [_message("user", question), _message("assistant", outcome.text)]
            yield list(messages)

    def panel(self, session: Session, href: str) -> str:
        """The panel for a link in an answer of this session."""
        target = read_target(href)
        answer = session.answers.get(target.turn) if target else None
        if target is None or answer is None:
            return message_panel_html("这一条的出处已经不在了（窗口重新载入过）。请重新提问。")
        try:
            return panel_html(answer.question, target, answer, self._source(answer, target))
        except (JudianError, IndexError) as error:
            return message_panel_html(str(error) if isinstance(error, JudianError) else "没有这一处。")

    def open(self, session: Session, href: str) -> tuple[str, bool]:
        """The panel for a link, "" where it is to stay as it is; and whether the messages changed."""
        try:
            return ("", True) if self.vote(session, href) else (self.panel(session, href), False)
        except JudianError as error:  # feedback could not be kept
            return message_panel_html(str(error)), False

    def vote(self, session: Session, href: str) -> bool:
        """Keep what the reader thinks of an answer, or forget it when it is said again; whether `href` is a vote."""
        number = href[2:].split("-")[0]
        answer = session.answers.get(int(number)) if number.isdecimal() and len(number) < 10 else None
        vote = read_vote(href, answer) if answer else None
        if answer is None or vote is None:
            return False
        turn = vote.turn
        kept, before = session.votes.get(turn, (0, None))
        if before is not None and (vote == before or (vote.verdict == before.verdict and not vote.reason)):
            self.feedback.withdraw(kept)
            del session.votes[turn]
        else:
            session.votes[turn] = (self._keep(kept, vote, answer, session), vote)
        shown = votes_html(turn, answer, before)
        after = votes_html(turn, answer, session.votes[turn][1] if turn in session.votes else None)
        for message in session.messages:
            if shown in message["content"]:
                message["content"] = message["content"].replace(shown, after)
        return True

    def _keep(self, number: int, vote: Vote, answer: Answer, session: Session) -> int:
        if number:
            self.feedback.change(number, vote.verdict, vote.reason)
            return number
        history = session.asked[: 2 * list(session.answers).index(vote.turn)]  # both grow by an answer together
        models = {"language_model": answer.model, "encoder": self.store.manifest().get("encoder", "")}
        kept = self.feedback.put(answer.question, history, to_json(answer), vote.verdict, models)
        if vote.reason:
            self.feedback.change(kept, vote.verdict, vote.reason)
        return kept

    def _source(self, answer: Answer, target: Target) -> Source:
        found: Citation | Hit | Place | Twin
        quote: str | None
        others: Sequence[Place | Twin]
        if target.kind == "h":
            hit = answer.hits[target.number - 1]
            found, quote, others = hit, hit.text, hit.also
        else:
            citation = answer.citations[target.number - 1]
            found, quote, others = citation, citation.quote, citation.also_in
        if target.place is not None:
            found, quote = others[target.place], None
        place = shown_place(found.document, found.section, found.page)
        display, repairs = self.store.display(found.document), self.store.repairs(found.document)
        return find_source(display, found.start, found.end, quote, place, repairs)

    def _events(
        self, question: str, history: list[dict[str, str]], stop: threading.Event, collections: list[str]
    ) -> Iterator[Event | JudianError]:
        """What a thread of its own reports, so that a stopped question ends even where the model is still busy."""
        reports: Reports = queue.Queue()
        work = (question, history, stop, collections, reports)
        threading.Thread(target=self._work, args=work, daemon=True).start()
        deadline, shown = math.inf, 0.0
        draft: Draft | None = None  # that is not shown yet
        while time.monotonic() < deadline:
            if stop.is_set() and deadline == math.inf:
                deadline = time.monotonic() + GRACE
            report = _newest(reports)
            if isinstance(report, Draft):
                draft = draft if report is _NOTHING else report
            if draft and (report is None or not isinstance(report, Draft) or time.monotonic() - shown >= FRAME):
                yield draft
                draft, shown = None, time.monotonic()
            if report is None:
                return
            if not isinstance(report, Draft):
                yield report
        if draft:
            yield draft

    def _work(
        self,
        question: str,
        history: list[dict[str, str]],
        stop: threading.Event,
        collections: list[str],
        reports: Reports,
    ) -> None:
        try:
            for event in self.loading.answerer().stream(question, history, stop, self._kept(collections)):
                reports.put(event)
        except Exception as error:
            reports.put(_shown(error))
        reports.put(None)


def _newest(reports: Reports) -> Event | JudianError | None:
    """The next report; of drafts that have piled up the last one; _NOTHING when none comes within a TICK."""
    try:
        report = reports.get(timeout=TICK)
    except queue.Empty:
        return _NOTHING
    for _ in range(reports.qsize()):  # those that come meanwhile wait: a stop must be looked at in between
        if not (isinstance(report, Draft) and isinstance(reports.queue[0], Draft)):
            break
        report = reports.get_nowait()
    return report


def _stage(stage: Stage) -> str:
    """What is said while the step goes on; with a sweep, how much was gone through."""
    return f"已逐份查阅 {stage.swept} 份文档……" if stage.swept else STAGES[stage.name]


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _outcome_html(turn: int, outcome: Answer | JudianError | None, draft: str, stopped: bool) -> str:
    if isinstance(outcome, JudianError):
        return notice_html(str(outcome), "error")
    if outcome is None:
        return notice_html(f"已停止。{'以下文字还没有核对出处：' + draft if draft else ''}", "stopped")
    return answer_html(turn, outcome, stopped)


def _shown(error: Exception) -> JudianError:
    """The message for an error; one that is not the user's to mend goes to the terminal in full."""
    if isinstance(error, JudianError):
        return error
    traceback.print_exception(error)
    return JudianError(f"程序出错（{type(error).__name__}）。详细情况在启动窗口的终端里。")
