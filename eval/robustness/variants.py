"""The ways in which questions or documents are made harder: name -> what is changed, and how the answer is read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from eval.questions import GoldQuestion
from eval.robustness.perturbations import damage, to_traditional
from index.errors import JudianError

PLAIN = "plain"
SHARES = (5, 10, 20)  # per cent of the Chinese characters

Rewrite = Callable[[str, str], str]
"""(text, key) -> the text, changed; the key is that of the question or the document's name."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of making it harder.

    `questions` and `documents` are what happens to each; None leaves them as they are. `needs` names what else the
    variant takes. With `traditional` the answer may come in Traditional script and is judged after conversion.
    """

    name: str
    title: str
    questions: Rewrite | None = None
    documents: Rewrite | None = None
    needs: Literal["paraphrases", "distractors"] | None = None
    traditional: bool = False

    def ask(self, question: GoldQuestion) -> GoldQuestion:
        """The question as this variant puts it; earlier questions of the same user are changed alike."""
        if self.questions is None:
            return question
        rewrite = self.questions
        history = tuple(
            {**turn, "content": rewrite(turn["content"], f"{question.id}|{n}")} if turn["role"] == "user" else turn
            for n, turn in enumerate(question.history)
        )
        return replace(question, question=rewrite(question.question, question.id), history=history)


def _misread(per_cent: int) -> Rewrite:
    return lambda text, key: damage(text, per_cent / 100, key)


def _traditional(text: str, key: str) -> str:
    return to_traditional(text)


_ALL = [
    Variant(PLAIN, "原样"),
    *(Variant(f"question-ocr-{n}", f"问题错字 {n}%", questions=_misread(n)) for n in SHARES),
    *(Variant(f"document-ocr-{n}", f"文档错字 {n}%", documents=_misread(n)) for n in SHARES),
    Variant("traditional", "繁体提问", questions=_traditional, traditional=True),
    Variant("traditional-documents", "繁体文档", documents=_traditional, traditional=True),
    Variant("paraphrase", "换说法", needs="paraphrases"),
    Variant("distractors", "掺入无关文档", needs="distractors"),
]
VARIANTS: Mapping[str, Variant] = {variant.name: variant for variant in _ALL}


def choose_variants(names: str | None) -> list[Variant]:
    """The variants of a list with commas (None: all), without the plain run. Raises JudianError for an unknown one."""
    known = [variant for variant in _ALL if variant.name != PLAIN]
    wanted = [name.strip() for name in names.split(",")] if names else [variant.name for variant in known]
    unknown = [name for name in wanted if name not in {variant.name for variant in known}]
    if unknown:
        raise JudianError(
            f"没有这样的变化：{'、'.join(unknown)}。可用的有：{'、'.join(v.name for v in known)}，用逗号分开。"
        )
    return [variant for variant in known if variant.name in wanted]
