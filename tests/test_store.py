"""The store: what goes in comes out, whole documents or none, and a message for every fault."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import threading
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from samples import LETTERS, document
from writers import ENCODER, as_kept, held, parts, put, version

from index.cleaning import clean
from index.documents import Document
from index.encoder import Vectors
from index.extract import Extract, FormatHeading
from index.folding import bare
from index.passages import Passage, split
from index.reading import Repair
from index.storage.integrity import verify
from index.store import FILE, CollectionSummary, EmptyStoreError, Store, StoreError


def new(folder: Path) -> Store:
    return Store.create(folder / "库", ENCODER.name, ENCODER.dim)


def wholes(store: Store) -> dict[str, tuple[str, tuple[Passage, ...]]]:
    """Every document with its text and passages, read back."""
    return {name: kept.whole() for name, kept in held(store).items()}


def whole(doc: Document) -> tuple[str, tuple[Passage, ...]]:
    return doc.text, tuple(parts(doc)[0])


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    store, doc = new(tmp_path), version(3)
    put(store, doc)
    assert wholes(store) == {doc.name: whole(doc)}
    passages, vectors = parts(doc)
    [summary] = store.documents()
    sentences = sum(len(p.sentences) for p in passages)
    assert (summary.name, summary.path, summary.sha256) == (doc.name, doc.path, doc.sha256)
    assert (summary.characters, summary.passages, summary.sentences) == (len(doc.text), len(passages), sentences)
    kept, owners = store.vectors()
    ids = [h.id for h in store.passage_headers()]
    assert owners.tolist() == [i for i, p in zip(ids, passages, strict=True) for _ in range(1 + len(p.sentences))]
    half = vectors.astype(np.float16)
    assert kept.dtype == np.float16
    assert kept.tobytes() == b"".join(as_kept(passages, vectors))
    own = np.concatenate([p.sentence_vectors for p in store.passages(ids)])
    assert own.dtype == np.float32
    assert own.tolist() == half[len(passages) :].tolist()


def test_a_document_of_the_same_name_is_replaced_and_others_stay(tmp_path: Path) -> None:
    store, other = new(tmp_path), version(9, "别的.txt")
    put(store, version(1), other, version(2))
    assert wholes(store) == {"讲话.txt": whole(version(2)), "别的.txt": whole(other)}


def test_a_replacement_that_fails_half_way_leaves_the_old_document(tmp_path: Path) -> None:
    store, old, doc = new(tmp_path), version(1), version(2)
    put(store, old)
    passages, vectors = parts(doc)
    with pytest.raises(StoreError, match="的向量不全"):
        store.replace(doc, passages, vectors[: len(passages) + 3])
    assert (wholes(store), store.generation(), verify(store, caches=False)) == ({old.name: whole(old)}, 1, [])


def test_the_generation_rises_with_every_change_and_no_other(tmp_path: Path) -> None:
    store = new(tmp_path)
    seen = [store.generation()]
    put(store, version(1))
    seen.append(store.generation())
    put(store, version(2))
    seen.append(store.generation())
    store.remove(["讲话.txt"])
    seen.append(store.generation())
    new(tmp_path).documents()
    with pytest.raises(StoreError):
        store.remove(["讲话.txt"])
    assert [*seen, store.generation()] == [0, 1, 2, 3, 3]


def test_removing_leaves_nothing_behind(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1), version(2, "别的.txt"))
    store.remove(["讲话.txt"])
    assert wholes(store) == {"别的.txt": whole(version(2, "别的.txt"))}
    store.remove(["别的.txt"])
    with sqlite3.connect(store.folder / FILE) as connection:
        tables = ("documents", "contents", "passages", "vectors", "likeness")
        assert [connection.execute(f"SELECT count(*) FROM {t}").fetchone() for t in tables] == [(0,)] * 5
    connection.close()
    with pytest.raises(EmptyStoreError, match=r"是空的.*\n.*python -m index add"):
        store.check_filled()


def test_an_unknown_name_is_answered_with_the_names_that_are_there(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1))
    for ask in (store.text, store.extract, store.display, store.repairs, lambda name: store.remove([name])):
        with pytest.raises(StoreError, match=r"库中没有名为 没有.txt 的文档。现有：讲话.txt"):
            ask("没有.txt")


def test_the_same_sentence_is_found_in_every_document_whatever_its_signs(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(
        store,
        document("乙.txt", "開頭。推动中部地区、高质量发展！结尾。"),
        document("甲.txt", "推动 GDP 增长。推动中部地區高质量发展。"),
    )
    places = store.same_sentences("推动中部地区高质量发展")
    assert [(name, store.text(name)[start:end]) for name, _, start, end in places] == [
        ("乙.txt", "推动中部地区、高质量发展！"),
        ("甲.txt", "推动中部地區高质量发展。"),
    ]
    assert store.same_sentences("别的话。") == []


def test_a_store_of_another_encoder_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    store = new(tmp_path)
    for refused in (lambda: store.check_encoder("bge"), lambda: Store.create(store.folder, "bge", 8)):
        with pytest.raises(StoreError, match="由编码器 hash 建立，当前编码器是 bge") as error:
            refused()
        assert "JUDIAN_ENCODER=hash" in str(error.value)
        assert "python -m index add 文件 --store 新文件夹" in str(error.value)
    assert store.manifest()["encoder"] == "hash"


def test_a_missing_store_is_said_to_be_missing_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"还没有建库.*\n.*python -m index add"):
        Store.open(tmp_path / "没有")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "库").write_text("x")
    with pytest.raises(StoreError, match="不能建立库文件夹"):
        new(tmp_path)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1", r"由旧版本的程序建立（格式 1，现在是 2）.*\n请运行：python -m index rebuild --store"),
        ("3", "的格式是版本 3.*请升级本程序"),
    ],
)
def test_a_store_of_another_version_is_refused_with_what_mends_it(tmp_path: Path, version: str, said: str) -> None:
    store = new(tmp_path)
    with closing(sqlite3.connect(store.folder / FILE)) as connection, connection:
        connection.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (version,))
    for refused in (Store.open, lambda folder: Store.create(folder, ENCODER.name, ENCODER.dim)):
        with pytest.raises(StoreError, match=said):
            refused(store.folder)


def test_readers_see_whole_documents_while_another_thread_writes(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(0))
    done = threading.Event()

    def write() -> None:
        for number in range(1, 25):
            put(store, version(number))
        done.set()

    expected = {version(n).text for n in range(25)}
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        while not done.is_set() and not writing.done():
            assert store.text("讲话.txt") in expected
            found = store.passages([h.id for h in store.passage_headers()])
            assert "".join(p.passage.text for p in found) in expected | {""}  # a passage taken out leaves no other
            matrix, owners = store.vectors()
            assert len(matrix) == len(owners)
        writing.result()
    assert wholes(store) == {"讲话.txt": whole(version(24))}


def test_a_store_held_open_for_many_changes_ends_with_all_of_them_in_its_file(tmp_path: Path) -> None:
    store = new(tmp_path)
    log = store.folder / f"{FILE}-wal"
    with store.held_open():
        put(store, *(version(n, f"{n}.txt") for n in range(30)))
        assert log.stat().st_size < 6 * 2**20
        assert [d.name for d in Store.open(store.folder).documents()] == sorted(f"{n}.txt" for n in range(30))
    assert sorted(p.name for p in store.folder.iterdir()) == [FILE]


def test_the_log_stays_small_while_others_read(tmp_path: Path) -> None:
    store = new(tmp_path)
    with store.held_open():
        for n in range(60):
            put(store, version(6, f"{n}.txt"))
            store.vectors()
            assert (store.folder / f"{FILE}-wal").stat().st_size < 8 * 2**20


def test_vectors_that_are_missing_too_many_or_no_numbers_are_refused(tmp_path: Path) -> None:
    store, doc = new(tmp_path), version(1)
    passages, vectors = parts(doc)
    for wrong in (vectors[:-1], np.concatenate([vectors, vectors[:1]]), np.full_like(vectors, np.nan)):
        with pytest.raises(StoreError, match="的向量不全或不是数，没有放进库里"):
            store.replace(doc, passages, wrong)
    with pytest.raises(StoreError, match="的向量是 4 维，库是 8 维"):
        store.replace(doc, passages, vectors[:, :4])
    assert (store.documents(), store.generation()) == ([], 0)


def test_a_text_that_is_no_unicode_is_refused_and_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store, doc = new(tmp_path), document("坏.txt", "好的一句话在这里。")
    passages, vectors = parts(doc)
    with pytest.raises(StoreError, match=r"坏.txt 里有不成字符的编码"):
        store.replace(replace(doc, extract=Extract("坏的\ud800一句话在这里。")), passages, vectors)
    assert (store.documents(), store.generation()) == ([], 0)


def test_a_renamed_document_keeps_its_passages_under_their_ids(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, version(1), version(2, "别的.txt"))
    ids, before = store.passage_ids().tolist(), held(store)
    store.rename("讲话.txt", "新/讲话.txt", "/新/讲话.txt")
    assert store.passage_ids().tolist() == ids
    summary = replace(before["讲话.txt"].summary, name="新/讲话.txt", path="/新/讲话.txt")
    assert held(store) == {
        "别的.txt": before["别的.txt"],
        "新/讲话.txt": replace(before["讲话.txt"], summary=summary),
    }
    with pytest.raises(StoreError, match=r"不能把 新/讲话.txt 改名为 别的.txt：库中已有这个名字的文档"):
        store.rename("新/讲话.txt", "别的.txt", "/别的.txt")
    with pytest.raises(StoreError, match=r"库中没有名为 讲话.txt 的文档"):
        store.rename("讲话.txt", "三.txt", "/三.txt")
    assert (store.generation(), verify(store, caches=False)) == (3, [])


def test_removing_several_is_all_or_nothing(tmp_path: Path) -> None:
    store = new(tmp_path)
    put(store, *(version(n, f"{n}.txt") for n in range(3)))
    with pytest.raises(StoreError, match=r"库中没有名为 9.txt 的文档"):
        store.remove(["0.txt", "9.txt"])
    assert [d.name for d in store.documents()] == ["0.txt", "1.txt", "2.txt"]
    store.remove(["0.txt", "2.txt"])
    assert [d.name for d in store.documents()] == ["1.txt"]
    store.remove([])
    assert store.generation() == 4


def test_what_is_removed_is_gone_from_the_file_too(tmp_path: Path) -> None:
    store = new(tmp_path)
    secret = "此事只限本室知悉不得外传"
    put(store, document("密.txt", f"{secret}。" * 30), version(1))
    store.remove(["密.txt"])
    assert secret.encode() not in (store.folder / FILE).read_bytes()


def test_the_log_of_a_deleted_database_is_not_written_into_the_next(tmp_path: Path) -> None:
    store = new(tmp_path)
    with store.held_open():
        put(store, version(1), version(2))
        log = (store.folder / f"{FILE}-wal").read_bytes()
    (store.folder / FILE).unlink()
    (store.folder / f"{FILE}-wal").write_bytes(log)
    again = new(tmp_path)
    assert (again.documents(), again.generation(), verify(again, caches=False)) == ([], 0, [])


def test_two_stores_have_two_births(tmp_path: Path) -> None:
    one, other = new(tmp_path / "一"), new(tmp_path / "二")
    assert one.birth() != other.birth()
    assert Store.open(one.folder).birth() == one.birth()


pages_of_text = st.lists(
    st.text(LETTERS + "，。", min_size=6, max_size=60).map(lambda t: f"{t}结束。"), min_size=1, max_size=4
)
stated = st.tuples(st.sampled_from(["", "政府工作报告"]), st.sampled_from(["", "2013", "2013-03-05"]))


@st.composite
def extracts(draw: st.DrawFn) -> Extract:
    """A text of pages with running heads, a heading, a title and a date."""
    texts, head = draw(pages_of_text), draw(st.sampled_from(["", "内部资料\n"]))
    starts = list(itertools.accumulate((len(head + t) for t in texts[:-1]), initial=0))
    title, date = draw(stated)
    layout = tuple((s, s + len(head)) for s in starts) if head else ()
    headings = (FormatHeading(1, len(head), len(head) + 3),) if draw(st.booleans()) else ()
    return Extract("".join(head + t for t in texts), layout, headings, tuple(starts), title, date)


@dataclass(frozen=True, slots=True)
class Put:
    """What a test put in under a name."""

    collection: str
    path: str
    extract: Extract
    passages: tuple[Passage, ...]
    vectors: Vectors
    repairs: tuple[Repair, ...]


def made(name: str, extract: Extract, collection: str, doubtful: int) -> tuple[Document, Put]:
    """A document with its passages, some with a reading offered for a character of theirs."""
    doc = Document(name, f"/文件/{name}", hashlib.sha256(extract.text.encode()).hexdigest(), extract)
    display = clean(extract.text, extract.layout, extract.pages)
    passages, repairs = [], []
    for number, p in enumerate(split(display, extract.headings, extract.pages)):
        own = (Repair(0, 1, "疑", 0.95 - number / 10, "字形相近"),) if number < doubtful else ()
        first = replace(p.sentences[0], page=1, repairs=own)
        passages.append(replace(p, page=1, repairs=own, sentences=(first, *p.sentences[1:])))
        at = bisect_left(display.offsets, p.start)
        repairs += [Repair(at, at + 1, r.reading, r.confidence, r.evidence) for r in own]
    texts = [p.text for p in passages] + [s.text for p in passages for s in p.sentences]
    return doc, Put(collection, doc.path, extract, tuple(passages), ENCODER.encode_passages(texts), tuple(repairs))


names = st.sampled_from([f"{letter}.txt" for letter in "甲乙丙丁"])


class StoreAgainstDict(RuleBasedStateMachine):
    """Whatever is done to a store, it holds what a dict holds to which the same was done."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = new(Path(self.folder.name))
        self.model: dict[str, Put] = {}
        self.changes = 0
        self.ids: dict[int, str] = {}  # every passage id ever seen -> its text

    def teardown(self) -> None:
        assert verify(self.store, caches=False) == []
        self.folder.cleanup()

    @rule(
        name=names,
        old=names,
        moved=st.booleans(),
        extract=extracts(),
        collection=st.sampled_from(["", "报告"]),
        doubtful=st.integers(0, 2),
    )
    def replace(self, name: str, old: str, moved: bool, extract: Extract, collection: str, doubtful: int) -> None:
        doc, put_in = made(name, extract, collection, doubtful)
        self.store.replace(doc, put_in.passages, put_in.vectors, collection, old if moved else "")
        if moved:
            self.model.pop(old, None)
        self.model[name] = put_in
        self.changes += 1

    @rule(name=names, new_name=names)
    def rename(self, name: str, new_name: str) -> None:
        if name not in self.model or (new_name != name and new_name in self.model):
            with pytest.raises(StoreError):
                self.store.rename(name, new_name, "/别处")
            return
        self.store.rename(name, new_name, f"/别处/{new_name}")
        self.model[new_name] = replace(self.model.pop(name), path=f"/别处/{new_name}")
        self.changes += 1

    @rule(gone=st.lists(names, max_size=3))
    def remove(self, gone: list[str]) -> None:
        if not set(gone) <= set(self.model):
            with pytest.raises(StoreError):
                self.store.remove(gone)
            return
        self.store.remove(gone)
        self.model = {n: p for n, p in self.model.items() if n not in gone}
        self.changes += bool(gone)

    @rule()
    def reopen(self) -> None:
        self.store = Store.open(self.store.folder)

    @invariant()
    def documents_are_those_of_the_dict(self) -> None:
        found = held(self.store)
        assert self.store.generation() == self.changes
        assert {n: (d.summary.collection, d.summary.path, d.extract, d.passages) for n, d in found.items()} == {
            n: (p.collection, p.path, p.extract, p.passages) for n, p in self.model.items()
        }
        assert {n: d.vectors for n, d in found.items()} == {
            n: as_kept(list(p.passages), p.vectors) for n, p in self.model.items()
        }
        for name, put_in in self.model.items():
            summary, extract = found[name].summary, put_in.extract
            assert (summary.characters, summary.pages) == (len(extract.text), len(extract.pages))
            assert (summary.passages, summary.title) == (len(put_in.passages), extract.title)
            assert summary.sentences == sum(len(p.sentences) for p in put_in.passages)
            assert self.store.display(name) == clean(extract.text, extract.layout, extract.pages)
            assert tuple(self.store.repairs(name)) == put_in.repairs

    @invariant()
    def collections_are_those_of_the_dict(self) -> None:
        found: dict[str, list[int]] = {}
        for put_in in self.model.values():
            found.setdefault(put_in.collection, []).append(len(put_in.passages))
        assert self.store.collections() == [CollectionSummary(n, len(c), sum(c)) for n, c in sorted(found.items())]

    @invariant()
    def an_id_always_means_the_same(self) -> None:
        ids = self.store.passage_ids().tolist()
        assert ids == sorted(set(ids))
        headers = self.store.passage_headers()
        assert [h.id for h in headers] == ids
        assert self.store.passage_headers(ids[1:]) == headers[1:]
        for header in headers:
            assert self.ids.setdefault(header.id, header.text) == header.text
            put_in = self.model[header.document]
            assert (header.collection, header.title, header.date) == (
                put_in.collection,
                put_in.extract.title,
                put_in.extract.date,
            )
            assert header.reading in {p.reading for p in put_in.passages if p.text == header.text}
        some = [*ids[::2], 10**6]
        matrix, owners = self.store.vectors(some)
        every, all_owners = self.store.vectors()
        assert matrix.tobytes() == every[np.isin(all_owners, some)].tobytes()
        assert owners.tolist() == all_owners[np.isin(all_owners, some)].tolist()
        assert [p.id for p in self.store.passages(some[::-1])] == ids[::2][::-1]

    @invariant()
    def the_same_sentence_is_found_wherever_it_stands(self) -> None:
        sentences = [
            (bare(s.text), (name, p.section, s.start, s.end))
            for name, put_in in self.model.items()
            for p in put_in.passages
            for s in p.sentences
        ]
        for said, _ in sentences[:3]:
            places = sorted(place for other, place in sentences if other == said)
            assert sorted(self.store.same_sentences(said)) == places


TestStoreAgainstDict = StoreAgainstDict.TestCase
TestStoreAgainstDict.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
