"""`python -m eval.reading states | fit`: the probes that read with the language model, trained and judged."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index import command
from rag.evidence import weighed

if TYPE_CHECKING:
    from eval.calibrating.samples import Sample
    from eval.reading.states import States

NAME = "judian-probe-zh-2"
UNSEEN = "rgb_zh_int"
LAYER = 18  # of 28; 14, 16 and 20 were tried (docs/experiments.md)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 1 after an error the user can mend."""
    options = _parser().parse_args(arguments)
    command.quiet_libraries()
    return command.run(lambda: int(options.run(options)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description="训练读资料的探针")
    commands = parser.add_subparsers(required=True, metavar="命令")
    states = commands.add_parser("states", help="让语言模型读样本，留下各句的状态（可中断，可续）")
    states.add_argument(
        "--samples", type=Path, required=True, metavar="文件", help="python -m eval.calibrating build 的输出"
    )
    states.add_argument("--out", type=Path, required=True, metavar="文件夹", help="状态写到哪里")
    states.add_argument("--layer", type=int, default=LAYER, metavar="数", help=f"读到第几层（默认 {LAYER}）")
    states.set_defaults(run=_states)
    fit = commands.add_parser("fit", help="在调参半上训练，在报告半上评测")
    fit.add_argument("--samples", type=Path, required=True, metavar="文件")
    fit.add_argument("--states", type=Path, required=True, metavar="文件夹")
    fit.add_argument("--out", type=Path, required=True, metavar="文件", help="探针写到哪里")
    fit.add_argument(
        "--scores", type=Path, required=True, metavar="文件", help="每个样本的得分，供 python -m eval.calibrating fit"
    )
    fit.add_argument("--layer", type=int, default=LAYER, metavar="数", help="状态出自第几层")
    fit.set_defaults(run=_fit)
    return parser


def _states(options: argparse.Namespace) -> int:
    from eval.calibrating.samples import read_samples
    from eval.reading.states import write
    from rag.generators.local import load_local
    from rag.models import ModelStore
    from rag.reader import LayerReader
    from rag.reading.head import Head
    from rag.settings import load_settings

    settings = load_settings()
    local = load_local(ModelStore(settings.models).locate(settings.language_model), settings.language_model)
    width = int(local.model.config.hidden_size)
    reader = LayerReader(local, Head.untrained(settings.language_model, options.layer, width))
    samples = read_samples(options.samples)
    for done in write(options.out, samples, reader):
        print(f"读样本 {done}/{len(samples)}", file=sys.stderr, flush=True)
    return 0


def _fit(options: argparse.Namespace) -> int:
    from eval.calibrating.samples import read_samples
    from eval.reading.probes import crossed, fit_both, fit_weights, log_odds, to_head
    from eval.reading.states import read
    from rag.reading.head import save_head
    from rag.settings import load_settings

    states = read(options.states)
    samples = [s for s in read_samples(options.samples) if s.id in states]
    tune = [s for s in samples if trainable(s)]
    own = [states[s.id] for s in tune]
    answerable = [s.answerable for s in tune]
    probes = fit_both(own, answerable)
    save_head(to_head(probes, NAME, load_settings().language_model, options.layer), options.out)
    each = {s.id: probes for s in samples} | crossed(own, answerable, [s.id.split("#")[0] for s in tune])
    scores = log_odds(each, [states[s.id] for s in samples])
    print("rag.evidence.JUDGED:", fit_weights([scores[s.id][0] for s in tune], own))
    options.scores.write_text("".join(_line(s, states[s.id], *scores[s.id]) for s in samples), encoding="utf-8")
    return 0


def trainable(sample: Sample) -> bool:
    """The tune half, without what is neither answered nor unanswerable, and without the set that is kept to judge by."""
    return sample.half == "tune" and sample.kind != "false_premise" and sample.set != UNSEEN


def _line(sample: Sample, states: States, sentences: Sequence[float], answered: float) -> str:
    best = max(weighed(odds, float(score)) for odds, score in zip(sentences, states.scores, strict=True))
    told = {
        "id": sample.id,
        "probability": round(1 / (1 + math.exp(-(answered + best) / 2)), 4),
        "answered": round(answered, 4),
        "sentences": [round(x, 4) for x in sentences],
        "labels": [int(x) for x in states.labels],
        "scores": [round(float(x), 4) for x in states.scores],
    }
    return json.dumps(told, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
