"""Whatever is wrong with a store is found, and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from writers import ENCODER, parts, put, version

from index.extract import Extract, FormatHeading
from index.passages import Passage
from index.storage.integrity import verify
from index.storage.rows import key_of, pack_keys, unpack_keys
from index.storage.schema import SCHEMA_VERSION
from index.store import FILE, Store, StoreError


def new(folder: Path) -> Store:
    store = Store.create(folder / "库", ENCODER.name, ENCODER.dim)
    put(store, version(1, "甲.txt"), version(2, "乙.txt"))
    return store


def found(store: Store) -> str:
    return "\n".join(map(str, verify(store, caches=False)))


def run(store: Store, *statements: str) -> None:
    """Change tables behind the store's back, with no rule in force."""
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


FIRST = "(SELECT min(id) FROM passages)"

DAMAGES = {
    "a letter of a text": ("UPDATE contents SET text = replace(text, '第0句', '第O句')", "甲.txt：内容与入库时"),
    "a letter of a passage": (
        f"UPDATE passages SET text = '弟' || substr(text, 2) WHERE id = {FIRST}",
        "甲.txt：内容与",
    ),
    "a place": (f"UPDATE passages SET start = start + 1 WHERE id = {FIRST}", "甲.txt：内容与"),
    "a sentence": ("UPDATE passages SET sentences = replace(sentences, '第3句', '第4句')", "甲.txt：内容与"),
    "a byte of a vector": (
        f"UPDATE vectors SET matrix = CAST(x'ff' || substr(matrix, 2) AS BLOB) WHERE passage_id = {FIRST}",
        "甲.txt：内容",
    ),
    "a vector": (f"UPDATE vectors SET matrix = substr(matrix, 17) WHERE passage_id = {FIRST}", "甲.txt：内容"),
    "a row of vectors": (f"DELETE FROM vectors WHERE passage_id = {FIRST}", "甲.txt：内容与"),
    "a passage": (f"DELETE FROM passages WHERE id = {FIRST}", "甲.txt：内容与"),
    "a text's row": ("DELETE FROM contents WHERE document_id = 1", "甲.txt：内容与"),
    "a document's row": ("DELETE FROM documents WHERE name = '甲.txt'", "不属于任何 documents"),
    "a name": ("UPDATE documents SET name = '丙.txt' WHERE name = '甲.txt'", "丙.txt：内容与入库时留下的校验值不符"),
    "a date of adding": ("UPDATE documents SET added_at = '2000-01-01' WHERE name = '甲.txt'", "甲.txt：内容与"),
    "a count": ("UPDATE documents SET sentences = 1 WHERE name = '甲.txt'", "甲.txt：内容与"),
    "an entry of a like sentence": (
        "DELETE FROM likeness WHERE key = (SELECT min(key) FROM likeness)",
        "句子索引与段落不符",
    ),
    "an entry changed": ("UPDATE likeness SET key = key + 1 WHERE key = (SELECT max(key) FROM likeness)", "句子索引与"),
    "an entry too many": ("INSERT INTO likeness VALUES (1, 1, 0)", "句子索引与段落不符"),
    "the encoder": (
        "UPDATE manifest SET value = 'hasj' WHERE key = 'encoder'",
        "向量由编码器 hash 建立，库的编码器是 hasj",
    ),
    "the dim": ("UPDATE manifest SET value = '16' WHERE key = 'dim'", "甲.txt：第 1 段向量的个数或长度不对"),
    "the generation": ("UPDATE manifest SET value = 'x' WHERE key = 'generation'", "库的说明（manifest）不对"),
    "a line of the manifest": ("DELETE FROM manifest WHERE key = 'birth'", "库的说明（manifest）不对"),
    "the highest id": ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'passages'", "表 passages 的编号计数不对"),
    "a table": ("DROP TABLE likeness", "已损坏。请修复（不用重新编码）：python -m index rebuild --store"),
    "an index": ("DROP INDEX documents_by_name", "缺少索引 documents_by_name"),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_found_and_named(tmp_path: Path, what: str) -> None:
    statement, said = DAMAGES[what]
    store = new(tmp_path)
    assert found(store) == ""
    run(store, statement)
    assert said in found(store)


def test_a_sound_store_has_no_fault_whatever_was_done_to_it(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(3, "甲.txt"))
    store.rename("甲.txt", "丁.txt", "/文件/丁.txt")
    store.remove(["乙.txt"])
    assert verify(store) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE passages SET sentences = '[[1,'",
        "UPDATE passages SET repairs = 'x'",
        "UPDATE vectors SET matrix = CAST('x' AS BLOB)",
        "UPDATE contents SET extract = CAST('x' AS BLOB)",
        "UPDATE manifest SET value = 'x' WHERE key = 'dim'",
    ],
)
def test_whoever_reads_what_is_damaged_is_told_what_mends_it(tmp_path: Path, damage: str) -> None:
    store = new(tmp_path)
    ids = store.passage_ids().tolist()
    run(store, damage)
    with pytest.raises(StoreError, match="已损坏。请修复（不用重新编码）：python -m index rebuild --store"):
        (store.passages(ids), store.passage_headers(), store.extract("甲.txt"))
    run(store, "UPDATE passages SET keys = CAST('x' AS BLOB)")
    with pytest.raises(StoreError, match="的数据已损坏，没有改动。请修复：python -m index rebuild"):
        store.remove(["甲.txt"])
    assert verify(store) != []


