"""`python -m eval.reranking ask | build | measure`: what rag.reranking.train needs, and what it brought."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from index.errors import JudianError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 1 after an error the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m eval.reranking", description="重排模型的训练数据与评测")
    commands = parser.add_subparsers(required=True, metavar="命令")
    ask = commands.add_parser("ask", help="由语言模型为新闻写问题", description="由语言模型为新闻写问题")
    ask.add_argument("--articles", type=int, default=600, metavar="N", help="从多少篇里各取一句（默认 600）")
    ask.set_defaults(run=_ask)
    build = commands.add_parser("build", help="生成训练样本", description="生成训练样本 samples.jsonl")
    build.add_argument("--asked", type=Path, metavar="文件", help="ask 的输出")
    build.set_defaults(run=_build)
    measure = commands.add_parser("measure", help="比较重排前后", description="在留出的部分上比较重排前后")
    measure.add_argument("--model", type=Path, metavar="文件夹", help="重排模型（默认用产品自带的）")
    measure.set_defaults(run=_measure)
    for command in (ask, build, measure):
        command.add_argument("--data", type=Path, required=True, metavar="文件夹", help="共享数据集所在的文件夹")
        command.add_argument("--out", type=Path, required=True, metavar="文件", help="结果写到哪里")
    for command in (build, measure):
        command.add_argument("--work", type=Path, required=True, metavar="文件夹", help="中间的索引放在哪里")
    options = parser.parse_args(arguments)
    try:
        run: int = options.run(options)
    except JudianError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return run


def _ask(options: argparse.Namespace) -> int:
    from eval.reranking.asking import Asker
    from eval.reranking.wanted import choose_wanted
    from rag.models import ModelStore
    from rag.settings import load_settings

    settings = load_settings()
    asker = Asker(ModelStore(settings.models).locate(settings.language_model))
    passages = choose_wanted(options.data / "crud_news" / "docs.txt", options.articles)
    with options.out.open("w", encoding="utf-8") as file:
        for wanted, question in asker.ask(list(passages)):
            line = {"question": question, "answer": wanted.target.words, "passage": passages[wanted]}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
    return 0


def _build(options: argparse.Namespace) -> int:
    from eval.reranking.building import Places, build, summary
    from eval.searching.vectors import cache_folder, cached
    from rag.engine import open_encoder
    from rag.reranking.samples import write_samples
    from rag.settings import load_settings

    settings = load_settings()
    encoder = cached(open_encoder(settings), cache_folder(settings))
    samples = build(Places(options.data, options.work, options.asked), encoder)
    encoder.save()
    write_samples(options.out, samples)
    print(summary(samples))
    return 0


def _measure(options: argparse.Namespace) -> int:
    from eval.reranking.comparing import compare, show
    from eval.searching.vectors import cache_folder, cached
    from rag.engine import open_encoder
    from rag.rerank import MODEL, open_reranker
    from rag.settings import load_settings

    settings = load_settings()
    encoder = cached(open_encoder(settings), cache_folder(settings))
    rows = compare(options.data, options.work, encoder, open_reranker(options.model or MODEL))
    encoder.save()
    options.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(show(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
