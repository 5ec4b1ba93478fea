"""The gold set eval/gold/seven_speeches.jsonl against its source, by means of its own (not the product's)."""

from __future__ import annotations

import collections
import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "eval" / "gold" / "seven_speeches.jsonl"
CORPUS = ROOT / "data" / "corpus" / "七篇发言稿.txt"
KEYS = {"id", "type", "question", "history", "answer", "must", "evidence", "answerable"}
LEAST = {
    "factoid": 30,
    "list": 16,
    "why_how": 14,
    "multi_evidence": 10,
    "cross_speech": 12,
    "ocr_noise": 16,
    "paraphrase": 16,
    "unanswerable": 14,
    "false_premise": 8,
    "follow_up": 10,
}
SPEECH_STARTS = ("第一篇,共七篇", "弟Jm", "弟二扁", "第四篇", "第五篇", "第六篇", "第七篇")

Row = dict[str, Any]


def _fold(text: str) -> str:
    """The text without white space and punctuation."""
    kept = unicodedata.normalize("NFKC", text)
    return "".join(c for c in kept if not c.isspace() and (c == "%" or not unicodedata.category(c).startswith("P")))


def _speeches() -> list[str]:
    source = re.sub(r"\n\d+、", "", CORPUS.read_text(encoding="utf-8"))
    starts = [source.index(mark) for mark in SPEECH_STARTS]
    return [source[start:end] for start, end in zip(starts, [*starts[1:], len(source)], strict=True)]


def _states(text: str, wordings: list[str]) -> bool:
    return any(_fold(wording) in _fold(text) for wording in wordings)


ROWS: list[Row] = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
SPEECHES = _speeches()

each_row = pytest.mark.parametrize("row", ROWS, ids=[str(row.get("id")) for row in ROWS])


def test_ids_and_questions_are_unique() -> None:
    assert len(ROWS) >= 130
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({(row["question"], json.dumps(row["history"])) for row in ROWS}) == len(ROWS)


def test_every_type_is_there_often_enough() -> None:
    counts = collections.Counter(row["type"] for row in ROWS)
    assert set(counts) == set(LEAST)
    assert {kind: n for kind, n in counts.items() if n < LEAST[kind]} == {}


def test_both_halves_hold_every_type() -> None:
    halves = collections.Counter(
        (row["type"], hashlib.sha256(row["id"].encode("utf-8")).digest()[-1] % 2) for row in ROWS
    )
    assert min(halves[kind, side] for kind in LEAST for side in (0, 1)) >= 3


def test_every_speech_is_asked_about() -> None:
    touched = [sum(any(quote in speech for quote in row["evidence"]) for row in ROWS) for speech in SPEECHES]
    assert min(touched) >= 5


@each_row
def test_fields_have_their_types(row: Row) -> None:
    assert set(row) - {"paraphrases"} == KEYS
    assert re.fullmatch(r"ss-\d{3}", row["id"])
    for field in ("question", "answer"):
        assert isinstance(row[field], str)
        assert row[field].strip() == row[field] != ""
    assert isinstance(row["answerable"], bool)
    assert all(isinstance(quote, str) and 8 <= len(quote) <= 130 for quote in row["evidence"])
    assert isinstance(row["must"], list)
    assert all(isinstance(fact, list) and fact and all(map(_fold, fact)) for fact in row["must"])
    assert len(row["must"]) <= 8


@each_row
def test_evidence_stands_in_one_speech(row: Row) -> None:
    missing = [quote for quote in row["evidence"] if not any(quote in speech for speech in SPEECHES)]
    assert missing == []


@each_row
def test_answerable_goes_with_the_type(row: Row) -> None:
    assert row["answerable"] is (row["type"] not in ("unanswerable", "false_premise"))
    if row["type"] == "unanswerable":
        assert row["must"] == row["evidence"] == []
    else:
        assert row["must"]
        assert row["evidence"]


@each_row
def test_the_reference_answer_states_every_fact(row: Row) -> None:
    assert [fact for fact in row["must"] if not _states(row["answer"], fact)] == []


@each_row
def test_facts_come_from_the_evidence_or_the_reference_answer(row: Row) -> None:
    known = "".join(row["evidence"]) + "。" + row["answer"]
    assert [fact for fact in row["must"] if not _states(known, fact)] == []


@each_row
def test_the_question_does_not_give_its_answer_away(row: Row) -> None:
    stated = [fact for fact in row["must"] if _states(row["question"], fact)]
    assert not row["must"] or len(stated) < len(row["must"])


@each_row
def test_only_follow_ups_have_a_history(row: Row) -> None:
    history = row["history"]
    assert bool(history) is (row["type"] == "follow_up")
    assert len(history) in (0, 2, 4)
    assert [turn["role"] for turn in history] == ["user", "assistant"] * (len(history) // 2)
    assert all(set(turn) == {"role", "content"} and turn["content"].strip() for turn in history)
