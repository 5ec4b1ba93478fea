"""python -m eval COMMAND: how good the product is, why, whether the new version is better, and how fast."""

from __future__ import annotations

import argparse

from eval.commands import (
    bench,
    benchmarks,
    check,
    compare,
    coverage,
    draft,
    gate,
    judge,
    peers,
    repair,
    retrieval,
    review,
    robustness,
    run,
)
from index import command

COMMANDS = (
    run, compare, gate, robustness, judge,
    draft, review, check, coverage,
    retrieval, repair, benchmarks, peers, bench,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 0 only when all of it worked."""
    options = _parser().parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="评测：答得对不对，引用牢不牢，快不快。")
    commands = parser.add_subparsers(required=True, metavar="命令")
    for module in COMMANDS:
        module.add(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
