"""What the reranker is trained on: which questions, which negatives, which variants; and what it is measured by."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.drafting.spans import Target
from eval.questions import half
from eval.reranking.asking import Wanted, fault
from eval.reranking.choosing import trainable
from eval.reranking.labelled import Labelled, is_development, read_labelled
from eval.reranking.measuring import Scored, best_weight, hits, order
from eval.reranking.mining import Candidate, Mined, to_sample
from eval.reranking.news import Article, read_news
from eval.reranking.newsmining import NewsMiner
from eval.reranking.variants import dated, misread, spoken, trap, varied
from eval.reranking.writing import Written, write
from eval.searching.corpus import split_all
from rag.reranking.samples import Sample

SAMPLE = Sample(
    "1", "s", "2013年水库蓄了多少水？", "年报:2013年水库蓄水3亿立方米。", ("年报:公园开放。", "年报:道路通车。")
)


def candidate(text: str, *, right: bool = False, doubtful: bool = False, document: str = "d") -> Candidate:
    return Candidate(document, text, 0.5, right, doubtful)


def mined(question: str, *candidates: Candidate) -> Mined:
    return Mined(question, "s", "水库蓄水多少？", candidates)


def test_a_passage_is_right_when_it_is_of_the_document_and_holds_an_answer() -> None:
    question = Labelled("1", "s", "蓄水多少？", frozenset({"p1"}), ("3亿",))
    assert question.right("p1", "蓄水3亿立方米")
    assert not question.right("p1", "蓄水13亿立方米")
    assert not question.right("p2", "蓄水3亿立方米")
    assert question.doubtful("p2", "蓄水3亿立方米")
    quoted = Labelled("2", "s", "？", frozenset(), (), ("蓄水，3 亿立方米。",))
    assert quoted.right("any", "去年蓄水,3亿立方米")
    assert not quoted.right("any", "蓄水")


def test_only_answerable_judged_questions_of_a_folder_are_used(tmp_path: Path) -> None:
    lines = [
        {"_id": "a", "text": "问甲？", "answers": ["甲", "。"], "answerable": True},
        {"_id": "b", "text": "问乙？", "answers": [], "answerable": False},
        {"_id": "c", "text": "问丙？", "answers": ["YES"], "answerable": True},
        {"_id": "d", "text": "问丁？", "answers": ["丁"], "evidence": ["丁是丁。"], "answerable": True},
    ]
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "p", "title": "", "text": "甲"}), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("a\tp\t1\nc\tp\t1\nd\tp\t1\n", encoding="utf-8")
    name = tmp_path.name
    assert read_labelled(tmp_path) == [
        Labelled("a", name, "问甲？", frozenset({"p"}), ("甲",)),
        Labelled("c", name, "问丙？", frozenset({"p"}), ()),
        Labelled("d", name, "问丁？", frozenset(), (), ("丁是丁。",)),
    ]


def test_report_halves_development_and_answers_of_held_out_sets_are_never_trained_on() -> None:
    questions = [mined(str(n), candidate("对", right=True, document=f"p{n % 5}")) for n in range(400)]
    chosen = trainable("s", questions, frozenset({"p3"}))
    assert {m.id for m in chosen} == {
        str(n) for n in range(400) if half(str(n)) == "tune" and not is_development(str(n)) and n % 5 != 3
    }


def test_a_sample_has_the_nearest_right_passage_and_negatives_beyond_doubt() -> None:
    wrong = [candidate(f"错{n}") for n in range(6)]
    question = mined(
        "1",
        wrong[0],
        candidate("也许", doubtful=True),
        candidate("对", right=True),
        candidate("水库蓄水对", right=True),
        *wrong,
    )
    assert to_sample(question, 5) == Sample(
        "1", "s", "水库蓄水多少？", "水库蓄水对", ("错0", "错1", "错2", "错3", "错4")
    )
    assert to_sample(mined("2", *wrong), 5) is None
    assert to_sample(mined("3", candidate("对", right=True), *wrong[:2]), 5) is None


def test_a_trap_is_the_right_passage_with_another_year() -> None:
    made = trap(SAMPLE, random.Random(1))
    assert made
    assert made.positive == SAMPLE.positive
    assert made.negatives[-2:] == SAMPLE.negatives
    traps = made.negatives[:-2]
    assert traps
    assert all(t != SAMPLE.positive and "2013" not in t and t.endswith("年水库蓄水3亿立方米。") for t in traps)
    assert trap(Sample("2", "s", "蓄了多少？", SAMPLE.positive, ()), random.Random(1)) is None


def test_a_dated_sample_has_the_year_of_the_question_in_its_header_alone() -> None:
    plain = Sample("1", "s", "蓄了多少水？", "年报:水库蓄水3亿。", ("年报:公园开放。",))
    made = dated(plain, random.Random(4))
    year = made.positive.removeprefix("年报 ")[:4]
    assert year in made.query
    assert made.positive == f"年报 {year}:水库蓄水3亿。"
    assert all(year not in copy for copy in made.negatives[:-1])
    assert made.negatives[-1].endswith(":公园开放。")


@given(st.integers(0, 10_000))
def test_a_variant_keeps_question_and_passages_whole_enough_to_be_learnt_from(seed: int) -> None:
    made = varied(SAMPLE, random.Random(seed))
    assert made.id == SAMPLE.id
    assert "水库蓄" in made.query.replace(" ", "")
    assert made.positive not in made.negatives
    assert len(made.negatives) >= len(SAMPLE.negatives)


def test_damage_is_done_to_right_and_wrong_alike_and_leaves_the_question() -> None:
    long = Sample("9", "s", "问？", "题:" + "中部地区加快发展" * 9, ("题:" + "推动产业结构升级" * 9,))
    made = misread(long)
    assert made.query == long.query
    assert made.positive != long.positive
    assert made.negatives[0] != long.negatives[0]
    assert len(made.positive) == len(long.positive)
    assert spoken("水库在哪里？", random.Random(3)).count("水库在哪里") == 1


def test_news_lose_the_agency_front_and_keep_a_stated_title(tmp_path: Path) -> None:
    body = "本报讯，" + "市政府发布了新的规划。" * 20
    (tmp_path / "docs.txt").write_text(
        f"2023-08-01 10:00，正文：原标题：新的规划发布了 {body}\n，正文：{body}\n短\n", encoding="utf-8"
    )
    assert read_news(tmp_path / "docs.txt") == [
        Article("新的规划发布了", f"原标题：新的规划发布了 {body}"),
        Article("", body),
    ]


def test_cheap_questions_leave_the_answer_open_and_name_their_passage() -> None:
    text = "截至2021年末，青山水库蓄水量为3.2亿立方米，比上年末多蓄水不少，创下了建库以来的纪录。" * 3
    parts = split_all({"": text})[""]
    made = [w for seed in range(20) for w in write(7, Article("", text), parts, random.Random(seed))]
    asked = [w for w in made if w.kind == "form"]
    assert asked
    assert all(w.answer not in w.query and w.answer in w.text and w.article == 7 for w in asked)
    assert any(w.kind == "gaps" for w in made)


def test_news_negatives_share_words_but_hold_neither_passage_nor_answer() -> None:
    texts = [
        f"青山水库的蓄水量在{place}监测站是{n}亿立方米。"
        for n, place in enumerate(("东", "西", "南", "北", "中", "上", "下"), 2)
    ]
    others = [f"{place}的公园每天开放{n}个小时，门票已经取消。" for n, place in enumerate("甲乙丙丁戊己庚辛壬癸", 5)]
    texts += others  # what most passages hold says nothing of any
    articles = [Article("", text) for text in texts]
    parts = {n: split_all({"": text})[""] for n, text in enumerate(texts)}
    written = [Written("form", "青山水库的蓄水量在东监测站是多少？", 0, 0, texts[0], "3亿")]
    [sample] = NewsMiner(articles, parts).samples(written, 9, random.Random(1))
    assert sample.positive == "资料:青山水库的蓄水量在东监测站是2亿立方米。"
    assert len(sample.negatives) == 5
    assert not any("3亿" in text or "2亿" in text for text in sample.negatives)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2021年底青山水库一共蓄了多少水？", ""),
        ("青山水库蓄水量是3.2亿立方米吗？", "题目里已有答案“3.2亿立方米”"),
        ("截至2021年末青山水库蓄水量为多少？", "照抄原句"),
        ("哪一家公司发布了新的手机产品？", "与原句无关"),
        ("蓄水量", "不以问号结尾"),
    ],
)  # fmt: skip
def test_a_question_of_the_model_that_does_not_hold_is_left_out(question: str, said: str) -> None:
    sentence = "截至2021年末，青山水库蓄水量为3.2亿立方米。"
    target = Target("3.2亿立方米", sentence.index("3.2"), ("3.2亿立方米",), "数量")
    assert fault(question, Wanted(sentence, target)) == said


def question(set_: str, *rows: tuple[str, bool, float, float], by_document: bool = True) -> Scored:
    return Scored("q", set_, rows, by_document)


def test_the_reranker_moves_the_first_candidates_alone_and_documents_count_once() -> None:
    one = question("s", ("a", False, 0.9, 0.1), ("a", False, 0.8, 0.2), ("b", True, 0.7, 0.9), ("c", True, 0.1, 1.0))
    assert order(one, 0.0, 3) == [False, True, True]
    assert order(one, 1.0, 3) == [True, False, True]
    assert order(question("s", *one.candidates, by_document=False), 0.0, 3) == [False, False, True, True]
    assert hits([one], 0.0, 3, 1) == [0.0]
    assert hits([one], 0.0, 3, 2) == [1.0]


def test_the_weight_is_the_smallest_that_is_best_over_sets_that_weigh_alike() -> None:
    helped = question("small", ("a", False, 0.50, 0.0), ("b", True, 0.45, 0.6))
    harmed = question("large", ("a", True, 0.50, 0.0), ("b", False, 0.10, 0.9))
    assert best_weight([helped, harmed, harmed], 2) == 0.1
    assert best_weight([harmed], 2) == 0.0
