"""The command `add`: paths -> the store in step with them, a line for each file, a bar for the whole."""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from index import command
from index.encoder import Encoder, Vectors
from index.errors import JudianError
from index.intake.files import SourceFile, find

if TYPE_CHECKING:
    from tqdm import tqdm

    from index.intake.ingest import Verdict
    from index.store import Store

WORDS = {
    "added": "已添加",
    "replaced": "已替换",
    "unchanged": "未变化",
    "renamed": "已改名",
    "removed": "已移除",
    "vanished": "不见了",
    "failed": "失败",
}
_PLAIN = re.compile(r"[\w@%+=:,./-]+")  # needs no quotes in a shell
SHOWN_AGAIN = 20  # failures repeated at the end of a long list
INTERRUPTED = "已中断。已经添加完的都保留着；再运行一次同样的命令，就从没添加的接着来。"
BAR = "{desc} {percentage:3.0f}%|{bar}| [已用 {elapsed}，还要 {remaining}]"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be added, and where; `open_encoder` loads the encoder of that name."""

    paths: Sequence[Path]
    store: Path
    collection: str
    prune: bool
    encoder: str
    open_encoder: Callable[[], Encoder]


class Later:
    """An encoder that is loaded when something is first encoded: comparing a folder needs none."""

    def __init__(self, name: str, dim: int, load: Callable[[], Encoder]) -> None:
        self.name = name
        self.dim = dim
        self._load = load
        self._loaded: Encoder | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, in order."""
        return self._encoder().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, in order."""
        return self._encoder().encode_passages(texts)

    def _encoder(self) -> Encoder:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded


def run(request: Request, *, watch: bool) -> int:
    """Add once, then, with `watch`, whenever something changes; exit code 1 when something failed."""
    if watch:
        return _watch(request)
    files, roots = _found(request)
    if not files:
        return command.FAILED
    store, encoder = _opened(request)
    return _added(request, store, encoder, files, roots)


def _watch(request: Request) -> int:
    from index.intake.watch import changes
    from index.store import StoreError

    if single := [path for path in request.paths if not path.is_dir()]:
        raise JudianError(f"--watch 跟踪的是文件夹，{single[0]} 不是。请给出它所在的文件夹。")
    store, encoder = _opened(request)
    code = 0

    def first() -> None:
        nonlocal code
        files, roots = _found(request)
        code = _added(request, store, encoder, files, roots) if files else 0
        print("正在跟踪，有变化就更新。按 Ctrl-C 结束。", file=sys.stderr)

    try:
        for change in changes(request.paths, first):
            try:
                code |= _added(request, store, encoder, change.files, change.places, quiet=True)
            except StoreError as error:
                print(f"错误：{error}", file=sys.stderr)
                code = command.FAILED
    except KeyboardInterrupt as stopped:
        if str(stopped):
            raise
        print("\n不再跟踪。", file=sys.stderr)
    return code


def _found(request: Request) -> tuple[list[SourceFile], list[Path]]:
    """The files, and those of the paths that hold any: of one that is empty nothing is taken out.

    A folder that is suddenly empty is more often a drive that is not there than a folder that was cleared.
    """
    files: list[SourceFile] = []
    roots: list[Path] = []
    for path in request.paths:
        own = list(find([path]))
        files += own
        if own:
            roots.append(path)
        else:
            print(f"{path} 里没有找到可以添加的文件；库中来自它的文档没有动。", file=sys.stderr)
    return files, roots


def _opened(request: Request) -> tuple[Store, Encoder]:
    from index.store import FILE, Store

    if (request.store / FILE).exists():
        store = Store.open(request.store)
        store.check_encoder(request.encoder)
        return store, Later(request.encoder, int(store.manifest()["dim"]), request.open_encoder)
    encoder = request.open_encoder()
    return Store.create(request.store, encoder.name, encoder.dim), encoder


def _added(
    request: Request,
    store: Store,
    encoder: Encoder,
    files: Sequence[SourceFile],
    roots: Sequence[Path],
    *,
    quiet: bool = False,
) -> int:
    from index.derived.indexes import refresh
    from index.intake.child import Child
    from index.intake.ingest import add

    verdicts: list[Verdict] = []
    with _bar(len(files)) as bar:
        adding = add(
            store,
            encoder,
            files,
            bar.encoded,
            collection=request.collection,
            roots=roots,
            prune=request.prune,
            reader=Child(),
            compared=bar.compared,
        )
        try:
            with closing(adding):
                for verdict in adding:
                    verdicts.append(verdict)
                    bar.told(verdict, quiet=quiet)
        except KeyboardInterrupt as stopped:
            raise KeyboardInterrupt(INTERRUPTED) from stopped
    counts = Counter[str](verdict.outcome for verdict in verdicts)
    if set(counts) - {"unchanged", "vanished", "failed"}:
        refresh(store)  # so that the first question does not wait for it
    if not quiet:
        print("，".join(f"{word} {counts[k]}" for k, word in WORDS.items() if counts[k]) + f"。库：{request.store}")
        _again(verdicts)
    if counts["vanished"]:
        print(
            f"{counts['vanished']} 份的源文件已经不在，库中还留着。要移除，运行：{_pruning(request)}", file=sys.stderr
        )
    return command.FAILED if counts["failed"] else 0


def _again(verdicts: Sequence[Verdict]) -> None:
    failed = [v for v in verdicts if v.outcome == "failed"]
    if failed and len(verdicts) > 2 * SHOWN_AGAIN:
        print(f"没有收录的 {len(failed)} 份：", file=sys.stderr)
        for verdict in failed[:SHOWN_AGAIN]:
            print(f"  {line(verdict)}", file=sys.stderr)
        if len(failed) > SHOWN_AGAIN:
            print(f"  …… 另有 {len(failed) - SHOWN_AGAIN} 份，见上。", file=sys.stderr)


def _pruning(request: Request) -> str:
    words = ["python", "-m", "index", "add", *map(str, request.paths), "--prune", "--store", str(request.store)]
    words += ["--collection", request.collection] if request.collection else []
    return " ".join(word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in words)


def line(verdict: Verdict) -> str:
    """What is said of one file."""
    if verdict.reason:
        detail = f"：{verdict.reason}"
    elif verdict.before:
        detail = f"（原名 {verdict.before}，{verdict.passages} 段）"
    else:
        detail = f"（{verdict.passages} 段）"
    return f"{WORDS[verdict.outcome]}  {verdict.name}{detail}"


class _Bar:
    """Counts files; its length is that of their texts, so that time left is right for files of different sizes."""

    def __init__(self, bar: tqdm[NoReturn], files: int) -> None:
        self._bar = bar
        self._files = files
        self._told = 0

    def compared(self, done: int, total: int) -> None:
        self._bar.set_description_str(f"比较 {done}/{total} 份", refresh=False)
        self._bar.update(0)

    def encoded(self, done: int, total: int) -> None:
        self._name()
        self._bar.total = max(total, done, 1)
        self._bar.update(done - self._bar.n)

    def told(self, verdict: Verdict, *, quiet: bool) -> None:
        self._told += 1
        self._name()
        if not quiet or verdict.outcome != "unchanged":
            self._bar.write(line(verdict), file=sys.stdout)
            sys.stdout.flush()

    def _name(self) -> None:
        self._bar.set_description_str(f"添加 {self._told}/{max(self._files, self._told)} 份", refresh=False)


@contextmanager
def _bar(files: int) -> Iterator[_Bar]:
    from tqdm import tqdm

    with tqdm(total=1, desc="添加", file=sys.stderr, bar_format=BAR, leave=False, smoothing=0.1) as bar:
        yield _Bar(bar, files)
