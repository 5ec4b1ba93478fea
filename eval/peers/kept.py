"""One system's folder: its answers question by question, and under which settings they were given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.files import make_folder, write_whole
from eval.questions import GoldQuestion
from eval.records import read_objects
from eval.run import OtherSettingsError

Answer = Mapping[str, Any]
_ANSWERS, _STATE = "answers.jsonl", "run.json"


def start(
    folder: Path, settings: Mapping[str, Any], questions: Sequence[GoldQuestion], resume: bool
) -> dict[str, Answer]:
    """Clear the folder, or with `resume` go on in it; returns the answers to use again, by id.

    A question that failed is asked again. Raises OtherSettingsError when the answers there were given otherwise.
    """
    make_folder(folder)
    asked = {q.id: _digest(q) for q in questions}
    kept: dict[str, Answer] = {}
    if resume and (folder / _STATE).exists():
        before = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        _check_same(before["settings"], settings, folder)
        had = before["asked"]
        answers = {str(o["id"]): o for o in read_objects(folder / _ANSWERS) if "error" not in o}
        kept = {i: o for i, o in answers.items() if asked.get(i, had.get(i)) == had.get(i)}
        asked = {**had, **asked}
    write_whole(folder / _STATE, json.dumps({"settings": settings, "asked": asked}, ensure_ascii=False))
    write_whole(folder / _ANSWERS, "".join(map(_line, kept.values())))
    return kept


def keep(folder: Path, answer: Answer) -> None:
    """Add one answer."""
    with (folder / _ANSWERS).open("a", encoding="utf-8", newline="\n") as file:
        file.write(_line(answer))


def _line(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False) + "\n"


def _check_same(before: Mapping[str, Any], after: Mapping[str, Any], folder: Path) -> None:
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        raise OtherSettingsError(
            f"{folder} 里的回答是在别的设置下得到的（不同处：{'、'.join(changed)}），混在一起无法比较。"
            "请换一个 --out 文件夹，或去掉 --resume 从头评测。"
        )


def _digest(question: GoldQuestion) -> str:
    asked = json.dumps([question.question, *map(dict, question.history)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode("utf-8")).hexdigest()[:16]
