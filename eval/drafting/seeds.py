"""Passages of a store -> places to ask about, drawn evenly over documents and sections. Pure.

A seed is one sentence with what to ask for in it. Sections nobody has asked about come first.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.drafting.properties import Missing, missing, stated
from eval.drafting.proposals import Quote
from eval.drafting.spans import Kind, Target, figures, likeness, lists, reasons, single_figures
from index.cleaning import CLOSERS, SENTENCE_END
from index.folding import bare
from index.passages import Passage, Sentence

SHORTEST, LONGEST = 12, 220  # characters of a sentence worth asking about

_STRAY = re.compile(r"(?<=[\u4e00-\u9fff])[a-z](?=[\u4e00-\u9fff])")

Place = tuple[str, str]
"""Document and section."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where one question is drafted from; `others` are words that could stand untruly in the target's place."""

    kind: Kind
    document: str
    section: str
    sentence: Sentence
    passage: str
    target: Target | None
    others: tuple[str, ...]
    missing: Missing | None = None

    @property
    def place(self) -> Place:
        """The group that the draw is even over."""
        return self.document, self.section

    @property
    def key(self) -> str:
        """The same for the same words asked for in the same place, in every run."""
        parts = (
            self.kind,
            self.document,
            self.sentence.start,
            self.target.words if self.target else self.missing.question if self.missing else "",
        )
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]

    def quote(self) -> Quote:
        """The sentence as evidence."""
        s = self.sentence
        return Quote(self.document, self.section, s.start, s.end, s.text)


def find_seeds(passages: Sequence[tuple[str, Passage]]) -> dict[Kind, list[Seed]]:
    """Everything that could be asked, by kind, in the order of the documents; `passages` are (document, passage).

    A sentence that stands in several places is asked about once, one that looks damaged not at all.
    """
    pairs = Counter(t[i : i + 2] for _, p in passages for t in [bare(p.text)] for i in range(len(t) - 1))
    found: dict[Kind, list[Seed]] = {k: [] for k in ("factoid", "list", "why_how", "false_premise", "unanswerable")}
    said: set[str] = set()
    for document, passage in passages:
        for sentence in passage.sentences:
            text = bare(sentence.text)
            if sentence.text[-1] not in SENTENCE_END + CLOSERS + "；;":
                continue  # a heading, or a row of a table
            if text in said or not SHORTEST <= len(sentence.text) <= LONGEST or _damaged(sentence.text, pairs):
                continue
            said.add(text)
            for kind, target in _targets(sentence.text):
                found[kind].append(Seed(kind, document, passage.section, sentence, passage.text, target, ()))
    found["false_premise"] = _premises(found["unanswerable"])
    found["unanswerable"] = _unstated(found["unanswerable"], [s.text for _, p in passages for s in p.sentences])
    return found


def _damaged(sentence: str, pairs: Mapping[str, int]) -> bool:
    """Whether a lone Latin letter stands in it, or an uncommon character between neighbours it has nowhere else."""
    text = bare(sentence)
    return bool(_STRAY.search(sentence)) or any(
        _uncommon(c) and pairs[text[i : i + 2]] < 2 and (i == 0 or pairs[text[i - 1 : i + 1]] < 2)
        for i, c in enumerate(text)
    )


def _uncommon(character: str) -> bool:
    """A Chinese character outside the first level of GB 2312, whose 3,755 make up nearly all of modern text."""
    if not "\u4e00" <= character <= "\u9fff":
        return False
    try:
        return character.encode("gb2312")[0] >= 0xD8
    except UnicodeEncodeError:
        return True


def _targets(text: str) -> Iterator[tuple[Kind, Target | None]]:
    yield from (("factoid", t) for t in figures(text))
    yield from (("list", t) for t in lists(text))
    yield from (("why_how", t) for t in reasons(text))
    yield "unanswerable", None


def _premises(sentences: Iterable[Seed]) -> list[Seed]:
    """Seeds whose figure another one of the same shape and unit in the collection can replace."""
    places = [(s, t) for s in sentences for t in single_figures(s.sentence.text) if t.shape != "主体"]
    like: dict[str, dict[str, None]] = defaultdict(dict)
    for _, target in places:
        like[likeness(target)][target.words] = None
    made = []
    for s, target in places:
        others = tuple(w for w in like[likeness(target)] if w not in s.sentence.text and target.words not in w)
        if others:
            made.append(Seed("false_premise", s.document, s.section, s.sentence, s.passage, target, others))
    return made


def _unstated(sentences: Iterable[Seed], said: Sequence[str]) -> list[Seed]:
    """A seed for each name, asking for one of its properties that nothing in the collection states."""
    made: dict[str, Seed] = {}
    for s in sentences:
        for name, asked in itertools.groupby(missing(s.sentence.text), key=lambda m: m.name):
            open_ones = [m for m in asked if not stated(m, said)]
            if open_ones and name not in made:
                chosen = open_ones[len(made) % len(open_ones)]
                made[name] = replace(s, missing=chosen)
    return list(made.values())


def draw(seeds: Sequence[Seed], asked: Mapping[Place, int], seed: int) -> Iterator[Seed]:
    """All of them, places with the fewest questions first and in turn, in an order that `seed` fixes."""
    shuffled = random.Random(seed)
    groups: dict[Place, list[Seed]] = defaultdict(list)
    for s in seeds:
        groups[s.place].append(s)
    for group in groups.values():
        shuffled.shuffle(group)
    documents = Counter[str]()
    for (document, _), n in asked.items():
        documents[document] += n
    places = list(groups)
    shuffled.shuffle(places)
    places.sort(key=lambda p: (asked.get(p, 0), documents[p[0]]))
    turns = itertools.zip_longest(*(groups[p] for p in places))
    yield from (s for turn in turns for s in turn if s is not None)
