"""A folder in BEIR layout -> passages, queries and judgements; and further documents that answer nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.lines import DatasetError, open_text, read_lines, text_field

BODY = "正文："  # what stands in front of it in a line of text is no part of the document
DISTRACTOR = "distractor"  # ids of further documents begin with it


@dataclass(frozen=True, slots=True)
class DatasetPassage:
    """One entry of corpus.jsonl."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder in BEIR layout (Thakur et al. 2021, arXiv:2104.08663).

    `queries` is id -> text in file order; `qrels` is query id -> passage id -> grade (1 and up). Where queries.jsonl
    says so, `evidence` is query id -> the words of the source that answer it, and `groups` query id -> groups of
    passage ids, each of which holds a part of the answer; neither names a question without an answer.
    """

    name: str
    passages: tuple[DatasetPassage, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def judged(self) -> list[str]:
        """Ids of the queries of which something is known to be right, those with judgements first."""
        return list(dict.fromkeys([*self.qrels, *self.evidence]))


def read_beir(folder: Path) -> Dataset:
    """A folder with corpus.jsonl, queries.jsonl and qrels.tsv; queries without judgements are kept."""
    passages = read_corpus(folder)
    queries: dict[str, str] = {}
    evidence: dict[str, tuple[str, ...]] = {}
    groups: dict[str, tuple[tuple[str, ...], ...]] = {}
    for value, where in _placed(folder / "queries.jsonl"):
        query_id = text_field(value, "_id", where)
        queries[query_id] = text_field(value, "text", where)
        if value.get("answerable") is False:
            continue
        if quotes := _strings(value.get("evidence"), "evidence", where):
            evidence[query_id] = quotes
        if found := _groups(value, where):
            groups[query_id] = found
    qrels = _read_qrels(folder / "qrels.tsv")
    if not passages or not qrels:
        raise DatasetError(f"{folder} 里没有段落或没有标注。请检查 corpus.jsonl 和 qrels.tsv 是否为空。")
    unknown = sorted(set(qrels) - set(queries))
    if unknown:
        raise DatasetError(
            f"{folder / 'qrels.tsv'} 里的问题「{unknown[0]}」不在 queries.jsonl 中（共 {len(unknown)} 个）。"
            "请核对两个文件是否来自同一份数据。"
        )
    return Dataset(folder.name, passages, queries, qrels, evidence, groups)


def read_corpus(folder: Path) -> tuple[DatasetPassage, ...]:
    """The entries of corpus.jsonl."""
    return tuple(
        DatasetPassage(text_field(v, "_id", w), str(v.get("title") or ""), text_field(v, "text", w))
        for v, w in _placed(folder / "corpus.jsonl")
    )


def with_distractors(dataset: Dataset, paths: list[Path]) -> Dataset:
    """The dataset with further documents to be told apart from its own, under ids that no judgement names.

    A path is a folder with corpus.jsonl, or a text file with a document a line, of which what follows `正文：` counts
    where that stands. Raises DatasetError.
    """
    added = [
        DatasetPassage(f"{DISTRACTOR}-{number}-{own.id}", own.title, own.text)
        for number, path in enumerate(paths, 1)
        for own in (read_corpus(path) if path.is_dir() else _read_documents(path))
    ]
    return replace(dataset, passages=(*dataset.passages, *added))


def _read_documents(path: Path) -> Iterator[DatasetPassage]:
    empty = True
    for number, line in enumerate(open_text(path).split("\n"), 1):
        if text := line.partition(BODY)[2].strip() or line.strip():
            empty = False
            yield DatasetPassage(str(number), "", text)
    if empty:
        raise DatasetError(f"{path} 里没有文档。请给每行一篇的文本文件，或含 corpus.jsonl 的文件夹：--distractors 路径")


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


def _groups(value: Mapping[str, Any], where: str) -> tuple[tuple[str, ...], ...]:
    found = value.get("positive_groups") or []
    if not isinstance(found, list):
        raise DatasetError(f'{where}：字段 positive_groups 应是列表。请写成 [["p1", "p2"], ["p3"]]，或删去这个字段。')
    return tuple(filter(None, (_strings(group, "positive_groups", where) for group in found)))


def _strings(value: object, name: str, where: str) -> tuple[str, ...]:
    """The strings of a list, empty ones left out; none where there is no list."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DatasetError(f'{where}：字段 {name} 里应是字符串的列表。请写成 ["…", "…"]，或删去这个字段。')
    return tuple(item for item in value if item.strip())


def _placed(path: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    for number, value in read_lines(path):
        yield value, f"{path} 第 {number} 行"
