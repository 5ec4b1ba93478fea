"""Mined questions of all sets -> those that are trained on: tune halves without the development part. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

from eval.questions import half
from eval.reranking.labelled import is_development
from eval.reranking.mining import Mined, to_sample
from rag.reranking.samples import Sample

TRAINED = ("cmrc2018", "drcd", "cjrc_law", "dragonball_zh", "rgb_zh_refine", "rgb_zh_fact")
HELD_OUT = ("rgb_zh_int",)  # and the sample corpus and the reports of the State Council, which are in no shared set
MOST = {"cjrc_law": 800}  # its questions are many and often general
REPEATS = {"rgb_zh_refine": 3, "rgb_zh_fact": 3, "dragonball_zh": 2}  # times in the training; the sets are small
NEGATIVES = 14  # kept of a sample; each pass draws some of them


def trainable(name: str, mined: Iterable[Mined], forbidden: frozenset[str]) -> list[Mined]:
    """Questions of one set to train on; `forbidden` are passages that answer a question of a held-out set."""
    tune = [m for m in mined if half(m.id) == "tune" and not is_development(m.id)]
    free = [m for m in tune if not any(c.right and c.document in forbidden for c in m.candidates)]
    random.Random(f"choose|{name}").shuffle(free)
    return free


def samples_of(name: str, mined: Sequence[Mined], forbidden: frozenset[str]) -> Iterator[Sample]:
    """The samples of one set, each as often as REPEATS says."""
    made = [sample for m in trainable(name, mined, forbidden) if (sample := to_sample(m, NEGATIVES))]
    yield from made[: MOST.get(name)] * REPEATS.get(name, 1)


def samples_of_sets(mined: Mapping[str, Sequence[Mined]], held_out: Mapping[str, Sequence[Mined]]) -> list[Sample]:
    """The samples of all the sets that are trained on."""
    forbidden = frozenset(c.document for own in held_out.values() for m in own for c in m.candidates if c.right)
    return [sample for name in TRAINED for sample in samples_of(name, mined[name], forbidden)]
