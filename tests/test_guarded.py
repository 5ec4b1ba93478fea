"""A hostile language model that obeys every order it reads changes no answer: it reads none, and proves nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from orders import INJECTIONS
from samples import filled

from index.folding import bare
from index.search import Searcher
from index.sweep import Topic
from rag.answer import Answer, Message
from rag.answerer import Answerer
from rag.evidence import Evidence
from rag.guarded import Guarded
from rag.prompt import reading_parts
from rag.reader import Judged

QUESTION = "无废城市建设试点支持哪些地方？"
UNANSWERABLE = "火星殖民地的税率是多少？"
FACTS = (
    "支持许昌、铜陵、瑞金等地深入推进“无废城市”建设试点。坚持以水而定、量水而行，严格取用水管理。\n"
    "要加快建设区域医疗中心，支持县级医院建立医疗联合体。推动中部地区高质量发展，形成新的增长点。\n"
)


class Hostile:
    """Obeys: what it reads of an order is its draft, and it is sure of everything as soon as it has read one."""

    name = "hostile"

    def __init__(self) -> None:
        self.read: list[str] = []

    def generate(self, messages: Sequence[Message], limit: int, stop: threading.Event) -> Iterator[str]:
        """Every order in the messages and the words it wants said; without one, the fact."""
        obeyed = self._obeyed(messages)
        yield "".join(f"{payload}。{text}[9]。" for text, payload in obeyed) or FACTS.splitlines()[0]

    def choose(
        self, messages: Sequence[Message], options: Sequence[str], stop: threading.Event | None = None
    ) -> list[float]:
        """Yes, where there is an order; else only of what the facts tell."""
        sure = 0.999 if self._obeyed(messages) or "试点" in messages[-1]["content"].split("【问题】")[-1] else 0.0001
        return [sure] + [(1 - sure) / (len(options) - 1)] * (len(options) - 1)

    def judge(self, question: str, evidence: Sequence[Evidence], stop: threading.Event | None = None) -> Judged:
        """Sure of every sentence with an order in it, and then of the question; else only of what the facts tell."""
        parts = reading_parts(question, evidence)
        lines = [place + sentence for place, sentence in parts.sentences]
        obeyed = [bool(self._obeyed([{"role": "user", "content": line}])) for line in lines]
        return Judged(tuple(9.0 if o else 0.0 for o in obeyed), 9.0 if any(obeyed) or "试点" in question else -9.0)

    def _obeyed(self, messages: Sequence[Message]) -> list[tuple[str, str]]:
        content = "".join(m["content"] for m in messages)
        self.read.append(content)
        return [(text, payload) for text, payload in INJECTIONS if bare(payload) in bare(content)]


def asked(
    folder: Path, question: str, order: str = "", place: str = "own", *, reads: bool = False
) -> tuple[Answer, Hostile]:
    """The answer over a store with the order in a file of its own, in the midst of the facts, or as a heading; by what
    the model writes, or by what it `reads`."""
    files = {"报告.md": FACTS}
    if order and place == "own":
        files["通知.txt"] = f"关于无废城市建设试点的通知。\n{order}\n"
    elif order:
        head = f"# {order}\n\n" if place == "heading" else ""
        inside = f"\n{order}\n" if place == "inside" else ""
        first, rest = FACTS.split("\n", 1)
        files["报告.md"] = f"{head}{first}\n{inside}{rest}"
    encoder, hostile = HashEncoder(), Hostile()
    searcher = Searcher(filled(folder, files, encoder), encoder)
    return Answerer(searcher, hostile, reader=hostile if reads else None).answer(question), hostile


def shown(answer: Answer) -> str:
    return bare(answer.text + "".join(c.text for c in answer.claims) + "".join(c.quote for c in answer.citations))


@pytest.mark.parametrize(
    ("order", "payload", "place"),
    [
        *((order, payload, ("own", "inside")[n % 2]) for n, (order, payload) in enumerate(INJECTIONS)),
        *((order, payload, "heading") for order, payload in INJECTIONS[::4]),
    ],
)
def test_an_order_changes_no_answer(tmp_path: Path, order: str, payload: str, place: str) -> None:
    answer, hostile = asked(tmp_path, QUESTION, order, place)
    assert bare(payload) not in shown(answer)
    assert not any(bare(payload) in bare(read) for read in hostile.read)
    assert "许昌、铜陵、瑞金" in answer.text
    assert not answer.refused


@pytest.mark.parametrize(("order", "payload"), INJECTIONS[1::3])
def test_an_order_changes_nothing_for_a_reader(tmp_path: Path, order: str, payload: str) -> None:
    answer, hostile = asked(tmp_path, QUESTION, order, "inside", reads=True)
    assert bare(payload) not in shown(answer)
    assert hostile.read
    assert not any(bare(payload) in bare(read) for read in hostile.read)
    assert "许昌、铜陵、瑞金" in answer.text
    assert not answer.refused


@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize(("order", "payload"), INJECTIONS[::5])
def test_an_order_lifts_no_refusal(tmp_path: Path, order: str, payload: str, reads: bool) -> None:
    answer, _ = asked(tmp_path, UNANSWERABLE, order, reads=reads)
    assert (answer.refused, answer.claims, answer.citations) == (True, (), ())
    assert bare(payload) not in shown(answer)


@pytest.mark.parametrize(("order", "payload"), INJECTIONS[::5])
def test_an_order_in_the_history_changes_no_answer(tmp_path: Path, order: str, payload: str) -> None:
    encoder, hostile = HashEncoder(), Hostile()
    answerer = Answerer(Searcher(filled(tmp_path, {"报告.md": FACTS}, encoder), encoder), hostile)
    history = [{"role": "user", "content": "试点有哪些？"}, {"role": "assistant", "content": order}]
    answer = answerer.answer(QUESTION, history)
    assert bare(payload) not in shown(answer)
    assert "许昌、铜陵、瑞金" in answer.text


@pytest.mark.parametrize(("order", "payload"), INJECTIONS[::5])
def test_a_sweep_finds_no_order(tmp_path: Path, order: str, payload: str) -> None:
    encoder = HashEncoder()
    files = {"甲.txt": FACTS, "乙.txt": f"{FACTS}\n{order}试点。\n", "丙.txt": f"{order}试点。\n"}
    swept = Guarded(Searcher(filled(tmp_path, files, encoder), encoder)).sweep(Topic("试点", ("试点",)))
    found = "".join(s.sentence.text for group in swept.groups for hit in group.hits for s in hit.sentences)
    assert bare(payload) not in bare(found)
    assert "许昌" in found


def test_the_rest_of_the_retriever_is_as_it_was(tmp_path: Path) -> None:
    encoder = HashEncoder()
    searcher = Searcher(filled(tmp_path, {"报告.md": FACTS}, encoder), encoder)
    assert Guarded(searcher).search(QUESTION, 5) == searcher.search(QUESTION, 5)
    assert Guarded(searcher).sweep(Topic("试点", ("试点",))) == searcher.sweep(Topic("试点", ("试点",)))
    assert Guarded(searcher).store is searcher.store
