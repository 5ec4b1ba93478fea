"""python -m eval draft: questions proposed from a collection, for a person to judge."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from eval.commands.options import model_options, positive, store_options
from index import command
from index.errors import JudianError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.commands.options import Commands
    from eval.drafting.run import Attempt
    from eval.questions import GoldQuestion
    from rag.settings import Settings


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """The command `draft`."""
    about = "从文档里出题：均匀抽取各篇各章，写好题目、答案、证据，等人审"
    sub = commands.add_parser("draft", parents=[store_options(), model_options()], help=about, description=about)
    sub.add_argument("--count", type=positive, default=30, metavar="N", help="这一次出多少题（默认 30）")
    sub.add_argument("--queue", type=Path, metavar="文件", help="待审题目放在哪里（默认在库的文件夹里：gold.sqlite）")
    sub.add_argument("--gold", type=Path, metavar="文件", help="已有的评测集：没问到的章节和题型先出，不出重复的题")
    sub.add_argument("--unanswerable", type=share, default=0.2, metavar="比例", help="无答案的题占多少（默认 0.2）")
    how = "题目由谁措辞：model 语言模型写、逐条核对，不合格的改用原句的词句（默认）；words 只用原句的词句（快，不用语言模型时的默认）"
    sub.add_argument("--writer", choices=("model", "words"), help=how)
    sub.set_defaults(run=_run)


def share(text: str) -> float:
    """A share from 0 to 1. Raises ArgumentTypeError in Chinese."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"应是 0 到 1 之间的数，收到的是 {text}")
    return value


def _run(options: argparse.Namespace) -> int:
    from eval.drafting.queue import FILE, Queue
    from eval.questions import read_gold
    from rag.engine import NO_MODEL
    from rag.settings import load_settings

    gold = read_gold(options.gold) if options.gold else []
    settings = load_settings(store=options.store, language_model=NO_MODEL if options.extractive else None)
    if options.writer == "model" and settings.language_model == NO_MODEL:
        raise JudianError(
            "--writer model 要用语言模型，现在的设置是不用。请去掉 --extractive，并设 JUDIAN_LANGUAGE_MODEL 为一个模型"
            "（python -m rag models list 列出可用的）；或改用：--writer words"
        )
    queue = Queue(options.queue or settings.store / FILE)
    attempts: list[Attempt] = []
    review = "python -m eval review" + "".join(
        f" --{name} {value}" for name, value in (("store", options.store), ("queue", options.queue)) if value
    )
    try:
        for attempt in _watched(_attempts(settings, queue, gold, options), options.count):
            attempts.append(attempt)
    except KeyboardInterrupt:
        kept = sum(a.proposal is not None for a in attempts)
        print(f"\n已停止，出好的 {kept} 题都留着；再运行同一命令会接着出，不重复。\n审题：{review}", file=sys.stderr)
        return command.INTERRUPTED
    return _told(attempts, options.count, review)


def _attempts(
    settings: Settings, queue: object, gold: list[GoldQuestion], options: argparse.Namespace
) -> Iterable[Attempt]:
    from eval.coverage import coverage
    from eval.drafting.proposals import to_gold
    from eval.drafting.queue import Queue
    from eval.drafting.run import draft
    from eval.drafting.seeds import find_seeds
    from eval.drafting.writer import Writer
    from index.search import Searcher
    from rag.engine import checked_store, open_encoder, open_generator

    assert isinstance(queue, Queue)
    store = checked_store(settings)
    headers = store.passage_headers()
    passages = [(p.document, p.passage) for p in store.passages([h.id for h in headers])]
    known = [*gold, *(to_gold(e.proposal) for e in queue.entries())]
    covered = coverage(known, [(h.document, h.section, h.text) for h in headers])
    writer = Writer(
        search=Searcher(store, open_encoder(settings)).search,
        generator=open_generator(settings),
        now=lambda: datetime.now(UTC).isoformat(timespec="seconds"),
        asked=[(q.type, q.question) for q in known],
        several=len(store.documents()) > 1,
        words_by_model=options.writer != "words",
    )
    return draft(
        find_seeds(passages), writer, queue, options.count, options.unanswerable, covered.places, covered.types
    )


def _watched(attempts: Iterable[Attempt], count: int) -> Iterable[Attempt]:
    with tqdm(total=count, desc="出题", unit="题", file=sys.stderr) as bar:
        dropped = 0
        for attempt in attempts:
            dropped += attempt.proposal is None
            bar.set_postfix_str(f"未采用 {dropped}")
            bar.update(attempt.proposal is not None)
            yield attempt


def _told(attempts: list[Attempt], count: int, review: str) -> int:
    """What came of it, on standard output; 1 when there are fewer than were asked for."""
    from eval.report.tables import TYPE_TEXT, lay_out

    kept = [a for a in attempts if a.proposal]
    kinds = Counter(a.seed.kind for a in kept)
    why = Counter(a.dropped for a in attempts if a.dropped)
    if kinds:
        print(lay_out([["出好的题", "题数"], *([TYPE_TEXT[k], str(n)] for k, n in kinds.most_common())]) + "\n")
    if worded := sum(a.proposal is not None and bool(a.proposal.model) for a in kept):
        print(f"其中 {worded} 题由语言模型措辞，其余照原句的词句写成。\n")
    if why:
        print(lay_out([["没有采用的原因", "次数"], *([w, str(n)] for w, n in why.most_common())]) + "\n")
    if len(kept) < count:
        print(f"只出了 {len(kept)} 题：文档里能这样出的题都出过了。添加文档，或在审题页里手工改写。", file=sys.stderr)
    print(f"审题（收下、修改或丢弃）：{review}")
    return 0 if len(kept) >= count else command.FAILED
