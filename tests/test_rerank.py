"""The reranker: its network, its artefact, how it learns, and what the one in the repository does."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from index.folding import fold
from rag.rerank import MODEL, CrossEncoder, open_reranker, years_differ
from rag.reranking.artefact import RerankerDamagedError, load, quantised, restored, save
from rag.reranking.learning import Plan, learn, loss_of
from rag.reranking.network import Network, Shape, pack
from rag.reranking.samples import Sample, read_samples, write_samples
from rag.reranking.tokens import MAX_PAIR, Tokens
from rag.reranking.vocabulary import SPECIAL, pruned

LETTERS = "甲乙丙丁戊己庚辛水库蓄多少"
ABOUT = {"name": "tiny", "role": "reranker", "licence": "-", "licence_note": "-", "source": "-", "source_files": {}}
tokens_of = st.lists(st.integers(4, 11), min_size=1, max_size=9)


def tokenizer(words: str = LETTERS) -> dict[str, Any]:
    """tokenizer.json of a BERT that knows these characters."""
    vocabulary = {word: n for n, word in enumerate([*SPECIAL, *words])}
    signs = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": n, "content": word, **signs} for n, word in enumerate(SPECIAL)],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocabulary},
    }  # fmt: skip


def network(seed: int = 3) -> Network:
    torch.manual_seed(seed)
    return Network(Shape(len(SPECIAL) + len(LETTERS), 16, 32, 2, 2, MAX_PAIR)).eval()


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer()), encoding="utf-8")
    return Tokens(tmp_path / "tokenizer.json")


@given(st.lists(st.tuples(tokens_of, tokens_of), min_size=2, max_size=5))
@settings(max_examples=50, deadline=None)
def test_a_pair_scores_the_same_alone_and_packed_with_others(pairs: list[tuple[list[int], list[int]]]) -> None:
    model = network()
    with torch.no_grad():
        together = model(pack(pairs))
        alone = torch.cat([model(pack([pair])) for pair in pairs])
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_pack_says_where_each_token_stands() -> None:
    packed = pack([([2, 7, 3], [8, 3]), ([2, 3], [9, 9, 3])])
    assert packed.ids.tolist() == [2, 7, 3, 8, 3, 2, 3, 9, 9, 3]
    assert packed.kinds.tolist() == [0, 0, 0, 1, 1, 0, 0, 1, 1, 1]
    assert packed.rows.tolist() == [0] * 5 + [1] * 5
    assert packed.places.tolist() == [0, 1, 2, 3, 4] * 2
    assert (packed.count, packed.longest) == (2, 5)


@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_eight_bits_lose_at_most_half_a_step_of_each_row(rows: list[list[float]]) -> None:
    weights = {"a.weight": torch.tensor(rows), "a.bias": torch.tensor([0.5, -1.0])}
    back = restored(quantised(weights))
    steps = weights["a.weight"].abs().amax(dim=1).clamp(min=1e-8) / 127
    assert ((back["a.weight"] - weights["a.weight"]).abs() <= steps[:, None] * 0.501).all()
    assert back["a.bias"].tolist() == [0.5, -1.0]


def test_a_saved_network_is_loaded_with_its_name_and_scores(tmp_path: Path) -> None:
    model = network()
    save(model, tokenizer(), tmp_path / "m", ABOUT, "2026-01-02")
    name, again, tokens = load(tmp_path / "m")
    packed = pack(tokens.pairs("甲乙？", ["水库", "多少"]))
    assert name == "tiny"
    with torch.no_grad():
        assert torch.allclose(again(packed), model(packed), atol=0.05)


def test_a_changed_file_is_refused_with_its_name(tmp_path: Path) -> None:
    save(network(), tokenizer(), tmp_path, ABOUT, "2026-01-02")
    path = tmp_path / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(RerankerDamagedError, match=r"weights\.safetensors 的内容变了"):
        CrossEncoder(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RerankerDamagedError, match=r"manifest\.json"):
        open_reranker(tmp_path / "none")


def test_question_and_passage_are_folded_and_cut_together(tokens: Tokens) -> None:
    [(question, passage)] = tokens.pairs("水庫？", ["蓄" * 400])
    ids = {word: n for n, word in enumerate([*SPECIAL, *LETTERS])}
    assert question == [2, ids["水"], ids["库"], 1, 3]
    assert len(question) + len(passage) == MAX_PAIR
    assert set(passage[:-1]) == {ids["蓄"]}
    assert passage[-1] == 3


def test_the_smaller_vocabulary_keeps_what_folded_text_can_hold() -> None:
    full = tokenizer()
    words = [
        "[PAD]",
        "[unused1]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "国",
        "國",
        "##国",
        "2013",
        "##13",
        "A",
        "a",
        "##a",
        "。",
    ]
    full["model"]["vocab"] = {word: n for n, word in enumerate(words)}
    full["added_tokens"] = [
        {"id": 0, "content": "[PAD]"},
        {"id": 5, "content": "[MASK]"},
        {"id": 2, "content": "[UNK]"},
    ]
    small, ids = pruned(full)
    kept = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "国", "2013", "##13", "a", "##a", "。"]
    assert small["model"]["vocab"] == {word: n for n, word in enumerate(kept)}
    assert [words[n] for n in ids] == kept
    assert [(t["content"], t["id"]) for t in small["added_tokens"]] == [("[PAD]", 0), ("[UNK]", 1)]
    assert all(fold(word.removeprefix("##")) == word.removeprefix("##") for word in kept[4:])


def test_the_loss_ranks_and_sets_the_border_at_zero() -> None:
    scores = torch.tensor([[0.0, 0.0, 0.0, 0.0]])
    assert float(loss_of(scores, 0.0)) == pytest.approx(1.3863, abs=1e-4)  # ln 4
    assert float(loss_of(scores, 1.0)) == pytest.approx(1.3863 + 2 * 0.6931, abs=1e-4)
    assert float(loss_of(torch.tensor([[9.0, -9.0]]), 1.0)) < 0.001 < float(loss_of(torch.tensor([[-9.0, 9.0]]), 1.0))


def test_training_is_repeatable_and_learns_which_passage_answers(tokens: Tokens) -> None:
    samples = [
        Sample(str(n), "s", letter, letter + "水库", tuple(o for o in "甲乙丙丁戊己" if o != letter))
        for n, letter in enumerate("甲乙丙丁戊己")
    ]
    plan = Plan(60, questions=6, negatives=3, rate=3e-3, head_rate=3e-3)
    weights, losses = [], []
    for _ in range(2):
        model = network().train()
        learn(model, tokens, samples, plan, lambda step, loss, seconds: losses.append(loss))
        weights.append(model.state_dict())
    assert losses[59] < 0.7 * losses[0]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_samples_come_back_from_their_file(tmp_path: Path) -> None:
    samples = [Sample("1", "drcd", "问\n？", "答", ("错", "也错")), Sample("2", "gov", "又问？", "又答", ())]
    write_samples(tmp_path / "samples.jsonl", samples)
    assert read_samples(tmp_path / "samples.jsonl") == samples
    assert replace(samples[0], id="3") not in samples


@pytest.fixture(scope="module")
def reranker() -> CrossEncoder:
    return open_reranker()


def test_the_model_in_the_repository_is_small_and_has_a_card() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) < 30_000_000
    card = (MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "不得商用" in card
    assert "report" in card


def test_what_answers_stands_before_what_only_shares_words(reranker: CrossEncoder) -> None:
    passages = [
        "政府工作报告2014:国内生产总值增长7.7%,居民消费价格上涨2.6%。",
        "水库简介:青山水库位于青山镇,由县水利局管理,坝高四十二米。",
        "水库年报:截至2021年末,青山水库蓄水量为3.2亿立方米,比上年末多蓄4100万立方米。",
    ]
    scores = reranker.scores("2021年底青山水库蓄了多少水？", passages)
    assert max(range(3), key=scores.__getitem__) == 2
    assert all(0 <= score <= 1 for score in scores)


def test_scores_keep_the_order_of_the_passages_and_none_gives_none(reranker: CrossEncoder) -> None:
    passages = ["甲市有水库三座。", "乙市的公园在城南，每日开放十二小时，不收门票。"]
    forward = reranker.scores("甲市有几座水库？", passages)
    assert reranker.scores("甲市有几座水库？", []) == []
    assert reranker.scores("甲市有几座水库？", passages[::-1]) == pytest.approx(forward[::-1], abs=0.03)


def test_ten_passages_take_far_less_than_a_second(reranker: CrossEncoder) -> None:
    passages = [f"第{n}篇:" + "中部地区要加快先进制造业发展,推动产业结构优化升级。" * 10 for n in range(10)]
    reranker.scores("中部地区怎样发展制造业？", passages)
    begun = time.perf_counter()
    reranker.scores("中部地区怎样发展制造业？", passages)
    assert time.perf_counter() - begun < 2.0  # 0.1 s on two idle cores; a busy machine is slower


def test_yearly_reports_are_known_by_the_years_of_their_headers() -> None:
    assert years_differ(["政府工作报告2012 一、回顾：", "政府工作报告2013 二、任务：", "附件："])
    assert not years_differ(["政府工作报告2012 一、2012年任务：", "附件：", "编号120123："])
    assert not years_differ([])
