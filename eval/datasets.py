"""A folder in BEIR layout -> passages, queries and judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.lines import DatasetError, open_text, read_lines, text_field


@dataclass(frozen=True, slots=True)
class DatasetPassage:
    """One entry of corpus.jsonl."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder in BEIR layout (Thakur et al. 2021, arXiv:2104.08663).

    `queries` is id -> text in file order; `qrels` is query id -> passage id -> grade (1 and up).
    """

    name: str
    passages: tuple[DatasetPassage, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def read_beir(folder: Path) -> Dataset:
    """A folder with corpus.jsonl, queries.jsonl and qrels.tsv; queries without judgements are kept."""
    passages = tuple(
        DatasetPassage(text_field(v, "_id", w), str(v.get("title") or ""), text_field(v, "text", w))
        for v, w in _placed(folder / "corpus.jsonl")
    )
    queries = {text_field(v, "_id", w): text_field(v, "text", w) for v, w in _placed(folder / "queries.jsonl")}
    qrels = _read_qrels(folder / "qrels.tsv")
    if not passages or not qrels:
        raise DatasetError(f"{folder} 里没有段落或没有标注。请检查 corpus.jsonl 和 qrels.tsv 是否为空。")
    unknown = sorted(set(qrels) - set(queries))
    if unknown:
        raise DatasetError(
            f"{folder / 'qrels.tsv'} 里的问题「{unknown[0]}」不在 queries.jsonl 中（共 {len(unknown)} 个）。"
            "请核对两个文件是否来自同一份数据。"
        )
    return Dataset(folder.name, passages, queries, qrels)


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(open_text(path).splitlines(), 1):
        columns = line.split("\t")
        graded = len(columns) == 3 and columns[2].strip().lstrip("-").isdecimal()
        if not line.strip() or (number == 1 and not graded):  # the first line is the header, where there is one
            continue
        if not graded:
            raise DatasetError(f"{path} 第 {number} 行：应是“问题编号⇥段落编号⇥整数等级”。请改正。")
        if int(columns[2]) > 0:
            qrels.setdefault(columns[0], {})[columns[1]] = int(columns[2])
    return qrels


def _placed(path: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    for number, value in read_lines(path):
        yield value, f"{path} 第 {number} 行"
