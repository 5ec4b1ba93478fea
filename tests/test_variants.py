"""Variants: what each does to a question, and which of them there are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_eval_samples import gold

from eval.robustness.perturbations import damage
from eval.robustness.variants import PLAIN, VARIANTS, choose_variants
from index.errors import JudianError

NAMES = [
    *("question-ocr-5", "question-ocr-10", "question-ocr-20"),
    *("document-ocr-5", "document-ocr-10", "document-ocr-20"),
    *("traditional", "traditional-documents", "paraphrase", "distractors"),
]
FOLLOW_UP = gold(
    id="f1",
    question="那么后面呢？",
    history=({"role": "user", "content": "头发呢？"}, {"role": "assistant", "content": "头发。"}),
)


def test_all_variants_are_chosen_unless_named() -> None:
    assert [v.name for v in choose_variants(None)] == NAMES
    assert [v.name for v in choose_variants("traditional, question-ocr-5")] == ["question-ocr-5", "traditional"]


@pytest.mark.parametrize("name", ["ocr", PLAIN, ""])
def test_an_unknown_variant_is_told_with_those_there_are(name: str) -> None:
    with pytest.raises(JudianError, match=r"没有这样的变化：.*可用的有：question-ocr-5、"):
        choose_variants(f"traditional,{name}")


def test_a_question_in_traditional_script_keeps_its_facts_and_the_answers_before_it() -> None:
    assert VARIANTS["traditional"].ask(FOLLOW_UP) == replace(
        FOLLOW_UP,
        question="那麼後面呢？",
        history=({"role": "user", "content": "頭髮呢？"}, {"role": "assistant", "content": "头发。"}),
    )


def test_a_question_is_misread_by_its_id() -> None:
    question = gold(id="x1", question="推动中部地区高质量发展的关键一年是哪一年？")
    assert VARIANTS["question-ocr-20"].ask(question) == replace(question, question=damage(question.question, 0.2, "x1"))


@pytest.mark.parametrize("name", ["document-ocr-10", "traditional-documents", "distractors"])
def test_a_variant_of_the_documents_leaves_questions_alone(name: str) -> None:
    assert VARIANTS[name].ask(FOLLOW_UP) == FOLLOW_UP
