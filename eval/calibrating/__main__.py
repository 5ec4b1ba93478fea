"""`python -m eval.calibrating build | fit | adjust`: what decides a refusal, fitted on questions with known answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from index import command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 1 after an error the user can mend."""
    options = _parser().parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.calibrating", description="拒答与置信度的校准")
    commands = parser.add_subparsers(required=True, metavar="命令")
    build = commands.add_parser("build", help="由评测集和语料生成样本", description="由评测集和语料生成样本")
    build.add_argument("--data", type=Path, required=True, metavar="文件夹", help="共享数据集所在的文件夹")
    build.add_argument("--out", type=Path, required=True, metavar="文件", help="样本写到哪里")
    build.add_argument("--work", type=Path, required=True, metavar="文件夹", help="中间的索引放在哪里")
    build.set_defaults(run=_build)
    fit = commands.add_parser(
        "fit", help="在调参半上拟合，在报告半上评测", description="在调参半上拟合，在报告半上评测"
    )
    fit.add_argument("--samples", type=Path, required=True, metavar="文件", help="build 的输出")
    fit.add_argument("--scores", type=Path, metavar="文件", help='判断头的输出，每行 {"id": "…", "probability": 0.9}')
    fit.set_defaults(run=_fit)
    adjust = commands.add_parser("adjust", help="由评测结果把置信度校准到答对率", description="校准到答对率")
    adjust.add_argument("reports", type=Path, nargs="+", metavar="文件夹", help="python -m eval run 的 --out 文件夹")
    adjust.set_defaults(run=_adjust)
    return parser


def _build(options: argparse.Namespace) -> int:
    from eval.calibrating.building import Places, build
    from eval.calibrating.samples import to_line
    from eval.searching.vectors import cache_folder, cached
    from rag.engine import open_encoder
    from rag.settings import load_settings

    settings = load_settings()
    encoder = cached(open_encoder(settings), cache_folder(settings))
    with options.out.open("w", encoding="utf-8") as file:
        for sample in build(Places(options.data, options.work), encoder, settings):
            file.write(to_line(sample) + "\n")
    encoder.save()
    return 0


def _fit(options: argparse.Namespace) -> int:
    from eval.calibrating.fitted import fitted, measured, show
    from eval.calibrating.samples import read_samples, read_scores

    head = read_scores(options.scores) if options.scores else {}
    print(show(fitted(measured(read_samples(options.samples), head))))
    return 0


def _adjust(options: argparse.Namespace) -> int:
    from eval.calibrating.adjusting import adjusted, read_answers, show

    print(show(adjusted(read_answers(options.reports))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
