"""Rows of hits -> hits.jsonl, kept query by query, so that an interrupted run can go on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.files import append_line, make_folder, remove, whole_lines, write_whole
from index.errors import JudianError

_HITS, _STATE, _REPORT, _PAGE = "hits.jsonl", "run.json", "report.json", "report.md"

Row = Mapping[str, Any]
"""One line of hits.jsonl, the contract of `rag search --batch`: {"id", "hits": [best first]}; where evidence is judged
also "passages", whose documents may repeat."""


class OtherHitsError(JudianError):
    """The hits kept in a folder were found in other documents or by another encoder."""


class HitsFile:
    """hits.jsonl in `folder`, written query by query; `origin` says in what and by what the hits were found."""

    def __init__(self, folder: Path, origin: Mapping[str, Any]) -> None:
        self.folder = folder
        self._origin = dict(origin)

    def begin(self, *, resume: bool) -> dict[str, Row]:
        """Clear the folder, or with `resume` take the hits that are there: id -> row. Raises OtherHitsError."""
        make_folder(self.folder)
        state = self.folder / _STATE
        kept: dict[str, Row] = {}
        if resume and state.exists():
            self._check(json.loads(state.read_text(encoding="utf-8")))
            kept = _read_rows(self.folder / _HITS)
        remove([self.folder / _REPORT, self.folder / _PAGE])  # they would tell of other hits than those beside it
        write_whole(state, json.dumps(self._origin, ensure_ascii=False))
        self._write(kept.values())
        return kept

    def add(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, each in the file before it is given on."""
        for row in rows:
            append_line(self.folder / _HITS, row)
            yield row

    def finish(self, rows: Sequence[Row], report: Mapping[str, Any], page: str = "") -> None:
        """hits.jsonl with these rows in this order, report.json, and report.md where there is a page."""
        self._write(rows)
        if page:
            write_whole(self.folder / _PAGE, page)
        write_whole(self.folder / _REPORT, json.dumps(report, ensure_ascii=False, indent=1) + "\n")

    def _write(self, rows: Iterable[Row]) -> None:
        write_whole(self.folder / _HITS, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))

    def _check(self, before: Mapping[str, Any]) -> None:
        changed = [name for name in {**before, **self._origin} if before.get(name) != self._origin.get(name)]
        if changed:
            told = "；".join(f"{name}：{before.get(name)} → {self._origin.get(name)}" for name in changed)
            raise OtherHitsError(
                f"{self.folder} 里的检索结果是在别的条件下得到的（{told}），不能接着用。"
                "请换一个 --out 文件夹，或去掉 --resume 从头检索。"
            )


def _read_rows(path: Path) -> dict[str, Row]:
    """The rows of hits.jsonl; a line that is none, such as one cut off by an interruption, is left out."""
    rows: dict[str, Row] = {}
    for line in whole_lines(path):
        with contextlib.suppress(ValueError):
            row = json.loads(line)
            if isinstance(row, dict) and "id" in row and isinstance(row.get("hits"), list):
                rows[str(row["id"])] = row
    return rows
