"""Searching: two rankings fused, named places preferred, caches that may be lost, changes that are followed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from samples import SAMPLE, document, filled, write

from index.cleaning import clean
from index.derived.snapshot import CACHE
from index.documents import Document, SourceFile
from index.errors import JudianError
from index.extract import Extract
from index.hits import Hit
from index.intake.ingest import add
from index.passages import Passage, Sentence, split
from index.reading import Repair
from index.search import Searcher
from index.store import EmptyStoreError, Store, StoreError
from index.structure.articles import chinese_number

FILES = {
    "粮食2023.txt": "粮食产量稳定在六亿吨。粮食安全是国之大者。",
    "粮食2024.txt": "粮食产量提高到七亿吨。粮食安全是国之大者。",
    "生态.txt": "持续打好污染防治攻坚战。支持许昌建设无废城市。",
    "人才.txt": "人才因产业而聚。产业因人才而兴。",
    "开放.txt": "建设自由贸易试验区。完善对外开放通道。",
}


def names(hits: list[Hit]) -> list[str]:
    return [h.document for h in hits]


def test_the_passage_with_the_words_asked_for_comes_first(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, FILES), HashEncoder())
    hits = searcher.search("无废城市建设支持哪里？", 3)
    assert len(hits) == 3
    assert names(hits)[0] == "生态.txt"
    [first, *_] = hits
    assert (first.text, first.start, first.end) == (FILES["生态.txt"], 0, len(FILES["生态.txt"]))
    assert [s.sentence.text for s in first.sentences] == ["持续打好污染防治攻坚战。", "支持许昌建设无废城市。"]
    assert first.sentences[1].coverage > first.sentences[0].coverage


def test_hits_come_best_first_with_scores_between_0_and_1(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, {"七篇.txt": SAMPLE, **FILES}), HashEncoder())
    for query in ("粮食产量是多少", "第六篇讲了什么", "2024", "？？", "GDP", "第100章第零篇第１２讲", "x" * 3000):
        hits = searcher.search(query, 10)
        found = [h.score for h in hits]
        assert found == sorted(found, reverse=True)
        assert all(0 <= s <= 1 + 1e-6 for s in found)
        assert all(0 <= h.signals.coverage <= 1 and -1.01 <= h.signals.dense <= 1.01 for h in hits)
        assert len(hits) == 10


def test_a_hit_is_cut_from_its_source(tmp_path: Path) -> None:
    store = filled(tmp_path, {"七篇.txt": SAMPLE})
    kept = clean(SAMPLE)
    for hit in Searcher(store, HashEncoder()).search("绿色发展", 8):
        within = [c for c, o in zip(kept.text, kept.offsets, strict=True) if hit.start <= o < hit.end]
        assert "".join(within) == hit.text


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize("query", ["第{}篇怎么说产业", "第 {} 篇对人才有什么要求", "请概括第{}篇"])
def test_a_named_article_is_among_the_first(tmp_path: Path, number: int, query: str) -> None:
    searcher = Searcher(filled(tmp_path, {"七篇.txt": SAMPLE}), HashEncoder())
    for written in (str(number), chinese_number(number)):
        first = [h.section.split(" · ")[0] for h in searcher.search(query.format(written), 3)]
        assert f"第{chinese_number(number)}篇" in first


def test_two_named_sections_take_turns(tmp_path: Path) -> None:
    hits = Searcher(filled(tmp_path, {"七篇.txt": SAMPLE}), HashEncoder()).search("第五篇和第六篇对产业怎么说", 4)
    assert sorted(h.section for h in hits) == ["第五篇", "第五篇", "第六篇", "第六篇"]


def test_a_named_year_prefers_its_document(tmp_path: Path) -> None:
    searcher = Searcher(filled(tmp_path, FILES), HashEncoder())
    assert names(searcher.search("2023年粮食产量", 1)) == ["粮食2023.txt"]
    assert names(searcher.search("2024年粮食产量", 1)) == ["粮食2024.txt"]


def test_a_cache_is_used_where_it_is_sound(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    Searcher(store, HashEncoder()).search("粮食", 1)
    before = {f: f.stat().st_mtime_ns for f in (store.folder / CACHE).rglob("*")}
    Searcher(store, HashEncoder()).search("粮食", 1)
    assert {f: f.stat().st_mtime_ns for f in (store.folder / CACHE).rglob("*")} == before


def test_changes_made_elsewhere_are_followed(tmp_path: Path) -> None:
    encoder = HashEncoder()
    searcher = Searcher(filled(tmp_path, FILES, encoder), encoder)
    assert "能源.txt" not in names(searcher.search("新型能源体系", 9))
    elsewhere = Store.open(tmp_path / "库")
    list(add(elsewhere, encoder, write(tmp_path / "又", {"能源.txt": "加快建设新型能源体系。"})))
    assert names(searcher.search("新型能源体系", 9))[0] == "能源.txt"
    elsewhere.remove(["能源.txt"])
    assert "能源.txt" not in names(searcher.search("新型能源体系", 9))


def test_searching_while_another_thread_writes_never_mixes_documents(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = filled(tmp_path, FILES, encoder)
    searcher = Searcher(store, encoder)
    done = threading.Event()

    def write_on() -> None:
        for n in range(25):
            doc = document("变.txt", f"第{n}次改动，粮食产量有变化。" * (1 + n % 3 * 30))
            passages = split(clean(doc.text))
            texts = [p.text for p in passages] + [s.text for p in passages for s in p.sentences]
            store.replace(doc, passages, HashEncoder().encode_passages(texts))
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_on)
        while not writing.done():
            for hit in searcher.search("粮食产量", 8):
                assert hit.text in FILES.values() if hit.document in FILES else "次改动" in hit.text
        writing.result()
    assert done.is_set()
    assert "第24次" in next(h.text for h in searcher.search("改动", 1))


def test_a_search_in_collections_finds_as_many_as_it_holds(tmp_path: Path) -> None:
    encoder = HashEncoder()
    store = filled(tmp_path, FILES, encoder)
    for name in ("粮食2023.txt", "人才.txt"):
        text = FILES[name]
        passages = split(clean(text))
        texts = [p.text for p in passages] + [s.text for p in passages for s in p.sentences]
        store.replace(document(name, text), passages, encoder.encode_passages(texts), "专题")
    searcher = Searcher(store, encoder)
    hits = searcher.search("对外开放通道", 5, ["专题"])
    assert sorted(names(hits)) == ["人才.txt", "粮食2023.txt"]
    assert {h.collection for h in hits} == {"专题"}
    assert sorted(names(searcher.search("粮食", 9, ["专题", "默认"]))) == sorted(FILES)
    assert [h.document for h in next(searcher.search_many(["粮食产量"], 1, ["专题"]))] == ["粮食2023.txt"]
    with pytest.raises(JudianError, match="没有名为 无 的文档集。现有：专题、默认"):
        searcher.search("粮食", 5, ["无"])


def test_damaged_words_are_found_by_their_reading_and_shown_as_they_stand(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    text = "要闱绕中心工作，抓好各项任务落实。"
    sure = Repair(1, 3, "围绕", 0.95, "字形相近")
    sentence = Sentence(0, len(text), text, (), 7, (sure,))
    passage = Passage("", 0, len(text), text, (sentence,), 7, (sure,))
    store.replace(document("伤.txt", text), [passage], HashEncoder().encode_passages([passage.reading] * 2))
    searcher = Searcher(store, HashEncoder())
    [hit] = searcher.search("围绕", 1)
    assert (hit.document, hit.text, hit.page, hit.signals.coverage, hit.sentences[0].coverage) == (
        "伤.txt",
        text,
        7,
        1.0,
        1.0,
    )
    [[ranked]] = searcher.search_many(["围绕"], 1)
    assert (ranked.text, ranked.page) == (text, 7)


def test_a_year_in_the_title_or_date_prefers_its_document(tmp_path: Path) -> None:
    store = filled(tmp_path, FILES)
    for name, title, date in (("a.pdf", "2019年座谈纪要", ""), ("b.pdf", "", "2018-03-05")):
        text = "人才因产业而聚。"
        passages = split(clean(text))
        made = Document(name, name, name, Extract(text, (), (), (), title, date))
        store.replace(made, passages, HashEncoder().encode_passages([text, text]))
    searcher = Searcher(store, HashEncoder())
    assert names(searcher.search("2019年的情况", 1)) == ["a.pdf"]
    meant = {h.document: h.signals.scope for h in searcher.search("2018年的情况", 10)}
    assert [name for name, share in meant.items() if share > 0] == ["b.pdf"]
    assert searcher.search("2019年座谈纪要", 1)[0].signals.coverage == 1


@pytest.mark.parametrize("query", ["", " ", "　\n"])
def test_an_empty_query_is_refused(tmp_path: Path, query: str) -> None:
    with pytest.raises(JudianError, match="问题是空的"):
        Searcher(filled(tmp_path, FILES), HashEncoder()).search(query, 3)


def test_an_empty_store_is_refused_with_what_fills_it(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "库", "hash", 64)
    with pytest.raises(EmptyStoreError, match=r"是空的.*\n.*python -m index add"):
        Searcher(store, HashEncoder()).search("粮食", 3)


def test_another_encoder_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="当前编码器是 bge"):
        Searcher(filled(tmp_path, FILES), HashEncoder("bge"))


def test_a_store_of_one_sentence_can_be_searched(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "库", "hash", 64)
    list(add(store, HashEncoder(), [SourceFile(write(tmp_path, {"一.txt": "只有一句话。"})[0].path, "一.txt")]))
    assert [h.text for h in Searcher(store, HashEncoder()).search("一句", 5)] == ["只有一句话。"]
