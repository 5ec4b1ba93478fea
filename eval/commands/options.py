"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Commands = argparse._SubParsersAction  # of argparse.ArgumentParser; argparse gives it no public name

GOLD = Path(__file__).parents[1] / "gold" / "seven_speeches.jsonl"


def store_options() -> argparse.ArgumentParser:
    """--store."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument("--store", type=Path, metavar="文件夹", help="文档库（默认取设置，即 store/）")
    return parent


def gold_options() -> argparse.ArgumentParser:
    """--gold."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument("--gold", type=Path, default=GOLD, metavar="文件", help="评测集（默认用自带的七篇发言稿）")
    return parent


def model_options() -> argparse.ArgumentParser:
    """--extractive."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument("--extractive", action="store_true", help="不用语言模型，只摘录原文作答")
    return parent


def choice_options() -> argparse.ArgumentParser:
    """--limit and --sample."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument("--limit", type=positive, metavar="N", help="只用前 N 题")
    parent.add_argument("--sample", type=positive, metavar="N", help="随机抽 N 题（各题型按比例，种子固定）")
    return parent


def positive(text: str) -> int:
    """A whole number from 1. Raises ArgumentTypeError in Chinese."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"应是正整数，收到的是 {text}")
    return int(text)


@contextmanager
def resumable(done: str, kept: Path) -> Iterator[None]:
    """Around long work whose results are kept one by one: Ctrl-C tells where `done` is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(f"已停止，{done}都在 {kept} 里。要接着做，请在同一命令后加 --resume。") from stopped
