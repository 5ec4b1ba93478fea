"""`python -m rag.reranking.train`: samples and an encoder's weights -> the artefact that rag.rerank loads."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

NAME = "judian-reranker-zh-1"
_LICENCE = "仅供研究，不得商用"
_NOTE = "由 m3e-small（非商用）继续训练，训练数据含 CC BY-NC-SA 的数据集，见 MODEL_CARD.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the artefact; 0 when it is written."""
    from rag.settings import load_settings

    parser = argparse.ArgumentParser(prog="python -m rag.reranking.train", description="训练重排模型")
    parser.add_argument(
        "--samples", type=Path, required=True, metavar="文件", help="python -m eval.reranking build 的输出"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="文件夹", help="模型写到哪里")
    parser.add_argument("--base", default="m3e-small", metavar="名字", help="从哪个编码器的权重开始（默认 m3e-small）")
    parser.add_argument("--steps", type=int, default=760, metavar="N", help="训练多少步，每步 12 题（默认 760）")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="几个进程，每个一个线程（默认 2）")
    options = parser.parse_args(arguments)
    from torch.multiprocessing.spawn import spawn

    from rag.models import ModelStore

    base = ModelStore(load_settings().models).locate(options.base)
    with tempfile.TemporaryDirectory() as meeting:
        spawn(_train, (options, base, Path(meeting) / "place"), nprocs=options.processes)  # type: ignore[no-untyped-call]
    return 0


def _train(rank: int, options: argparse.Namespace, base: Path, meeting: Path) -> None:
    import torch
    from torch import distributed

    from rag.reranking.begin import begin
    from rag.reranking.learning import Plan, Team, learn
    from rag.reranking.samples import read_samples

    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=meeting.as_uri(), rank=rank, world_size=options.processes)
    plan = Plan(options.steps)
    torch.manual_seed(plan.seed)
    network, tokenizer = begin(base)
    team = Team(rank, options.processes)
    learn(network, _tokens(tokenizer), read_samples(options.samples), plan, _say if rank == 0 else _quiet, team)
    if rank == 0:
        _finish(network, tokenizer, options, base)
    distributed.destroy_process_group()


def _tokens(tokenizer: dict[str, Any]) -> Any:  # noqa: ANN401  imported late
    import json

    from rag.reranking.tokens import Tokens

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokenizer.json"
        path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
        return Tokens(path)


def _finish(network: Any, tokenizer: dict[str, Any], options: argparse.Namespace, base: Path) -> None:  # noqa: ANN401
    from rag.reranking.artefact import save, source_files

    about = {
        "name": NAME,
        "role": "reranker",
        "licence": _LICENCE,
        "licence_note": _NOTE,
        "source": f"{options.base} + {options.samples.name}",
        "source_files": source_files(base) | source_files(options.samples),
    }
    save(network, tokenizer, options.out, about, date.today().isoformat())


def _say(step: int, loss: float, seconds: float) -> None:
    if step % 10 == 0:
        print(f"{step} 步，损失 {loss:.4f}，{seconds:.0f} 秒", file=sys.stderr, flush=True)


def _quiet(step: int, loss: float, seconds: float) -> None:
    pass


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
