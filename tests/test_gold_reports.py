"""The two gold sets on the yearly reports against the shared reports: each quote stands in the reports said, no other."""

from __future__ import annotations

import collections
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samples import REPORTS

from eval.measures.folding import fold, holds
from eval.questions import half
from index.cleaning import clean

GOLD = Path(__file__).parents[1] / "eval" / "gold"
KEYS = {"id", "type", "question", "history", "answer", "must", "evidence", "answerable", "note"}
YEARS = [str(year) for year in range(2008, 2018)]
TERMS = {
    "gwrs-401": ("港珠澳大桥",),
    "gwrs-402": ("约法三章",),
    "gwrs-403": ("米袋子",),
    "gwrs-404": ("家电下乡", "家电汽车摩托车下乡"),
    "gwrs-405": ("PM2.5", "细颗粒物"),
    "gwrs-406": ("三网融合",),
    "gwrs-407": ("中等收入陷阱",),
    "gwrs-408": ("全民阅读",),
    "gwrs-409": ("以药补医", "以药养医"),
    "gwrs-414": ("权力在阳光下运行",),
    "gwrs-415": ("互联网+",),
    "gwrs-416": ("南水北调",),
    "gwrs-417": ("老工伤",),
    "gwrs-418": ("一国两制",),
    "gwrs-419": ("碳达峰", "碳排放达峰"),
    "gwrs-420": ("区块链",),
}
"""What a question over the whole collection looks for: the reports said are all that hold one of these."""

Row = dict[str, Any]

needs_reports = pytest.mark.skipif(not REPORTS, reason="no reports here")


def _rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


ONE, ALL = _rows("government_work_reports.jsonl"), _rows("government_work_reports_sweep.jsonl")
each_row = pytest.mark.parametrize("row", ONE + ALL, ids=[str(row.get("id")) for row in ONE + ALL])


@cache
def _texts() -> dict[str, str]:
    """Year -> the cleaned report, folded."""
    return {path.stem[-4:]: fold(clean(path.read_text(encoding="utf-8")).text) for path in REPORTS}


def _said(row: Row) -> list[str]:
    """The years of the reports that the note names, in order."""
    named = re.match(r"出处：([^。]*)。", row["note"])
    assert named
    return [] if named[1] == "无" else named[1].split("、")


def _holding(words: str) -> list[str]:
    return [year for year, text in _texts().items() if fold(words) in text]


def _states(text: str, wordings: list[str]) -> bool:
    return any(holds(text, wording) for wording in wordings)


def test_ids_and_questions_are_unique() -> None:
    assert [row["id"] for row in ONE] == [f"gwr-{n}" for n in range(401, 461)]
    assert [row["id"] for row in ALL] == [f"gwrs-{n}" for n in range(401, 421)]
    assert len({row["question"] for row in ONE + ALL}) == len(ONE + ALL)


@pytest.mark.parametrize("rows", [ONE, ALL], ids=["one", "all"])
def test_the_halves_are_about_even(rows: list[Row]) -> None:
    tune = sum(half(row["id"]) == "tune" for row in rows)
    assert 0.4 <= tune / len(rows) <= 0.6


def test_every_report_is_asked_about() -> None:
    touched = collections.Counter(year for row in ONE for year in _said(row))
    assert set(touched) == set(YEARS)
    assert min(touched.values()) >= 5


@each_row
def test_fields_have_their_types(row: Row) -> None:
    assert set(row) == KEYS
    assert row["history"] == []
    assert all(row[field].strip() == row[field] != "" for field in ("question", "answer", "note"))
    assert all(8 <= len(quote) <= 80 and "。" not in quote for quote in row["evidence"])
    assert row["answerable"] is (row["type"] != "unanswerable")
    assert bool(row["must"]) is bool(row["evidence"]) is row["answerable"]


@needs_reports
@each_row
def test_each_quote_stands_in_the_report_said_and_no_other(row: Row) -> None:
    places = [_holding(quote) for quote in row["evidence"]]
    assert [len(years) for years in places] == [1] * len(places)
    assert list(dict.fromkeys(year for years in places for year in years)) == _said(row)


@needs_reports
@pytest.mark.parametrize("row", [row for row in ALL if row["id"] in TERMS], ids=lambda row: str(row["id"]))
def test_the_reports_said_are_all_that_hold_the_term(row: Row) -> None:
    holding = sorted({year for term in TERMS[row["id"]] for year in _holding(term)})
    assert _said(row) == (holding[:1] if "最早" in row["question"] else holding)


@each_row
def test_the_reference_answer_states_every_fact(row: Row) -> None:
    assert [fact for fact in row["must"] if not _states(row["answer"], fact)] == []


@each_row
def test_facts_come_from_the_evidence_or_are_the_years_of_its_reports(row: Row) -> None:
    known = "。".join([*row["evidence"], *(f"{year}年" for year in _said(row))])
    assert [fact for fact in row["must"] if not _states(known, fact)] == []


@each_row
def test_the_question_does_not_give_its_answer_away(row: Row) -> None:
    assert [fact for fact in row["must"] if _states(row["question"], fact)] == []


@pytest.mark.parametrize("row", [row for row in ALL if row["type"] == "list"], ids=lambda row: str(row["id"]))
def test_a_question_for_the_years_wants_each_of_them_as_a_fact(row: Row) -> None:
    assert [fact[0] for fact in row["must"]] == [f"{year}年" for year in _said(row)]
