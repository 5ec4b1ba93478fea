"""python -m eval run | retrieval | compare | bench: how good the product is, and how fast."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from index import command

if TYPE_CHECKING:
    from eval.datasets import GoldQuestion

GOLD = Path(__file__).parent / "gold" / "seven_speeches.jsonl"
BENCH_PASSAGES = 256
BENCH_QUESTIONS = 8


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 0 only when all of it worked."""
    options = _parser().parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="评测：答得对不对，引用牢不牢，快不快。")
    commands = parser.add_subparsers(required=True, metavar="命令")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--store", type=Path, metavar="文件夹", help="文档库（默认取设置，即 store/）")
    shared.add_argument("--gold", type=Path, default=GOLD, metavar="文件", help="评测集（默认用自带的七篇发言稿）")
    shared.add_argument("--extractive", action="store_true", help="不用语言模型，只摘录原文作答")
    limited = argparse.ArgumentParser(add_help=False)
    limited.add_argument("--limit", type=_positive, metavar="N", help="只用前 N 题")
    _add_run(commands, [shared, limited])
    about = "在 BEIR 格式的数据集上测检索，写出 report.json 和 hits.jsonl"
    retrieval = commands.add_parser("retrieval", parents=[limited], help=about, description=about)
    retrieval.add_argument("--dataset", type=Path, required=True, metavar="文件夹", help="含 corpus.jsonl 等三个文件")
    retrieval.add_argument("--out", type=Path, required=True, metavar="文件夹", help="结果放在哪里")
    retrieval.set_defaults(run=_retrieval)
    about = "比较两次评测：哪些题变好，哪些变差，差别是否超出抽样误差"
    compared = commands.add_parser("compare", help=about, description=about)
    compared.add_argument("before", type=Path, metavar="A", help="先前评测的 --out 文件夹")
    compared.add_argument("after", type=Path, metavar="B", help="后来评测的 --out 文件夹")
    compared.set_defaults(run=_compare)
    about = "测速：编码、检索、首字、全部完成"
    bench = commands.add_parser("bench", parents=[shared, limited], help=about, description=about)
    bench.set_defaults(run=_bench)
    return parser


def _add_run(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parents: list[argparse.ArgumentParser]
) -> None:
    about = "逐题作答并评分，写出 answers.jsonl、report.json、report.html"
    sub = commands.add_parser("run", parents=parents, help=about, description=about)
    sub.add_argument(
        "--out", type=Path, default=Path("out/eval"), metavar="文件夹", help="结果放在哪里（默认 out/eval）"
    )
    sub.add_argument("--half", choices=("tune", "report"), help="只评一半：tune 调试用，report 报告用（默认全部）")
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的回答，接着评测")
    sub.set_defaults(run=_run)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"应是正整数，收到的是 {text}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from eval.datasets import read_gold
    from eval.product import open_product
    from eval.report import summary_line
    from eval.run import RunOptions, choose, run
    from eval.tables import show_table

    chosen = RunOptions(options.gold, options.out, options.half, options.limit, options.resume)
    choose(read_gold(chosen.gold), chosen.half, chosen.limit)  # before half a minute goes into the models
    product = open_product(options.store, extractive=options.extractive)
    try:
        report = run(chosen, product, _watch)
    except KeyboardInterrupt:
        print(
            f"\n已停止，答完的题都在 {options.out}/answers.jsonl。接着评测请在同一命令后加 --resume。", file=sys.stderr
        )
        return command.INTERRUPTED
    print(show_table(report))
    print(f"\n报告：{options.out}/report.html")
    print(summary_line(report, options.out))
    return 0


def _watch(questions: Iterable[GoldQuestion], total: int, done: int) -> Iterable[GoldQuestion]:
    return tqdm(questions, total=total, initial=done, desc="评测", unit="题", file=sys.stderr)


def _encoding(chunks: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    return tqdm(chunks, desc="编码", unit="批", file=sys.stderr)


def _retrieval(options: argparse.Namespace) -> int:
    from eval.datasets import read_beir
    from eval.retrieval import build_report, hits_for_dataset, show, write_hits
    from rag.engine import open_encoder
    from rag.settings import load_settings

    dataset = read_beir(options.dataset)
    encoder = open_encoder(load_settings())
    total = len(list(dataset.qrels)[: options.limit])
    with tempfile.TemporaryDirectory(prefix="judian-eval-") as folder:
        found = hits_for_dataset(dataset, encoder, Path(folder), options.limit, _encoding)
        rows = list(tqdm(found, total=total, desc="检索", unit="题", file=sys.stderr))
    report = build_report(dataset, rows, encoder.name)
    write_hits(options.out, rows, report)
    print(show(report["metrics"]))
    print(json.dumps({"out": str(options.out), **report}, ensure_ascii=False))
    return 0


def _compare(options: argparse.Namespace) -> int:
    from eval.compare import compare, read_report, show, summary_line

    before, after = read_report(options.before), read_report(options.after)
    comparison = compare(before, after)
    print(show(comparison, before, after))
    print(summary_line(comparison))
    return 0


def _bench(options: argparse.Namespace) -> int:
    from eval.bench import measure, show, summary_line
    from eval.datasets import read_gold
    from eval.product import open_parts

    questions = [q for q in read_gold(options.gold) if q.answerable][: options.limit or BENCH_QUESTIONS]
    parts, passages = open_parts(options.store, extractive=options.extractive)
    figures = measure(parts, passages[:BENCH_PASSAGES], questions)
    print(show(figures))
    print(summary_line(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
