"""Robustness runs: each variant beside the plain run on the same questions, kept answer by answer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fake_encoder import HashEncoder
from fake_reader import FakeReader
from samples import filled
from test_eval_samples import GRAIN, GREEN, SOURCE, gold, gold_lines

from eval.commands import robustness
from eval.kept import Answer
from eval.questions import GoldQuestion
from eval.robustness.perturbations import to_simplified
from eval.robustness.report import markdown, page, rows, show, summary_line, write
from eval.robustness.run import NO_DISTRACTORS, NO_PARAPHRASE, NO_REWRITE, Models, Plan, Progress, plan, run_robustness
from eval.robustness.variants import PLAIN, Variant, choose_variants
from index import command
from index.store import Store
from rag import engine
from rag.models import ModelStore
from rag.settings import Settings

QUESTIONS = [
    gold(id="q1", paraphrases=("全国的粮食，中部产了多少？",)),
    gold(
        id="q2",
        question="坚持绿色发展要守住什么？",
        answer="生态底线",
        must=(("生态底线",),),
        evidence=(GREEN,),
    ),
]
NEWS = {"新闻.txt": "今天下午本市有小雨，请市民带好雨具。"}


def refuses_traditional(question: str, _: object) -> float:
    """A reader's log odds: it finds an answer to everything but what it is asked in Traditional script."""
    return 6.0 if to_simplified(question) == question else -6.0


