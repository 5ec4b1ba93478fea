"""Whatever a model writes, what is shown is proved: marks, citations, quotations, numbers and names, over the whole answerer."""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

import pytest
from claim_cases import CASES
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from fake_reader import FakeReader
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import SAMPLE, filled

from index.cleaning import clean
from index.folding import bare
from index.passages import Sentence, split
from index.reading import read_as
from index.search import Searcher
from rag.answer import Answer
from rag.answerer import Answerer
from rag.unproved import unproved

CASE_TEXT = "\n".join("".join(case.sources) for case in CASES)
SENTENCES = [s.text for t in (SAMPLE, CASE_TEXT) for p in split(clean(t)) for s in p.sentences if len(s.text) > 12]
QUESTIONS = (
    "无废城市建设试点支持哪些地方？", "第六篇提出哪些目标？", "华夏娱乐有限公司成立于哪一年？", "借款人还清了吗？", "为什么取消航班？",
    "哪一篇讲到人才？", "长江和黄河各多长？", "青霉素怎么用？", "2025年的目标是什么？", "火星殖民地的税率是多少？", "绿色发展是不是附加题？",
)  # fmt: skip
MARK = re.compile(r"\[(\d{1,3})\]")
NOTE = re.compile(r"（[^（）]*）")  # said by the system about the answer


@cache
def searcher() -> Searcher:
    encoder = HashEncoder()
    return Searcher(filled(Path(mkdtemp()), {"七篇.txt": SAMPLE, "杂录.txt": CASE_TEXT}, encoder), encoder)


class Remembered:
    """The searcher, which looks for each question once."""

    def __init__(self) -> None:
        self.store = searcher().store
        self.search = cache(searcher().search)
        self.sweep = searcher().sweep
        self.names = searcher().names


@cache
def remembered() -> Searcher:
    return cast(Searcher, Remembered())


@cache
def shown_text(document: str) -> tuple[str, tuple[int, ...]]:
    """The text of a document without markers, and where each character stands in the source."""
    kept = clean(source(document)[0])
    return kept.text, tuple(kept.offsets)


@cache
def source(document: str) -> tuple[str, tuple[Sentence, ...]]:
    """The text of a document and its sentences, as stored."""
    store = searcher().store
    ids = [h.id for h in store.passage_headers()]
    own = [p.passage for p in store.passages(ids) if p.document == document]
    return store.text(document), tuple(s for p in own for s in p.sentences)


def cited_texts(answer: Answer) -> dict[int, list[str]]:
    """Of each citation: its quote as it is read, and the whole sentences it is part of."""
    found: dict[int, list[str]] = {}
    for c in answer.citations:
        _, sentences = source(c.document)
        whole = [s.reading for s in sentences if s.start < c.end and c.start < s.end]
        found[c.n] = [read_as(c.quote, c.repairs), *whole]
    return found


def check(answer: Answer) -> None:
    numbers = {c.n for c in answer.citations}
    assert {int(n) for n in MARK.findall(answer.text)} == numbers
    if answer.refused:
        assert (answer.claims, answer.citations) == ((), ())
        return
    cited = cited_texts(answer)
    for claim in answer.claims:
        assert claim.citations
        assert set(claim.citations) <= numbers
        assert claim.verdict == "supported"
        texts = [text for n in claim.citations for text in cited[n]]
        assert unproved(NOTE.sub("", claim.text), texts, places(answer)) == []
    for c in answer.citations:
        text, offsets = shown_text(c.document)
        assert text[bisect_left(offsets, c.start) : bisect_left(offsets, c.end)] == c.quote


def places(answer: Answer) -> list[str]:
    """The names by which a claim may be headed: of the documents and sections it cites."""
    cited = [(c.document, c.section) for c in answer.citations]
    cited += [(p.document, p.section) for c in answer.citations for p in c.also_in]
    return [name for d, s in cited for name in (d, Path(d).stem, s, *s.split(" · ")) if name]


def damaged(chance: random.Random, text: str) -> str:
    """A sentence as a small model might write it: cut, stitched, its numbers altered, marks and strangers put in."""
    other = chance.choice(SENTENCES)
    return chance.choice(
        [
            text,
            text[chance.randrange(len(text)) :],
            text[: len(text) // 2] + other[len(other) // 2 :],
            re.sub(r"\d+", lambda m: str(int(m[0]) + chance.randint(1, 9)), text),
            text.replace("不", "").replace("未", ""),
            f"{text[:-1]}[7]，{other}",
            f"“{other[2:9]}”{text}",
            f"共有{chance.randint(100, 999)}万人，{text}",
            f"据王小明表示，{text}",
            "，".join(chance.sample(re.split("[，,]", text), len(re.split("[，,]", text)))),
        ]
    )


@given(st.randoms(use_true_random=False), st.sampled_from(QUESTIONS))
@settings(max_examples=40, deadline=None)
def test_whatever_is_drafted_all_that_is_shown_is_proved(chance: random.Random, question: str) -> None:
    known = (
        SENTENCES if chance.random() < 0.3 else [s for s in SENTENCES if set(bare(question)[:6]) & set(s)] or SENTENCES
    )
    draft = "".join(damaged(chance, chance.choice(known)) for _ in range(chance.randint(0, 4)))
    check(Answerer(remembered(), FakeGenerator(draft, size=40)).answer(question))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sources[0][:6])
def test_a_near_miss_in_the_draft_never_shows(case: object) -> None:
    assert isinstance(case, type(CASES[0]))
    for claim in case.near_misses[::2]:
        answer = Answerer(remembered(), FakeGenerator(claim, size=40)).answer(case.sources[0][:20] + "怎么样？")
        check(answer)
        assert bare(claim) not in {bare(c.text) for c in answer.claims} or any(
            bare(claim) in bare(text) for c in answer.citations for text in [c.quote]
        )


@given(st.text(max_size=80))
@settings(max_examples=20, deadline=None)
def test_noise_is_not_shown(draft: str) -> None:
    check(Answerer(remembered(), FakeGenerator(draft, size=40)).answer(QUESTIONS[0]))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_without_a_model_or_that_is_declined_is_proved_too(question: str) -> None:
    check(Answerer(remembered(), None).answer(question))
    for reader in (FakeReader(-6.0), FakeReader(6.0)):
        check(Answerer(remembered(), None, reader=reader).answer(question))
