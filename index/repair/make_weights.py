"""Damaged documents whose truth is known (`make_damage.py`) -> index/repair/weights.json: how each number of evidence weighs.

A place is a choice between the written character and its candidates; the weights are those under which the truth is
likeliest. Run by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.repair.candidates import OFFERED, find, knowledge
from index.repair.features import Case, features
from index.repair.judge import WEIGHTS
from index.repair.propose import BATCH, LOOSE
from index.repair.sheet import prepare
from index.repair.words import Words

HIDDEN, STEPS, DRAWN, RATE = 24, 1500, 1024, 0.01
Table = tuple[NDArray[np.float32], NDArray[np.int64]]


def main(arguments: list[str] | None = None) -> int:
    """Gather, fit, write."""
    parser = argparse.ArgumentParser(
        prog="python -m index.repair.make_weights", description="由有误字的文本学出各项证据的轻重"
    )
    parser.add_argument("documents", type=Path, nargs="+", metavar="文本", help="JSON Lines，每行 [误, 正]")
    options = parser.parse_args(arguments)
    lines = [line for path in options.documents for line in path.read_text(encoding="utf-8").splitlines()]
    documents: list[tuple[str, str]] = [(damaged, correct) for damaged, correct in map(json.loads, lines)]
    tables = [_table(damaged, correct) for damaged, correct in documents]
    weights = _fit([table for table in tables if len(table[1])])
    chinese = [
        (a, b)
        for damaged, correct in documents
        for a, b in zip(damaged, correct, strict=True)
        if "\u4e00" <= a <= "\u9fff"
    ]
    weights["damaged"] = round(sum(a != b for a, b in chinese) / len(chinese), 5)
    WEIGHTS.write_text(json.dumps(weights), encoding="utf-8")
    return 0


def _table(damaged: str, correct: str) -> Table:
    """The numbers of every candidate of every doubtful place, and which is right: 0 the written one, n+1 candidate n."""
    known, words = knowledge(), Words([damaged])
    sheet = prepare(damaged, known.counts, known.shapes)
    truth = [correct[place] for place in sheet.places]
    places = np.flatnonzero(sheet.chinese & (sheet.oddness > LOOSE))
    rows: list[NDArray[np.float32]] = [np.zeros((0, OFFERED, 0), np.float32)]
    right: list[int] = []
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        chosen, likeness = find(sheet, batch, known)
        rows.append(features(sheet, Case(batch, chosen, likeness, places), known, words))
        right += [_right(sheet.text[p], truth[p], c, known.shapes.places) for p, c in zip(batch, chosen, strict=True)]
    kept = np.array(right) >= 0
    return np.concatenate(rows[1:] or rows)[kept], np.array(right, np.int64)[kept]


def _right(written: str, truth: str, candidates: NDArray[np.int64], places: dict[str, int]) -> int:
    """-1: the truth is not among them."""
    if written == truth:
        return 0
    found = np.flatnonzero(candidates == places.get(truth, -1))
    return int(found[0]) + 1 if len(found) else -1


def _fit(tables: Sequence[Table]) -> dict[str, Any]:
    import torch

    torch.manual_seed(0)
    rows = torch.from_numpy(np.concatenate([table[0] for table in tables]))
    right = torch.from_numpy(np.concatenate([table[1] for table in tables]))
    mean, scale = rows.flatten(0, 1).mean(0), rows.flatten(0, 1).std(0) + 1e-6
    rows = (rows - mean) / scale
    last = torch.nn.Linear(HIDDEN, 1)
    torch.nn.init.constant_(last.bias, -5.0)
    net = torch.nn.Sequential(torch.nn.Linear(rows.shape[-1], HIDDEN), torch.nn.ReLU(), last)
    steps = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-4)
    for step in range(STEPS):
        steps.param_groups[0]["lr"] = RATE * (1 - step / STEPS) + 1e-5
        drawn = torch.randint(0, len(right), (DRAWN,))
        worth = torch.cat((torch.zeros(DRAWN, 1), net(rows[drawn])[..., 0]), 1)
        steps.zero_grad()
        torch.nn.functional.cross_entropy(worth, right[drawn]).backward()  # type: ignore[no-untyped-call]
        steps.step()
    hidden, bias, out, out_bias = (p.detach().numpy().round(5).tolist() for p in net.parameters())
    values = {"mean": mean.numpy().round(5).tolist(), "scale": scale.numpy().round(5).tolist()}
    return values | {"hidden": hidden, "hidden_bias": bias, "out": out[0], "out_bias": out_bias[0]}


if __name__ == "__main__":
    raise SystemExit(main())
