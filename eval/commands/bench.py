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
ARTICLES, KEPT = 600, 30_000
NEWS = Path("../shared/benchmarks/crud_news/docs.txt")
SEARCHED, MOST = 100, (100_000,)
SAMPLE = Path(__file__).parents[2] / "data" / "corpus" / "七篇发言稿.txt"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `bench`."""
    about = "测速：收录、检索（按库的大小）、编码、首字、全部完成"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser("bench", parents=parents, help=about, description=about)
    parts = ("ingest", "search", "answers")
    sub.add_argument("--only", choices=parts, help="只测收录（ingest）、检索（search）或问答（answers）")
    sizes = "检索还在几段的库里测，可重复（默认 100000；1000000 要 15 GB 磁盘、12 GB 内存和几分钟）"
    sub.add_argument("--passages", type=positive, action="append", metavar="N", help=sizes)
    sub.add_argument("--articles", type=positive, default=ARTICLES, metavar="N", help=f"收录几篇（默认 {ARTICLES}）")
    sub.add_argument("--kept", type=positive, default=KEPT, metavar="N", help=f"大库有几篇（默认 {KEPT}）")
    sub.add_argument("--news", type=Path, metavar="文件", help="新闻，一行一篇（默认用 crud_news；没有就用示例文档）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.bench import summary_line

    questions = (
        _questions(options) if options.only in (None, "answers") else []
    )  # what is wrong is said before anything slow
    figures: dict[str, Any] = {}
    if options.only in (None, "ingest"):
        figures["ingest"] = _ingest(options)
    if options.only in (None, "search"):
        figures["search"] = _search(options)
    if options.only in (None, "answers"):
        figures |= _answers(options, questions)
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
    from eval.questions import read_gold
    from index.errors import JudianError

    answerable = [q for q in read_gold(options.gold) if q.answerable]
    if not answerable:
        raise JudianError(f"{options.gold} 里没有可回答的题，不能测速。请用 --gold 换一个评测集。")
    return choose(answerable, Choice(limit=options.limit or options.sample or QUESTIONS, sample=options.sample))


def _answers(options: argparse.Namespace, questions: Sequence[GoldQuestion]) -> dict[str, Any]:
    from eval.bench import measure, show
    from eval.product import open_parts

    parts, passages = open_parts(options.store, extractive=options.extractive)
    figures = measure(parts, passages[:PASSAGES], questions)
    print(show(figures))
    return figures
