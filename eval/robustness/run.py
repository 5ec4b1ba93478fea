"""Questions, a store and models -> the same questions under every variant, each compared with the plain run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from eval import compare
from eval.files import make_folder
from eval.kept import Answer
from eval.measures.intervals import difference_interval
from eval.measures.metrics import METRICS
from eval.measures.outcomes import Outcome
from eval.measures.scores import Score
from eval.measures.summary import outcomes_of, summarize
from eval.product import Product, describe, source_display
from eval.questions import GoldQuestion
from eval.records import read_record
from eval.robustness.judged import places_right, score_variant
from eval.robustness.report import PLACES, REPORTS
from eval.robustness.stores import Encoded, clear_store, extended_store, make_store, rewritten_texts
from eval.robustness.variants import PLAIN, VARIANTS, Variant
from eval.run import Watch, answer_all

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.store import Store
    from rag.generate import Generator
    from rag.reader import Reader
    from rag.settings import Settings

NO_PARAPHRASE = (
    "评测集没有 paraphrases 字段，也没有语言模型来改写。"
    "请在评测集里为题目写上 paraphrases，或去掉 --extractive 由语言模型改写。"
)
NO_REWRITE = "语言模型改写的问题没有一个通过检查。请在评测集里为题目写上 paraphrases。"
NO_DISTRACTORS = "没有给出无关文档。请加上 --distractors 文件或文件夹。"


@dataclass(frozen=True, slots=True)
class Models:
    """What all variants share, loaded once; `generator` is None where answers are extracts, `reader` where none reads."""

    settings: Settings
    encoder: Encoder
    generator: Generator | None
    reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The variants to run, each with its questions (as in the gold set, as they are put), the plain one first; and
    why others cannot be measured."""

    asked: Mapping[str, Sequence[tuple[GoldQuestion, GoldQuestion]]]
    not_measured: Mapping[str, str]
    distractors: Mapping[str, str]

    @property
    def total(self) -> int:
        """Questions over all variants."""
        return sum(map(len, self.asked.values()))


@dataclass(frozen=True, slots=True)
class Progress:
    """What is shown: `asking` a variant's questions, and texts `encoded` of a document."""

    asking: Callable[[Variant], Watch]
    encoded: Encoded


def plan(
    questions: Sequence[GoldQuestion],
    variants: Sequence[Variant],
    reworded: Mapping[str, str],
    distractors: Mapping[str, str],
    *,
    can_write: bool,
) -> Plan:
    """What can be measured: `reworded` are paraphrases by question id, `distractors` texts by name;
    `can_write` says whether there was a language model to write paraphrases."""
    asked: dict[str, list[tuple[GoldQuestion, GoldQuestion]]] = {PLAIN: [(q, q) for q in questions]}
    missing: dict[str, str] = {}
    for variant in variants:
        if variant.needs == "paraphrases" and not reworded:
            missing[variant.name] = NO_REWRITE if can_write else NO_PARAPHRASE
        elif variant.needs == "distractors" and not distractors:
            missing[variant.name] = NO_DISTRACTORS
        elif variant.needs == "paraphrases":
            asked[variant.name] = [(q, replace(q, question=reworded[q.id])) for q in questions if q.id in reworded]
        else:
            asked[variant.name] = [(q, variant.ask(q)) for q in questions]
    return Plan(asked, missing, distractors)


def run_robustness(
    made: Plan, base: Store, models: Models, folder: Path, resume: bool, progress: Progress
) -> dict[str, Any]:
    """The report; each variant's answers lie in `folder`/NAME/answers.jsonl, kept one by one.

    Interrupted at any instant, `resume` asks only what was not asked, and encodes only what was not encoded.
    """
    make_folder(folder)
    stale = [folder / name for name in REPORTS]
    clean = source_display(base)
    scores: dict[str, list[Score]] = {}
    places: dict[str, list[float]] = {}
    settings: Mapping[str, Any] = {}
    for name, pairs in made.asked.items():
        variant = VARIANTS[name]
        make_folder(folder / name)
        if not resume:  # stores that another version of the program made
            clear_store(folder / name)
        store = store_of(variant, base, models, folder / name, made.distractors, progress.encoded)
        product = product_on(store, models, name)
        settings = settings or product.settings
        answers = answer_all([q for _, q in pairs], product, folder / name, resume, progress.asking(variant), stale)
        shown = source_display(store)
        records = [(q, read_record(answers[q.id])) for q, _ in pairs]
        scores[name] = [score_variant(q, record, variant, shown, clean) for q, record in records]
        places[name] = [float(places_right(q, record, clean)) for q, record in records]
    plain = {s.question.id: s for s in scores[PLAIN]}
    measured = {name: _measured(VARIANTS[name], plain, found) for name, found in scores.items()}
    for name in (n for n in measured if n == PLAIN or VARIANTS[n].documents):  # only there does it say something new
        _add_places(measured[name], places[PLAIN], places[name])
    return {
        "settings": {name: value for name, value in settings.items() if name != "variant"},
        "variants": measured,
        "not_measured": dict(made.not_measured),
    }


