"""The shared sets and news -> samples.jsonl; the one composition of what the reranker is trained on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.lines import read_lines
from eval.reranking.choosing import HELD_OUT, NEGATIVES, TRAINED, samples_of_sets
from eval.reranking.mining import FEWEST, Mined
from eval.reranking.news import draw, read_news
from eval.reranking.newsmining import NewsMiner
from eval.reranking.variants import varied
from eval.reranking.writing import Written, write
from rag.reranking.samples import Sample

if TYPE_CHECKING:
    from index.encoder import Encoder

ARTICLES, DRAWN = 5200, 61  # articles that questions are written for, and the seed they are drawn with
MOST = {"news_form": 3000, "news_gaps": 800, "news_title": 400}
MODEL_REPEATS = 3  # of the questions that the language model wrote: they are few
SEEDS = {"write": 62, "news": 63, "vary": 64}


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: the folder of the shared sets, one for stores made on the way, and the model's questions."""

    data: Path
    work: Path
    asked: Path | None


def build(places: Places, encoder: Encoder) -> list[Sample]:
    """All samples, varied; the same files and encoder give the same samples."""
    mined = {name: mined_set(places, name, encoder) for name in (*TRAINED, *HELD_OUT)}
    held_out = {name: mined.pop(name) for name in HELD_OUT}
    samples = [*samples_of_sets(mined, held_out), *news_samples(places)]
    chance = random.Random(SEEDS["vary"])
    made = [varied(sample, chance) for sample in samples]
    return [s for s in made if s.positive not in s.negatives and len(s.negatives) >= FEWEST]


def mined_set(places: Places, name: str, encoder: Encoder) -> list[Mined]:
    """The first stage's candidates for every question of a set; its store is made in the folder for work."""
    from eval.datasets import read_beir
    from eval.reranking.labelled import read_labelled
    from eval.reranking.mining import mine
    from eval.searching.corpus import open_corpus

    folder = places.data / name
    corpus = open_corpus(read_beir(folder).passages, encoder, places.work / name)
    return mine(corpus.searcher, corpus.ids, read_labelled(folder))


def news_samples(places: Places) -> list[Sample]:
    """The written questions, of each kind at most MOST, and those of the language model."""
    from eval.searching.corpus import split_all

    articles = draw(read_news(places.data / "crud_news" / "docs.txt"), ARTICLES, DRAWN)
    parts = {n: split_all({"": article.text})[""] for n, article in enumerate(articles)}
    chance = random.Random(SEEDS["write"])
    written = [one for n, article in enumerate(articles) for one in write(n, article, parts[n], chance)]
    miner = NewsMiner(articles, parts)
    made = list(miner.samples(written, NEGATIVES, chance))
    chance = random.Random(SEEDS["news"])
    chance.shuffle(made)
    asked = miner.samples(_asked(places.asked), NEGATIVES, chance) if places.asked else ()
    return [*_at_most(made, MOST), *list(asked) * MODEL_REPEATS]


def _asked(path: Path) -> list[Written]:
    """What `python -m eval.reranking ask` wrote; the passages are of no article that is mined."""
    values = [value for _, value in read_lines(path)]
    return [Written("model", v["question"], -1, -1, v["passage"], v["answer"]) for v in values]


def _at_most(samples: Sequence[Sample], most: Mapping[str, int]) -> list[Sample]:
    kept, used = [], Counter[str]()
    for sample in samples:
        if used[sample.source] < most[sample.source]:
            used[sample.source] += 1
            kept.append(sample)
    return kept


def summary(samples: Sequence[Sample]) -> str:
    """How many of each source, as JSON."""
    return json.dumps(Counter(sample.source for sample in samples), ensure_ascii=False)
