"""RGB (Chen et al. 2023, arXiv:2309.01431) -> parts by share of noise, drawn and scored by its published rules.

Its evaluation program gives each question five documents and seeds its generator with 2333 before each; the same
calls are made here in the same order, so that the same documents are drawn. An answer is right when every answer
of the question is contained in it, white space removed and in lower case. A refusal is the phrase 「信息不足」 there
and the product's own mark of a refusal here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from eval.benchmarks.cases import Case, Line, Part, pick, read_passages, read_queries
from eval.measures.citations import Display
from eval.measures.folding import without_marks
from eval.measures.outcomes import Values
from eval.questions import GoldQuestion
from eval.records import Record

PASSAGES = 5
SEED = 2333
ONLY_NOISE = 1.0
NOISE = (0.0, 0.2, 0.4, 0.6, 0.8, ONLY_NOISE)
INTEGRATION_NOISE = (0.0, 0.2, 0.4)

Facts = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Documents:
    """Ids of the documents that answer a question, those that do not, and those with a made-up answer."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...] = ()  # the positive ones, a group for each part of the answer
    wrong: tuple[str, ...] = ()  # in the order of `positive`, whose text they falsify


def draw(documents: Documents, noise: float) -> list[str]:
    """Five documents, `noise` of them negative as far as there are enough of either kind, in random order.

    With noise 1 all are negative, of which there may be fewer than five.
    """
    wanted = math.ceil(PASSAGES * noise)
    negative, positive = wanted, PASSAGES - wanted
    if noise < ONLY_NOISE and negative > len(documents.negative):
        negative = len(documents.negative)
        positive = PASSAGES - negative
    elif positive > len(documents.positive):
        positive = len(documents.positive)
        negative = PASSAGES - positive
    return _shuffled([*documents.positive[:positive], *documents.negative[:negative]], random.Random(SEED))


def draw_groups(documents: Documents, noise: float) -> list[str]:
    """At least one document of each group, further ones in turn up to the share, negative ones up to five."""
    generator = random.Random(SEED)
    groups = [_shuffled(group, generator) for group in documents.groups]
    turns = [name for turn in zip_longest(*groups) for name in turn if name is not None]
    positive = max(len(groups), PASSAGES - math.ceil(PASSAGES * noise))
    drawn = turns[:positive]
    return _shuffled([*drawn, *documents.negative[: max(0, PASSAGES - len(drawn))]], generator)


def draw_wrong(documents: Documents) -> list[str]:
    """Five of the documents with the made-up answer, all of them where there are fewer."""
    generator = random.Random(SEED)
    rows = range(len(documents.positive))
    chosen = generator.sample(rows, min(len(rows), PASSAGES))
    return _shuffled([documents.wrong[row] for row in chosen], generator)


def states_all(answer: str, facts: Facts) -> bool:
    """Whether one wording of every fact stands in the answer (RGB's checkanswer); a refusal is no answer."""
    said = prediction(answer)
    return bool(facts) and all(any(wording.lower() in said for wording in fact) for fact in facts)


def prediction(answer: str) -> str:
    """What RGB's program compares: spaces removed, lower case; here also without citation marks."""
    return without_marks(answer).replace(" ", "").lower()


def noise_parts(folder: Path) -> list[Part]:
    """A part for each share of noise; with noise alone the only right answer is a refusal."""
    return [_part(folder, noise) for noise in NOISE]


def integration_parts(folder: Path) -> list[Part]:
    """A part for each share of noise; the answer lies in several documents."""
    return [_part(folder, noise, groups=True) for noise in INTEGRATION_NOISE]


def counterfactual_parts(folder: Path) -> list[Part]:
    """One part: every document holds the same made-up answer."""
    passages = read_passages(folder)
    cases = []
    for line in read_queries(folder):
        documents = Documents(line.strings("positive"), line.strings("negative"), (), line.strings("positive_wrong"))
        drawn = draw_wrong(documents)
        cases.append(Case(_question(line, True), pick(passages, drawn, line.where), wrong=line.text("fake_answer")))
    return [Part("counterfactual", "文档全被改成错误答案", tuple(cases), partial(measure, only_noise=False))]


def measure(case: Case, record: Record, display: Display | None, *, only_noise: bool) -> Values:
    """accuracy, refused, characters; with noise alone rejection; with made-up documents misled."""
    right = not record.refused and states_all(record.text, case.question.must)
    found: dict[str, tuple[float, float]] = {}
    if only_noise:
        found["rejection"] = (float(record.refused), 1.0)
        found["rejection_or_right"] = (float(record.refused or right), 1.0)  # as RGB's program counts at noise 1
    else:
        found["accuracy"] = (float(right), 1.0)
        found["refused"] = (float(record.refused), 1.0)
    if case.wrong:
        found["misled"] = (float(not record.refused and states_all(record.text, [[case.wrong]])), 1.0)
    if not record.refused:
        found["characters"] = (float(len(prediction(record.text))), 1.0)
    return found


def _part(folder: Path, noise: float, *, groups: bool = False) -> Part:
    passages = read_passages(folder)
    cases = []
    for line in read_queries(folder):
        own = line.groups("positive_groups") if groups else ()
        documents = Documents(line.strings("positive"), line.strings("negative"), own)
        drawn = draw_groups(documents, noise) if groups else draw(documents, noise)
        cases.append(Case(_question(line, noise < ONLY_NOISE), pick(passages, drawn, line.where)))
    only_noise = noise == ONLY_NOISE
    title = "只有噪声" if only_noise else f"噪声 {noise:g}"
    return Part(f"noise_{noise}", title, tuple(cases), partial(measure, only_noise=only_noise))


def _question(line: Line, answerable: bool) -> GoldQuestion:
    facts = line.groups("answers")
    answer = "、".join(fact[0] for fact in facts if fact)
    return GoldQuestion(line.text("_id"), "factoid", line.text("text"), (), answer, facts, (), answerable)


def _shuffled(names: Sequence[str], generator: random.Random) -> list[str]:
    shuffled = list(names)
    generator.shuffle(shuffled)
    return shuffled
