"""python -m index add | remove | list | text | stats | collections | repairs | verify | rebuild: the store on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from index import command

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.store import Store


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
    subs: dict[str, argparse.ArgumentParser] = {}
    for name, run, about in (
        ("add", _add, "添加文件或文件夹，使库与它们一致：新的添加，变了的替换，没变的跳过，改了名的认出来"),
        ("remove", _remove, "移除文档（可以写多个，可以用 * 和 ?）"),
        ("list", _list, "列出全部文档：名称、字数、段数、句数、添加时间、位置、集合、页数、标题、日期"),
        ("text", _text, "打印一篇文档提取出的原文（引用位置指向它）"),
        ("stats", _stats, "库的统计"),
        ("collections", _collections, "列出集合"),
        ("repairs", _repairs, "列出一篇文档里疑似损坏的字和推测的原字"),
        ("verify", _verify, "检查库是否完好"),
        ("rebuild", _rebuild, "修复损坏的库，不重新编码"),
    ):
        subs[name] = commands.add_parser(name, parents=[shared], help=about, description=about)
        subs[name].set_defaults(run=run)
    _add_options(subs["add"])
    subs["remove"].add_argument("names", nargs="+", metavar="文档名", help="见 python -m index list")
    for name in ("remove", "list"):
        subs[name].add_argument("--collection", metavar="名称", help="只看这个集合")
    for name in ("text", "repairs"):
        subs[name].add_argument("name", metavar="文档名", help="见 python -m index list")
    return parser


def _add_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "paths", nargs="+", type=Path, metavar="路径", help="文件或文件夹（隐藏文件和指向文件夹的链接不看）"
    )
    sub.add_argument("--collection", default="", metavar="名称", help="放进这个集合（默认不分集合）")
    sub.add_argument("--prune", action="store_true", help="文件夹里已经没有的，从库中移除")
    sub.add_argument("--watch", action="store_true", help="一直跟踪文件夹的变化，直到按 Ctrl-C")


def _store(options: argparse.Namespace) -> Store:
    from index.store import Store

    return Store.open(_folder(options))


def _folder(options: argparse.Namespace) -> Path:
    from rag.settings import load_settings

    return load_settings(store=options.store).store


def _add(options: argparse.Namespace) -> int:
    from index.intake.adding import Request, run
    from index.intake.showing import collection_name
    from rag.settings import load_settings

    settings = load_settings(store=options.store)

    def open_encoder() -> Encoder:
        from rag import engine

        return engine.open_encoder(settings)

    collection = collection_name(options.collection)
    request = Request(options.paths, settings.store, collection, options.prune, settings.encoder, open_encoder)
    return run(request, watch=options.watch)


def _remove(options: argparse.Namespace) -> int:
    from index.intake.showing import chosen

    store = _store(options)
    names = chosen(store, options.names, options.collection)
    store.remove(names)
    print(f"已移除 {'、'.join(names)}（源文件没有动；要恢复，再添加一次即可）。")
    return 0


def _list(options: argparse.Namespace) -> int:
    from index.intake.showing import show_list

    return show_list(_store(options), options.collection)


def _text(options: argparse.Namespace) -> int:
    from index.intake.showing import show_text

    return show_text(_store(options), options.name)


def _stats(options: argparse.Namespace) -> int:
    from index.intake.showing import show_stats

    return show_stats(_store(options))


def _collections(options: argparse.Namespace) -> int:
    from index.intake.showing import show_collections

    return show_collections(_store(options))


def _repairs(options: argparse.Namespace) -> int:
    from index.intake.showing import show_repairs

    return show_repairs(_store(options), options.name)


def _verify(options: argparse.Namespace) -> int:
    from index.storage.integrity import verify

    store = _store(options)
    faults = verify(store)
    for fault in faults:
        print(f"有问题：{fault}", file=sys.stderr)
    if faults:
        print(f"请修复：python -m index rebuild --store {store.folder}", file=sys.stderr)
        return command.FAILED
    print(f"完好：{len(store.documents())} 份文档。")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    from index.storage.salvage import rebuild

    rebuilt = rebuild(_folder(options))
    for line in rebuilt:
        print(line)
    return command.FAILED if rebuilt.lost or (rebuilt.aside and not rebuilt.kept) else 0


if __name__ == "__main__":
    sys.exit(main())
