"""A gold set -> its questions, checked; and the half that each belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.folding import fold
from eval.lines import DatasetError, read_lines, string_field, text_field

Half = Literal["tune", "report"]
TYPES = (
    "factoid",
    "list",
    "why_how",
    "multi_evidence",
    "cross_speech",
    "ocr_noise",
    "paraphrase",
    "unanswerable",
    "false_premise",
    "follow_up",
)
_REQUIRED = ("id", "type", "question", "answer", "must", "answerable")
_OPTIONAL = ("history", "evidence", "note")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One question whose answer is known.

    `must` holds the facts of a right answer, each as its accepted wordings; `evidence` the verbatim
    words of the source, markers removed. A false premise has `answerable` false and facts in `must`.
    """

    id: str
    type: str
    question: str
    history: tuple[Mapping[str, str], ...]
    answer: str
    must: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]
    answerable: bool


def half(question_id: str) -> Half:
    """Which half a question belongs to: by the last bit of the SHA-256 of its id, so for ever the same."""
    digest = hashlib.sha256(question_id.encode("utf-8")).digest()
    return "tune" if digest[-1] % 2 == 0 else "report"


def read_gold(path: Path) -> list[GoldQuestion]:
    """The questions of a gold set in file order.

    Raises DatasetError naming line, field and what to do; ids are unique and facts never empty.
    """
    questions: list[GoldQuestion] = []
    lines: dict[str, int] = {}
    for number, value in read_lines(path):
        question = _gold_question(value, f"{path} 第 {number} 行")
        if question.id in lines:
            raise DatasetError(
                f"{path} 第 {number} 行：id「{question.id}」与第 {lines[question.id]} 行重复。请改成不同的编号。"
            )
        lines[question.id] = number
        questions.append(question)
    if not questions:
        raise DatasetError(f"{path} 里没有题目。请每行写一个 JSON 对象，字段见 README 的“评测集格式”。")
    return questions


def _gold_question(value: Mapping[str, Any], where: str) -> GoldQuestion:
    _check_fields(value, where)
    answerable = value["answerable"]
    if not isinstance(answerable, bool):
        raise DatasetError(f"{where}：字段 answerable 应是 true 或 false，现在是 {answerable!r}。请改正。")
    must = _facts(value["must"], where)
    if answerable and not must:
        raise DatasetError(
            f"{where}：字段 must 是空的，可回答的题至少要有一个事实。"
            '请写成 [["事实一", "事实一的另一种写法"], ["事实二"]]；若原文没有答案，请把 answerable 改为 false。'
        )
    return GoldQuestion(
        id=text_field(value, "id", where),
        type=_type(value, where),
        question=text_field(value, "question", where),
        history=_history(value.get("history", []), where),
        answer=string_field(value, "answer", where),
        must=must,
        evidence=_wordings(value.get("evidence", []), "evidence", where),
        answerable=answerable,
    )


def _check_fields(value: Mapping[str, Any], where: str) -> None:
    for field in _REQUIRED:
        if field not in value:
            raise DatasetError(f"{where}：缺少字段 {field}。请补上，必需字段有 {'、'.join(_REQUIRED)}。")
    for field in value:
        if field not in _REQUIRED + _OPTIONAL:
            known = "、".join(_REQUIRED + _OPTIONAL)
            raise DatasetError(f"{where}：不认识字段 {field}。请删去或改正拼写，可用字段有 {known}。")


def _type(value: Mapping[str, Any], where: str) -> str:
    kind = text_field(value, "type", where)
    if kind not in TYPES:
        raise DatasetError(f"{where}：字段 type 不认识「{kind}」。请从这些里选：{'、'.join(TYPES)}。")
    return kind


def _facts(value: object, where: str) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list):
        raise DatasetError(f'{where}：字段 must 应是列表。请写成 [["事实一"], ["事实二", "另一种写法"]]。')
    facts = tuple(_wordings(fact, f"must 第 {n} 项", where) for n, fact in enumerate(value, 1))
    for n, fact in enumerate(facts, 1):
        if not fact:
            raise DatasetError(f"{where}：字段 must 第 {n} 项是空的。请至少写一种说法，或删去这一项。")
    return facts


def _wordings(value: object, field: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DatasetError(f'{where}：字段 {field} 应是字符串的列表。请写成 ["…", "…"]。')
    for item in value:
        if not fold(item):
            raise DatasetError(f"{where}：字段 {field} 里的「{item}」没有文字。请填上文字或删去。")
    return tuple(value)


def _history(value: object, where: str) -> tuple[Mapping[str, str], ...]:
    messages = value if isinstance(value, list) else [value]
    for message in messages:
        if not _is_message(message):
            raise DatasetError(
                f"{where}：字段 history 应是消息的列表。"
                '请写成 [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]。'
            )
    return tuple(messages)


def _is_message(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"role", "content"}:
        return False
    return value["role"] in ("user", "assistant") and isinstance(value["content"], str)
