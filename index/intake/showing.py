"""The commands that look at a store: list, text, stats, collections, repairs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from index.errors import JudianError
from index.intake.folder import DEFAULT

if TYPE_CHECKING:
    from index.store import DocumentSummary, Store

AROUND = 12  # characters shown on either side of a damaged place


def show_list(store: Store, collection: str | None) -> int:
    """A line for each document."""
    documents = of_collection(store.documents(), collection)
    for d in documents:
        columns = [d.name, f"{d.characters} 字", f"{d.passages} 段", f"{d.sentences} 句", d.added_at, d.path]
        columns += [d.collection or DEFAULT, f"{d.pages} 页" if d.pages else "", d.title, d.date]
        print("\t".join("".join(c if c.isprintable() or c == "\u3000" else " " for c in column) for column in columns))
    if not documents:
        print("库是空的。添加文档：python -m index add 文件或文件夹", file=sys.stderr)
    return 0


def show_text(store: Store, name: str) -> int:
    """The source text, and nothing else."""
    sys.stdout.write(store.text(name))
    return 0


def show_stats(store: Store) -> int:
    """How much there is."""
    documents, manifest = store.documents(), store.manifest()
    size = sum(f.stat().st_size for f in store.folder.rglob("*") if f.is_file())
    collections = store.collections()
    print(f"库        {store.folder}")
    print(f"文档      {len(documents)}")
    print(f"字数      {sum(d.characters for d in documents)}")
    print(f"段落      {sum(d.passages for d in documents)}")
    print(f"句子      {sum(d.sentences for d in documents)}")
    print(f"编码器    {manifest['encoder']}（{manifest['dim']} 维）")
    print(f"占用      {size / 2**20:.1f} MiB")
    if collections:
        print(f"集合      {'，'.join(f'{c.name or DEFAULT} {c.documents} 份' for c in collections)}")
    return 0


def show_collections(store: Store) -> int:
    """A line for each collection."""
    collections = store.collections()
    for c in collections:
        print(f"{c.name or DEFAULT}\t{c.documents} 份\t{c.passages} 段")
    if not collections:
        print("库是空的。添加文档：python -m index add 文件或文件夹 --collection 名称", file=sys.stderr)
    return 0


def show_repairs(store: Store, name: str) -> int:
    """A line for each damaged place: where, what stands there, what it may have been, how sure, and why."""
    from index.reading import APPLIED

    repairs = store.repairs(name)
    display = store.display(name)
    for r in repairs:
        start, end = display.source_span(r.start, r.end)
        around = display.text[max(0, r.start - AROUND) : r.start], display.text[r.end : r.end + AROUND]
        before, after = (" ".join(part.split()) for part in around)
        used = "检索时采用" if r.confidence >= APPLIED else "仅供参考"
        print(
            f"{start}–{end}\t“{display.text[r.start : r.end]}”疑为“{r.reading}”\t{r.confidence:.2f}\t{used}"
            f"\t{r.evidence}\t…{before}【{display.text[r.start : r.end]}】{after}…"
        )
    if not repairs:
        print(f"{name} 里没有发现疑似损坏的字。", file=sys.stderr)
    return 0


def chosen(store: Store, names: Sequence[str], collection: str | None) -> list[str]:
    """The documents of these names, or names with * and ? in them. Raises JudianError for one that fits none."""
    documents = [d.name for d in of_collection(store.documents(), collection)]
    found: dict[str, None] = {}
    for name in names:
        fitting = [name] if name in documents else [d for d in documents if _pattern(name) and fnmatchcase(d, name)]
        if not fitting:
            where = f"集合 {collection} " if collection is not None else "库"
            some = "、".join(documents[:10]) or "（空）"
            raise JudianError(f"{where}中没有名为 {name} 的文档。现有：{some}\n查看全部：python -m index list")
        found.update(dict.fromkeys(fitting))
    return list(found)


def of_collection(documents: Sequence[DocumentSummary], collection: str | None) -> list[DocumentSummary]:
    """Those of one collection, or all. Raises JudianError when there is none of that name."""
    if collection is None:
        return list(documents)
    wanted = collection_name(collection)
    found = [d for d in documents if d.collection == wanted]
    if not found:
        names = "、".join(sorted({d.collection or DEFAULT for d in documents})) or "（空）"
        raise JudianError(f"库中没有名为 {collection} 的集合。现有：{names}")
    return found


def collection_name(shown: str) -> str:
    """The name under which the store keeps a collection. Raises JudianError for one that cannot be told apart."""
    name = " ".join(shown.split())
    if not name.isprintable() or "/" in name:
        raise JudianError(f"集合名 {shown!r} 不能用。请换一个不带斜线和控制字符的名称。")
    return "" if name == DEFAULT else name


def _pattern(name: str) -> bool:
    return "*" in name or "?" in name
