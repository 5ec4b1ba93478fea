"""RGB (Chen et al. 2023, arXiv:2309.01431) -> parts by share of noise, drawn and scored by its published rules.

Its evaluation program gives each question five documents and seeds its generator with 2333 before each; the same
calls are made here in the same order, so that the same documents are drawn. An answer is right when every answer
of the question is contained in it, white space removed and in lower case. A refusal is the phrase 「信息不足」 there
and the product's own mark of a refusal here.
"""

from __future__ import annotations

import math
import random
import re
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

DIFFER = re.compile(
    r"说法(?:并|互|各)?不(?:一|同|相同|一样|统一)|(?:并|互)?不一致|有出入|(?:互相|相互)(?:矛盾|冲突|抵触)|[两不]种(?:不同(?:的)?)?说法|不同的?说法|各执一词"
)
"""How an answer says that its sources differ."""

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


def draw_mixed(documents: Documents) -> list[str]:
    """Up to five documents, of which the greater half say the answer and the others the made-up one.

    A generator seeded like the others puts the pairs (a document, the same one falsified) in random order; of the first
    five pairs the first three (of fewer: the greater half, but not all) give their true document, the others their
    falsified one, so that no text comes in both forms; a single pair gives both. Then the order is shuffled.
    """
    generator = random.Random(SEED)
    rows = generator.sample(range(len(documents.positive)), len(documents.positive))[:PASSAGES]
    true = rows[: min(math.ceil(len(rows) / 2), max(1, len(rows) - 1))]
    made_up = rows[len(true) :] or rows
    return _shuffled([*(documents.positive[n] for n in true), *(documents.wrong[n] for n in made_up)], generator)


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
    """Two parts: every document holds the same made-up answer; some hold it and some the right one.

    Left out of the second are questions whose made-up answer is no other one: an accepted wording, or a single character.
    """
    passages = read_passages(folder)
    wrong, mixed = [], []
    for line in read_queries(folder):
        documents = Documents(line.strings("positive"), line.strings("negative"), (), line.strings("positive_wrong"))
        question, made_up = _question(line, True), line.text("fake_answer")
        wrong.append(Case(question, pick(passages, draw_wrong(documents), line.where), wrong=made_up))
        if len(made_up) > 1 and not any(made_up == wording for fact in question.must for wording in fact):
            mixed.append(Case(question, pick(passages, draw_mixed(documents), line.where), wrong=made_up))
    return [
        Part("counterfactual", "文档全被改成错误答案", tuple(wrong), partial(measure, only_noise=False)),
        Part("conflict", "文档对错各半", tuple(mixed), measure_conflict),
    ]


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


def measure_conflict(case: Case, record: Record, display: Display | None) -> Values:
    """conflict: both answers are stated, or that the sources differ; else misled (only the made-up one) or accuracy."""
    right, wrong = ((not record.refused and said) for said in _stated(record.text, case.question.must, case.wrong))
    told = not record.refused and ((right and wrong) or DIFFER.search(record.text) is not None)
    found = {
        "conflict": (float(told), 1.0),
        "accuracy": (float(right), 1.0),
        "misled": (float(wrong and not right and not told), 1.0),
        "refused": (float(record.refused), 1.0),
    }
    return found if record.refused else {**found, "characters": (float(len(prediction(record.text))), 1.0)}


def _stated(answer: str, facts: Facts, wrong: str) -> tuple[bool, bool]:
    """Whether all facts stand in the answer, and whether the made-up answer does; 70 does not stand in 170 or 1970."""
    said = prediction(answer)
    return all(any(_stands(said, w) for w in fact) for fact in facts), _stands(said, wrong)


def _stands(said: str, wording: str) -> bool:
    wanted = prediction(wording)
    before, after = (r"(?<![\d.])" if wanted[0].isdigit() else ""), (r"(?!\d)" if wanted[-1].isdigit() else "")
    return re.search(before + re.escape(wanted) + after, said) is not None


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
