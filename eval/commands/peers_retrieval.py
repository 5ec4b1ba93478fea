"""python -m eval peers-retrieval: the same passages, vectors and questions searched by other systems and by ours."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from eval.commands.options import GOLD, positive

if TYPE_CHECKING:
    from eval.commands.options import Commands
    from eval.peers.asked import Drawn
    from eval.peers.environments import Environments, System
    from eval.peers.side_by_side import Turn
    from eval.peers.task import Task
    from eval.searching.vectors import CachedEncoder
    from index.encoder import Vectors
    from rag.settings import Settings

THREADS = 1
PATIENCE = 1800  # seconds for one form on one set


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `peers-retrieval`."""
    about = "只比检索：同样的段落、向量和题目，LlamaIndex、LangChain、Haystack、txtai 与据典各用自己的环境和进程"
    sub = commands.add_parser("peers-retrieval", help=about, description=about)
    _add_questions(sub)
    _add_ways(sub)
    sub.set_defaults(run=_run)


def _add_questions(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--dataset", type=Path, nargs="+", default=[], metavar="文件夹", help="BEIR 格式的数据集，可以多个"
    )
    sub.add_argument(
        "--distractors",
        type=Path,
        nargs="+",
        default=[],
        metavar="路径",
        help="给每个数据集再加一些不相干的文档：每行一篇的文本文件，或含 corpus.jsonl 的文件夹",
    )
    sub.add_argument(
        "--gold", type=Path, nargs="?", const=GOLD, metavar="文件", help="再加一个评测集（不写文件：自带的七篇发言稿）"
    )
    sub.add_argument("--store", type=Path, metavar="文件夹", help="评测集的文档库（默认取设置，即 store/）")
    sub.add_argument(
        "--half",
        choices=("tune", "report", "all"),
        default="report",
        help="用哪一半题（默认 report：据典没有用它调过参）",
    )
    sub.add_argument(
        "--sample", type=int, default=300, metavar="N", help="每个集最多抽 N 题（默认 300，种子固定；0 为全部）"
    )


def _add_ways(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--systems",
        default="",
        metavar="名字,名字",
        help="只比这些系统（默认全部：judian,llamaindex,langchain,haystack,txtai）",
    )
    sub.add_argument(
        "--environments",
        type=Path,
        default=Path("out/peer-environments"),
        metavar="文件夹",
        help="各家的 Python 环境放在哪里（默认 out/peer-environments）",
    )
    sub.add_argument("--install", action="store_true", help="先建立缺少的环境（从包索引下载写定版本的包）")
    sub.add_argument(
        "--rounds", type=positive, default=1, metavar="N", help="每种形式运行几遍，用时取每题的中位（默认 1）"
    )
    sub.add_argument(
        "--threads", type=positive, default=THREADS, metavar="N", help=f"每个进程用几个计算线程（默认 {THREADS}）"
    )
    sub.add_argument(
        "--patience", type=positive, default=PATIENCE, metavar="秒", help=f"一个进程最多运行多久（默认 {PATIENCE}）"
    )
    sub.add_argument(
        "--out",
        type=Path,
        default=Path("out/peers-retrieval"),
        metavar="文件夹",
        help="结果放在哪里（默认 out/peers-retrieval）",
    )
    sub.add_argument("--resume", action="store_true", help="沿用 --out 里输入、代码都没有变的结果")
    sub.add_argument("--page", type=Path, metavar="文件", help="再把结果写成这个页面")


def _run(options: argparse.Namespace) -> int:
    from eval.peers.asked import Drawn
    from eval.peers.environments import Environments, choose_systems
    from index.errors import JudianError

    if not options.dataset and options.gold is None and not options.install:
        raise JudianError("没有可比的题。请用 --dataset 给出数据集，或用 --gold；只建立环境请用 --install。")
    _check_names([folder.resolve().name for folder in options.dataset] + ([options.gold.stem] if options.gold else []))
    systems = choose_systems([name.strip() for name in options.systems.split(",") if name.strip()])
    environments = Environments(options.environments)
    if options.install:
        _install(systems, environments)
    if not options.dataset and options.gold is None:
        return 0
    with _tasks(options, Drawn(options.half, max(0, options.sample))) as tasks:
        report = _compare(tasks, systems, environments, options)
    return _tell(report, options)


def _check_names(names: Sequence[str]) -> None:
    from index.errors import JudianError

    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise JudianError(f"有两个集都叫「{twice[0]}」，结果会互相覆盖。请改名，或分两次比较并换一个 --out。")


def _install(systems: Sequence[System], environments: Environments) -> None:
    for system in tqdm([s for s in systems if s.packages], desc="建环境", unit="家", file=sys.stderr):
        made = environments.install(system)
        tqdm.write(
            f"{system.title}：{'已建立' if made else '已经有了'} {environments.folder / system.name}", sys.stderr
        )


