"""Gold and public sets -> samples: what the product finds for each question, also with what answers it taken away.

Beside the questions that are unanswerable by nature there are made ones, “#neg”: the passages that answer are left out,
so that what is found is about the same thing and does not answer. The same files, encoder and seed give the same samples.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.calibrating.samples import HITS, Sample
from eval.lines import read_lines
from eval.measures.folding import fold, holds
from eval.questions import half, read_gold
from index.errors import JudianError
from index.hits import Hit
from rag.evidence import Evidence, choose, reading_order
from rag.material import budget

if TYPE_CHECKING:
    from index.encoder import Encoder
    from rag.retriever import Retriever
    from rag.settings import Settings

READ = 5  # hits whose sentences are read
DEEP, DEEPER = 30, 300  # hits looked through for those that are left when some are taken away
SEED = 6
NOISE = ("noise_0.0", "noise_0.4", "noise_0.8", "noise_1.0")  # RGB's shares of noise
DRAWN = {"dragonball_zh": (600, 250), "cmrc2018": (700, 150), "drcd": (500, 150), "cjrc_law": (500, 150)}
"""Questions of a set that are drawn, of its tune and of its report half."""
EMPTIED = {"dragonball_zh": 0.4, "cmrc2018": 0.38, "drcd": 0.38}
"""The share of its answerable questions that are asked without what answers them (of dragonball_zh: both ways)."""
WRITTEN = Path(__file__).with_name("written.jsonl")
"""Questions written for this about news articles, each naming its line in crud_news: two in five in everyday words that are
not those of the text, two in five without an answer in it. Groups of 48 articles are searched together."""
MIN_QUOTE = 8  # folded letters from which a sentence inside an evidence quote is said to hold the answer

_HEADED = re.compile(r"^[\d\- :]*[,，]?正文[:：]")  # what stands before an article: its hour

Holds = Callable[[Evidence], bool]


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of the shared sets, and one for stores made on the way."""

    data: Path
    work: Path


def build(places: Places, encoder: Encoder, settings: Settings) -> Iterator[Sample]:
    """All samples, set by set, in a fixed order."""
    gold = Path(__file__).parents[1] / "gold"
    corpora = {
        "seven_speeches": Path(__file__).parents[2] / "data" / "corpus",
        "government_work_reports": places.data / "government_work_reports",
    }
    for name, folder in corpora.items():
        yield from _gold(name, gold / f"{name}.jsonl", _filled(folder, places.work / name, encoder, settings))
    for name in DRAWN:
        yield from drawn(name, places, encoder, settings)
    for name in ("rgb_zh_refine", "rgb_zh_int"):
        yield from noisy(name, places.data / name, encoder, settings)
    yield from written(WRITTEN, places, encoder, settings)


def sample(
    about: tuple[str, str, str],
    question: str,
    hits: Sequence[Hit],
    answerable: bool,
    answers: Holds,
    own_half: str = "",
) -> Iterator[Sample]:
    """The sample of (set, id, kind), as the product reads what it found; none where nothing can be read.

    Its half is that of its id, where none is given.
    """
    name, number, kind = about
    evidence = tuple(reading_order(choose(hits[:READ], budget(question, read=True))))
    if evidence:
        labels = tuple(answerable and answers(e) for e in evidence)
        own = own_half or half(number.split("#")[0])
        yield Sample(number, name, own, kind, question, answerable, tuple(hits[:HITS]), evidence, labels)


def quotes(evidence: Sequence[str]) -> Holds:
    """Whether a sentence holds an evidence quote, or is a part of one."""
    wanted = [fold(quote) for quote in evidence if fold(quote)]
    return lambda e: any(q in (said := fold(e.text)) or (len(said) > MIN_QUOTE and said in q) for q in wanted)


def says(answers: Sequence[str]) -> Holds:
    """Whether a sentence holds one of the answers."""
    return lambda e: any(holds(e.text, answer) for answer in answers)


def _gold(name: str, path: Path, retriever: Retriever) -> Iterator[Sample]:
    from rag.conversation import condense

    for gold in read_gold(path):
        question = condense(gold.question, gold.history)
        hits = retriever.search(question, HITS)
        yield from sample((name, gold.id, gold.type), question, hits, gold.answerable, quotes(gold.evidence))


def drawn(name: str, places: Places, encoder: Encoder, settings: Settings) -> Iterator[Sample]:
    """The samples of one public set whose collection is searched, DRAWN questions of each half."""
    from eval.datasets import read_beir
    from eval.searching.corpus import open_corpus
    from rag.engine import open_retriever

    dataset = read_beir(places.data / name)
    corpus = open_corpus(dataset.passages, encoder, places.work / name)
    chance, counts = random.Random(SEED), Counter[str]()
    most = dict(zip(("tune", "report"), DRAWN[name], strict=True))
    values = [value for _, value in read_lines(places.data / name / "queries.jsonl")]
    random.Random(name).shuffle(values)
    own = _Public(name, open_retriever(corpus.searcher, settings), corpus.ids, dataset.qrels, chance)
    for value in values:
        if counts[half(value["_id"])] < most[half(value["_id"])]:
            counts[half(value["_id"])] += 1
            yield from own.samples(value)


