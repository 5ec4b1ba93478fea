"""python -m index add | remove | list | text | stats | verify: the store on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from index import command


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 0 only when all of it worked."""
    options = _parser().parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description="管理文档库：添加、移除、查看、检查。")
    commands = parser.add_subparsers(required=True, metavar="命令")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--store", type=Path, metavar="文件夹", help="库所在文件夹（默认取设置，即 store/）")
    for name, run, about in (
        ("add", _add, "添加文件或文件夹（同名文件内容变了就替换，没变就跳过）"),
        ("remove", _remove, "移除一篇文档"),
        ("list", _list, "列出全部文档"),
        ("text", _text, "打印一篇文档提取出的原文（引用位置指向它）"),
        ("stats", _stats, "库的统计"),
        ("verify", _verify, "检查库是否完好"),
    ):
        sub = commands.add_parser(name, parents=[shared], help=about, description=about)
        sub.set_defaults(run=run)
        if name == "add":
            sub.add_argument("paths", nargs="+", type=Path, metavar="路径", help="文件或文件夹")
        if name in ("remove", "text"):
            sub.add_argument("name", metavar="文档名", help="见 python -m index list")
    return parser


def _folder(options: argparse.Namespace) -> Path:
    from rag.settings import load_settings

    return load_settings(store=options.store).store


def _add(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from index.documents import find
    from index.ingest import add
    from index.store import Store
    from rag.engine import open_encoder
    from rag.settings import load_settings

    settings = load_settings(store=options.store)
    files = list(find(options.paths))
    if not files:
        print("没有找到可以添加的文件。", file=sys.stderr)
        return command.FAILED
    if (settings.store / "judian.sqlite").exists():
        Store.open(settings.store).check_encoder(settings.encoder)  # before seconds go into loading it
    encoder = open_encoder(settings)
    store = Store.create(settings.store, encoder.name, encoder.dim)
    words = {"added": "已添加", "replaced": "已替换", "unchanged": "未变化", "failed": "失败"}
    counts = dict.fromkeys(words, 0)
    with tqdm(total=len(files), unit="份", desc="添加", file=sys.stderr) as bar:

        def encoded(done: int, total: int) -> None:
            bar.set_postfix_str(f"编码 {done}/{total}")

        for verdict in add(store, encoder, files, encoded):
            counts[verdict.outcome] += 1
            detail = f"：{verdict.reason}" if verdict.reason else f"（{verdict.passages} 段）"
            bar.write(f"{words[verdict.outcome]}  {verdict.name}{detail}", file=sys.stdout)
            bar.update()
    print("，".join(f"{words[k]} {n}" for k, n in counts.items() if n) + f"。库：{settings.store}")
    return command.FAILED if counts["failed"] else 0


def _remove(options: argparse.Namespace) -> int:
    from index.store import Store

    Store.open(_folder(options)).remove(options.name)
    print(f"已移除 {options.name}（源文件没有动；要恢复，再添加一次即可）。")
    return 0


def _list(options: argparse.Namespace) -> int:
    from index.store import Store

    documents = Store.open(_folder(options)).documents()
    for d in documents:
        print(f"{d.name}\t{d.characters} 字\t{d.passages} 段\t{d.sentences} 句\t{d.added_at}\t{d.path}")
    if not documents:
        print("库是空的。添加文档：python -m index add 文件或文件夹", file=sys.stderr)
    return 0


def _text(options: argparse.Namespace) -> int:
    from index.store import Store

    sys.stdout.write(Store.open(_folder(options)).text(options.name))
    return 0


def _stats(options: argparse.Namespace) -> int:
    from index.store import Store

    store = Store.open(_folder(options))
    documents, manifest = store.documents(), store.manifest()
    size = sum(f.stat().st_size for f in store.folder.rglob("*") if f.is_file())
    print(f"库        {store.folder}")
    print(f"文档      {len(documents)}")
    print(f"字数      {sum(d.characters for d in documents)}")
    print(f"段落      {sum(d.passages for d in documents)}")
    print(f"句子      {sum(d.sentences for d in documents)}")
    print(f"编码器    {manifest['encoder']}（{manifest['dim']} 维）")
    print(f"占用      {size / 2**20:.1f} MiB")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from index.store import Store

    store = Store.open(_folder(options))
    faults = store.integrity()
    for fault in faults:
        print(f"有问题：{fault}", file=sys.stderr)
    if faults:
        print("请删去该库文件夹后重新添加文档：python -m index add …", file=sys.stderr)
        return command.FAILED
    print(f"完好：{len(store.documents())} 份文档。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
