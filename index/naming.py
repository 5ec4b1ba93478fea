"""Names of collections as people see and write them <-> as they are kept: the one without a name is 默认. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import JudianError

DEFAULT = "默认"


def shown_collection(name: str) -> str:
    """The name as people see it."""
    return name or DEFAULT


def kept_collection(shown: str) -> str:
    """The name as it is kept."""
    return "" if shown.strip() == DEFAULT else shown.strip()


def chosen_collections(shown: Sequence[str], known: Sequence[str]) -> list[str]:
    """The names as kept of the collections that a reader chose, each once, in order; empty means all.

    Raises JudianError for one that is not among `known`.
    """
    names = list(dict.fromkeys(kept_collection(name) for name in shown))
    if missing := [name for name in names if name not in known]:
        there = "、".join(map(shown_collection, known)) or "（还没有文档）"
        raise JudianError(f"没有叫 {'、'.join(map(shown_collection, missing))} 的文档集。现有：{there}")
    return names
