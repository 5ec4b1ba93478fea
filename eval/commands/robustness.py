"""python -m eval robustness: the same questions with misread characters, in Traditional script, in other words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.commands.options import choice_options, gold_options, model_options, positive, resumable, store_options

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.kept import Answer
    from eval.questions import GoldQuestion
    from eval.robustness.run import Models, Plan, Progress
    from eval.robustness.variants import Variant
    from eval.run import Watch
    from rag.settings import Settings

SAMPLE, DISTRACTORS = 40, 300


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `robustness`."""
    about = "同样的题换个样子再问：错字 5/10/20%、繁体、换说法、掺入无关文档；与原样逐题配对比较"
    parents = [store_options(), gold_options(), model_options(), choice_options()]
    sub = commands.add_parser(
        "robustness", parents=parents, help=about.replace("%", "%%"), description=f"{about}。默认抽 {SAMPLE} 题。"
    )
    sub.add_argument(
        "--out",
        type=Path,
        default=Path("out/robustness"),
        metavar="文件夹",
        help="结果和改动后的库放在哪里（默认 out/robustness）",
    )
    sub.add_argument(
        "--variants", metavar="名称,名称", help="只测这些变化（默认能测的都测），如 traditional,paraphrase"
    )
    sub.add_argument(
        "--distractors", type=Path, nargs="+", default=[], metavar="路径", help="无关文档：文件、文件夹或 .jsonl"
    )
    sub.add_argument("--distractor-lines", action="store_true", help="--distractors 的文件里每行是一篇文档")
    sub.add_argument(
        "--distractor-count",
        type=positive,
        default=DISTRACTORS,
        metavar="N",
        help=f"只用前 N 篇无关文档（默认 {DISTRACTORS}）",
    )
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里已有的回答和库，接着评测")
    sub.set_defaults(run=_run, sample=SAMPLE)


def _run(options: argparse.Namespace) -> int:
    from eval.choice import Choice, choose
    from eval.questions import read_gold
    from eval.robustness.report import show, summary_line, write
    from eval.robustness.run import run_robustness
    from eval.robustness.variants import choose_variants
    from rag.engine import checked_store

    questions = choose(read_gold(options.gold), Choice(None, options.limit, options.sample))
    variants = choose_variants(options.variants)
    further = _distractors(options)
    settings = _settings(options)
    base = checked_store(settings)  # before half a minute goes into the models
    models = _load(settings)
    bar = _Bar()
    try:
        with resumable("答完的题", options.out):
            made = _plan(options, questions, variants, further, models)
            bar.begin(made.total)
            report = run_robustness(made, base, models, options.out, options.resume, bar.progress())
    finally:
        bar.end()
    described = _described(options, len(questions), len(further))
    if "paraphrase" in report["variants"]:
        described["paraphrases"] = _writer(questions, settings)
    report = {**report, "settings": {**described, **report["settings"]}}
    write(options.out, report)
    print(show(report))
    print(f"\n报告：{options.out}/report.html")
    print(summary_line(report, options.out))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    from rag.engine import NO_MODEL
    from rag.settings import load_settings

    return load_settings(store=options.store, language_model=NO_MODEL if options.extractive else None)


def _distractors(options: argparse.Namespace) -> dict[str, str]:
    from eval.robustness.stores import read_distractors

    if not options.distractors:
        return {}
    return read_distractors(options.distractors, options.distractor_count, options.distractor_lines)


def _load(settings: Settings) -> Models:
    from eval.robustness.run import Models
    from rag.engine import open_encoder, open_generator, open_reader

    generator = open_generator(settings)
    models = Models(settings, open_encoder(settings), generator, open_reader(generator, settings))
    models.encoder.encode_queries(["热身"])
    if models.generator is not None:  # so that the first question does not wait longer than the others
        models.generator.choose([{"role": "user", "content": "你好"}], ["好"])
    return models


def _plan(
    options: argparse.Namespace,
    questions: Sequence[GoldQuestion],
    variants: Sequence[Variant],
    distractors: Mapping[str, str],
    models: Models,
) -> Plan:
    from eval.robustness.paraphrases import paraphrases
    from eval.robustness.run import plan

    reworded: Mapping[str, str] = {}
    if any(variant.needs == "paraphrases" for variant in variants):
        kept = options.out / "paraphrase" / "paraphrases.jsonl"
        reworded = paraphrases(
            questions, models.generator, models.encoder, kept, resume=options.resume, watch=_rewriting
        )
    return plan(questions, variants, reworded, distractors, can_write=models.generator is not None)


def _rewriting(questions: Sequence[GoldQuestion]) -> Iterable[GoldQuestion]:
    return tqdm(questions, desc="改写", unit="题", file=sys.stderr)


def _writer(questions: Sequence[GoldQuestion], settings: Settings) -> str:
    if any(q.paraphrases for q in questions):
        return "评测集自带"
    return f"由 {settings.language_model} 改写，没有经人核对（见 paraphrase/paraphrases.jsonl，改好后加 --resume 重跑）"


def _described(options: argparse.Namespace, questions: int, distractors: int) -> dict[str, Any]:
    from eval.measures.intervals import SEED
    from eval.provenance import git_commit, machine, now, peak_memory_gb
    from eval.robustness.perturbations import JUNK_SHARE

    return {
        "gold": options.gold.name,
        "questions": questions,
        "distractors": distractors,
        "junk_share": JUNK_SHARE,
        "commit": git_commit(),
        "date": now(),
        "machine": machine(),
        "peak_memory_gb": peak_memory_gb(),
        "seed": SEED,
    }


class _Bar:
    """One bar over all variants, so that the time left is that of the whole run."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def begin(self, total: int) -> None:
        self._bar = tqdm(total=total, unit="题", file=sys.stderr)

    def progress(self) -> Progress:
        from eval.robustness.run import Progress

        return Progress(self._asking, self._encoded)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def _asking(self, variant: Variant) -> Watch:
        def watch(answers: Iterable[Answer], total: int, done: int) -> Iterator[Answer]:
            assert self._bar is not None
            self._bar.set_description(variant.title)
            self._bar.set_postfix_str("")
            self._bar.initial += done  # answered before: they say nothing about the pace
            self._bar.update(done)
            for answer in answers:
                yield answer
                self._bar.update()

        return watch

    def _encoded(self, done: int, total: int) -> None:
        assert self._bar is not None
        self._bar.set_postfix_str(f"编码 {done}/{total}")
