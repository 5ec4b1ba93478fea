"""A peer's reply -> the answer object of the contract: sentences, the sources they name, chunks. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.peers.parts import Chunk
from eval.peers.refusals import is_refusal
from eval.questions import GoldQuestion
from index.cleaning import CLOSERS, SENTENCE_END

_WORD = r"(?:Sources?|来源|资料来源|资料|出处)"
_NUMBERS = rf"[0-9]{{1,3}}(?:\s*(?:[,，、;；–-]|and|和)\s*(?:{_WORD}\s*)?[0-9]{{1,3}})*"
_MARK = re.compile(
    rf"[\[［【]\s*(?:{_WORD}\s*[:：]?\s*)?({_NUMBERS})\s*[\]］】]"
    rf"|[(（]\s*{_WORD}\s*[:：]?\s*({_NUMBERS})\s*[)）]"
    rf"|{_WORD}\s*([0-9]{{1,3}})(?![0-9.%])",
    re.IGNORECASE,
)
_RANGE = re.compile(r"([0-9]{1,3})\s*[–-]\s*([0-9]{1,3})")
_END = re.compile(rf"[{re.escape(SENTENCE_END)}]+[{re.escape(CLOSERS)}]*|\n|$")
_AFTER = re.compile(rf"(?:[ \t]*(?:{_MARK.pattern}))*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a peer said: its text, the chunks it retrieved (best first), and what its source numbers stand for.

    `throughout` are numbers of sources given for the answer as a whole: they count for each of its sentences.
    """

    text: str
    hits: tuple[Chunk, ...]
    sources: Mapping[int, Chunk]
    throughout: tuple[int, ...] = ()


def answer_object(question: GoldQuestion, reply: Reply, model: str, timings: Mapping[str, float]) -> dict[str, Any]:
    """The reply as the contract has it. Numbers that name no source stay with their sentence, as unproved citations;
    a refusal has no claims and no citations."""
    text = reply.text.strip()
    refused = is_refusal(text)
    claims = [] if refused else _claims(text, reply.throughout)
    cited = list(dict.fromkeys(n for claim in claims for n in claim["citations"] if n in reply.sources))
    return {
        "id": question.id,
        "question": question.question,
        "standalone_question": question.question,
        "answer": text,
        "refused": refused,
        "model": model,
        "claims": claims,
        "citations": [_citation(n, reply.sources[n]) for n in cited],
        "hits": [_hit(chunk) for chunk in reply.hits],
        "timings": {name: round(value, 4) for name, value in timings.items()},
    }


def sentences(text: str) -> list[str]:
    """The sentences of an answer, with the source marks behind them; lines that only lead over (…：) are left out."""
    found: list[str] = []
    start = 0
    while start < len(text):
        end = _END.search(text, start)
        assert end is not None  # the pattern matches the end of the text
        after = _AFTER.match(text, end.end())
        stop = max(after.end() if after else end.end(), start + 1)
        sentence = text[start:stop].strip()
        if any(_is_letter(c) for c in _MARK.sub("", sentence)) and not sentence.endswith(("：", ":")):
            found.append(sentence)
        start = stop
    return found


def read_marks(sentence: str) -> tuple[str, tuple[int, ...]]:
    """The sentence with every source mark written as [1][2], and the numbers, each once, in order.

    Marks are [1], [1, 2], [1-3], 【1】, [Source 1], （来源1） and a bare Source 1 or 来源1.
    """
    numbers: list[int] = []

    def plain(match: re.Match[str]) -> str:
        own = _expand(next(group for group in match.groups() if group))
        numbers.extend(own)
        return "".join(f"[{n}]" for n in own)

    written = _MARK.sub(plain, sentence)
    return written, tuple(dict.fromkeys(numbers))


def _claims(text: str, throughout: Sequence[int]) -> list[dict[str, Any]]:
    read = map(read_marks, sentences(text))
    return [{"text": t, "citations": list(dict.fromkeys([*numbers, *throughout]))} for t, numbers in read]


def _expand(numbers: str) -> list[int]:
    listed = _RANGE.sub(lambda m: ",".join(map(str, range(int(m[1]), int(m[2]) + 1))) or m[0], numbers)
    return [int(n) for n in re.findall(r"[0-9]+", listed)]


def _citation(n: int, chunk: Chunk) -> dict[str, Any]:
    """A chunk that is not found in the source gets the empty stretch 0–0, so its quote counts as not verbatim."""
    place = {"document": chunk.document, "section": "", "page": None, "start": chunk.start or 0, "end": chunk.end or 0}
    return {"n": n, **place, "quote": chunk.text, "also_in": []}


def _hit(chunk: Chunk) -> dict[str, Any]:
    place = {"document": chunk.document, "section": "", "start": chunk.start, "end": chunk.end}
    return {**place, "score": round(chunk.score, 4), "text": chunk.text}


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"
