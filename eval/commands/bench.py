"""python -m eval bench: how fast."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.commands.options import choice_options, gold_options, model_options, positive, store_options

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.questions import GoldQuestion

PASSAGES = 256
QUESTIONS = 8
COMPARED = 6
ARTICLES, KEPT = 600, 30_000
NEWS = Path("../shared/benchmarks/crud_news/docs.txt")
SEARCHED, MOST = 100, (100_000,)
SAMPLE = Path(__file__).parents[2] / "data" / "corpus" / "七篇发言稿.txt"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `bench`."""
    about = "测速：收录、检索（按库的大小）、编码、首字、全部完成，与 llama.cpp 并排比较"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser("bench", parents=parents, help=about, description=about)
    parts = ("ingest", "search", "answers", "engines")
    only = "只测收录（ingest）、检索（search）、问答（answers）或与 llama.cpp 比较（engines）"
    sub.add_argument("--only", choices=parts, help=only)
    compared = f"与 llama.cpp 比较几题（默认 {COMPARED}；取自评测集的报告半，按题型抽样）"
    sub.add_argument("--questions", type=positive, default=COMPARED, metavar="N", help=compared)
    sizes = "检索还在几段的库里测，可重复（默认 100000；1000000 要 15 GB 磁盘、12 GB 内存和几分钟）"
    sub.add_argument("--passages", type=positive, action="append", metavar="N", help=sizes)
    sub.add_argument("--articles", type=positive, default=ARTICLES, metavar="N", help=f"收录几篇（默认 {ARTICLES}）")
    sub.add_argument("--kept", type=positive, default=KEPT, metavar="N", help=f"大库有几篇（默认 {KEPT}）")
    sub.add_argument("--news", type=Path, metavar="文件", help="新闻，一行一篇（默认用 crud_news；没有就用示例文档）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.bench import summary_line

    # what is wrong is said before anything slow
    questions = _questions(options) if options.only in (None, "answers") else []
    figures: dict[str, Any] = {}
    if options.only in (None, "ingest"):
        figures["ingest"] = _ingest(options)
    if options.only in (None, "search"):
        figures["search"] = _search(options)
    if options.only in (None, "answers"):
        figures |= _answers(options, questions)
    if options.only in (None, "engines"):
        figures |= _engines(options)
    print(summary_line(figures))
    return 0


def _ingest(options: argparse.Namespace) -> dict[str, Any]:
    """Before anything else is loaded, so that the memory is its own."""
    from eval.ingesting import Plan, measure_ingest, show_ingest
    from rag.engine import open_encoder
    from rag.settings import load_settings

    kept, articles = _articles(options, options.kept), _articles(options, options.articles)
    encoder = open_encoder(load_settings(store=options.store))
    with tempfile.TemporaryDirectory(prefix="judian-bench-") as folder, _bar("篇") as told:
        figures = measure_ingest(encoder, Plan(articles, kept, Path(folder)), told)
    print(show_ingest(figures))
    print()
    return figures


def _search(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The store of the settings with the questions of its gold set, then made-up stores with pieces of their texts."""
    from eval.questions import read_gold
    from eval.scaling import measure_apart, show_search
    from eval.synthetic import Material, build
    from rag.engine import open_encoder
    from rag.settings import load_settings

    settings = load_settings(store=options.store)
    own = [question.question for question in read_gold(options.gold)][:SEARCHED]
    encoder = open_encoder(settings)
    figures = [measure_apart(settings.store, own, None)]
    material = Material.read(_articles(options, options.kept), encoder)
    for passages in options.passages or MOST:
        with tempfile.TemporaryDirectory(prefix="judian-bench-") as folder, _bar("段") as told:
            store = build(Path(folder) / "store", encoder, material, passages, told)
            figures.append(measure_apart(store.folder, material.questions(SEARCHED), passages))
    print(show_search(figures))
    print()
    return figures


def _articles(options: argparse.Namespace, count: int) -> list[str]:
    from eval.ingesting import read_articles
    from index.errors import JudianError

    news = options.news or (NEWS if NEWS.is_file() else None)
    try:
        return read_articles(news, SAMPLE, count)
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了新闻文件 {news}：{error}。请用 --news 换一个，一行一篇，UTF-8。") from error


@contextlib.contextmanager
def _bar(unit: str) -> Iterator[Callable[[str, int, int], None]]:
    """(what is being done, done, total) -> shown."""
    from tqdm import tqdm

    with tqdm(unit=unit, file=sys.stderr) as bar:

        def told(what: str, done: int, total: int) -> None:
            bar.set_description_str(what, refresh=False)
            bar.total = total
            bar.update(done - bar.n)

        yield told


def _questions(options: argparse.Namespace) -> list[GoldQuestion]:
    from eval.choice import Choice, choose

    limit = options.limit or options.sample or QUESTIONS
    return choose(_answerable(options), Choice(limit=limit, sample=options.sample))


def _compared(options: argparse.Namespace) -> list[GoldQuestion]:
    """One more than are measured: the first warms the engines up."""
    from eval.choice import Choice, choose
    from index.errors import JudianError

    if options.extractive:
        raise JudianError("几种引擎都要用语言模型。请去掉 --extractive。")
    chosen = choose(_answerable(options), Choice(half="report", sample=options.questions + 1))
    if len(chosen) < 2:
        raise JudianError(f"{options.gold} 的报告半里只有一个可回答的题，它只够热身。请用 --gold 换一个评测集。")
    return chosen


def _answerable(options: argparse.Namespace) -> list[GoldQuestion]:
    from eval.questions import read_gold
    from index.errors import JudianError

    answerable = [q for q in read_gold(options.gold) if q.answerable]
    if not answerable:
        raise JudianError(f"{options.gold} 里没有可回答的题，不能测速。请用 --gold 换一个评测集。")
    return answerable


def _answers(options: argparse.Namespace, questions: Sequence[GoldQuestion]) -> dict[str, Any]:
    from eval.bench import measure, show
    from eval.product import open_parts

    parts, passages = open_parts(options.store, extractive=options.extractive)
    figures = measure(parts, passages[:PASSAGES], questions)
    print(show(figures))
    return figures


def _engines(options: argparse.Namespace) -> dict[str, Any]:
    """Left out, with a word why, where what it takes is missing and nobody asked for it by name."""
    from eval.speed import measure_engines, open_engines, show_engines
    from index.errors import JudianError

    try:
        with open_engines(options.store, _compared(options)) as engines, _bar("题") as told:
            figures = measure_engines(engines, told)
    except JudianError as error:
        if options.only == "engines":
            raise
        print(f"没有与 llama.cpp 比较：{error}", file=sys.stderr)
        return {}
    print(show_engines(figures))
    return {"engines": figures}
