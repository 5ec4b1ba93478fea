"""python -m rag ask | search | models: questions on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from index import command
from index.errors import JudianError
from rag import models_command

if TYPE_CHECKING:
    from index.hits import Hit
    from index.store import Store
    from rag.answer import Answer
    from rag.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 0 only when all of it worked."""
    options = _parser().parse_args(arguments)
    if options.command == "models":
        return command.run(lambda: _models(options))
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="向文档提问，每句回答都注明出处。")
    commands = parser.add_subparsers(required=True, metavar="命令", dest="command")
    for name, run, about in (("ask", _ask, "提问，得到带出处的回答"), ("search", _search, "只检索，列出最相关的段落")):
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        sub.add_argument("question", nargs="?", metavar="问题", help="一句话；批量时不写")
        sub.add_argument(
            "--batch", type=Path, metavar="文件", help="问题文件：每行一个 JSON 对象 {id, question, history}"
        )
        sub.add_argument("--out", type=Path, metavar="文件", help="批量结果写到这里，每行一个 JSON 对象")
        sub.add_argument("--store", type=Path, metavar="文件夹", help="库所在文件夹（默认取设置，即 store/）")
        sub.add_argument(
            "--collection", action="append", default=[], metavar="文档集", help="只在这个文档集里找（可多次；默认全部）"
        )
        sub.add_argument("--json", action="store_true", help="按 JSON 打印")
        if name == "search":
            sub.add_argument("-k", type=int, default=10, metavar="个数", help="段落数（默认 10）")
            sub.add_argument("--explain", action="store_true", help="列出每段得分的由来：语义、词面、范围、重排等")
        else:
            sub.add_argument("--extractive", action="store_true", help="不用语言模型，只摘原句作答")
    models_command.register(commands)
    return parser


def _models(options: argparse.Namespace) -> int:
    from rag.settings import load_settings

    return models_command.run(options, load_settings().models)


def _checked(options: argparse.Namespace) -> Settings:
    from rag.conversation import checked
    from rag.settings import load_settings

    if (options.question is None) == (options.batch is None):
        raise JudianError("请给一个问题，或用 --batch 给一个问题文件（二者取一）。")
    if options.batch is not None and options.out is None:
        raise JudianError("批量时请用 --out 指明结果写到哪个文件。")
    model = "none" if getattr(options, "extractive", False) else None
    settings = load_settings(store=options.store, language_model=model)
    if options.question is not None:
        checked(options.question, settings.max_question)  # before seconds go into loading
    return settings


def _collections(options: argparse.Namespace, store: Store) -> list[str]:
    """The collections asked for; empty: all."""
    from index.naming import chosen_collections

    return chosen_collections(options.collection, [c.name for c in store.collections()]) if options.collection else []


def _ask(options: argparse.Namespace) -> int:
    settings = _checked(options)
    from rag import batch
    from rag.answer import to_json
    from rag.engine import open_answerer

    questions = batch.read_questions(options.batch) if options.batch else []
    answerer = open_answerer(settings)
    within = _collections(options, answerer.searcher.store)
    if not options.batch:
        answer = answerer.answer(options.question, (), within)
        print(json.dumps(to_json(answer), ensure_ascii=False) if options.json else _printed(answer))
        return 0
    failed = batch.run(questions, options.out, lambda q: to_json(answerer.answer(q.text, q.history, within), q.id))
    return command.FAILED if failed else 0


def _search(options: argparse.Namespace) -> int:
    settings = _checked(options)
    if options.k < 1:
        raise JudianError(f"-k 应为正整数，收到的是 {options.k}")
    from rag import batch
    from rag.answer import hit_json
    from rag.conversation import checked, condense
    from rag.engine import open_searcher

    questions = batch.read_questions(options.batch) if options.batch else []
    searcher = open_searcher(settings)
    within = _collections(options, searcher.store)

    def hits(question: batch.Question) -> dict[str, object]:
        asked = condense(checked(question.text, settings.max_question), question.history)
        found = searcher.search(asked, options.k, within)
        return {"id": question.id, "hits": [hit_json(h, explain=options.explain) for h in found]}

    if options.batch:
        return command.FAILED if batch.run(questions, options.out, hits) else 0
    found = searcher.search(options.question, options.k, within)
    if options.json:
        print(json.dumps({"id": "", "hits": [hit_json(h, explain=options.explain) for h in found]}, ensure_ascii=False))
        return 0
    for n, hit in enumerate(found, 1):
        print(_listed(n, hit, explained=options.explain))
    return 0


def _listed(number: int, hit: Hit, *, explained: bool) -> str:
    """One hit as people read it: its place, the places that say the same, what its score is made of, its text."""
    from rag.answer import other_name, shown_place
    from rag.explain import explain_line

    others = "、".join(dict.fromkeys(other_name(twin, hit.document) for twin in hit.also))
    place = shown_place(hit.document, hit.section, hit.page)
    head = f"{number}. {place}  [{hit.start}, {hit.end})" + ("" if explained else f"  得分 {hit.score:.3f}")
    lines = [explain_line(hit)] if explained else []
    lines += [f"另见 {others}"] if others else []
    return "\n   ".join([head, *lines, hit.text]) + "\n"


def _printed(answer: Answer) -> str:
    from rag.answer import other_name, shown_place

    lines = [answer.text, ""]
    if answer.model == "extractive" and not answer.refused:
        lines.insert(0, "（未使用语言模型：以下是文档原句摘录）")
    for c in answer.citations:
        also = "、".join(dict.fromkeys(other_name(p, c.document) for p in c.also_in))
        doubts = "".join(f"（“{c.quote[r.start : r.end]}”疑为“{r.reading}”）" for r in c.repairs)
        place = shown_place(c.document, c.section, c.page)
        lines.append(f"[{c.n}] {place}  [{c.start}, {c.end})  {c.quote}{doubts}" + (f"（另见{also}）" if also else ""))
    lines.append(f"用时 {answer.timings.total_s:.1f} 秒 · {answer.model}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
