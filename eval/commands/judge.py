"""python -m eval judge: a language model's opinion of the answers, beside the metrics."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from eval.commands.options import choice_options, resumable
from index import command

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.judging.inquiries import Inquiry
    from eval.judging.judges import Judge

LOCAL = "local"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `judge`."""
    about = "请语言模型评审已有的回答（可选）：答得对不对，逐句有没有依据；另列一栏，并说明与指标是否一致"
    ending = (
        "服务的密钥只从环境变量 EVAL_JUDGE_KEY 读取，不写进任何文件。不写 --judge 地址就不发出任何请求；"
        "写了地址，题目、标准答案、回答和引文会发给那个服务。"
        "小模型的评审只作参考：请先看它与指标的一致程度（κ）。评审与作答用同一个模型时，它可能偏袒自己的回答。"
    )
    sub = commands.add_parser("judge", parents=[choice_options()], help=about, description=about, epilog=ending)
    sub.add_argument("out", type=Path, metavar="文件夹", help="先前 python -m eval run 的 --out 文件夹")
    sub.add_argument(
        "--judge",
        default=LOCAL,
        metavar="local|地址",
        help="local 用本机的语言模型（默认）；或 OpenAI 兼容服务的地址，如 http://127.0.0.1:8000/v1",
    )
    sub.add_argument("--model", metavar="名称", help="评审用的模型（默认取设置；服务只有一个模型时可不写）")
    sub.add_argument("--half", choices=("tune", "report"), help="只评审一半题目（默认全部）")
    sub.add_argument("--resume", action="store_true", help="沿用 judgements.jsonl 里已有的判断，接着评审")
    sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from eval.choice import Choice
    from eval.judging.run import JudgeOptions, judge_report, read_inquiries, show, summary_line

    chosen = JudgeOptions(options.out, Choice(options.half, options.limit, options.sample), options.resume)
    read_inquiries(chosen)  # before anything is loaded or asked
    judge = _open_judge(options.judge, options.model)
    with resumable("判完的", options.out / "judgements.jsonl"):
        section = judge_report(chosen, judge, _watch)
    print(show(section))
    print(f"\n报告：{options.out}/report.html")
    print(summary_line(section, options.out))
    return command.FAILED if section["not_understood"] else 0


def _open_judge(judge: str, model: str | None) -> Judge:
    from eval.judging.judges import KEY, LocalJudge, ServerJudge
    from index.errors import JudianError
    from rag.engine import open_generator
    from rag.settings import load_settings

    if judge != LOCAL:
        return ServerJudge(judge, model, os.environ.get(KEY))
    generator = open_generator(load_settings(language_model=model))
    if generator is None:
        raise JudianError("设置里没有语言模型（language_model=none），不能在本机评审。请加 --model 名称。")
    return LocalJudge(generator)


def _watch(inquiries: Iterable[Inquiry], total: int, done: int) -> Iterable[Inquiry]:
    return tqdm(inquiries, total=total, initial=done, desc="评审", unit="问", file=sys.stderr)
