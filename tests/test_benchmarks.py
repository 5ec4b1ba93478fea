"""Public benchmarks: documents drawn and answers scored by published rules, runs resumed, figures shown as measured."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from hypothesis import given
from hypothesis import strategies as st

from eval.__main__ import main
from eval.benchmarks import cjrc, dragonball, rgb
from eval.benchmarks.asking import Tools
from eval.benchmarks.cases import Case, Part, digest, sample_cases
from eval.benchmarks.figures import summarize
from eval.benchmarks.page import PageError, page_lines, set_lines, write_page
from eval.benchmarks.published import read_published
from eval.benchmarks.rgb import Documents, draw, draw_groups, draw_mixed, draw_wrong, states_all
from eval.benchmarks.run import Options, Watchers, run_set
from eval.benchmarks.sets import SETS, find_sets
from eval.commands import benchmarks
from eval.datasets import DatasetPassage
from eval.kept import OtherSettingsError
from eval.lines import DatasetError
from eval.questions import GoldQuestion
from eval.records import Record, read_record
from eval.searching.encoding import in_this_process
from eval.searching.vectors import cached, unwatched
from index.errors import JudianError

NEGATIVE = tuple(f"n{n}" for n in range(1, 10))
POSITIVE = tuple(f"p{n}" for n in range(1, 7))
names = st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=3), max_size=9, unique=True)


def record(text: str, refused: bool = False, **changes: object) -> Record:
    value: dict[str, Any] = {"id": "q", "question": "问", "answer": text, "refused": refused}
    return read_record({**value, "claims": [], "citations": [], "hits": [], **changes})


def question(must: tuple[tuple[str, ...], ...], answerable: bool = True, **changes: Any) -> GoldQuestion:  # noqa: ANN401
    values = {"answer": "", "evidence": (), **changes}
    return GoldQuestion(id="q", type="factoid", question="问", history=(), must=must, answerable=answerable, **values)


@pytest.mark.parametrize(
    ("positive", "negative", "noise", "drawn"),
    [
        (POSITIVE, NEGATIVE, 0.0, "p1 p2 p3 p4 p5"),
        (POSITIVE, NEGATIVE, 0.2, "n1 p1 p2 p3 p4"),
        (POSITIVE, NEGATIVE, 0.4, "n1 n2 p1 p2 p3"),
        (POSITIVE, NEGATIVE, 0.6, "n1 n2 n3 p1 p2"),
        (POSITIVE, NEGATIVE, 0.8, "n1 n2 n3 n4 p1"),
        (POSITIVE, NEGATIVE, 1.0, "n1 n2 n3 n4 n5"),
        (POSITIVE, NEGATIVE[:3], 1.0, "n1 n2 n3"),  # never a positive one at noise 1
        (POSITIVE[:2], NEGATIVE, 0.0, "n1 n2 n3 p1 p2"),  # too few positive ones: negative ones in their place
        (POSITIVE, NEGATIVE[:1], 0.8, "n1 p1 p2 p3 p4"),  # too few negative ones: positive ones
    ],
)
def test_documents_are_drawn_by_the_published_rule(
    positive: tuple[str, ...], negative: tuple[str, ...], noise: float, drawn: str
) -> None:
    assert sorted(draw(Documents(positive, negative), noise)) == drawn.split()


def test_the_order_is_that_of_the_published_seed() -> None:
    as_published = ["p1", "p2", "p3", "n1", "n2"]
    random.seed(2333)
    random.shuffle(as_published)
    assert as_published == ["p2", "n2", "n1", "p3", "p1"]
    assert draw(Documents(POSITIVE, NEGATIVE), 0.4) == as_published


@given(names, names, st.sampled_from(rgb.NOISE))
def test_a_draw_is_five_documents_where_there_are_enough(
    positive: list[str], negative: list[str], noise: float
) -> None:
    drawn = draw(Documents(tuple(f"p{n}" for n in positive), tuple(f"n{n}" for n in negative)), noise)
    negatives = sum(name.startswith("n") for name in drawn)
    assert len(drawn) == len(set(drawn)) <= rgb.PASSAGES
    if noise == rgb.ONLY_NOISE:
        assert negatives == len(drawn) == min(rgb.PASSAGES, len(negative))
    elif len(positive) >= rgb.PASSAGES and len(negative) >= rgb.PASSAGES:
        assert negatives == round(noise * rgb.PASSAGES)
        assert len(drawn) == rgb.PASSAGES


def test_every_group_has_a_document_and_further_ones_come_in_turn() -> None:
    groups = (("a1",), ("b1", "b2", "b3"))
    full = draw_groups(Documents((), NEGATIVE, groups), 0.0)
    assert sorted(full) == ["a1", "b1", "b2", "b3", "n1"]
    some = draw_groups(Documents((), NEGATIVE, groups), 0.4)
    assert (len(some), "a1" in some, sum(n.startswith("b") for n in some)) == (5, True, 2)
    assert {"n1", "n2"} < set(some)


def test_no_group_is_left_out_however_much_noise_is_asked_for() -> None:
    groups = tuple((f"{letter}1", f"{letter}2") for letter in "abcd")
    drawn = draw_groups(Documents((), NEGATIVE, groups), 0.4)
    assert ({name[0] for name in drawn}, len(drawn)) == ({"a", "b", "c", "d", "n"}, 5)


def test_made_up_documents_are_drawn_and_no_others() -> None:
    wrong = tuple(f"w{n}" for n in range(1, 8))
    drawn = draw_wrong(Documents((*POSITIVE, "p7"), NEGATIVE, wrong=wrong))
    assert (len(drawn), set(drawn) <= set(wrong)) == (5, True)
    assert draw_wrong(Documents(("p1",), NEGATIVE, wrong=("w1",))) == ["w1"]


@pytest.mark.parametrize(("pairs", "true"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (9, 3)])
def test_true_and_made_up_documents_are_mixed_and_none_comes_in_both_forms(pairs: int, true: int) -> None:
    positive, wrong = (tuple(f"{letter}{n}" for n in range(pairs)) for letter in "pw")
    drawn = draw_mixed(Documents(positive, NEGATIVE, wrong=wrong))
    assert sum(name.startswith("p") for name in drawn) == true
    assert len(drawn) == (2 if pairs == 1 else min(pairs, rgb.PASSAGES))
    assert pairs == 1 or len({name[1:] for name in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("answer", "told", "right", "misled"),
    [
        ("一处说有70个，另一处说有170个[1]。", 1.0, 1.0, 0.0),
        ("各文说法不一。", 1.0, 0.0, 0.0),
        ("有170个。", 0.0, 0.0, 1.0),  # 70 does not stand in it
        ("1970年有70个。", 0.0, 1.0, 0.0),
        ("两处不一致：有170个。", 1.0, 0.0, 0.0),
        ("不知道。", 0.0, 0.0, 0.0),
    ],
)
def test_a_conflict_is_told_by_both_answers_or_in_words(answer: str, told: float, right: float, misled: float) -> None:
    case = Case(question((("70",),)), (), wrong="170")
    found = rgb.measure_conflict(case, record(answer), None)
    assert [found[name] for name in ("conflict", "accuracy", "misled")] == [(told, 1.0), (right, 1.0), (misled, 1.0)]
    assert rgb.measure_conflict(case, record(answer, True), None) == {
        "conflict": (0.0, 1.0), "accuracy": (0.0, 1.0), "misled": (0.0, 1.0), "refused": (1.0, 1.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "facts", "right"),
    [
        ("共有70个议席[1]。", [["70"]], True),
        ("议席数见文[70]。", [["70"]], False),  # a citation mark is no answer
        ("The GPT-4 model", [["gpt-4"]], True),
        ("冠军是张丹 和 张昊。", [["张丹"], ["张昊"]], True),
        ("冠军是张丹。", [["张丹"], ["张昊"]], False),
        ("共 1 2 人", [["12人"]], True),  # white space is removed from the answer
        ("12人", [["十二人", "12人"]], True),
        ("12人", [["1 2人"]], False),  # and not from what is wanted
        ("随便", [], False),
    ],
)
def test_an_answer_is_right_when_it_holds_every_answer(answer: str, facts: list[list[str]], right: bool) -> None:
    assert states_all(answer, facts) is right


def test_a_refusal_is_no_answer_and_is_counted_with_noise_alone() -> None:
    case = Case(question((("70",),)), ())
    assert rgb.measure(case, record("70"), None, only_noise=False) == {
        "accuracy": (1.0, 1.0), "refused": (0.0, 1.0), "characters": (2.0, 1.0),
    }  # fmt: skip
    assert rgb.measure(case, record("没有 70 的内容", True), None, only_noise=False) == {
        "accuracy": (0.0, 1.0), "refused": (1.0, 1.0),
    }  # fmt: skip
    assert rgb.measure(case, record("70"), None, only_noise=True)["rejection"] == (0.0, 1.0)
    assert rgb.measure(case, record("70"), None, only_noise=True)["rejection_or_right"] == (1.0, 1.0)
    assert rgb.measure(case, record("无", True), None, only_noise=True)["rejection"] == (1.0, 1.0)


def test_a_made_up_answer_repeated_is_counted() -> None:
    case = Case(question((("70",),)), (), wrong="170")
    assert rgb.measure(case, record("有170个"), None, only_noise=False)["misled"] == (1.0, 1.0)
    assert rgb.measure(case, record("有70个"), None, only_noise=False)["misled"] == (0.0, 1.0)
    assert rgb.measure(case, record("有170个", True), None, only_noise=False)["misled"] == (0.0, 1.0)


def test_a_key_point_is_stated_when_most_of_its_pairs_stand_in_the_answer() -> None:
    point = "公司于2021年2月采用环境管理系统"
    assert dragonball.states("2021年2月，公司采用了环境管理系统[1]。", point)
    assert not dragonball.states("公司于2021年2月成立。", point)
    assert not dragonball.states("", point)


def test_key_points_and_refusals_are_counted_for_company_reports() -> None:
    points = ("营业收入为三亿元", "员工满意度为八成五")
    case = Case(question((), answer="营业收入为三亿元", evidence=("营业收入为三亿元。",)), None, points)
    hit = {"document": "d", "section": "", "start": 0, "end": 9, "score": 1.0, "text": "营业收入为三亿元。"}
    values = dragonball.measure(case, record("营业收入为三亿元。", hits=[hit]), None)
    assert (values["keypoints"], values["recall@1"], values["rouge_l"]) == ((1.0, 2.0), (1.0, 1.0), (1.0, 1.0))
    assert dragonball.measure(case, record("无", True), None)["keypoints"] == (0.0, 2.0)
    unanswerable = Case(question((), answerable=False), None, ("无法回答",))
    assert dragonball.measure(unanswerable, record("无", True), None) == {
        "refusal_precision": (1.0, 1.0), "refusal_recall": (1.0, 1.0),
    }  # fmt: skip


def test_court_records_are_scored_by_all_references() -> None:
    case = Case(question((("800元", "生活费800元"),)), ())
    assert cjrc.measure(case, record("800元。"), None) == {
        "over_refusal": (0.0, 1.0), "exact_match": (1.0, 1.0), "char_f1": (1.0, 1.0),
        "char_f1_span": (1.0, 1.0), "contained": (1.0, 1.0),
    }  # fmt: skip
    refused = cjrc.measure(case, record("没有 800元", True), None)
    assert (refused["char_f1"], refused["contained"], refused["refusal_precision"]) == ((0.0, 1.0),) * 3
    assert "contained" not in cjrc.measure(Case(question((("YES",),)), ()), record("是。"), None)


def test_unanswerable_court_questions_tell_whether_annotators_agreed() -> None:
    agreed, doubtful = question((), answerable=False), question((("NO",),), answerable=False)
    assert "refusal_recall_agreed" in cjrc.measure(Case(agreed, ()), record("有。"), None)
    assert cjrc.measure(Case(doubtful, ()), record("有。"), None) == {"refusal_recall": (0.0, 1.0)}


def test_metrics_are_sums_of_ratios_and_what_is_not_measured_is_absent() -> None:
    found = summarize([{"a": (1.0, 2.0), "b": (0.0, 0.0)}, {"a": (1.0, 1.0)}, {}])
    assert found["metrics"] == {"a": pytest.approx(2 / 3)}
    assert (found["n"], found["counts"]) == (3, {"a": 2})
    low, high = found["intervals"]["a"]
    assert low <= 2 / 3 <= high


def test_a_sample_is_fixed_and_part_of_a_larger_one() -> None:
    cases = [Case(question((), answer=str(n)), None) for n in range(40)]
    small, large = sample_cases(cases, 4), sample_cases(cases, 15)
    assert [c for c in large if c in small] == list(small)
    assert (sample_cases(cases, 4), sample_cases(cases, None)) == (small, tuple(cases))


def test_other_documents_make_another_digest() -> None:
    one, other = DatasetPassage("1", "", "甲"), DatasetPassage("2", "", "乙")
    asked = question(())
    titled = DatasetPassage("1", "题", "甲")
    orders = [((one, other), ()), ((other, one), ()), ((titled, other), ()), (None, (one,)), (None, (one, other))]
    assert len({digest([Case(asked, given)], collection) for given, collection in orders}) == len(orders)
    assert digest([Case(asked, (one,))], (other,)) == digest([Case(asked, (one,))], ())


# --- whole sets, in tiny folders -----------------------------------------------------------------------------------

TEXTS = {
    "p1": "香港第六届立法会共有70个议席。选举在九月举行。",
    "p2": "第六届立法会选出70名议员。",
    "n1": "投票站于星期天晚上结束投票。",
    "n2": "长江流域的江豚重新出现。",
    "n3": "高速铁路把省会城市连在一起。",
    "n4": "小麦和水稻都是主要作物。",
    "n5": "货运枢纽建设加快推进。",
    "w1": "香港第六届立法会共有170个议席。",
    "w2": "第六届立法会选出170名议员。",
}
RGB_LINE: dict[str, Any] = {
    "_id": "refine-0", "text": "香港第六届立法会有多少个议席？", "answerable": True, "answers": [["70", "七十"]],
    "positive": ["p1", "p2"], "negative": ["n1", "n2", "n3", "n4", "n5"],
}  # fmt: skip


def write_set(folder: Path, lines: Iterable[Mapping[str, Any]], texts: Mapping[str, str] = TEXTS) -> Path:
    folder.mkdir(parents=True)
    passages = [json.dumps({"_id": i, "title": "", "text": t}) for i, t in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(passages), encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    qrels = [f"{line['_id']}\t{i}\t1" for line in lines for i in line.get("own", line.get("positive", []))]
    (folder / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *qrels]), encoding="utf-8")
    return folder


def rgb_folder(data: Path, **changes: object) -> Path:
    other = {**RGB_LINE, "_id": "refine-2", "text": "第六届立法会选出多少名议员？"}
    return write_set(data / "rgb_zh_refine", [{**RGB_LINE, **changes}, other])


def tools(generator: FakeGenerator | None = None) -> Tools:
    about = {"encoder": "hash", "encoder_fingerprint": "hash-1", "language_model": "fake", "passages": 5}
    encoder = cached(HashEncoder(), None)
    return Tools(encoder, in_this_process(encoder.inner), generator, 5, 2000, about)


def unseen(results: Iterable[Mapping[str, Any]], total: int, done: int) -> Iterable[Mapping[str, Any]]:
    return results


def run(data: Path, name: str, out: Path, resume: bool = False, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    progress: Callable[..., Any] = changes.pop("progress", lambda about: unseen)
    watchers = Watchers(unwatched, progress)
    options = Options(out, changes.pop("sample", None), resume)
    return run_set(SETS[name], data / name, changes.pop("tools", tools()), options, watchers)


def test_a_set_is_searched_and_answered_at_every_share_of_noise(tmp_path: Path) -> None:
    rgb_folder(tmp_path / "data")
    report = run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out")
    assert list(report["parts"]) == ["retrieval", *(f"noise_{n}" for n in rgb.NOISE)]
    assert report["parts"]["noise_0.0"]["metrics"]["accuracy"] == 1.0
    assert "accuracy" not in report["parts"]["noise_1.0"]["metrics"]
    assert (report["parts"]["noise_0.0"]["n"], report["parts"]["noise_0.0"]["of"]) == (2, 2)
    assert report["parts"]["retrieval"]["metrics"]["recall@3"] == 1.0
    kept = (tmp_path / "out" / "rgb_zh_refine" / "noise_0.4" / "answers.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["id"] for line in kept.splitlines()] == ["refine-0", "refine-2"]
    written = json.loads((tmp_path / "out" / "rgb_zh_refine" / "report.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(report))


def test_only_the_passages_drawn_are_given(tmp_path: Path) -> None:
    [only_noise] = [part for part in rgb.noise_parts(rgb_folder(tmp_path)) if part.name == "noise_1.0"]
    given = [{passage.id for passage in case.passages or ()} for case in only_noise.cases]
    assert given == [{"n1", "n2", "n3", "n4", "n5"}] * 2
    assert not any(case.question.answerable for case in only_noise.cases)
    run(tmp_path, "rgb_zh_refine", tmp_path / "out")
    kept = (tmp_path / "out" / "rgb_zh_refine" / "noise_1.0" / "answers.jsonl").read_text(encoding="utf-8")
    assert not any("70" in hit["text"] for line in kept.splitlines() for hit in json.loads(line)["hits"])


def test_integration_and_made_up_documents_are_read(tmp_path: Path) -> None:
    line = {**RGB_LINE, "answers": ["70", "九月"], "positive_groups": [["p1"], ["p2"]]}
    [first, *_] = rgb.integration_parts(write_set(tmp_path / "rgb_zh_int", [line]))
    assert first.cases[0].question.must == (("70",), ("九月",))
    assert sorted(p.id for p in first.cases[0].passages or ()) == ["n1", "n2", "n3", "p1", "p2"]
    wrong = {**RGB_LINE, "positive_wrong": ["w1", "w2"], "fake_answer": "170"}
    folder = write_set(tmp_path / "rgb_zh_fact", [wrong])
    made_up, mixed = rgb.counterfactual_parts(folder)
    assert {p.id for p in made_up.cases[0].passages or ()} == {"w1", "w2"}
    assert sorted(p.id[0] for p in mixed.cases[0].passages or ()) == ["p", "w"]
    same = write_set(tmp_path / "same", [{**wrong, "fake_answer": "70"}])
    assert [len(part.cases) for part in rgb.counterfactual_parts(same)] == [1, 0]
    report = run(tmp_path, "rgb_zh_fact", tmp_path / "out")
    metrics = report["parts"]["counterfactual"]["metrics"]
    assert metrics["misled"] == 1.0
    assert {"conflict", "accuracy", "misled"} <= set(report["parts"]["conflict"]["metrics"])


def test_reports_are_searched_as_a_whole_and_odd_flags_put_right(tmp_path: Path) -> None:
    line = {
        "_id": "d-1", "text": "立法会有多少议席？", "type": "事实性问题", "answers": ["70个。"], "own": ["p1"],
        "keypoints": ["1. 第六届立法会共有70个议席。"], "evidence": ["香港第六届立法会共有70个议席。"], "answerable": True,
    }  # fmt: skip
    odd = {**line, "_id": "d-2", "answers": ["无法回答。"], "keypoints": ["无法回答。"], "evidence": []}
    folder = write_set(tmp_path / "dragonball_zh", [line, odd])
    [part] = dragonball.parts(folder)
    assert [(c.question.answerable, c.passages) for c in part.cases] == [(True, None), (False, None)]
    assert part.cases[0].points == ("第六届立法会共有70个议席。",)
    metrics = run(tmp_path, "dragonball_zh", tmp_path / "out")["parts"]["answers"]["metrics"]
    assert (metrics["recall@5"], metrics["quotes_valid"], metrics["refusal_recall"]) == (1.0, 1.0, 0.0)
    assert {"keypoints", "rouge_l", "citation_recall", "citation_precision", "evidence_cited"} <= set(metrics)


def test_a_court_question_is_asked_of_its_own_passage(tmp_path: Path) -> None:
    line = {"_id": "1_1", "text": "议席有多少？", "answers": ["70个"], "answerable": True, "own": ["p1"]}
    folder = write_set(tmp_path / "cjrc_law", [line, {**line, "_id": "1_2", "answers": [], "answerable": False}])
    [part] = cjrc.parts(folder)
    assert [[p.id for p in c.passages or ()] for c in part.cases] == [["p1"], ["p1"]]
    metrics = run(tmp_path, "cjrc_law", tmp_path / "out")["parts"]["answers"]["metrics"]
    assert metrics["contained"] == 1.0
    assert {"char_f1", "refusal_recall", "refusal_recall_agreed"} <= set(metrics)


def test_an_interrupted_run_goes_on_without_asking_again(tmp_path: Path) -> None:
    rgb_folder(tmp_path / "data")
    model = FakeGenerator("香港第六届立法会共有70个议席。")

    def stops(about: str) -> Callable[..., Iterable[Mapping[str, Any]]]:
        def watch(results: Iterable[Mapping[str, Any]], total: int, done: int) -> Iterable[Mapping[str, Any]]:
            for n, result in enumerate(results):
                yield result
                if n == 0 and "噪声 0.2" in about:
                    raise KeyboardInterrupt

        return watch

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out", tools=tools(model), progress=stops)
    read = len(model.read)
    report = run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out", True, tools=tools(model))
    fresh_model = FakeGenerator(model.draft)
    fresh = run(tmp_path / "data", "rgb_zh_refine", tmp_path / "fresh", tools=tools(fresh_model))
    assert len(model.read) == len(fresh_model.read)
    assert 0 < read < len(model.read)
    for name, part in report["parts"].items():
        assert part["metrics"] == fresh["parts"][name]["metrics"]


def test_answers_of_another_model_are_not_mixed_in(tmp_path: Path) -> None:
    rgb_folder(tmp_path / "data")
    run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out")
    other = tools()
    changed = Tools(other.encoder, other.encode, None, 5, 2000, {**other.settings, "language_model": "另一个"})
    with pytest.raises(OtherSettingsError, match=r"language_model：fake → 另一个"):
        run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out", True, tools=changed)


def test_a_larger_sample_takes_up_a_smaller_one(tmp_path: Path) -> None:
    rgb_folder(tmp_path / "data")
    small = run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out", sample=1)
    assert (small["parts"]["noise_0.0"]["n"], small["parts"]["noise_0.0"]["of"]) == (1, 2)
    assert run(tmp_path / "data", "rgb_zh_refine", tmp_path / "out", True)["parts"]["noise_0.0"]["n"] == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"positive": "p1"}, r"第 1 行：字段 positive 应是字符串的列表.*请改正"),
        ({"answers": [7]}, r"第 1 行：字段 answers 应是列表"),
        ({"text": ""}, r"第 1 行：字段 text 是空的。请填上内容。"),
        ({"positive": ["p9"]}, r"第 1 行：段落「p9」不在 corpus.jsonl 中。请核对"),
    ],
)
def test_damaged_questions_are_named_with_place_and_remedy(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    with pytest.raises(DatasetError, match=told):
        rgb.noise_parts(rgb_folder(tmp_path, **change))


def test_a_court_question_without_a_passage_is_named(tmp_path: Path) -> None:
    line = {"_id": "1_1", "text": "议席有多少？", "answers": [], "answerable": "no", "own": ["p1"]}
    with pytest.raises(DatasetError, match=r"字段 answerable 应是 true 或 false，现在是 'no'"):
        cjrc.parts(write_set(tmp_path / "a", [line]))
    lost = {**line, "_id": "1_2", "answerable": True, "own": []}
    with pytest.raises(DatasetError, match=r"问题「1_2」在 qrels.tsv 里没有段落"):
        cjrc.parts(write_set(tmp_path / "b", [{**line, "answerable": True}, lost]))


def test_sets_are_found_known_ones_first_and_others_searched(tmp_path: Path) -> None:
    rgb_folder(tmp_path)
    write_set(tmp_path / "a_set_of_ours", [RGB_LINE])
    (tmp_path / "no_set").mkdir()
    found = find_sets(tmp_path)
    assert [(p.name, p.retrieval, p.parts is None) for p, _ in found] == [
        ("rgb_zh_refine", True, False),
        ("a_set_of_ours", True, True),
    ]
    with pytest.raises(DatasetError, match=r"没有评测集 x。现有：a_set_of_ours、rgb_zh_refine"):
        find_sets(tmp_path, ("x",))
    with pytest.raises(DatasetError, match=r"--data"):
        find_sets(tmp_path / "nowhere")


# --- the page ------------------------------------------------------------------------------------------------------


def report_of(accuracy: float, **changes: object) -> dict[str, Any]:
    part = {
        "title": "噪声 0", "n": 40, "of": 150, "counts": {"accuracy": 40}, "times": {},
        "metrics": {"accuracy": accuracy}, "intervals": {"accuracy": [accuracy - 0.1, accuracy + 0.1]}, **changes,
    }  # fmt: skip
    settings = {"language_model": "qwen", "encoder": "m3e-small", "commit": "abc", "seed": 7, "sample": 40}
    return {"benchmark": "rgb_zh_refine", "settings": settings, "parts": {"noise_0.0": part}}


def test_the_page_says_first_what_command_makes_it(tmp_path: Path) -> None:
    lines = page_lines([report_of(0.8)], None)
    assert lines[0].startswith("# ")
    assert any("python -m eval benchmarks" in line for line in lines[:8])


def test_a_figure_stands_with_its_interval_sample_and_settings_beside_the_published_ones() -> None:
    text = "\n".join(set_lines(SETS["rgb_zh_refine"], report_of(0.8)))
    assert "| **据典** 答对率 | 80.0% [70.0%, 90.0%] |" in text
    assert "噪声 0（抽 40 / 150 题）" in text
    assert "| ChatGPT（公布）答对率 | 95.7% |" in text
    assert "语言模型 qwen，编码器 m3e-small，每部分抽题 40，代码 abc，种子 7" in text
    assert "CC BY-NC-SA 4.0" in text


def test_a_published_figure_that_is_ahead_is_said_plainly() -> None:
    behind = "\n".join(set_lines(SETS["rgb_zh_refine"], report_of(0.8)))
    assert "**ChatGPT 领先**：噪声 0，答对率，公布 95.7%，据典 80.0% [70.0%, 90.0%]（在据典的区间之外）" in behind
    assert "**ChatGLM2-6B 领先**" in behind
    assert "公布的数字在据典的区间之内" in behind  # 86.7
    ahead = "\n".join(set_lines(SETS["rgb_zh_refine"], report_of(0.97)))
    assert ("领先" in ahead, "并列的公布数字都不优于据典" in ahead) == (False, True)
    assert "都不优于" not in behind


def test_what_was_not_measured_is_a_dash_and_never_zero() -> None:
    report = report_of(0.8)
    report["parts"]["noise_0.2"] = {**report["parts"]["noise_0.0"], "title": "噪声 0.2", "intervals": {}}
    report["parts"]["noise_0.2"]["metrics"] = {"accuracy": 0.5}
    report["parts"]["noise_0.0"]["metrics"]["misled"] = 0.25
    text = "\n".join(set_lines(SETS["rgb_zh_refine"], report))
    assert "| 25.0% | — |" in text
    assert "0.0%" not in text.replace("80.0%", "").replace("70.0%", "").replace("90.0%", "").replace("50.0%", "")


def test_every_published_figure_names_its_source_and_a_part_that_exists() -> None:
    parts = {
        "rgb_zh_refine": {f"noise_{n}" for n in rgb.NOISE},
        "rgb_zh_int": {f"noise_{n}" for n in rgb.INTEGRATION_NOISE},
    }
    for one in read_published():
        assert set(one.values) <= parts[one.benchmark]
        assert all(0 < value <= 1 for value in one.values.values())
        assert "arXiv:2309.01431" in one.source
        assert one.checked or "未对照原表" in one.source
    [chatgpt] = [s for s in read_published() if s.system == "ChatGPT" and "noise_0.8" in s.values]
    assert chatgpt.values["noise_0.8"] == pytest.approx(0.707)


def test_the_page_is_made_of_all_that_was_measured(tmp_path: Path) -> None:
    (tmp_path / "out" / "rgb_zh_refine").mkdir(parents=True)
    (tmp_path / "out" / "rgb_zh_refine" / "report.json").write_text(json.dumps(report_of(0.8)), encoding="utf-8")
    (tmp_path / "out" / "elsewhere").mkdir()
    (tmp_path / "out" / "elsewhere" / "report.json").write_text("{}", encoding="utf-8")
    assert write_page(tmp_path / "out", tmp_path / "docs" / "benchmarks.md") == ["rgb_zh_refine"]
    assert "80.0%" in (tmp_path / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_a_page_of_nothing_or_of_a_damaged_report_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"还没有结果。请先运行：python -m eval benchmarks"):
        write_page(tmp_path, tmp_path / "page.md")
    (tmp_path / "drcd").mkdir()
    (tmp_path / "drcd" / "report.json").write_text('{"parts"', encoding="utf-8")
    with pytest.raises(PageError, match=r"读不了 .*report.json.*重新评测这一集"):
        write_page(tmp_path, tmp_path / "page.md")


def test_a_part_has_a_folder_name(tmp_path: Path) -> None:
    parts: list[Part] = rgb.noise_parts(rgb_folder(tmp_path))
    assert [part.name for part in parts] == [Path(part.name).name for part in parts]


# --- the command ---------------------------------------------------------------------------------------------------


def command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    benchmarks.add(parser.add_subparsers())
    options = parser.parse_args(["benchmarks", *arguments])
    return int(options.run(options))


def test_the_command_measures_shows_and_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rgb_folder(tmp_path / "data")
    monkeypatch.setattr("eval.benchmarks.asking.open_tools", lambda **_: tools())
    out, page = tmp_path / "out", tmp_path / "docs" / "benchmarks.md"
    arguments = ["--data", str(tmp_path / "data"), "--out", str(out), "--only", "rgb_zh_refine", "--sample", "1"]
    assert command([*arguments, "--page", str(page)]) == 0
    shown = capsys.readouterr().out
    assert "## RGB 中文：噪声与拒答" in shown
    assert f"页面：{page}（rgb_zh_refine）" in shown
    report = json.loads((out / "rgb_zh_refine" / "report.json").read_text(encoding="utf-8"))
    assert report["settings"]["sample"] == 1
    told = page.read_text(encoding="utf-8")
    figures = [
        value for part in report["parts"].values() for name, value in part["metrics"].items() if name == "accuracy"
    ]
    assert all(f"{100 * value:.1f}% [" in told for value in figures)


def test_ctrl_c_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    rgb_folder(tmp_path / "data")
    monkeypatch.setattr("eval.benchmarks.asking.open_tools", lambda **_: tools())
    monkeypatch.setattr("eval.benchmarks.run.run_set", interrupted)
    assert main(["benchmarks", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]) == 130
    assert "要接着做，请在同一命令后加 --resume" in capsys.readouterr().err


def test_nothing_to_do_is_said() -> None:
    with pytest.raises(JudianError, match=r"请用 --data .*--page"):
        command([])
