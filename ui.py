"""python ui.py: the chat window over one store, in Gradio. It shows what `rag` says and decides nothing itself."""

import argparse
import errno
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import command
from index.errors import JudianError

if TYPE_CHECKING:  # heavy, so that --help answers at once; no postponed annotations: Gradio reads those of handlers
    import gradio as gr
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag.answerer import Answerer
    from rag.screen.session import Session, Window
    from rag.settings import Settings

WINDOW = Path(__file__).parent / "rag" / "screen"  # window.css and window.js
AT_ONCE = 32  # questions being answered at the same time; the language model itself serves them in turn
THREADS = 160  # of the window: each question holds one, each tab too until the model is loaded, and a stop needs one
LOCAL = ("127.0.0.1", "localhost", "::1")
FONTS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
HEAD = """<script>document.documentElement.lang = "zh-CN"</script>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32'
 height='32' rx='6' fill='%23973126'/%3E%3Cpath d='M9 9h14M9 16h14M9 23h8' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E">
"""
PLACEHOLDER = "### 向文档提问\n每句回答都标着出处，点开就是原文。"

Outputs = tuple[Any, ...]  # values for chat, panel, box, send, stop


def build(window: "Window", examples: tuple[str, ...]) -> "gr.Blocks":
    """The page: its parts and their events."""
    import gradio as gr

    from rag.screen.session import Session

    page = gr.Blocks(title="据典", analytics_enabled=False, fill_height=True, fill_width=True)
    with page:
        session = gr.State(Session())
        with gr.Row(elem_id="jd-top"):
            head = gr.HTML(window.header(), elem_id="jd-header")
            scope = gr.Dropdown(
                **_choices(window), elem_id="jd-scope", label="在哪些文档里找", show_label=False, container=False,
                filterable=False, scale=0, min_width=180,
            )  # fmt: skip
            new = gr.Button("新对话", elem_id="jd-new", size="sm", scale=0, min_width=96)
        with gr.Row(elem_id="jd-body"):
            with gr.Column(scale=3, elem_id="jd-left", min_width=300):
                chat = _chatbot(examples)
                with gr.Row(elem_id="jd-ask"):
                    box = gr.Textbox(
                        elem_id="jd-box", label="问题", show_label=False, container=False, lines=1, max_lines=6,
                        autofocus=True, scale=1, placeholder="写下问题，回车发送",
                    )  # fmt: skip
                    send = gr.Button("发送", elem_id="jd-send", variant="primary", scale=0, min_width=80)
                    stop = gr.Button("停止", elem_id="jd-stop", variant="stop", scale=0, min_width=80, visible=False)
            with gr.Column(scale=2, elem_id="jd-right", min_width=280):
                panel = gr.HTML(window.welcome(), elem_id="jd-panel")
        script = (WINDOW / "window.js").read_text(encoding="utf-8")
        links = gr.HTML("", elem_id="jd-links", html_template="", js_on_load=script)

        outputs = [chat, panel, box, send, stop]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        act = _handlers(window)
        gr.on([box.submit, send.click], act["ask"], [box, scope, session], outputs, concurrency_limit=AT_ONCE, **quiet)
        chat.example_select(act["pick"], [scope, session], outputs, concurrency_limit=AT_ONCE, **quiet)
        stop.click(act["halt"], session, None, queue=False, **quiet)
        new.click(act["clear"], session, outputs, queue=False, **quiet)
        links.open(act["open"], session, [panel, chat], queue=False, trigger_mode="multiple", **quiet)
        page.load(act["wait"], None, head, concurrency_limit=None, **quiet)
        page.load(lambda: gr.update(**_choices(window)), None, scope, **quiet)
    return page


def _choices(window: "Window") -> dict[str, Any]:
    """The collections to choose from; nothing to see where there is but one."""
    names = window.scopes()
    return {"choices": names, "value": window.scope, "visible": len(names) > 2}


def _handlers(window: "Window") -> dict[str, Any]:
    """What each control does. `own` is the session of the tab that it was used in."""
    import gradio as gr

    from rag.screen.session import Session

    idle = (gr.update(visible=True), gr.update(visible=False))

    def ask(question: str, scope: str, own: Session) -> Iterator[Outputs]:
        if own.stop is not None or not question.strip():
            hint = "上一个问题还在回答，可以先停止。" if own.stop else "请先写下要问的内容。"
            gr.Info(hint, title="提示", duration=4)
            yield (gr.skip(),) * 5
            return
        yield from _answering(window, question, own, scope)

    def pick(event: gr.SelectData, scope: str, own: Session) -> Iterator[Outputs]:
        yield from ask(event.value["text"], scope, own)

    def halt(own: Session) -> None:
        if own.stop:
            own.stop.set()

    def clear(own: Session) -> Outputs:
        halt(own)
        own.messages, own.asked, own.answers, own.votes = [], [], {}, {}
        return [], window.welcome(), "", *idle

    def open_source(event: gr.EventData, own: Session) -> tuple[Any, Any]:
        shown, voted = window.open(own, str(event.href))
        return shown or gr.skip(), list(own.messages) if voted else gr.skip()

    def wait() -> Iterator[str]:
        yield window.header()
        window.loading.done.wait()
        yield window.header()

    return {"ask": ask, "pick": pick, "halt": halt, "clear": clear, "open": open_source, "wait": wait}


