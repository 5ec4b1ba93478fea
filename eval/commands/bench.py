"""python -m eval bench: how fast."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
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
SAMPLE = Path(__file__).parents[2] / "data" / "corpus" / "七篇发言稿.txt"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `bench`."""
    about = "测速：收录、编码、检索、首字、全部完成"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser("bench", parents=parents, help=about, description=about)
    sub.add_argument("--only", choices=("ingest", "answers"), help="只测收录（ingest）或只测问答（answers）")
    sub.add_argument("--articles", type=positive, default=ARTICLES, metavar="N", help=f"收录几篇（默认 {ARTICLES}）")
    sub.add_argument("--kept", type=positive, default=KEPT, metavar="N", help=f"大库有几篇（默认 {KEPT}）")
    sub.add_argument("--news", type=Path, metavar="文件", help="新闻，一行一篇（默认用 crud_news；没有就用示例文档）")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.bench import summary_line

    questions = _questions(options) if options.only != "ingest" else []  # what is wrong is said before anything slow
    figures: dict[str, Any] = {}
    if options.only != "answers":
        figures["ingest"] = _ingest(options)
    if questions:
        figures |= _answers(options, questions)
    print(summary_line(figures))
    return 0


def _ingest(options: argparse.Namespace) -> dict[str, Any]:
    """Before anything else is loaded, so that the memory is its own."""
    from tqdm import tqdm

    from eval.ingesting import Plan, measure_ingest, read_articles, show_ingest
    from index.errors import JudianError
    from rag.engine import open_encoder
    from rag.settings import load_settings

    news = options.news or (NEWS if NEWS.is_file() else None)
    try:
        kept = read_articles(news, SAMPLE, options.kept)
        articles = read_articles(news, SAMPLE, options.articles)
    except (OSError, UnicodeDecodeError) as error:
        raise JudianError(f"读不了新闻文件 {news}：{error}。请用 --news 换一个，一行一篇，UTF-8。") from error
    encoder = open_encoder(load_settings(store=options.store))
    with tempfile.TemporaryDirectory(prefix="judian-bench-") as folder, tqdm(unit="篇", file=sys.stderr) as bar:

        def told(what: str, done: int, total: int) -> None:
            bar.set_description_str(what, refresh=False)
            bar.total = total
            bar.update(done - bar.n)

        figures = measure_ingest(encoder, Plan(articles, kept, Path(folder)), told)
    print(show_ingest(figures))
    print()
    return figures


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
