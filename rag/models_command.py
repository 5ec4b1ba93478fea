"""`python -m rag models list | fetch`: the commands that show and obtain models."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import JudianError

if TYPE_CHECKING:
    from rag.models import ModelStore, Status

_ROLES = {"encoder": "编码器", "reranker": "重排器", "language-model": "语言模型", "any": "—"}


class TerminalProgress:
    """A Progress on stderr: lines of text, and a bar with bytes, speed and time left."""

    def __init__(self) -> None:
        self._bar: Any = None

    def say(self, message: str) -> None:
        """Print the line."""
        print(message, file=sys.stderr, flush=True)

    def start(self, label: str, total: int, done: int) -> None:
        """Open a bar; without a total it shows the time only."""
        from tqdm import tqdm

        timed = None if total else "{desc}：已用 {elapsed}"
        interval = 0.2 if sys.stderr.isatty() else 5.0  # a log file needs no five lines a second
        self._bar = tqdm(
            desc=label,
            total=total or None,
            initial=done,
            unit="B",
            unit_scale=True,
            bar_format=timed,
            mininterval=interval,
            maxinterval=interval,
        )

    def reach(self, done: int) -> None:
        """Move the bar to `done`."""
        self._bar.update(done - self._bar.n)
        if not self._bar.total and sys.stderr.isatty():
            self._bar.refresh()

    def finish(self) -> None:
        """Close the bar."""
        self._bar.close()


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` to the commands of `python -m rag`; the chosen one is args.run(args) -> exit code."""
    models = subparsers.add_parser("models", help="列出、下载模型", description="列出、下载模型")
    commands = models.add_subparsers(dest="models_command", required=True, metavar="list | fetch")
    listing = commands.add_parser("list", help="列出模型及其状态、许可", description="列出模型及其状态、许可")
    listing.add_argument("--deep", action="store_true", help="逐字节核对 SHA-256，而不只看文件大小")
    fetching = commands.add_parser("fetch", help="下载模型", description="下载模型；中断后再运行会接着下载")
    fetching.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="目录里的名字，或 Hugging Face 的 组织/名字；缺省为默认的编码器和语言模型",
    )
    fetching.add_argument(
        "--from",
        dest="source",
        metavar="DIR_OR_HF_ID",
        help="改从这里取：模型文件夹、装有 wheel 的文件夹，或 组织/名字",
    )
    for command in (listing, fetching):
        command.set_defaults(run=run)


def run(args: argparse.Namespace, cache: Path | None = None) -> int:
    """Do what was asked in `cache`, by default default_cache(); 0 only when all of it worked. Failures are printed to stderr in Chinese."""
    from rag.models import ModelStore, default_cache

    store = ModelStore(cache or default_cache())
    if args.models_command == "list":
        return _list(store, args.deep)
    try:
        return _fetch(store, args.names, args.source)
    except KeyboardInterrupt:
        print("\n已中断。下载完的部分都保留，运行同一命令会接着下载", file=sys.stderr)
        return 130


def _list(store: ModelStore, deep: bool) -> int:
    print(f"模型缓存：{store.folder}")
    for status in store.list(deep=deep):
        print(_line(status))
    return 0


def _line(status: Status) -> str:
    model = status.model
    mark = "（默认）" if model.default else ""
    origin = "PyPI" if model.source == "pypi" else f"Hugging Face {model.repository}"
    size = f"约 {model.ready_bytes / 1e9:.2f} GB" if model.ready_bytes else "大小未知"
    return (
        f"[{status.state}] {model.name}{mark}  {_ROLES[model.role]}，{model.summary}\n"
        f"         {size}，来自 {origin}；许可：{model.licence}，{model.licence_note}"
    )


def _fetch(store: ModelStore, names: list[str], source: str | None) -> int:
    chosen = names or [model.name for model in store.catalogue.values() if model.default]
    if source is not None and len(chosen) != 1 and not any(Path(source).expanduser().glob("*.whl")):
        print("--from 指向一个模型时，请写明要取的一个 NAME", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen:
        try:
            _fetch_one(store, name, source, deep=bool(names))
        except JudianError as error:
            failed += 1
            print(f"错误：{error}", file=sys.stderr)
    return 1 if failed else 0


def _fetch_one(store: ModelStore, name: str, source: str | None, *, deep: bool) -> None:
    """Fetch one model; one that was named explicitly is hashed even if it seems to be there."""
    progress = TerminalProgress()
    folder = store.fetch(name, progress, source, deep=deep)
    progress.say(f"{name}：已就绪，{folder}")
