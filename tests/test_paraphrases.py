"""Paraphrases: those of the gold set, or the language model's, which must keep what the question hangs on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_encoder import HashEncoder
from fake_generator import FakeGenerator
from test_eval_samples import gold

from eval.commands.options import GOLD
from eval.questions import GoldQuestion, read_gold
from eval.robustness.paraphrases import KEPT, keeps_meaning, paraphrases, rewrite
from index.folding import bare

ASKED = "第三篇说2035年的“两个比照”是什么政策？"
SAID = "2035年的“两个比照”，第三篇说是什么政策？"


@pytest.mark.parametrize(
    ("rewritten", "cosine", "kept"),
    [
        (SAID, 0.9, True),
        (SAID, 0.79, False),
        (ASKED[:-1] + "呢？", 0.99, True),
        (ASKED.replace("？", "??"), 0.99, False),
        (SAID[:-1] + "。", 0.99, False),
        ("第三篇，2035年“两个比照”？", 0.99, False),
        ("", 0.99, False),
        (SAID.replace("2035", "2025"), 0.9, False),
        (SAID.replace("第三篇", "第四篇"), 0.9, False),
        (SAID.replace("两个比照", "两个参照"), 0.9, False),
        (SAID + "我想知道得详细一些，" * 5, 0.9, False),
    ],
)
def test_a_paraphrase_keeps_numbers_sections_and_quoted_words(rewritten: str, cosine: float, kept: bool) -> None:
    assert keeps_meaning(ASKED, rewritten, cosine) is kept


def test_the_first_line_that_the_model_writes_is_taken() -> None:
    assert rewrite(ASKED, FakeGenerator(f"问题：{SAID}\n（改写完毕）"), HashEncoder()) == SAID


@pytest.mark.parametrize("draft", ["", "\n", "是西部大开发政策。"])
def test_what_is_no_paraphrase_is_not_taken(draft: str) -> None:
    assert rewrite(ASKED, FakeGenerator(draft), HashEncoder()) is None


def test_the_gold_set_comes_before_the_model(tmp_path: Path) -> None:
    questions = [gold(id="a", paraphrases=("甲？", "乙？")), gold(id="b")]
    generator = FakeGenerator(SAID)
    kept = tmp_path / "kept.jsonl"
    assert paraphrases(questions, generator, HashEncoder(), kept, resume=False) == {"a": "甲？"}
    assert generator.read == []
    assert not kept.exists()


def test_without_either_there_are_none(tmp_path: Path) -> None:
    assert paraphrases([gold()], None, HashEncoder(), tmp_path / "kept.jsonl", resume=False) == {}


def asked_of_the_model(questions: list[GoldQuestion], folder: Path, resume: bool) -> tuple[dict[str, str], int]:
    generator = FakeGenerator(SAID)
    found = paraphrases(questions, generator, HashEncoder(), folder / "new" / "kept.jsonl", resume=resume)
    return found, len(generator.read)


def test_what_was_half_written_is_written_again_and_what_a_person_changed_stays(tmp_path: Path) -> None:
    questions = [gold(id="a", question=ASKED), gold(id="b", question="别的问题是什么？")]
    asked_of_the_model(questions, tmp_path, resume=False)
    path = tmp_path / "new" / "kept.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n" + b'{"id": "b", "q')
    assert asked_of_the_model(questions, tmp_path, resume=True) == ({"a": SAID}, 1)
    own = {"id": "a", "question": ASKED, "paraphrase": "人改的？"}
    path.write_text(json.dumps(own, ensure_ascii=False), encoding="utf-8")  # an editor may leave out the line end
    assert asked_of_the_model(questions, tmp_path, resume=True) == ({"a": "人改的？"}, 1)


def test_what_the_model_wrote_is_kept_and_used_again(tmp_path: Path) -> None:
    questions = [gold(id="a", question=ASKED), gold(id="b", question="别的问题是什么？")]
    assert asked_of_the_model(questions, tmp_path, resume=False) == ({"a": SAID}, 2)
    lines = (tmp_path / "new" / "kept.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["paraphrase"] for line in lines] == [SAID, None]
    assert asked_of_the_model(questions, tmp_path, resume=True) == ({"a": SAID}, 0)
    changed = [questions[0], gold(id="b", question="又改了的问题是什么？")]
    assert asked_of_the_model(changed, tmp_path, resume=True) == ({"a": SAID}, 1)
    assert asked_of_the_model(questions, tmp_path, resume=False) == ({"a": SAID}, 2)


def test_every_question_of_the_sample_has_a_paraphrase_of_its_own() -> None:
    questions = read_gold(GOLD)
    reworded = {q.id: q.paraphrases[0] for q in questions}
    assert all(q.paraphrases for q in questions)
    assert len({bare(text) for text in reworded.values()} | {bare(q.question) for q in questions}) == 2 * len(questions)


def test_the_paraphrases_of_the_sample_name_the_same_sections_and_numbers() -> None:
    def named(text: str) -> list[str]:
        return sorted(word for word in set(KEPT.findall(text)) if word[0] not in "“「《")

    assert {q.id: named(q.paraphrases[0]) for q in read_gold(GOLD)} == {
        q.id: named(q.question) for q in read_gold(GOLD)
    }