def store_of(
    variant: Variant, base: Store, models: Models, folder: Path, distractors: Mapping[str, str], encoded: Encoded
) -> Store:
    """The store that the variant's questions are asked of: `base` itself, or one of its own in `folder`."""
    if variant.needs == "distractors":
        return extended_store(folder, base, models.encoder, distractors, encoded)
    if variant.documents is None:
        return base
    return make_store(folder, models.encoder, rewritten_texts(base, variant.documents), encoded)


def product_on(store: Store, models: Models, name: str) -> Product:
    """The product over a store, with models that are loaded already."""
    from index.search import Searcher
    from rag.answer import to_json
    from rag.answerer import Answerer

    settings = models.settings
    searcher = Searcher(store, models.encoder)
    answerer = Answerer(searcher, models.generator, settings.passages, settings.max_question, models.reader)

    def ask(question: GoldQuestion) -> Answer:
        return to_json(answerer.answer(question.question, question.history), question.id)

    return Product(ask, source_display(store), {**describe(settings, store), "variant": name})


def differences(before: Sequence[Score], after: Sequence[Score]) -> dict[str, dict[str, Any]]:
    """Metric -> after - before, its 95 % interval over the same questions in pairs, as `eval.compare` has them, and
    `least_p`: the smallest p-value that so many changed questions can give (`compare.least_p`).

    Metrics that either run did not measure are absent, and so are times.
    """
    left, right = outcomes_of(before), outcomes_of(after)
    return {
        d.name: {
            "value": d.after - d.before,
            "interval": list(d.interval),
            "least_p": compare.least_p(d.name, left, right),
        }
        for d in compare.differences(left, right)
        if d.interval is not None and METRICS[d.name].group != "time"
    }


def _measured(variant: Variant, plain: Mapping[str, Score], scores: Sequence[Score]) -> dict[str, Any]:
    part: dict[str, Any] = {"title": variant.title, "n": len(scores), "metrics": summarize(scores)}
    if variant.name == PLAIN:
        return part
    before = [plain[s.question.id] for s in scores]
    pairs = list(zip(before, scores, strict=True))
    return {
        **part,
        "difference": differences(before, scores),
        "worse": [_change(a, b) for a, b in pairs if a.right and not b.right],
        "better": [_change(a, b) for a, b in pairs if b.right and not a.right],
    }


def _add_places(measured: dict[str, Any], before: Sequence[float], after: Sequence[float]) -> None:
    """Put in `places_right`: all questions are asked of changed documents, so the lists are in pairs."""
    measured["metrics"] = {**measured["metrics"], PLACES: fmean(after)}
    interval = difference_interval(before, after)
    if "difference" in measured and interval is not None:
        measured["difference"][PLACES] = {
            "value": fmean(after) - fmean(before),
            "interval": list(interval),
            "least_p": compare.least_p("accuracy", _as_outcomes(before), _as_outcomes(after)),
        }


def _as_outcomes(shares: Sequence[float]) -> list[Outcome]:
    return [Outcome("", "", bool(share), None, {"accuracy": (share, 1.0)}) for share in shares]


def _change(before: Score, after: Score) -> dict[str, Any]:
    """A question whose verdict changed: as it was put, what was answered, and what went wrong in either run."""
    return {
        "id": after.question.id,
        "question": after.record.question,
        "answer": after.record.text,
        "before": before.why,
        "after": after.why,
    }