def _answering(window: "Window", question: str, own: "Session", scope: str) -> Iterator[Outputs]:
    """What to show while a question is answered; the last state all in one, for each update keeps a stopped reader waiting."""
    import gradio as gr

    same = (gr.skip(), gr.skip(), gr.skip())
    busy = ("", gr.update(visible=False), gr.update(visible=True))
    ended = False
    for n, messages in enumerate(window.ask(question, own, scope)):
        ended = own.stop is None
        yield (messages, *(_ended(window, own) if ended else (gr.skip(), *(same if n else busy))))
    if not ended and own.stop is None:  # cleared meanwhile
        yield (gr.skip(), *_ended(window, own))


def _ended(window: "Window", own: "Session") -> Outputs:
    """Values for panel, box, send and stop when a question has been answered, stopped or given back."""
    import gradio as gr

    answer = own.answers.get(own.turn)
    href = f"#t{own.turn}-{'c' if answer and answer.citations else 'h'}1"
    panel = window.panel(own, href) if answer else gr.skip()
    return panel, own.returned or gr.skip(), gr.update(visible=True), gr.update(visible=False)


def _chatbot(examples: tuple[str, ...]) -> "gr.Chatbot":
    import gradio as gr

    return gr.Chatbot(
        elem_id="jd-chat", label="对话", show_label=False, container=False, layout="bubble", height="100%",
        buttons=[], feedback_options=None, latex_delimiters=[], allow_tags=False, group_consecutive_messages=False,
        placeholder=PLACEHOLDER, examples=[{"text": question} for question in examples],
    )  # fmt: skip


def launch(page: "gr.Blocks", host: str, port: int) -> str:
    """Serve the page and return its address. Raises JudianError when the port is taken."""
    from starlette.middleware import Middleware

    check_port(host, port)
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address once; a proxy has no business there
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), *LOCAL, host]))
    style = (WINDOW / "window.css").read_text(
        encoding="utf-8"
    )  # as `css` Gradio would put its own scope around each rule
    page.queue(default_concurrency_limit=AT_ONCE)
    page.launch(
        server_name=host, server_port=port, share=False, quiet=True, max_threads=THREADS, prevent_thread_lock=True, inbrowser=False,
        ssr_mode=False, pwa=False, mcp_server=False, enable_monitoring=False, run_history=False, footer_links=[],
        theme=_theme(), head=f"{HEAD}<style>{style}</style>", app_kwargs={"middleware": [Middleware(SameOrigin)]},
    )  # fmt: skip
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


def _theme() -> "gr.themes.Base":
    """Paper and cinnabar, in the fonts of the reader's own machine."""
    import gradio as gr

    return gr.themes.Base(font=[gr.themes.Font(name) for name in FONTS], font_mono=gr.themes.Font("monospace")).set(
        body_background_fill="#f7f3ea", body_background_fill_dark="#1a1917",
        body_text_color="#2a2520", body_text_color_dark="#eae5da",
    )  # fmt: skip


class SameOrigin:
    """Tells the browser with every page to ask no other machine for anything."""

    POLICY = b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:"

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass the request on; add the header to what comes back."""

        async def sending(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"content-security-policy", self.POLICY)]
            await send(message)

        await self._app(scope, receive, sending)


def check_port(host: str, port: int) -> None:
    """Raises JudianError when nothing can listen there."""
    if not 0 < port < 65536:
        raise JudianError(f"端口 {port} 不在 1 到 65535 之间。请换一个端口：python ui.py --port 7861")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        reason = "它已被别的程序（或另一个据典）占用" if used else f"{error.strerror or error}"
        other = port + 1 if port < 65535 else 7861
        raise JudianError(
            f"不能在 {host} 的端口 {port} 上打开窗口：{reason}。\n请换一个端口：python ui.py --port {other}"
            + ("" if used else "，或换回本机地址：--host 127.0.0.1")
        ) from error


def main(arguments: list[str] | None = None) -> int:
    """Open the window and keep it open until Ctrl-C; exit code 2 when it cannot be opened."""
    parser = argparse.ArgumentParser(prog="python ui.py", description="打开对话窗口，向库中的文档提问。Ctrl-C 关闭。")
    parser.add_argument("--store", type=Path, metavar="文件夹", help="库所在文件夹（默认取设置，即 store/）")
    parser.add_argument(
        "--collection", action="append", default=[], metavar="文档集",
        help="一开始只检索这个文档集（可多次；窗口里可改；默认全部）",
    )  # fmt: skip
    parser.add_argument("--host", metavar="地址", help="监听的地址（默认 127.0.0.1，只有本机能打开）")
    parser.add_argument("--port", type=int, metavar="端口", help="端口（默认 7860）")
    options = parser.parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: _serve(options))


def _serve(options: argparse.Namespace) -> int:
    from rag.engine import checked_store
    from rag.settings import load_settings

    settings = load_settings(store=options.store, host=options.host, port=options.port)
    check_port(settings.host, settings.port)
    store = checked_store(settings)
    print("正在打开窗口……", flush=True)
    from rag.examples import example_questions
    from rag.screen.session import Loading, Window

    window = Window(store, Loading(lambda: _load(settings)), options.collection)
    examples = example_questions([(h.document, h.section, h.text) for h in store.passage_headers()])
    address = launch(build(window, examples), settings.host, settings.port)
    if settings.host not in LOCAL:
        print(f"注意：正在监听 {settings.host}，同一网络里的人不用密码就能打开这个窗口。")
    print(f"据典已打开：{address}（模型在后台载入；按 Ctrl-C 关闭）", flush=True)
    window.loading.start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\n已关闭。")
    return 0


def _load(settings: "Settings") -> "Answerer":
    from rag.engine import open_warm_answerer

    return open_warm_answerer(settings)


if __name__ == "__main__":
    sys.exit(main())
