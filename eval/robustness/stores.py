"""A store and changed or further documents -> a store of its own, made on the product's own way from file to index."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from eval.lines import DatasetError
from eval.robustness.variants import Rewrite
from index.documents import SourceFile, find, read
from index.encoder import Encoder
from index.errors import JudianError
from index.intake.ingest import add
from index.store import FILE, Store

Encoded = Callable[[int, int], None]
"""(texts encoded, texts) of one document."""


def rewritten_texts(store: Store, rewrite: Rewrite) -> dict[str, str]:
    """Document name -> its source text, changed; every offset stays. Raises ValueError when one would not."""
    texts = {d.name: store.text(d.name) for d in store.documents()}
    changed = {name: rewrite(text, name) for name, text in texts.items()}
    if any(len(changed[name]) != len(text) for name, text in texts.items()):
        raise ValueError("a rewritten document must keep its length, else no offset means the same in both")
    return changed


def make_store(folder: Path, encoder: Encoder, texts: Mapping[str, str], encoded: Encoded | None = None) -> Store:
    """The store in `folder` that holds these documents and no others.

    Goes on where it was stopped, and encodes nothing that it has. Raises JudianError naming a document that cannot be
    indexed.
    """
    store = _created(folder / "store", encoder)
    store.remove([d.name for d in store.documents() if d.name not in texts])
    _add(store, encoder, folder / "documents", texts, encoded)
    return store


def clear_store(folder: Path) -> None:
    """Take away what make_store() and extended_store() left in `folder`."""
    for name in ("store", "documents"):
        shutil.rmtree(folder / name, ignore_errors=True)


def extended_store(
    folder: Path, base: Store, encoder: Encoder, texts: Mapping[str, str], encoded: Encoded | None = None
) -> Store:
    """A copy of `base` in `folder` with further documents; one that `base` has already is left out."""
    had = {d.sha256 for d in base.documents()}
    further = {n: t for n, t in texts.items() if hashlib.sha256(t.encode("utf-8")).hexdigest() not in had}
    target = folder / "store"
    if not _extends(target, base, len(further)):
        shutil.rmtree(target, ignore_errors=True)
        _copy(base.folder / FILE, target)
    store = _created(target, encoder)
    _add(store, encoder, folder / "documents", further, encoded)
    return store


def read_distractors(paths: Sequence[Path], count: int, by_line: bool) -> dict[str, str]:
    """Name -> text of the first `count` further documents.

    Files and folders as `python -m index add` takes them; a .jsonl has one a line in its field text; with `by_line`
    every other file has one a line as it stands. Raises JudianError for what cannot be read.
    """
    texts = itertools.chain.from_iterable(_texts(path, by_line) for path in paths)
    found: dict[str, str] = {}
    for name, text in itertools.islice(((n, t) for n, t in texts if t.strip()), count):
        found[f"{len(found) + 1}-{name}" if name in found else name] = text
    if not found:
        raise JudianError(f"{'、'.join(map(str, paths))} 里没有可以掺入的文档。请换一个：--distractors 文件或文件夹")
    return found


def _texts(path: Path, by_line: bool) -> Iterator[tuple[str, str]]:
    if path.is_file() and (by_line or path.suffix == ".jsonl"):
        for number, line in _lines(path):
            yield (
                f"{path.stem}-{number:05d}.txt",
                _text_field(line, f"{path} 第 {number} 行") if path.suffix == ".jsonl" else line,
            )
        return
    for file in find([path]):
        try:
            yield file.name, read(file).text
        except JudianError as error:
            raise JudianError(f"{file.path}：{error}") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from ((n, line.strip()) for n, line in enumerate(file, 1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"读不了 {path}：{error}。请确认它是 UTF-8 编码的文本文件。") from error


def _text_field(line: str, where: str) -> str:
    try:
        value = json.loads(line)
        return "\n".join(filter(None, (value.get("title"), value["text"])))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f'{where}：应是带字段 text 的 JSON 对象，如 {{"text": "……"}}。请改正。') from error


def _extends(target: Path, base: Store, most: int) -> bool:
    """Whether a copy is there already: all that `base` holds as it is now, and at most so many documents beside it."""
    if not (target / FILE).exists():
        return False
    held, wanted = ({(d.name, d.sha256) for d in store.documents()} for store in (Store.open(target), base))
    return wanted <= held and len(held - wanted) <= most


def _created(folder: Path, encoder: Encoder) -> Store:
    return Store.create(folder, encoder.name, encoder.dim)


def _add(store: Store, encoder: Encoder, folder: Path, texts: Mapping[str, str], encoded: Encoded | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = [_written(folder / f"{n:05d}.txt", name, text) for n, (name, text) in enumerate(texts.items(), 1)]
    for verdict in add(store, encoder, files, encoded):
        if verdict.outcome == "failed":
            raise JudianError(f"文档 {verdict.name} 不能放进评测用的库：{verdict.reason}")


def _written(path: Path, name: str, text: str) -> SourceFile:
    """The text as a file that is read back character for character: a lone carriage return would not be."""
    path.write_text(text.replace("\r", "\n"), encoding="utf-8", newline="")
    return SourceFile(path, name)


def _copy(file: Path, target: Path) -> None:
    target.mkdir(parents=True)
    partial = target / f"{FILE}.partial"
    try:
        with closing(sqlite3.connect(file)) as before, closing(sqlite3.connect(partial)) as after:
            before.backup(after)
    except sqlite3.Error as error:
        raise JudianError(f"不能把库 {file.parent} 复制到 {target}：{error}。请检查磁盘空间和权限。") from error
    partial.rename(target / FILE)
