"""The peers harness: systems take turns, answers are kept, one that fails stops nobody, the page says who is ahead."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from hypothesis import given
from samples import SAMPLE, chinese, document, write
from test_eval_samples import GRAIN, MISSING, SOURCE, answered, citation, display, gold, gold_lines, hits, refusal

from eval.choice import Choice
from eval.commands import peers as peers_command
from eval.kept import OtherSettingsError
from eval.peers import page
from eval.peers.contract import Reply, answer_object, read_marks, sentences
from eval.peers.harness import RunOptions, Turn, build_report, rounds, run
from eval.peers.judian import JudianPeer
from eval.peers.parts import Chunk, Parts, Sources, read_all, write_texts
from eval.peers.peer import PEERS, Kind, Peer, choose_kinds
from eval.peers.refusals import is_refusal
from eval.questions import GoldQuestion
from eval.records import read_record
from index import command
from index.errors import JudianError
from rag.settings import Settings

QUESTIONS = [gold(id="a"), gold(id="b"), MISSING]
SHARED = {"documents": ["讲话.txt（sha256 0123）"], "encoder": "m3e-small", "language_model": "fake"}


class FakePeer:
    """Answers what it was given by question id; an exception in the place of an answer is raised."""

    version = "1.0"
    settings: Mapping[str, Any] = {"form": "教程", "top_k": 2}
    reads = 1
    index_s = 0.5

    def __init__(
        self, name: str, replies: Mapping[str, Any] | None = None, cites: bool = True, log: list[str] | None = None
    ) -> None:
        self.name = name
        self.title = {"judian": "据典"}.get(name, name)
        self.cites = cites
        self._replies = replies or {}
        self._log = [] if log is None else log

    def ask(self, question: GoldQuestion) -> Mapping[str, Any]:
        reply = self._replies.get(question.id)
        if isinstance(reply, BaseException):
            raise reply
        self._log.append(f"{self.name}:{question.id}")
        if reply is not None:
            return dict(reply)
        return answered(question) if question.answerable else refusal(question)


def unwatched(turns: Iterable[Turn], total: int, done: int) -> Iterable[Turn]:
    return turns


def options(folder: Path, *, resume: bool = False) -> RunOptions:
    (folder / "gold.jsonl").write_text(gold_lines(QUESTIONS), encoding="utf-8")
    return RunOptions(folder / "gold.jsonl", folder / "out", Choice(), resume)


def run_with(folder: Path, *systems: Peer, resume: bool = False) -> dict[str, Any]:
    return run(options(folder, resume=resume), systems, display, SHARED, unwatched)


def kept(folder: Path, system: str) -> list[Any]:
    lines = (folder / "out" / system / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def timed(answer: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    return {**answer, "seconds": seconds}


def uncited(question: GoldQuestion) -> dict[str, Any]:
    return answered(question, claims=[{"text": "占全国的29.5%。", "citations": []}], citations=[])


# --- turns -----------------------------------------------------------------------------------------------------------


def test_every_question_goes_round_all_systems_and_the_first_changes() -> None:
    systems = [FakePeer(name) for name in ("x", "y", "z")]
    order = [(t.question.id, t.system.name) for t in rounds(QUESTIONS, systems)]
    assert order == [
        *[("a", "x"), ("a", "y"), ("a", "z")],
        *[("b", "y"), ("b", "z"), ("b", "x")],
        *[("q2", "z"), ("q2", "x"), ("q2", "y")],
    ]


def test_answers_are_kept_by_system_with_their_seconds(tmp_path: Path) -> None:
    log: list[str] = []
    report = run_with(tmp_path, FakePeer("judian", log=log), FakePeer("other", log=log))
    assert log == ["judian:a", "other:a", "other:b", "judian:b", "judian:q2", "other:q2"]
    assert [(o["id"], o["seconds"] >= 0) for o in kept(tmp_path, "other")] == [("a", True), ("b", True), ("q2", True)]
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["systems"].keys() == {
        "judian",
        "other",
    }
    assert list(report["settings"]) == [
        *("gold", "documents", "encoder", "language_model", "machine", "commit", "date", "seed", "questions")
    ]


def test_a_stopped_run_goes_on_where_it_stood(tmp_path: Path) -> None:
    stopping = FakePeer("other", {"b": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        run_with(tmp_path, FakePeer("judian"), stopping)
    assert not (tmp_path / "out" / "report.json").exists()
    log: list[str] = []
    report = run_with(tmp_path, FakePeer("judian", log=log), FakePeer("other", log=log), resume=True)
    assert log == ["other:b", "judian:b", "judian:q2", "other:q2"]
    assert [row["id"] for row in report["systems"]["other"]["questions"]] == ["a", "b", "q2"]


def test_without_resume_everything_is_asked_again(tmp_path: Path) -> None:
    run_with(tmp_path, FakePeer("judian"))
    log: list[str] = []
    run_with(tmp_path, FakePeer("judian", log=log))
    assert log == ["judian:a", "judian:b", "judian:q2"]
    assert len(kept(tmp_path, "judian")) == 3


def test_answers_under_other_settings_are_not_mixed(tmp_path: Path) -> None:
    run_with(tmp_path, FakePeer("judian"))
    other = FakePeer("judian")
    other.settings = {"form": "教程", "top_k": 4}
    with pytest.raises(OtherSettingsError, match="own_top_k：2 → 4"):
        run_with(tmp_path, other, resume=True)


def test_progress_counts_the_turns_done_before(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def watch(turns: Iterable[Turn], total: int, done: int) -> Iterable[Turn]:
        seen.append((total, done))
        return turns

    run_with(tmp_path, FakePeer("judian"))
    run(options(tmp_path, resume=True), [FakePeer("judian"), FakePeer("other")], display, SHARED, watch)
    assert seen == [(6, 3)]


# --- failures --------------------------------------------------------------------------------------------------------


def test_a_failing_question_is_a_wrong_answer_with_its_error_and_stops_nobody(tmp_path: Path) -> None:
    report = run_with(tmp_path, FakePeer("judian"), FakePeer("other", {"a": ValueError("坏了"), "q2": {"id": "q2"}}))
    rows = report["systems"]["other"]["questions"]
    assert [(r["right"], r.get("error")) for r in rows] == [
        (False, "ValueError: 坏了"),
        (True, None),
        (False, "KeyError: 'question'"),
    ]
    assert report["systems"]["other"]["errors"] == 2
    assert [r["right"] for r in report["systems"]["judian"]["questions"]] == [True, True, True]
    assert "other 有 2 题出错，按答错算。" in "\n".join(page.lines(report))


def test_a_failed_question_is_asked_again_on_resume(tmp_path: Path) -> None:
    run_with(tmp_path, FakePeer("other", {"a": ValueError("坏了")}))
    log: list[str] = []
    report = run_with(tmp_path, FakePeer("other", log=log), resume=True)
    assert log == ["other:a"]
    assert report["systems"]["other"]["errors"] == 0


# --- scores ----------------------------------------------------------------------------------------------------------


def two_systems(theirs: Mapping[str, Mapping[str, Any]], *, cites: bool = True) -> dict[str, Any]:
    """A report where ours answers all rightly in 1, 2 and 4 seconds, beside the given answers."""
    ours = {q.id: answered(q) if q.answerable else refusal(q) for q in QUESTIONS}
    answers: dict[str, dict[str, Mapping[str, Any]]] = {
        "judian": {i: timed(o, s) for (i, o), s in zip(ours.items(), (1.0, 2.0, 4.0), strict=True)},
        "other": {**{i: timed(o, 1.0) for i, o in ours.items()}, **theirs},
    }
    systems = [FakePeer("judian"), FakePeer("other", cites=cites)]
    settings = {"gold": "gold.jsonl", **SHARED, "machine": "机器", "commit": "abc", "date": "2026-01-02T03:04:05"}
    return build_report(systems, QUESTIONS, answers, display, {**settings, "seed": 1, "questions": 3})


def test_the_difference_is_ours_minus_theirs_and_the_time_theirs_over_ours() -> None:
    wrong = timed(answered(QUESTIONS[0], answer="占30%"), 3.0)
    report = two_systems({"a": wrong})
    told = report["differences"]["other"]
    assert told["accuracy"]["difference"] == pytest.approx(1 / 3)
    assert told["accuracy"]["interval"] == (0.0, 1.0)
    assert told["time_ratio"] == 0.5  # of 3, 0.5 and 0.25
    assert report["systems"]["other"]["seconds"] == {"median": 1.0, "p95": 3.0}


def test_the_time_of_a_failed_answer_does_not_count() -> None:
    failed = {**timed(answered(QUESTIONS[0], answer="", claims=[], citations=[], hits=[]), 0.001), "error": "E: x"}
    report = two_systems({"a": failed})
    assert report["differences"]["other"]["time_ratio"] == 0.375  # of 0.5 and 0.25
    assert report["systems"]["other"]["seconds"]["median"] == 1.0


def test_without_sources_citations_are_not_measured_but_support_is() -> None:
    told = two_systems({q.id: timed(uncited(q), 1.0) for q in QUESTIONS[:2]}, cites=False)["systems"]["other"]
    measured = set(told["metrics"]) | set(told["metrics"]["intervals"])
    assert not measured & {"citation_recall", "citation_precision", "quotes_valid", "evidence_cited"}
    assert "sentence_support" in measured


def test_a_system_without_sources_is_not_told_that_it_did_not_cite() -> None:
    wrong = {**uncited(QUESTIONS[0]), "answer": "占30%", "hits": hits(SOURCE)}
    cited = {
        **answered(QUESTIONS[0], answer="占30%", hits=hits(SOURCE)),
        "citations": [citation(quote="打造内陆开放高地")],
    }
    assert two_systems({"a": timed(wrong, 1.0)}, cites=False)["systems"]["other"]["questions"][0]["why"] == "wrong_fact"
    assert two_systems({"a": timed(cited, 1.0)})["systems"]["other"]["questions"][0]["why"] == "not_used"


def test_evidence_counts_only_in_what_the_model_was_shown() -> None:
    second = timed(answered(QUESTIONS[0], hits=hits("无关", GRAIN)), 1.0)  # the fakes show one chunk
    told = two_systems({"a": second, "b": timed(answered(QUESTIONS[1], hits=hits(GRAIN)), 1.0)})["systems"]["other"]
    assert told["retrieved"] == {"k": 1, "characters": 15, "recall": 0.5}  # of 2, 30 and 13


# --- page ------------------------------------------------------------------------------------------------------------


def test_the_page_says_where_a_peer_is_ahead() -> None:
    report = two_systems({})
    ours, theirs = report["systems"]["judian"], report["systems"]["other"]
    ours["metrics"] |= {"accuracy": 0.5, "refusal_recall": 0.9, "over_refusal": 0.1, "citation_recall": 0.8}
    theirs["metrics"] |= {"accuracy": 0.75, "refusal_recall": 0.8, "over_refusal": 0.05, "citation_recall": 0.8}
    report["differences"]["other"] = {"accuracy": {"difference": -0.25, "interval": (-0.4, -0.1)}, "time_ratio": 0.5}
    ours["retrieved"], theirs["retrieved"] = (
        {"k": 1, "characters": 9, "recall": 0.5},
        {"k": 2, "characters": 9, "recall": 0.6},
    )
    assert page.ahead(report) == [
        "据典的答对率在 2 个系统里排第 2。",
        "other 领先：答对率 75.0%，据典 50.0%（超出抽样误差）。",
        "other 领先：误拒率 5.0%，据典 10.0%。",
        "other 领先：给模型看的文字里的证据召回 60.0%，据典 50.0%。",
        "other 领先：更快，同一题的用时中位是据典的 0.50 倍。",
    ]
    report["differences"]["other"]["accuracy"]["interval"] = (-0.4, 0.1)
    assert "（没有超出抽样误差）" in page.ahead(report)[1]


def test_the_page_says_when_nobody_is_ahead() -> None:
    report = two_systems({q.id: timed(answered(q), 9.0) for q in QUESTIONS})
    assert page.ahead(report) == ["据典的答对率在 2 个系统里排第 1。", "表里没有哪一项是别家领先据典。"]


def test_the_table_has_a_row_for_each_system() -> None:
    report = two_systems({q.id: timed(uncited(q), 2.0) for q in QUESTIONS[:2]}, cites=False)
    report["systems"]["judian"]["metrics"]["intervals"]["accuracy"] = (0.439, 1.0)
    heads, ours, theirs = page.rows(report)
    assert heads[0] == "系统"
    assert ours == [
        *("据典 1.0", "100.0%（43.9–100.0）", "100.0%", "0.0%", "100.0% / 100.0%", "100.0%"),
        *("0.0%（1 块，14 字）", "2.00 秒"),
    ]
    assert (theirs[4], theirs[7]) == ("不给出处", "2.00 秒（1.00×）")


def test_the_lines_say_which_questions_were_chosen() -> None:
    report = two_systems({})
    chosen = {**report, "settings": {**report["settings"], "half": "report", "sample": 3}}
    assert page.lines(chosen)[0].startswith("3 题（gold.jsonl，报告半，随机抽取），1 份文档，")


def test_the_lines_are_one_table_with_caveats() -> None:
    lines = page.lines(two_systems({}))
    assert lines[0] == (
        "3 题（gold.jsonl），1 份文档，编码器 m3e-small，语言模型 fake；机器，2026-01-02，提交 abc，种子 1。"
    )
    assert [line.count("|") for line in lines if line.startswith("|")] == [9, 9, 9, 9]
    assert all(f"- {caveat}" in lines for caveat in page.CAVEATS)
    assert "- **other**：教程；取 2 块；载入编码器并建索引 0.50 秒" in lines


def test_without_ours_nothing_is_compared() -> None:
    answers = {"other": {q.id: timed(answered(q), 1.0) for q in QUESTIONS}}
    report = build_report([FakePeer("other")], QUESTIONS, answers, display, {})
    assert (report["differences"], page.ahead(report)) == ({}, [])


# --- replies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "written", "numbers"),
    [
        ("占29.5%[1]。", "占29.5%[1]。", (1,)),
        ("占29.5%[1][3]。", "占29.5%[1][3]。", (1, 3)),
        ("占29.5% [1, 2]。", "占29.5% [1][2]。", (1, 2)),
        ("占29.5%【2】。", "占29.5%[2]。", (2,)),
        ("占29.5%[1-3]。", "占29.5%[1][2][3]。", (1, 2, 3)),
        ("It is so [Source 2].", "It is so [2].", (2,)),
        ("占29.5%（来源1）。", "占29.5%[1]。", (1,)),
        ("根据来源2，占29.5%。", "根据[2]，占29.5%。", (2,)),
        ("Source 1 says so [1].", "[1] says so [1].", (1,)),
        ("（一）占29.5%（2024年）", "（一）占29.5%（2024年）", ()),
        ("占29.5%[3-1]。", "占29.5%[3][1]。", (3, 1)),
    ],
)
def test_source_marks_are_read_in_all_their_forms(said: str, written: str, numbers: tuple[int, ...]) -> None:
    assert read_marks(said) == (written, numbers)


def test_sentences_keep_the_marks_behind_them_and_leave_out_what_leads_over() -> None:
    said = "主要有以下几点：\n1. 粮食占29.5%。[1] [2]\n2. “守住底线！”[3]接着说\n\n---\n最后一句"
    assert sentences(said) == ["1. 粮食占29.5%。[1] [2]", "2. “守住底线！”[3]", "接着说", "最后一句"]


@given(chinese)
def test_no_letter_of_an_answer_is_said_twice(text: str) -> None:
    assert "".join(sentences(text)).count("中") <= text.count("中")
    assert read_marks("".join(c for c in text if c not in "0123456789"))[1] == ()


@pytest.mark.parametrize(
    "text",
    [
        "不知道。",
        "很抱歉，我无法从提供的资料中找到答案。",
        "文中没有提到座谈会的预算。",
        "资料中并未提供相关信息。",
        "资料中未明确指出具体城市。",
        "根据提供的上下文，没有关于预算的信息。",
        "提供的资料不包含座谈会的预算信息，因此无法回答。",
        "I don't know.",
        "The context does not mention the budget.",
        "The provided context does not contain any information about it. " + "More words follow here. " * 10,
        "I'm sorry, but none of the provided sources helps.",
        "Empty Response",
        "对不起，" + "资料很多" * 60,
    ],
)
def test_declining_is_seen(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "中部地区粮食产量占全国的29.5%。",
        "要应对外部环境的不确定性，坚持稳中求进。",
        "守住绿色发展底线是“必答题”，不是“附加题”。",
        "未来五年要提升中部地区的内陆开放水平。",
        "第一，" + "坚持创新驱动发展，" * 20 + "文中没有提到其他做法。",
    ],
)
def test_answering_is_not_declining(text: str) -> None:
    assert not is_refusal(text)


CHUNK = Chunk("讲话.txt", 0, len(GRAIN), GRAIN, 0.8)


def test_a_reply_becomes_an_answer_of_the_contract() -> None:
    reply = Reply(" 粮食占29.5%[1]。产量很高[7]。\n", (CHUNK,), {1: CHUNK, 2: CHUNK})
    made = answer_object(gold(), reply, "qwen", {"retrieve_s": 0.12345, "total_s": 2.0})
    record = read_record(made)
    assert (record.text, record.refused, record.confidence) == ("粮食占29.5%[1]。产量很高[7]。", False, None)
    assert [(c.text, c.citations) for c in record.claims] == [("粮食占29.5%[1]。", (1,)), ("产量很高[7]。", (7,))]
    assert [(c.n, c.document, c.start, c.end, c.quote) for c in record.citations] == [
        (1, "讲话.txt", 0, len(GRAIN), GRAIN)
    ]
    assert [hit.text for hit in record.hits] == [GRAIN]
    assert made["timings"] == {"retrieve_s": 0.1235, "total_s": 2.0}


def test_a_source_of_the_whole_answer_counts_for_each_sentence() -> None:
    made = answer_object(gold(), Reply("粮食占29.5%。产量很高。", (CHUNK,), {1: CHUNK}, (1,)), "qwen", {})
    assert [claim["citations"] for claim in made["claims"]] == [[1], [1]]


def test_a_declining_reply_claims_and_cites_nothing() -> None:
    made = answer_object(gold(), Reply("文中没有提到[1]。", (CHUNK,), {1: CHUNK}), "qwen", {})
    assert (made["refused"], made["claims"], made["citations"]) == (True, [], [])


# --- parts -----------------------------------------------------------------------------------------------------------


def test_a_chunk_is_found_in_its_source_and_shown_without_markers() -> None:
    sources = Sources([document("七篇.txt", SAMPLE)])
    start = SAMPLE.index("\n12、") - 6
    raw = SAMPLE[start : start + 20]
    chunk = sources.chunk("七篇.txt", f"  {raw}\n", 0.5)
    assert chunk == Chunk("七篇.txt", start, start + 20, raw.replace("\n12、", ""), 0.5)
    assert sources.display("七篇.txt", start, start + 20) == chunk.text
    assert sources.display("别的.txt", 0, 5) == ""


def test_a_chunk_of_site_words_alone_is_shown_as_it_stands() -> None:
    sources = Sources([document("甲.txt", SAMPLE)])
    line = SAMPLE.split("\n")[0]
    assert sources.chunk("甲.txt", line, 0.5) == Chunk("甲.txt", 0, len(line), line, 0.5)
    assert sources.display("甲.txt", 0, len(line)) == line


def test_a_chunk_that_is_not_in_the_source_has_no_place() -> None:
    assert Sources([document("甲.txt", SAMPLE)]).chunk("甲.txt", "没有的话", 0.5) == Chunk(
        "甲.txt", None, None, "没有的话", 0.5
    )


def test_two_documents_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("一", "二"):
        write(tmp_path / folder, {"讲话.txt": folder})
    with pytest.raises(JudianError, match=r"有两份文档都叫 讲话\.txt"):
        read_all([tmp_path / "一", tmp_path / "二"])


def fake_parts(folder: Path, files: Mapping[str, str], generator: FakeGenerator) -> Parts:
    documents = [document(name, text) for name, text in files.items()]
    found = tuple(write(folder / "原件", files))
    texts = write_texts(documents, folder / "texts")
    settings = Settings(store=folder / "store", encoder="hash")
    return Parts(settings, found, Sources(documents), folder, texts, HashEncoder(), folder, generator, None, None)


def test_a_text_file_leads_back_to_its_document(tmp_path: Path) -> None:
    parts = fake_parts(tmp_path, {"组/讲话.md": "一\r\n二\n"}, FakeGenerator())
    (path,) = (p for p in parts.texts.rglob("*") if p.is_file())
    assert path.read_bytes() == "一\r\n二\n".encode()
    assert parts.name_of(str(path)) == "组/讲话.md"


def test_our_own_system_answers_from_a_store_of_its_own(tmp_path: Path) -> None:
    files = {"讲话.txt": SOURCE}
    parts = fake_parts(tmp_path, files, FakeGenerator("中部地区粮食产量占全国的29.5%。"))
    peer = JudianPeer(parts)
    record = read_record(peer.ask(gold()))
    assert (record.id, record.refused, "29.5%" in record.text) == ("q1", False, True)
    assert record.citations[0].quote == parts.sources.display(
        "讲话.txt", record.citations[0].start, record.citations[0].end
    )
    assert peer.index_s > 0


# --- choice and command ----------------------------------------------------------------------------------------------


def test_an_unknown_system_is_told_with_the_known_ones() -> None:
    with pytest.raises(JudianError, match="没有名为「haystack」的系统。可选：judian、llamaindex、"):
        choose_kinds(["judian", "haystack"])


def test_a_missing_package_is_told_with_what_installs_it() -> None:
    kinds = {"x": Kind(lambda _: FakePeer("x"), ("json", "no_such_package.inside"))}
    with pytest.raises(
        JudianError, match=r"x 需要的包没有装：no_such_package.inside。请安装：pip install 'judian\[peers\]'"
    ):
        choose_kinds(["x"], kinds)


def test_systems_keep_the_order_they_were_asked_for() -> None:
    kinds = {name: Kind(lambda _: FakePeer("x"), ("json",)) for name in ("x", "y")}
    assert list(choose_kinds(["y", "x"], kinds)) == ["y", "x"]
    assert next(iter(PEERS)) == "judian"


def peers(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    peers_command.add(parser.add_subparsers())
    chosen = parser.parse_args(["peers", *arguments])
    return command.run(lambda: int(chosen.run(chosen)))


def test_the_command_tells_a_wrong_choice_before_any_model_loads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert peers("--documents", str(tmp_path), "--systems", "judian, haystack") == 2
    assert "没有名为「haystack」的系统" in capsys.readouterr().err
    assert peers("--documents", str(tmp_path), "--gold", "nowhere.jsonl") == 2
    assert "找不到 nowhere.jsonl" in capsys.readouterr().err
    assert peers("--documents", str(tmp_path / "空"), "--systems", "judian") == 2
    assert "找不到文件或文件夹" in capsys.readouterr().err
