"""A dataset's passages become a store by the product's own index code, and are found in it."""

from __future__ import annotations

from pathlib import Path

from fake_encoder import HashEncoder

from eval.datasets import DatasetPassage
from eval.searching.corpus import document_name, open_corpus, texts_to_encode
from eval.searching.vectors import cached
from index.searchtext import search_text

PASSAGES = (
    DatasetPassage("d1", "粮食/生产", "中部地区粮食产量占全国的三成左右。小麦和水稻都是主要作物。"),
    DatasetPassage("d2", "", "长江流域的生态环境保护取得明显成效。"),
    DatasetPassage("d3", "空", "。。。"),
)


def test_a_passage_becomes_a_document_that_is_found_by_its_id(tmp_path: Path) -> None:
    corpus = open_corpus(PASSAGES, HashEncoder(), tmp_path / "库")
    [first, *_] = corpus.searcher.search("粮食产量占全国多少", 3)
    assert (first.document, corpus.ids[first.document]) == ("粮食／生产.0", "d1")
    assert corpus.ids == {"粮食／生产.0": "d1", "资料.1": "d2", "空.2": "d3"}
    assert [d.name for d in corpus.store.documents()] == [
        "粮食／生产.0",
        "资料.1",
    ]  # without words there is no document


def test_the_title_stands_in_front_of_what_is_encoded_and_a_number_does_not() -> None:
    assert document_name(PASSAGES[1], 7) == "资料.7"
    text = PASSAGES[1].text
    assert texts_to_encode(PASSAGES[1:2]) == [search_text("资料.txt", "", text)]
    assert len(texts_to_encode(PASSAGES[:1])) == 3  # the passage and its two sentences


def test_what_was_filled_beforehand_is_not_encoded_again(tmp_path: Path) -> None:
    inner = HashEncoder()
    encoder = cached(inner, None)
    encoder.encode_passages(texts_to_encode(PASSAGES))
    encoded = inner.passages
    open_corpus(PASSAGES, encoder, tmp_path / "一")
    open_corpus(PASSAGES[1:], encoder, tmp_path / "二")
    assert inner.passages == encoded


def test_a_corpus_without_words_can_be_made(tmp_path: Path) -> None:
    assert open_corpus(PASSAGES[2:], HashEncoder(), tmp_path / "库").store.documents() == []