@contextmanager
def _tasks(options: argparse.Namespace, drawn: Drawn) -> Iterator[list[Task]]:
    """The common input of every set; the stores made for it are gone afterwards."""
    from eval.files import make_folder
    from eval.searching.vectors import cache_folder, cached
    from rag.engine import open_encoder
    from rag.settings import load_settings

    settings = load_settings(**({"store": options.store} if options.store else {}))
    encoder = cached(open_encoder(settings), cache_folder(settings))
    make_folder(options.out)
    with tempfile.TemporaryDirectory(prefix="judian-peers-") as folder:
        try:
            tasks = [
                _dataset(data, options.distractors, drawn, encoder, settings, Path(folder), options.out)
                for data in tqdm(
                    options.dataset, desc="备好输入", unit="集", file=sys.stderr, disable=not options.dataset
                )
            ]
            gold = [_gold(options.gold, drawn, encoder, settings, options.out)] if options.gold else []
        finally:
            encoder.save()
        yield [*tasks, *gold]


def _dataset(
    data: Path,
    distractors: list[Path],
    drawn: Drawn,
    encoder: CachedEncoder,
    settings: Settings,
    scratch: Path,
    out: Path,
) -> Task:
    from functools import partial

    from eval.datasets import read_beir, with_distractors
    from eval.peers.asked import beir_questions
    from eval.peers.task import write_task
    from eval.searching.corpus import open_corpus, texts_to_encode
    from eval.searching.encoding import default_jobs, in_processes
    from rag.engine import open_encoder

    dataset = read_beir(data)
    questions = beir_questions(dataset, drawn)
    name = dataset.name
    if distractors:
        dataset = with_distractors(dataset, distractors)
        name = f"{name}+{'+'.join(path.stem for path in distractors)}"
    jobs = in_processes(encoder.inner, partial(open_encoder, settings), default_jobs())
    encoder.fill(texts_to_encode(dataset.passages), jobs, _encoding)
    corpus = open_corpus(dataset.passages, encoder, scratch / name)
    return write_task(name, out / name / "input", corpus.store, corpus.ids, questions, encoder.inner)


def _gold(gold: Path, drawn: Drawn, encoder: CachedEncoder, settings: Settings, out: Path) -> Task:
    from eval.peers.asked import gold_questions
    from eval.peers.task import write_task
    from index.store import Store

    questions = gold_questions(gold, drawn)
    store = Store.open(settings.store)
    store.check_encoder(encoder.name)
    store.check_filled()
    return write_task(gold.stem, out / gold.stem / "input", store, {}, questions, encoder.inner)


def _compare(
    tasks: Sequence[Task], systems: Sequence[System], environments: Environments, options: argparse.Namespace
) -> dict[str, Any]:
    from eval.measures.intervals import SEED
    from eval.peers.processes import Runs
    from eval.peers.side_by_side import compare
    from eval.provenance import git_commit, machine, now

    runs = Runs(options.out, environments, options.threads, options.patience, options.resume)
    sets = compare(tasks, systems, runs, options.rounds, _watch)
    settings = {
        "half": options.half,
        "sample": options.sample,
        "threads": options.threads,
        "rounds": options.rounds,
        "encoder": json.loads((tasks[0].folder / "about.json").read_text(encoding="utf-8"))["encoder"],
        "commit": git_commit(),
        "date": now(),
        "machine": machine(),
        "seed": SEED,
    }
    return {"settings": settings, "sets": sets}


def _tell(report: Mapping[str, Any], options: argparse.Namespace) -> int:
    """Write report.json, report.md and the page, print the tables; 1 when a form failed."""
    from eval.files import write_whole
    from eval.peers.retrieval_page import failures, lines, table
    from eval.peers.side_by_side import without_values

    write_whole(options.out / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    text = "\n".join(lines(report)) + "\n"
    write_whole(options.out / "report.md", text)
    if options.page is not None:
        write_whole(options.page, text)
    print(table(report))
    print(f"\n报告：{options.out}/report.md" + (f"；页面：{options.page}" if options.page else ""))
    print(json.dumps({"out": str(options.out), **without_values(report)}, ensure_ascii=False))
    return 1 if failures(report) else 0


def _watch(turns: Sequence[Turn]) -> Iterable[Turn]:
    with tqdm(turns, desc="检索", unit="次", file=sys.stderr) as bar:
        for turn in bar:
            bar.set_postfix_str(f"{turn.task.name} {turn.system.name} {turn.variant}")
            yield turn


def _encoding(vectors: Iterable[Vectors], chunks: int) -> Iterable[Vectors]:
    return tqdm(vectors, total=chunks, desc="编码", unit="批", file=sys.stderr, disable=not chunks)
