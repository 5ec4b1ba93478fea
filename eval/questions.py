"""A gold set -> its questions, checked; and the half that each belongs to. All that is wrong is told at once."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from eval.lines import DatasetError, read_each, string_field, text_field
from eval.measures.folding import fold

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
SHOWN = 20  # problems told at once; whoever has more has a file of another kind
_REQUIRED = ("id", "type", "question", "answer", "must", "answerable")
_OPTIONAL = ("history", "evidence", "note", "paraphrases")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One question whose answer is known.

    `must` holds the facts of a right answer, each as its accepted wordings; `evidence` the verbatim
    words of the source, markers removed. A false premise has `answerable` false and facts in `must`.
    `paraphrases` are other wordings of the question, for the command `robustness`.
    """

    id: str
    type: str
    question: str
    history: tuple[Mapping[str, str], ...]
    answer: str
    must: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]
    answerable: bool
    paraphrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldFile:
    """What was read: questions with the line of each, problems that keep it from being used, notices that do not."""

    path: Path
    questions: tuple[GoldQuestion, ...]
    lines: Mapping[str, int]
    problems: tuple[str, ...]
    notices: tuple[str, ...]


def half(question_id: str) -> Half:
    """Which half a question belongs to: by the last bit of the SHA-256 of its id, so for ever the same."""
    digest = hashlib.sha256(question_id.encode("utf-8")).digest()
    return "tune" if digest[-1] % 2 == 0 else "report"


def read_gold(path: Path) -> list[GoldQuestion]:
    """The questions of a gold set in file order; ids are unique and facts never empty.

    Raises DatasetError that names line, field and what to do for each of the first SHOWN problems.
    """
    found = check_gold(path)
    if found.problems:
        raise DatasetError(show_problems(found.problems))
    return list(found.questions)


def check_gold(path: Path) -> GoldFile:
    """The whole file, with all that is wrong. Raises DatasetError only when it cannot be read as text."""
    questions: list[GoldQuestion] = []
    lines: dict[str, int] = {}
    problems: list[str] = []
    notices: list[str] = []
    for number, value in read_each(path):
        where = f"{path} 第 {number} 行"
        question = str(value) if isinstance(value, DatasetError) else read_question(value, where, notices)
        if not isinstance(value, DatasetError) and not _is_text(value):
            question = f"{where}：里面有半个字符（像 \\ud83d 这样的转义）。请改成完整的字，或删去。"
        if isinstance(question, str):
            problems += question.split("\n")
        elif question.id in lines:
            problems.append(f"{where}：id「{question.id}」与第 {lines[question.id]} 行重复。请改成不同的编号。")
        else:
            lines[question.id] = number
            questions.append(question)
    if not questions and not problems:
        problems.append(f"{path} 里没有题目。请每行写一个 JSON 对象，字段见 README 的“评测集格式”。")
    return GoldFile(path, tuple(questions), lines, tuple(problems), tuple(notices))


def show_problems(problems: tuple[str, ...]) -> str:
    """The first SHOWN problems, a line each, and how many more there are."""
    if len(problems) == 1:
        return problems[0]
    more = f"\n……还有 {len(problems) - SHOWN} 处。请先改正以上各处，再检查一次。" if len(problems) > SHOWN else ""
    return f"评测集有 {len(problems)} 处问题：\n" + "\n".join(problems[:SHOWN]) + more


def to_line(question: GoldQuestion) -> str:
    """The question as one line of a gold set; read_gold() gives it back. `paraphrases` only where there are some."""
    value = asdict(question)
    if not question.paraphrases:
        del value["paraphrases"]
    return json.dumps(value, ensure_ascii=False)


def read_question(value: Mapping[str, Any], where: str, notices: list[str]) -> GoldQuestion | str:
    """The question of one line, or what is wrong with it, a line each; notices are added to the list."""
    problems = [
        f"{where}：缺少字段 {field}。请补上，必需字段有 {'、'.join(_REQUIRED)}。"
        for field in _REQUIRED
        if field not in value
    ]
    problems += _extra_fields(value, where, notices)
    found: dict[str, Any] = {}
    for field, read in _READERS.items():
        if field in value or field not in _REQUIRED:
            try:
                found[field] = read(value, where)
            except DatasetError as error:
                problems.append(str(error))
    if found.get("answerable") and found.get("must") == ():
        problems.append(
            f"{where}：字段 must 是空的，可回答的题至少要有一个事实。"
            '请写成 [["事实一", "事实一的另一种写法"], ["事实二"]]；若原文没有答案，请把 answerable 改为 false。'
        )
    if problems:
        return "\n".join(problems)
    if found["type"] not in TYPES:
        notices.append(f"{where}：题型「{found['type']}」不在常用题型里，按原名统计。常用的有：{'、'.join(TYPES)}。")
    return GoldQuestion(**found)


def _is_text(value: Mapping[str, Any]) -> bool:
    """Whether all of it can be written; half of a surrogate pair, which JSON allows, cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _extra_fields(value: Mapping[str, Any], where: str, notices: list[str]) -> list[str]:
    """Problems with fields that look like misspellings of known ones; other unknown fields are only noticed."""
    known, problems = _REQUIRED + _OPTIONAL, []
    for field in value:
        if field in known:
            continue
        near = difflib.get_close_matches(field.lower(), known, n=1, cutoff=0.75)
        if near:
            problems.append(f"{where}：不认识字段 {field}，是不是 {near[0]}？请改正拼写或删去。")
        else:
            notices.append(f"{where}：字段 {field} 没有用到。")
    return problems


def _answerable(value: Mapping[str, Any], where: str) -> bool:
    answerable = value["answerable"]
    if not isinstance(answerable, bool):
        raise DatasetError(f"{where}：字段 answerable 应是 true 或 false，现在是 {answerable!r}。请改正。")
    return answerable


def _facts(value: Mapping[str, Any], where: str) -> tuple[tuple[str, ...], ...]:
    must = value["must"]
    if not isinstance(must, list):
        raise DatasetError(f'{where}：字段 must 应是列表。请写成 [["事实一"], ["事实二", "另一种写法"]]。')
    facts = tuple(_wordings(fact, f"must 第 {n} 项", where) for n, fact in enumerate(must, 1))
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


def _history(value: Mapping[str, Any], where: str) -> tuple[Mapping[str, str], ...]:
    messages = value.get("history", [])
    if not isinstance(messages, list) or not all(map(_is_message, messages)):
        raise DatasetError(
            f"{where}：字段 history 应是消息的列表。"
            '请写成 [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]。'
        )
    return tuple(messages)


def _is_message(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"role", "content"}:
        return False
    return value["role"] in ("user", "assistant") and isinstance(value["content"], str)


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], object]] = {
    "id": lambda v, w: text_field(v, "id", w),
    "type": lambda v, w: text_field(v, "type", w),
    "question": lambda v, w: text_field(v, "question", w),
    "history": _history,
    "answer": lambda v, w: string_field(v, "answer", w),
    "must": _facts,
    "evidence": lambda v, w: _wordings(v.get("evidence", []), "evidence", w),
    "answerable": _answerable,
    "paraphrases": lambda v, w: _wordings(v.get("paraphrases", []), "paraphrases", w),
}