Change = Callable[[Passage], Passage]

WRONG: dict[str, tuple[Change, str]] = {
    "a text that is not there": (lambda p: replace(p, text="别" + p.text[1:]), "第 1 段不是原文该处的文字"),
    "a place beside the text": (lambda p: replace(p, start=p.start + 3, end=p.end + 3), "第 1 段不是原文该处的文字"),
    "a sentence beside its place": (
        lambda p: replace(p, sentences=(replace(p.sentences[0], start=p.sentences[0].start + 1), *p.sentences[1:])),
        "第 1 段第 1 句不是原文该处的文字",
    ),
    "a gap that is none": (
        lambda p: replace(p, sentences=(replace(p.sentences[0], gaps=((3, 2),)), *p.sentences[1:])),
        "第 1 段第 1 句不是原文该处的文字",
    ),
    "a page that is none": (lambda p: replace(p, page=7), "第 1 段页码不对"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_was_wrong_before_it_came_in_is_found_too(tmp_path: Path, what: str) -> None:
    change, said = WRONG[what]
    store, doc = new(tmp_path), version(3, "丙.txt")
    passages, vectors = parts(doc)
    store.replace(doc, [change(passages[0]), *passages[1:]], vectors)
    assert f"丙.txt：{said}" in found(store)


def test_vectors_of_another_length_than_one_are_found(tmp_path: Path) -> None:
    store, doc = new(tmp_path), version(3, "丙.txt")
    passages, vectors = parts(doc)
    store.replace(doc, passages, vectors * 1.1)
    assert "丙.txt：第 1 段向量没有归一" in found(store)


@pytest.mark.parametrize(
    ("extract", "said"),
    [
        (lambda text: Extract(text, pages=(5, 9)), "页的起点不对"),
        (lambda text: Extract(text, pages=(0, 10**6)), "页的起点不对"),
        (lambda text: Extract(text, layout=((9, 5),)), "版面标记的位置不对"),
        (lambda text: Extract(text, headings=(FormatHeading(1, 0, 10**6),)), "标题的位置不对"),
    ],
)
def test_places_outside_the_text_are_found(tmp_path: Path, extract: Callable[[str], Extract], said: str) -> None:
    store, doc = new(tmp_path), version(3, "丙.txt")
    passages, vectors = parts(doc)
    store.replace(replace(doc, extract=extract(doc.text)), passages, vectors)
    assert found(store) == f"丙.txt：{said}"


def test_a_damaged_cache_is_found_and_a_missing_one_is_no_fault(tmp_path: Path) -> None:
    from index.search import Searcher

    store = new(tmp_path)
    assert verify(store) == []
    Searcher(store, ENCODER).search("高质量发展", 1)
    files = [f for f in store.folder.rglob("*") if f.is_file() and f.name != FILE]
    assert files
    assert verify(store) == []
    for file in files:
        data = file.read_bytes()
        if data:
            file.write_bytes(data[:-1] + bytes([data[-1] ^ 0xFF]))
            assert verify(store) != [], file
            file.write_bytes(data)
    assert verify(store) == []


def test_keys_come_back_as_they_were_packed() -> None:
    packed: list[list[list[int]]] = [[], [[]], [[], [5], [], [2**63 - 1, 0]]]
    for keys in packed:
        flat, places = unpack_keys(pack_keys(keys))
        assert flat.tolist() == [k for own in keys for k in own]
        assert places.tolist() == [n for n, own in enumerate(keys) for _ in own]


def test_a_key_is_of_the_words_and_not_of_the_signs() -> None:
    assert key_of("推动、发展！") == key_of("推动发展") != key_of("推动发现")
    assert key_of("……") is None
    assert np.int64(key_of("推动发展") or 0) > 0


def test_the_version_is_the_one_that_a_new_store_has(tmp_path: Path) -> None:
    assert new(tmp_path).manifest()["schema"] == SCHEMA_VERSION
