"""A folder: answers question by question, and under which settings they were given, so that a stopped run can go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.files import append_line, make_folder, write_whole
from eval.questions import GoldQuestion
from eval.records import read_objects
from index.errors import JudianError

Answer = Mapping[str, Any]
_ANSWERS, _STATE = "answers.jsonl", "run.json"
_INSTEAD = "请换一个 --out 文件夹，或去掉 --resume 从头评测。"


class OtherSettingsError(JudianError):
    """The answers kept in a folder were given under other settings."""


def start(
    folder: Path, settings: Mapping[str, Any], questions: Sequence[GoldQuestion], *, resume: bool
) -> dict[str, Answer]:
    """Clear the folder, or with `resume` go on in it; returns the answers that may be used again, by id.

    A question that was put otherwise, or failed (key `error`), is asked again. Raises OtherSettingsError when the
    answers there were given under other settings.
    """
    make_folder(folder)
    asked = {q.id: _digest(q) for q in questions}
    kept: dict[str, Answer] = {}
    if resume and (folder / _STATE).exists():
        before, had = _read_state(folder / _STATE)
        _check_same(before, settings, folder)
        answers = {str(o["id"]): o for o in read_objects(folder / _ANSWERS) if "error" not in o}
        kept = {i: o for i, o in answers.items() if asked.get(i, had.get(i)) == had.get(i)}
        asked = {**had, **asked}
    write_whole(folder / _STATE, json.dumps({"settings": settings, "asked": asked}, ensure_ascii=False))
    write_whole(folder / _ANSWERS, "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in kept.values()))
    return kept


def keep(folder: Path, answer: Answer) -> None:
    """Add one answer. Raises JudianError when the disk does not take it."""
    append_line(folder / _ANSWERS, answer)


def _read_state(path: Path) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """The settings of the earlier run, and the digest of each question that it asked."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        return dict(state["settings"]), dict(state["asked"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OtherSettingsError(f"{path} 损坏，或是另一个命令写的，不能接着评测。{_INSTEAD}") from error


def _check_same(before: Mapping[str, Any], after: Mapping[str, Any], folder: Path) -> None:
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        told = "；".join(f"{name}：{before.get(name)} → {after.get(name)}" for name in changed)
        raise OtherSettingsError(f"{folder} 里的回答是在别的设置下得到的（{told}），混在一起无法比较。{_INSTEAD}")


def _digest(question: GoldQuestion) -> str:
    asked = json.dumps([question.question, *map(dict, question.history)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode("utf-8")).hexdigest()[:16]