@dataclass(frozen=True, slots=True)
class _Public:
    """What the questions of one public set are asked of."""

    name: str
    retriever: Retriever
    ids: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    chance: random.Random

    def samples(self, value: Mapping[str, Any]) -> Iterator[Sample]:
        """The question as it is, or with what answers it taken away, or both."""
        question, documents = value["text"], self.qrels.get(value["_id"], {})
        answers = [a for a in value.get("answers", ()) if fold(a)]
        if self.name == "cjrc_law":
            yield from self._within(value, question, documents, answers)
        elif "evidence" in value:
            yield from self._quoted(value, question, answers)
        else:
            yield from self._labelled(value, question, documents, answers)

    def _labelled(
        self, value: Mapping[str, Any], question: str, documents: Mapping[str, int], answers: Sequence[str]
    ) -> Iterator[Sample]:
        """As it is, or without its document and whatever else holds an answer."""
        said = says(answers)
        if self.chance.random() < EMPTIED[self.name]:
            found = self.retriever.search(question, DEEP)
            others = [h for h in found if not self._of(h, documents) and not any(holds(h.text, a) for a in answers)]
            yield from sample((self.name, f"{value['_id']}#neg", ""), question, others, False, said)
        else:
            hits = self.retriever.search(question, HITS)
            yield from sample(
                (self.name, value["_id"], ""), question, hits, True, lambda e: self._of(e.hit, documents) and said(e)
            )

    def _within(
        self, value: Mapping[str, Any], question: str, documents: Mapping[str, int], answers: Sequence[str]
    ) -> Iterator[Sample]:
        """Asked of its own document alone; questions answered by yes or no are left out."""
        if answers[:1] in (["YES"], ["NO"]):
            return
        hits = [hit for hit in self.retriever.search(question, DEEPER) if self._of(hit, documents)]
        yield from sample((self.name, value["_id"], ""), question, hits, bool(value["answerable"]), says(answers))

    def _quoted(self, value: Mapping[str, Any], question: str, answers: Sequence[str]) -> Iterator[Sample]:
        """As it is; where one quote answers, a share again without the passages that hold it."""
        evidence = [quote for quote in value["evidence"] if fold(quote)]
        answerable = bool(value["answerable"]) and not "".join(answers[:1]).startswith("无法回答")
        about = (self.name, value["_id"], value["type"])
        hits = self.retriever.search(question, HITS)
        yield from sample(about, question, hits, answerable, quotes(evidence))
        if answerable and len(evidence) == 1 and self.chance.random() < EMPTIED[self.name]:
            quote = fold(evidence[0])
            found = self.retriever.search(question, DEEP)
            others = [hit for hit in found if quote not in fold(hit.text) and fold(hit.text) not in quote]
            yield from sample((self.name, f"{value['_id']}#neg", "neg"), question, others, False, quotes(evidence))

    def _of(self, hit: Hit, documents: Mapping[str, int]) -> bool:
        return self.ids.get(hit.document) in documents


def noisy(name: str, folder: Path, encoder: Encoder, settings: Settings) -> Iterator[Sample]:
    """The samples of an RGB set: each question asked of the few documents drawn for it; with noise alone unanswerable."""
    from eval.benchmarks import rgb
    from eval.searching.corpus import open_corpus
    from rag.engine import open_retriever

    parts = rgb.noise_parts(folder) if name == "rgb_zh_refine" else rgb.integration_parts(folder)
    for part in (part for part in parts if part.name in NOISE):
        for case in part.cases:
            with tempfile.TemporaryDirectory(prefix="judian-eval-") as made:
                corpus = open_corpus(case.passages or (), encoder, Path(made))
                hits = open_retriever(corpus.searcher, settings).search(case.question.question, HITS)
            wordings = [wording for fact in case.question.must for wording in fact]
            about = (name, f"{case.question.id}#{part.name}", part.name)
            yield from sample(about, case.question.question, hits, part.name != NOISE[-1], says(wordings))


def written(path: Path, places: Places, encoder: Encoder, settings: Settings) -> Iterator[Sample]:
    """The samples of the questions in a file like WRITTEN, group by group, asked of the group's articles."""
    articles = (places.data / "crud_news" / "docs.txt").read_text(encoding="utf-8").splitlines()
    values = [value for _, value in read_lines(path)]
    for group in dict.fromkeys(value["group"] for value in values):
        own = [value for value in values if value["group"] == group]
        with tempfile.TemporaryDirectory(prefix="judian-eval-") as made:
            for number in {value["article"] for value in own}:
                text = _HEADED.sub("", articles[number]).strip() + "\n"
                (Path(made) / f"n{number:05d}.txt").write_text(text, encoding="utf-8")
            retriever = _filled(Path(made), places.work / f"written_{group}", encoder, settings)
        for value in own:
            about = (f"news{group}", value["id"], value["type"])
            hits = retriever.search(value["question"], HITS)
            answers = quotes(value["evidence"])
            yield from sample(about, value["question"], hits, bool(value["evidence"]), answers, value["half"])


def _filled(folder: Path, place: Path, encoder: Encoder, settings: Settings) -> Retriever:
    """What finds passages in the files of a folder, in a store made of them."""
    from index.intake.files import find
    from index.intake.ingest import add
    from index.search import Searcher
    from index.store import Store
    from rag.engine import open_retriever

    store = Store.create(place, encoder.name, encoder.dim)
    for verdict in add(store, encoder, [*find([folder])]):
        if verdict.reason:
            raise JudianError(f"{verdict.name} 添加失败：{verdict.reason}")
    return open_retriever(Searcher(store, encoder), settings)