class Watched:
    """Progress that notes which answers came, and may be stopped after some of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.came: list[tuple[str, str]] = []
        self.before: dict[str, int] = {}
        self.encoded = 0
        self._stop_after = stop_after

    def progress(self) -> Progress:
        return Progress(self._asking, self._encoded)

    def _asking(self, variant: Variant) -> Callable[[Iterable[Answer], int, int], Iterable[Answer]]:
        def watch(answers: Iterable[Answer], total: int, done: int) -> Iterator[Answer]:
            self.before[variant.name] = done
            for answer in answers:
                if len(self.came) == self._stop_after:
                    raise KeyboardInterrupt
                self.came.append((variant.name, answer["id"]))
                yield answer

        return watch

    def _encoded(self, done: int, total: int) -> None:
        self.encoded += done


@pytest.fixture
def base(tmp_path: Path) -> Store:
    return filled(tmp_path / "base", {"讲话.txt": SOURCE})


def models(reader: FakeReader | None = None) -> Models:
    return Models(Settings(encoder="hash", language_model="fake"), HashEncoder(), None, reader)


def planned(
    variants: str | None, questions: Sequence[GoldQuestion] = QUESTIONS, distractors: Mapping[str, str] = NEWS
) -> Plan:
    reworded = {q.id: q.paraphrases[0] for q in questions if q.paraphrases}
    return plan(questions, choose_variants(variants), reworded, distractors, can_write=False)


def ran(
    base: Store,
    folder: Path,
    variants: str | None = None,
    *,
    reader: FakeReader | None = None,
    resume: bool = False,
    watched: Watched | None = None,
) -> dict[str, Any]:
    return run_robustness(planned(variants), base, models(reader), folder, resume, (watched or Watched()).progress())


def kept(folder: Path, variant: str) -> list[Any]:
    lines = (folder / "out" / variant / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_variant_stands_beside_the_plain_run(base: Store, tmp_path: Path) -> None:
    report = ran(base, tmp_path / "out")
    assert [n for n, v in report["variants"].items() if "places_right" in v["metrics"]] == [
        *(PLAIN, "document-ocr-5", "document-ocr-10", "document-ocr-20", "traditional-documents")
    ]
    assert list(report["variants"]) == [PLAIN, *(v.name for v in choose_variants(None))]
    assert report["not_measured"] == {}
    assert {name: v["n"] for name, v in report["variants"].items() if v["n"] != 2} == {"paraphrase": 1}
    assert [name for name, v in report["variants"].items() if "difference" not in v] == [PLAIN]
    for variant in report["variants"].values():
        assert variant["metrics"]["quotes_valid"] == 1.0
    assert report["settings"]["encoder"] == "hash"
    assert "variant" not in report["settings"]


def test_what_was_asked_is_what_the_variant_asks(base: Store, tmp_path: Path) -> None:
    ran(base, tmp_path / "out", "traditional,paraphrase")
    assert {n: [a["question"] for a in kept(tmp_path, n)] for n in (PLAIN, "traditional", "paraphrase")} == {
        PLAIN: ["中部地区粮食产量占全国多少？", "坚持绿色发展要守住什么？"],
        "traditional": ["中部地區糧食產量佔全國多少？", "堅持綠色發展要守住什麼？"],
        "paraphrase": ["全国的粮食，中部产了多少？"],
    }


def test_evidence_in_a_bad_scan_is_found_by_its_place(base: Store, tmp_path: Path) -> None:
    report = ran(base, tmp_path / "out", "document-ocr-20")
    told = report["variants"]["document-ocr-20"]
    assert GRAIN not in kept(tmp_path, "document-ocr-20")[0]["hits"][0]["text"]
    assert told["metrics"]["recall@1"] == told["metrics"]["places_right"] == 1.0
    assert told["difference"]["places_right"] == {"value": 0.0, "interval": [0.0, 0.0], "least_p": 1.0}


def test_a_variant_is_compared_on_its_own_questions(base: Store, tmp_path: Path) -> None:
    """Only q1 has a paraphrase: what q2 adds to the plain run does not count."""
    report = ran(base, tmp_path / "out", "paraphrase")
    told = report["variants"]["paraphrase"]
    right = float("29.5%" in kept(tmp_path, PLAIN)[0]["answer"])
    assert told["difference"]["accuracy"]["value"] == told["metrics"]["accuracy"] - right


def test_a_product_that_breaks_on_traditional_script_is_found_out(base: Store, tmp_path: Path) -> None:
    sound = ran(base, tmp_path / "sound", "traditional", reader=FakeReader(6.0))
    broken = ran(base, tmp_path / "broken", "traditional", reader=FakeReader(refuses_traditional))
    same = {"value": 0.0, "interval": [0.0, 0.0], "least_p": 1.0}
    assert sound["variants"]["traditional"]["difference"]["accuracy"] == same
    assert sound["variants"]["traditional"]["worse"] == []
    told = broken["variants"]["traditional"]
    assert told["difference"]["accuracy"] == {"value": -1.0, "interval": [-1.0, -1.0], "least_p": 0.5}
    assert told["difference"]["over_refusal"] == {"value": 1.0, "interval": [1.0, 1.0], "least_p": 0.5}
    assert [(c["id"], c["before"], c["after"]) for c in told["worse"]] == [
        ("q1", None, "refused_wrongly"),
        ("q2", None, "refused_wrongly"),
    ]


def test_an_interrupted_run_goes_on_where_it_stood(base: Store, tmp_path: Path) -> None:
    whole = ran(base, tmp_path / "whole", "document-ocr-10,traditional")
    stopped, resumed = Watched(stop_after=3), Watched()
    with pytest.raises(KeyboardInterrupt):
        ran(base, tmp_path / "out", "document-ocr-10,traditional", watched=stopped)
    report = ran(base, tmp_path / "out", "document-ocr-10,traditional", resume=True, watched=resumed)
    assert stopped.came == [(PLAIN, "q1"), (PLAIN, "q2"), ("document-ocr-10", "q1")]
    assert resumed.came == [("document-ocr-10", "q2"), ("traditional", "q1"), ("traditional", "q2")]
    assert resumed.before == {PLAIN: 2, "document-ocr-10": 1, "traditional": 0}
    assert (stopped.encoded > 0, resumed.encoded) == (True, 0)
    for name, variant in whole["variants"].items():
        assert report["variants"][name]["metrics"]["accuracy"] == variant["metrics"]["accuracy"]


def test_without_resume_everything_is_made_again(base: Store, tmp_path: Path) -> None:
    ran(base, tmp_path / "out", "document-ocr-10")
    again = Watched()
    ran(base, tmp_path / "out", "document-ocr-10", watched=again)
    assert len(again.came) == 4
    assert again.encoded > 0


def test_a_stopped_run_leaves_no_report_of_earlier_answers(base: Store, tmp_path: Path) -> None:
    write(tmp_path / "out", ran(base, tmp_path / "out", "traditional"))
    with pytest.raises(KeyboardInterrupt):
        ran(base, tmp_path / "out", "traditional", watched=Watched(stop_after=1))
    assert [p.name for p in (tmp_path / "out").iterdir() if p.is_file()] == []


@pytest.mark.parametrize(("can_write", "reason"), [(False, NO_PARAPHRASE), (True, NO_REWRITE)])
def test_what_cannot_be_measured_is_told_and_not_asked(can_write: bool, reason: str) -> None:
    made = plan(QUESTIONS, choose_variants("paraphrase,distractors"), {}, {}, can_write=can_write)
    assert made == Plan({PLAIN: [(q, q) for q in QUESTIONS]}, {"paraphrase": reason, "distractors": NO_DISTRACTORS}, {})
    assert made.total == 2


def test_what_was_not_measured_is_absent_from_every_report(base: Store, tmp_path: Path) -> None:
    made = plan(QUESTIONS[:1], choose_variants("traditional,distractors"), {}, {}, can_write=False)
    report = run_robustness(made, base, models(), tmp_path / "out", False, Watched().progress())
    assert list(report["variants"]) == [PLAIN, "traditional"]
    assert report["not_measured"] == {"distractors": NO_DISTRACTORS}
    assert "refusal_recall" not in report["variants"][PLAIN]["metrics"]
    assert "refusal_recall" not in report["variants"]["traditional"]["difference"]
    assert rows(report, ["refusal_recall"]) == [
        ["变化", "题数", "拒答召回率"],
        ["原样", "1", "—"],
        ["繁体提问", "1", "—"],
    ]
    for told in (show(report), markdown(report), page(report)):
        assert f"没有测“掺入无关文档”：{NO_DISTRACTORS}" in told


REPORT: dict[str, Any] = {
    "settings": {"encoder": "<m3e>", "documents": ["甲", "乙"], "paraphrases": "评测集自带"},
    "variants": {
        PLAIN: {"title": "原样", "n": 40, "metrics": {"accuracy": 0.75, "mrr@10": 0.9, "char_f1": 0.5}},
        "traditional": {
            "title": "繁体提问",
            "n": 40,
            "metrics": {"accuracy": 0.625, "mrr@10": 0.8996},
            "difference": {
                "accuracy": {"value": -0.125, "interval": [-0.25, -0.025], "least_p": 0.03125},
                "mrr@10": {"value": -0.0004, "interval": [-0.02, 0.01], "least_p": 0.5},
                "char_f1": {"value": 0.0, "interval": [0.0, 0.0], "least_p": 1.0},
            },
            "worse": [
                {"id": "q1", "question": "何|時\n？", "answer": "<b>", "before": None, "after": "refused_wrongly"}
            ],
            "better": [],
        },
    },
    "not_measured": {},
}


def test_a_difference_beyond_noise_is_marked() -> None:
    assert rows(REPORT, ["accuracy", "mrr@10"])[1:] == [
        ["原样", "40", "75.0%", "0.900"],
        ["繁体提问", "40", "62.5%（−12.5，−25.0～−2.5）*", "0.900（+0.000，−0.020～+0.010）"],
    ]


def test_a_difference_of_five_questions_is_not_marked() -> None:
    few = {**REPORT["variants"]["traditional"]["difference"]["accuracy"], "least_p": 0.0625}
    told = {**REPORT["variants"]["traditional"], "difference": {"accuracy": few}}
    variants = {**REPORT["variants"], "traditional": told}
    assert rows({**REPORT, "variants": variants}, ["accuracy"])[2][2] == "62.5%（−12.5，−25.0～−2.5）"


def test_the_questions_that_broke_are_listed_and_escaped() -> None:
    assert "- `q1` 何|時 ？（误拒）" in markdown(REPORT)
    shown = page(REPORT)
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert "http" not in shown.replace("http-equiv", "")


def test_who_wrote_the_paraphrases_is_told() -> None:
    for told in (show(REPORT), markdown(REPORT), page(REPORT)):
        assert "换说法的问题：评测集自带。" in told


def test_the_last_line_is_json_of_the_metrics_of_the_page() -> None:
    assert json.loads(summary_line(REPORT, Path("out"))) == {
        "out": "out",
        "variants": {
            PLAIN: {"n": 40, "metrics": {"accuracy": 0.75, "mrr@10": 0.9}},
            "traditional": {
                "n": 40,
                "metrics": {"accuracy": 0.625, "mrr@10": 0.8996},
                "difference": {
                    n: d for n, d in REPORT["variants"]["traditional"]["difference"].items() if n != "char_f1"
                },
            },
        },
        "not_measured": {},
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    robustness.add(parser.add_subparsers(required=True))
    options = parser.parse_args(arguments)
    return command.run(lambda: int(options.run(options)))


def arguments(folder: Path, *more: str) -> list[str]:
    (folder / "gold.jsonl").write_text(gold_lines(QUESTIONS), encoding="utf-8")
    store = str(folder / "base" / "库")
    chosen = ["--gold", str(folder / "gold.jsonl"), "--store", store, "--out", str(folder / "out")]
    return ["robustness", "--extractive", *chosen, *more]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDIAN_ENCODER", "hash")
    monkeypatch.setattr(engine, "open_encoder", lambda settings: HashEncoder())
    monkeypatch.setattr(ModelStore, "locate", lambda self, name: Path(name))


@pytest.mark.usefixtures("hashed", "base")
def test_the_command_shows_a_table_writes_reports_and_ends_with_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "news.txt").write_text("今天有雨。\n明天天晴。\n", encoding="utf-8")
    more = ["--variants", "traditional,distractors", "--distractor-lines", "--distractors", str(tmp_path / "news.txt")]
    assert main(arguments(tmp_path, *more)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("变化")
    assert list(json.loads(lines[-1])["variants"]) == [PLAIN, "traditional", "distractors"]
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert (report["settings"]["questions"], report["settings"]["distractors"]) == (2, 2)
    assert {p.name for p in (tmp_path / "out").iterdir() if p.is_file()} == {"report.json", "report.md", "report.html"}


@pytest.mark.usefixtures("hashed", "base")
def test_an_unknown_variant_is_told_before_anything_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(tmp_path, "--variants", "upside-down")) == 2
    assert "没有这样的变化：upside-down" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
